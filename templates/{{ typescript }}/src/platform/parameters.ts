/**
 * Parameters: from the text of a request to the JSON values that the contract's schemas judge.
 *
 * The styles are those of OpenAPI (Parameter Object, "Style Values"). Text is never coerced: it becomes a number or a
 * boolean only where it is one in JSON's own grammar, otherwise it stays a string and the schema refuses it.
 */

import type { Location, Operation, Parameter, ScalarType, Shape } from "./operation.ts";
import { type Fault, MalformedRequest } from "./problems.ts";
import * as strictJson from "./strict-json.ts";

export type Values = Record<Location, Record<string, unknown>>;
type Pairs = ReadonlyMap<string, readonly string[]>;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NUMBER = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const MAX_DIGITS = 400;
const TEXT: readonly ScalarType[] = ["string"];
const SCALAR: Shape = { types: TEXT };
const ABSENT = Symbol("absent");

/** A parameter is not written in its style. */
class Violation extends Error {}

/** Reads the parameters of one operation. */
export class ParameterDecoder {
    readonly #parameters: readonly Parameter[];
    readonly #path: readonly Parameter[];
    readonly #query: readonly Parameter[];
    readonly #header: readonly Parameter[];
    readonly #cookie: readonly Parameter[];

    constructor(operation: Operation) {
        this.#parameters = operation.parameters ?? [];
        const at = (location: Location) => this.#parameters.filter((parameter) => parameter.location === location);
        this.#path = at("path");
        this.#query = at("query");
        this.#header = at("header");
        this.#cookie = at("cookie");
    }

