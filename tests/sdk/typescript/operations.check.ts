/** Forms, redirects, webhooks and names that collide: compiled against the generated package, then run. */

import { createHmac } from "node:crypto";
import { Client, Conflict, ConflictProblem, getFile, UnprocessableContent, unwrapWebhook } from "./src/index.ts";
import { bearer } from "./src/operations/new.ts";
import type { Conflict as ConflictType } from "./src/types.ts";

const sent: Request[] = [];
const answers: Response[] = [
  new Response(null, { status: 503 }),
  new Response(null, { status: 201 }),
  new Response('{"type": "https://problems.example.com/conflict"}', {
    status: 422,
    headers: { "content-type": "application/problem+json" },
  }),
  new Response(null, { status: 302, headers: { location: "https://elsewhere.example.com/" } }),
];
const client = new Client({
  baseUrl: "https://api.example.com",
  retries: { backoff: 1 },
  fetch: async (url, init) => {
    sent.push(new Request(url, init));
    return answers.shift() ?? new Response(null, { status: 500 });
  },
});

const id = "123e4567-e89b-42d3-a456-426614174000";
await bearer(client, { id, body: { file: new Blob(["content"]), note: "n" }, n2faCode: "123" });
const error: unknown = await bearer(client, { id, body: "a,b" }, { contentType: "text/csv" }).catch((reason: unknown) => reason);
const found = await getFile.result(client, { id, page1: 1, page_1: 2 });

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"verdict":"clean"}';
const at = Math.floor(Date.now() / 1000).toString();
const signature = createHmac("sha256", Buffer.from(secret.slice(6), "base64")).update(`m.${at}.${body}`).digest("base64");
const headers = { "webhook-id": "m", "webhook-timestamp": at, "webhook-signature": `v1,${signature}` };
const event = await unwrapWebhook({ secrets: [secret] }, headers, body);
const verdict: string = event.verdict;
const conflict: ConflictType = { with: "another" };

const keys = sent.map((request) => request.headers.get("idempotency-key"));
console.log(
  JSON.stringify({
    sameKey: keys[0] !== null && keys[0] === keys[1],
    otherKey: keys[2] !== keys[0],
    types: sent.map((request) => request.headers.get("content-type")?.split(";")[0] ?? null),
    form: [...(await (sent[1] as Request).formData()).keys()],
    code: sent[0]?.headers.get("2fa-code"),
    error: [error instanceof ConflictProblem, error instanceof UnprocessableContent, error instanceof Conflict],
    location: found.headers.get("location"),
    verdict,
    conflict: conflict.with,
    timeouts: getFile.policy.timeouts,
    query: new URL(sent.at(-1)?.url ?? "").search,
  }),
);
