/** Requests signed with AWS Signature Version 4, as API Gateway asks for with IAM authorization. */

import type { Auth } from "./auth.ts";

/** An IAM access key, with a session token where it is temporary. */
export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SigV4Options {
  readonly region: string;
  /** `execute-api` for API Gateway. */
  readonly service?: string;
  /** Asked for each attempt, because keys rotate. */
  readonly key: AwsKey | (() => AwsKey | Promise<AwsKey>);
}

const SIGNED = /^(content-type|x-amz-.*)$/;

export function sigv4({ region, service = "execute-api", key }: SigV4Options): Auth {
  return {
    async apply({ method, url, headers, body }) {
      const current = typeof key === "function" ? await key() : key;
      headers.set("x-amz-date", new Date().toISOString().replace(/[-:]|\.\d+/g, ""));
      if (current.sessionToken) headers.set("x-amz-security-token", current.sessionToken);
      // Other fields may be changed on the way, by a proxy or the next attempt.
      const signed: [string, string][] = [["host", url.host], ...[...headers].filter(([name]) => SIGNED.test(name))];
      const query = url.search.slice(1);
      const request = { method, path: normalized(url.pathname), query, headers: signed, body: body ?? new Uint8Array() };
      headers.set("authorization", await authorization(current, region, service, request));
    },
  };
}

export interface Signable {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** All are signed; `x-amz-date` is among them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The Authorization field. */
export async function authorization(key: AwsKey, region: string, service: string, request: Signable): Promise<string> {
  const { text, signed } = await canonicalRequest(request);
  const moment = request.headers.find(([name]) => name.toLowerCase() === "x-amz-date")?.[1] ?? "";
  const scope = `${moment.slice(0, 8)}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${moment}\n${scope}\n${await sha256(bytes(text))}`;
  let derived = bytes(`AWS4${key.secretAccessKey}`);
  for (const part of [...scope.split("/"), toSign]) derived = await hmac(derived, part);
  const credential = `${key.accessKeyId}/${scope}`;
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed}, Signature=${hex(derived)}`;
}

/** The canonical request, and the names of the headers in it. The path, as it is sent, is encoded once more. */
export async function canonicalRequest(request: Signable): Promise<{ text: string; signed: string }> {
  const fields = new Map<string, string[]>();
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    fields.set(lower, [...(fields.get(lower) ?? []), value.trim().replace(/\s+/g, " ")]);
  }
  const names = [...fields.keys()].sort();
  const signed = names.join(";");
  const lines = [
    request.method,
    request.path.split("/").map(encoded).join("/"),
    sortedQuery(request.query),
    ...names.map((name) => `${name}:${fields.get(name)?.join(",")}`),
    "",
    signed,
    await sha256(request.body),
  ];
  return { text: lines.join("\n"), signed };
}

/** The path without empty and dot segments, as every service but S3 wants it signed. */
export function normalized(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const isFolder = /(^|\/)\.{0,2}$/.test(path) && kept.length > 0;
  return `/${kept.join("/")}${isFolder ? "/" : ""}`;
}

function sortedQuery(query: string): string {
  const pairs = query.split("&").filter(Boolean).map((pair) => {
    const at = pair.includes("=") ? pair.indexOf("=") : pair.length;
    return [encoded(decodeURIComponent(pair.slice(0, at))), encoded(decodeURIComponent(pair.slice(at + 1)))] as const;
  });
  pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return pairs.map((pair) => pair.join("=")).join("&");
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function hex(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(value: Uint8Array<ArrayBuffer>): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", value)));
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes(text)));
}
