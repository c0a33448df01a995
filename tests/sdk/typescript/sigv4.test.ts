/** AWS's own vectors for Signature Version 4, each signed as they say. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { authorization, canonicalRequest, normalized, type Signable } from "../npm/src/runtime/sigv4.ts";

interface Context {
  readonly credentials: { readonly access_key_id: string; readonly secret_access_key: string; readonly token?: string };
  readonly normalize: boolean;
  readonly omit_session_token?: boolean;
  readonly region: string;
  readonly service: string;
  readonly sign_body: boolean;
  readonly timestamp: string;
}

const folder = process.env["SIGV4_VECTORS"] ?? "";
const names = folder ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];

test("the vectors are all there", { skip: folder ? false : "the published vectors are not at hand" }, () => {
  assert.equal(names.length, 38);
});

for (const { name } of names) {
  test(name, async () => {
    const read = (file: string): string => readFileSync(join(folder, name, file), "utf8");
    const context = JSON.parse(read("context.json")) as Context;
    const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, token } = context.credentials;
    const key = { accessKeyId, secretAccessKey };
    const request = parsed(read("request.txt"), context.normalize);
    const headers: (readonly [string, string])[] = [...request.headers];
    headers.push(["X-Amz-Date", context.timestamp.replace(/[-:]/g, "")]);
    if (token && !context.omit_session_token) headers.push(["X-Amz-Security-Token", token]);
    if (context.sign_body) headers.push(["x-amz-content-sha256", await sha256(request.body)]);
    const signable: Signable = { ...request, headers };
    assert.equal((await canonicalRequest(signable)).text, read("header-canonical-request.txt"));
    const found = await authorization(key, context.region, context.service, signable);
    assert.equal(found.split("Signature=")[1], read("header-signature.txt").trim());
  });
}

async function sha256(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", body)).toString("hex");
}

/** A request as the vectors write it: not always one that HTTP allows. */
function parsed(text: string, normalize: boolean): Signable {
  const [head = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n\n");
  const [line = "", ...fields] = head.trimEnd().split("\n");
  const method = line.slice(0, line.indexOf(" "));
  const target = line.slice(method.length + 1, line.lastIndexOf(" "));
  const [path = "", query = ""] = target.split("?");
  const headers: [string, string][] = [];
  for (const field of fields) {
    const last = headers.at(-1);
    if (/^\s/.test(field) && last) last[1] += ` ${field.trim()}`;
    else headers.push([field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 1)]);
  }
  const body = new TextEncoder().encode(rest.join("\n\n"));
  return { method, path: normalize ? normalized(path) : path, query, headers, body };
}