    /**
     * Read the parameters that are present, as `{location: {name: value}}`, with the faults in their writing.
     *
     * `headers` are names and values in turn, as Node has them. Throws MalformedRequest where the text is no text at
     * all: a bad percent-escape, invalid UTF-8, a NUL.
     */
    decode(path: Pairs, query: string, headers: readonly string[]): { values: Values; faults: Fault[] } {
        const values = { path: bare(), query: bare(), header: bare(), cookie: bare() };
        const faults: Fault[] = [];
        if (this.#path.length > 0) {
            readAll(this.#path, path, values.path, faults, pathValue);
        }
        if (this.#query.length > 0) {
            readAll(this.#query, queryPairs(query), values.query, faults, formValue);
        }
        if (this.#header.length > 0 || this.#cookie.length > 0) {
            const fields = headerFields(headers);
            readAll(this.#header, fields, values.header, faults, headerValue);
            readAll(this.#cookie, cookiePairs(fields.get("cookie") ?? []), values.cookie, faults, formValue);
        }
        return { values, faults };
    }

    /** The values by the name of the request's property that receives each, with the contract's defaults. */
    fields(values: Values): Record<string, unknown> {
        const found: Record<string, unknown> = {};
        for (const parameter of this.#parameters) {
            const given = values[parameter.location][key(parameter)] ?? parameter.default;
            if (given !== undefined) {
                found[parameter.field] = given;
            }
        }
        return found;
    }
}

/** An object that inherits nothing, so that any name may be a member's. */
function bare(): Record<string, unknown> {
    return Object.create(null);
}

function readAll(
    parameters: readonly Parameter[],
    pairs: Pairs,
    values: Record<string, unknown>,
    faults: Fault[],
    read: (parameter: Parameter, pairs: Pairs) => unknown,
): void {
    for (const parameter of parameters) {
        try {
            const value = read(parameter, pairs);
            if (value !== ABSENT) {
                values[key(parameter)] = value;
            }
        } catch (error) {
            if (!(error instanceof Violation)) {
                throw error;
            }
            const pointer = `/${key(parameter).replaceAll("~", "~0").replaceAll("/", "~1")}`;
            faults.push({ detail: error.message, in: parameter.location, pointer });
        }
    }
}

/** Field names are case-insensitive (RFC 9110, section 5.1); the schemas hold them in lower case. */
function key(parameter: Parameter): string {
    return parameter.location === "header" ? parameter.name.toLowerCase() : parameter.name;
}

// Where the text stands

/** Decode a part of the request target (RFC 3986, section 2.1). Throws MalformedRequest. */
export function percentDecode(text: string): string {
    let decoded = text;
    if (text.includes("%")) {
        if (BAD_ESCAPE.test(text)) {
            throw new MalformedRequest("The request target has a bad percent-escape.");
        }
        const bytes = text.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
        try {
            decoded = UTF8.decode(Buffer.from(bytes, "latin1"));
        } catch {
            throw new MalformedRequest("The request target is not UTF-8.");
        }
    }
    if (decoded.includes("\0")) {
        throw new MalformedRequest("The request target has a NUL.");
    }
    return decoded;
}

/** Names decoded, values still encoded: a delimiter counts only where it is not escaped. */
function queryPairs(query: string): Pairs {
    const pairs = new Map<string, string[]>();
    for (const part of query.split("&")) {
        if (part !== "") {
            const [name, value] = partition(part, "=");
            add(pairs, percentDecode(name.replaceAll("+", " ")), value.replaceAll("+", "%20"));
        }
    }
    return pairs;
}

function headerFields(headers: readonly string[]): Pairs {
    const fields = new Map<string, string[]>();
    for (let at = 0; at < headers.length; at += 2) {
        add(fields, (headers[at] as string).toLowerCase(), headers[at + 1] as string);
    }
    return fields;
}

function cookiePairs(cookies: readonly string[]): Pairs {
    const pairs = new Map<string, string[]>();
    for (const pair of cookies.join("; ").split(";")) {
        const [name, value, found] = partition(pair.trim(), "=");
        if (found) {
            add(pairs, name, value);
        }
    }
    return pairs;
}

function add(pairs: Map<string, string[]>, name: string, value: string): void {
    const known = pairs.get(name);
    if (known === undefined) {
        pairs.set(name, [value]);
    } else {
        known.push(value);
    }
}

function partition(text: string, separator: string): [before: string, after: string, found: boolean] {
    const at = text.indexOf(separator);
    return at < 0 ? [text, "", false] : [text.slice(0, at), text.slice(at + separator.length), true];
}

// How it is written

function pathValue(parameter: Parameter, pairs: Pairs): unknown {
    const text = pairs.get(parameter.name)?.[0];
    if (text === undefined) {
        return ABSENT;
    }
    if (parameter.mediaType !== undefined) {
        return content(parameter, percentDecode(text));
    }
    const { shape = SCALAR, style = "simple", explode = false } = parameter;
    let separator = ",";
    let prefix = "";
    if (style === "label") {
        separator = explode ? "." : ",";
        prefix = ".";
    } else if (style === "matrix") {
        const exploded = explode && !("types" in shape);
        separator = exploded ? ";" : ",";
        prefix = exploded ? ";" : `;${parameter.name}=`;
    }
    if (!text.startsWith(prefix)) {
        throw new Violation(`is not written in the style ${style}`);
    }
    let parts = text.slice(prefix.length).split(separator);
    if (style === "matrix" && explode && "items" in shape) {
        parts = parts.map((part) => valueNamed(part, parameter.name));
    }
    return shaped(shape, parts, separator, explode, percentDecode);
}

function headerValue(parameter: Parameter, pairs: Pairs): unknown {
    const texts = pairs.get(key(parameter));
    if (texts === undefined) {
        return ABSENT;
    }
    const { shape = SCALAR, explode = false } = parameter;
    if (texts.length > 1 && !("items" in shape)) {
        throw new Violation("is given more than once");
    }
    const text = texts.join(",");
    if (parameter.mediaType !== undefined) {
        return content(parameter, text);
    }
    const parts = "types" in shape ? [text] : text.split(",").map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""));
    return shaped(shape, parts, ",", explode, (part) => part);
}

const SEPARATORS = new Map([
    ["form", ","],
    ["spaceDelimited", "%20"],
    ["pipeDelimited", "|"],
]);

function formValue(parameter: Parameter, pairs: Pairs): unknown {
    const { shape = SCALAR, style = "simple", explode = false, mediaType } = parameter;
    if ((style === "deepObject" || explode) && "properties" in shape && mediaType === undefined) {
        return members(parameter, shape, pairs);
    }
    const texts = pairs.get(parameter.name);
    if (texts === undefined) {
        return ABSENT;
    }
    if ("items" in shape && explode && mediaType === undefined) {
        return texts.map((text) => scalar(shape.items, percentDecode(text)));
    }
    if (texts.length > 1) {
        throw new Violation("is given more than once");
    }
    let text = texts[0] as string;
    if (mediaType !== undefined) {
        return content(parameter, percentDecode(text));
    }
    const separator = SEPARATORS.get(style) ?? ",";
    if (separator === "|") {
        text = text.replace(/%7C/gi, "|");
    }
    return shaped(shape, text.split(separator), separator, false, percentDecode);
}

/** An object whose members are pairs of their own: `filter[a]=1` (deepObject) or `a=1` (form, exploded). */
function members(parameter: Parameter, shape: Extract<Shape, { properties: unknown }>, pairs: Pairs): unknown {
    const deep = parameter.style === "deepObject";
    const found = bare();
    for (const [name, texts] of pairs) {
        const belongs = deep
            ? name.startsWith(`${parameter.name}[`) && name.endsWith("]")
            : Object.hasOwn(shape.properties, name);
        if (belongs) {
            const member = deep ? name.slice(parameter.name.length + 1, -1) : name;
            if (texts.length > 1) {
                throw new Violation(`has the member ${[...member].slice(0, 40).join("")} more than once`);
            }
            found[member] = scalar(typesOf(shape, member), percentDecode(texts[0] as string));
        }
    }
    return Object.keys(found).length > 0 ? found : ABSENT;
}

function shaped(
    shape: Shape,
    parts: readonly string[],
    separator: string,
    explode: boolean,
    decode: (text: string) => string,
): unknown {
    if ("types" in shape) {
        return scalar(shape.types, decode(parts.join(separator)));
    }
    const isEmpty = parts.length === 1 && parts[0] === "";
    if ("items" in shape) {
        return isEmpty ? [] : parts.map((part) => scalar(shape.items, decode(part)));
    }
    const found = bare();
    for (const [name, value] of isEmpty ? [] : named(parts, explode)) {
        const member = decode(name);
        if (member in found) {
            throw new Violation("has a member more than once");
        }
        found[member] = scalar(typesOf(shape, member), decode(value));
    }
    return found;
}

function named(parts: readonly string[], explode: boolean): [string, string][] {
    if (explode) {
        return parts.map((part) => {
            const [name, value] = partition(part, "=");
            return [name, value];
        });
    }
    if (parts.length % 2 === 1) {
        throw new Violation("has a name without a value");
    }
    return Array.from({ length: parts.length / 2 }, (_, at) => [parts[2 * at] as string, parts[2 * at + 1] as string]);
}

function typesOf(shape: Extract<Shape, { properties: unknown }>, member: string): readonly ScalarType[] {
    return (Object.hasOwn(shape.properties, member) && shape.properties[member]) || shape.additional;
}

function valueNamed(part: string, name: string): string {
    const [written, value] = partition(part, "=");
    if (written !== name) {
        throw new Violation("is not written in the style matrix");
    }
    return value;
}

function content(parameter: Parameter, text: string): unknown {
    if (!parameter.mediaType?.endsWith("json")) {
        return text;
    }
    try {
        return strictJson.parse(Buffer.from(text, parameter.location === "header" ? "latin1" : "utf8"));
    } catch {
        throw new Violation("is not JSON");
    }
}

function scalar(types: readonly ScalarType[], text: string): unknown {
    for (const type of types) {
        if (type === "string") {
            return text;
        }
        if (type === "boolean" && (text === "true" || text === "false")) {
            return text === "true";
        }
        if (type === "null" && text === "null") {
            return null;
        }
        if (type === "integer" || type === "number") {
            const number = numberIn(text, type);
            if (number !== undefined) {
                return number;
            }
        }
    }
    return text;
}

function numberIn(text: string, type: "integer" | "number"): number | undefined {
    const found = text.length <= MAX_DIGITS ? NUMBER.exec(text) : null;
    if (found === null || (type === "integer" && (found[1] !== undefined || found[2] !== undefined))) {
        return undefined;
    }
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
}
