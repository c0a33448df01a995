/** The body of a request as bytes: made once, so that every attempt sends the same. */

import { stringify } from "./json.ts";
import { essenceOf, isJson } from "./media.ts";

export interface Body {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Throws TypeError where the value can't be written as that media type. */
export async function bodyOf(value: unknown, type: string): Promise<Body> {
  const essence = essenceOf(type);
  if (isJson(essence)) {
    return { type, bytes: new TextEncoder().encode(stringify(value)) };
  }
  if (essence === "multipart/form-data") return written(formData(value));
  if (essence === "application/x-www-form-urlencoded") {
    const fields = Object.entries(value as Record<string, unknown>).filter(([, inner]) => inner !== undefined);
    const form = new URLSearchParams(
      fields.flatMap(([name, inner]) => listed(inner).map((one): [string, string] => [name, field(one)])),
    );
    return { type, bytes: new TextEncoder().encode(form.toString()) };
  }
  if (typeof value === "string") return { type, bytes: new TextEncoder().encode(value) };
  if (value instanceof Blob) return { type: concrete(type, value.type), bytes: new Uint8Array(await value.arrayBuffer()) };
  if (value instanceof ArrayBuffer) return { type: concrete(type, ""), bytes: new Uint8Array(value) };
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { type: concrete(type, ""), bytes: new Uint8Array(bytes) };
  }
  throw new TypeError(`the body must be text, bytes or a Blob for ${type}`);
}

/** The media type itself, where the contract has only a range such as `image/*`. */
function concrete(type: string, own: string): string {
  return type.includes("*") ? own || "application/octet-stream" : type;
}

async function written(form: FormData): Promise<Body> {
  const response = new Response(form);
  return { type: response.headers.get("content-type") ?? "", bytes: new Uint8Array(await response.arrayBuffer()) };
}

function formData(value: unknown): FormData {
  if (value instanceof FormData) return value;
  const form = new FormData();
  for (const [name, inner] of Object.entries(value as Record<string, unknown>)) {
    for (const one of listed(inner)) {
      if (one instanceof Blob) form.append(name, one);
      else if (one !== undefined) form.append(name, field(one));
    }
  }
  return form;
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function field(value: unknown): string {
  return typeof value === "object" && value !== null ? stringify(value) : String(value);
}
