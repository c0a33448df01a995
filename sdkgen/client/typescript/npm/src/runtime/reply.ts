/** Reading a response, within its limits of time and size. */

import { DeadlineExceeded, InvalidResponse, ResponseTooLarge } from "./errors.ts";
import { parse } from "./json.ts";
import { essenceOf, isJson, isText, matches } from "./media.ts";

/** A response with its body read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** `status` is a code, a range such as `4XX`, or `default`. */
export function covers(status: string, code: number): boolean {
  return status === "default" || status === String(code) || status.toUpperCase() === `${Math.floor(code / 100)}XX`;
}

/** The body as bytes: each piece within `idle` milliseconds of the one before. */
export async function readBody(
  response: Response,
  idle: number,
  largest: number,
  operation: string,
  cancel: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array();
  const reader = response.body.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const piece = await within(reader.read(), idle, () => new DeadlineExceeded("read", idle, operation), cancel);
    if (piece.done) break;
    pieces.push(piece.value);
    size += piece.value.byteLength;
    if (size > largest) {
      cancel();
      throw new ResponseTooLarge(`${operation}: the response is larger than ${largest} bytes`);
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

export interface Reading {
  readonly operation: string;
  /** The media types that the contract documents; anything where it documents none. */
  readonly accept: readonly string[];
  /** Should a service send the credentials back that it was sent, they are blacked out: logs hold errors, and errors bodies. */
  readonly secret: string;
}

/**
 * The value of a body by its media type: JSON is parsed, text decoded, anything else is a `Blob`. Throws InvalidResponse
 * where a success is not what the contract says.
 */
export function valueOf(bytes: Uint8Array<ArrayBuffer>, type: string | null, status: number, reading: Reading): unknown {
  const { operation, accept, secret } = reading;
  const essence = essenceOf(type);
  if (bytes.byteLength === 0) return essence.startsWith("text/") && status < 400 && accept.some(isText) ? "" : undefined;
  // Of a success that has not the type it should have, it is seen whether it is the JSON that is wanted.
  const isForeign = status < 400 && accept.length > 0 && !accept.some((one) => matches(one, essence));
  const asJson = isJson(essence) || (isForeign && accept.some(isJson));
  if (!asJson && isForeign) throw new InvalidResponse(status, operation);
  if (!asJson && !isText(essence)) return new Blob([bytes], { type: type ?? "" });
  const decoded = new TextDecoder().decode(bytes);
  const text = status >= 400 && secret.length >= 8 ? decoded.replaceAll(secret, "[redacted]") : decoded;
  if (!asJson) return text;
  try {
    return parse(text);
  } catch {
    if (status >= 400) return text; // the status says more than the broken body
    throw new InvalidResponse(status, operation);
  }
}

/** The promise's value, or the error of `late` where it takes longer; `cancel` ends what it waits for then. */
export async function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  late: () => Error,
  cancel: () => void,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late()); // before what is cancelled has an error of its own
      cancel();
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
