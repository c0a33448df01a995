/** Arguments as text in the path, query, headers and cookies (OpenAPI 3.1, Parameter Object: style and explode). */

import { stringify } from "./json.ts";

export interface Parameter {
  /** The argument's name. */
  readonly as: string;
  readonly in: "path" | "query" | "header" | "cookie";
  /** The name on the wire. */
  readonly name: string;
  /** Where it is not the location's usual one: `simple` in path and header, `form` in query and cookie. */
  readonly style?: "label" | "matrix" | "spaceDelimited" | "pipeDelimited" | "deepObject" | "form";
  /** Where it is not the style's usual one: true for `form`, else false. */
  readonly explode?: boolean;
  /** Is the value written as JSON? */
  readonly json?: boolean;
  /** May reserved characters stand as they are? */
  readonly reserved?: boolean;
}

type Encode = (text: string) => string;

/** The path with its parameters filled in. Throws TypeError where one is missing, or would change the path's shape. */
export function pathOf(template: string, parameters: readonly Parameter[], values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{([^}]*)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.in === "path" && one.name === name);
    const value = parameter && values[parameter.as];
    if (!parameter || value === undefined || value === null) throw new TypeError(`${parameter?.as ?? name} is missing`);
    const written = inPath(parameter, value);
    if (written === "" || written === "." || written === "..") {
      throw new TypeError(`${parameter.as} must not be ${JSON.stringify(written)}: it would change the path`);
    }
    return written;
  });
}

/** The query with `?`, or nothing. */
export function queryOf(parameters: readonly Parameter[], values: Readonly<Record<string, unknown>>): string {
  const pairs = parameters
    .filter((one) => one.in === "query")
    .flatMap((one) => pairsOf(one, values[one.as], one.reserved ? reserved : encodeURIComponent));
  return pairs.length ? `?${pairs.join("&")}` : "";
}

/** The fields that parameters become, `cookie` among them. */
export function headersOf(parameters: readonly Parameter[], values: Readonly<Record<string, unknown>>): [string, string][] {
  const fields: [string, string][] = [];
  for (const one of parameters) {
    const value = values[one.as];
    if (one.in === "header" && value !== undefined && value !== null) {
      fields.push([one.name, one.json ? stringify(value) : simple(value, one.explode ?? false, String)]);
    }
  }
  const cookies = parameters.filter((one) => one.in === "cookie").flatMap((one) => pairsOf(one, values[one.as], encodeURIComponent));
  if (cookies.length) fields.push(["cookie", cookies.join("; ")]);
  return fields;
}

function inPath(parameter: Parameter, value: unknown): string {
  const explode = parameter.explode ?? false;
  if (parameter.json) return encodeURIComponent(stringify(value));
  if (parameter.style === "label") {
    const separator = explode ? "." : ",";
    return `.${simple(value, explode, encodeURIComponent).split(",").join(separator)}`;
  }
  if (parameter.style === "matrix") return formPairs(parameter.name, value, explode, encodeURIComponent, ",").map((pair) => `;${pair}`).join("");
  return simple(value, explode, encodeURIComponent);
}

function pairsOf(parameter: Parameter, value: unknown, encode: Encode): string[] {
  if (value === undefined) return [];
  const name = encodeURIComponent(parameter.name);
  if (parameter.json) return [`${name}=${encode(stringify(value))}`];
  if (parameter.style === "deepObject" && isObject(value)) {
    return Object.entries(value).flatMap(([key, inner]) => deep(`${parameter.name}[${key}]`, inner, encode));
  }
  const separator = parameter.style === "spaceDelimited" ? "%20" : parameter.style === "pipeDelimited" ? "%7C" : ",";
  return formPairs(name, value, parameter.explode ?? separator === ",", encode, separator);
}

function deep(name: string, value: unknown, encode: Encode): string[] {
  if (value === undefined) return [];
  if (isObject(value)) return Object.entries(value).flatMap(([key, inner]) => deep(`${name}[${key}]`, inner, encode));
  if (Array.isArray(value)) return value.flatMap((inner) => deep(`${name}[]`, inner, encode));
  return [`${encodeURIComponent(name)}=${encode(text(value))}`];
}

function formPairs(name: string, value: unknown, explode: boolean, encode: Encode, separator: string): string[] {
  if (Array.isArray(value)) {
    if (explode) return value.map((inner) => `${name}=${encode(text(inner))}`);
    return value.length ? [`${name}=${value.map((inner) => encode(text(inner))).join(separator)}`] : [];
  }
  if (isObject(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    if (explode) return entries.map(([key, inner]) => `${encodeURIComponent(key)}=${encode(text(inner))}`);
    return entries.length ? [`${name}=${entries.flat().map((part) => encode(text(part))).join(separator)}`] : [];
  }
  return [`${name}=${encode(text(value))}`];
}

function simple(value: unknown, explode: boolean, encode: Encode): string {
  if (Array.isArray(value)) return value.map((inner) => encode(text(inner))).join(",");
  if (!isObject(value)) return encode(text(value));
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return entries.map(([key, inner]) => `${encode(key)}${explode ? "=" : ","}${encode(text(inner))}`).join(",");
}

function reserved(value: string): string {
  return encodeURI(value).replace(/[#&+]/g, encodeURIComponent);
}

function text(value: unknown): string {
  if (value === null) return "";
  return typeof value === "object" ? (value instanceof Date ? value.toISOString() : stringify(value)) : String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
