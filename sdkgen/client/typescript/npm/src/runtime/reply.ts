/** Reading a response, within its limits of time and size. */

import { DeadlineExceeded, InvalidResponse, ResponseTooLarge } from "./errors.ts";
import { parse } from "./json.ts";

/** A response with its body read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
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

/**
 * The value of a body by its media type: JSON is parsed, text decoded, anything else is a `Blob`. Should a service send
 * the `secret` back that it was sent, it is blacked out: errors hold bodies, and logs hold errors.
 */
export function valueOf(
  bytes: Uint8Array<ArrayBuffer>,
  type: string | null,
  status: number,
  operation: string,
  secret: string,
): unknown {
  const essence = type?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (bytes.byteLength === 0) return essence.startsWith("text/") ? "" : undefined;
  const isJson = essence === "application/json" || essence.endsWith("+json");
  if (!isJson && !essence.startsWith("text/")) return new Blob([bytes], { type: type ?? "" });
  const decoded = new TextDecoder().decode(bytes);
  const text = status >= 400 && secret.length >= 8 ? decoded.replaceAll(secret, "[redacted]") : decoded;
  if (!isJson) return text;
  try {
    return parse(text);
  } catch (error) {
    if (status >= 400) return text; // the status says more than the broken body
    throw new InvalidResponse(status, operation, error);
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
