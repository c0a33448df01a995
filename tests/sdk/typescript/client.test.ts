/** What a caller can rely on, over real HTTP. What all languages share is in the table of scenarios; this is the rest. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { conditionalOperation } from "../npm/src/runtime/conditional.ts";
import {
  ApiError,
  AuthenticationFailed,
  apiKey,
  basic,
  bearer,
  CircuitBreaker,
  CircuitOpen,
  Client,
  type ClientOptions,
  ConnectionFailed,
  clientCredentials,
  DeadlineExceeded,
  InvalidResponse,
  type LogEntry,
  Redirected,
  ResponseTooLarge,
  sigv4,
  TooManyRequests,
} from "../npm/src/runtime/index.ts";
import { operation, type Policy } from "../npm/src/runtime/operation.ts";
import { pagedOperation } from "../npm/src/runtime/pages.ts";
import { type Act, type Server, serve } from "./server.ts";

const READ: Policy = { id: "readThing", method: "GET", path: "/things", retry: "safe", security: [{ key: ["read"] }] };
const WRITE: Policy = { ...READ, id: "writeThing", method: "POST", retry: "never", body: ["application/json"] };
const FAST = { backoff: 1 };

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function server(...acts: Act[]): Promise<Server> {
  const found = await serve(...acts);
  running.push(found);
  return found;
}

async function setUp(options: Partial<ClientOptions>, ...acts: Act[]): Promise<{ client: Client; asked: Server["asked"] }> {
  const { url, asked } = await server(...acts);
  return { client: new Client({ baseUrl: `${url}/v1/`, retries: FAST, ...options }), asked };
}

const token = (value: string, seconds = 3600): Act => ({ body: { access_token: value, token_type: "Bearer", expires_in: seconds } });
const drip: Act = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 5);
  response.on("close", () => clearInterval(timer));
};

test("a base URL keeps its path, and nothing is sent twice that must not be", async () => {
  const { client, asked } = await setUp({}, { status: 503 });
  await assert.rejects(client.send(WRITE, { body: { a: 1 } }), ApiError);
  assert.deepEqual(asked.map(({ method, url, body }) => [method, url, body]), [["POST", "/v1/things", '{"a":1}']]);
});

test("a drip is ended by the total limit, silence by the limit between pieces", async () => {
  const dripping = await setUp({ timeouts: { total: 1_000 } }, drip);
  const total = (error: unknown): boolean => error instanceof DeadlineExceeded && error.limit === "total";
  await assert.rejects(dripping.client.send(READ, {}), total);
  assert.equal(dripping.asked.length, 1);
  const silent = await setUp({ timeouts: { read: 30 }, retries: { ...FAST, attempts: 2 } }, (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write("{");
  });
  const read = (error: unknown): boolean => error instanceof DeadlineExceeded && error.limit === "read";
  await assert.rejects(silent.client.send(READ, {}), read);
  assert.equal(silent.asked.length, 2);
});

test("the caller's signal ends a call with its own reason, even while it waits", async () => {
  const { client } = await setUp({ retries: { backoff: 60_000, longestWait: 60_000 } }, { status: 503, headers: { "retry-after": "30" } });
  const reason = new Error("not needed any more");
  const controller = new AbortController();
  const call = client.send(READ, {}, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(call, reason);
  await assert.rejects(client.send(READ, {}, { signal: AbortSignal.abort(reason) }), reason);
});

test("retries stop when the quota is spent, and calls earn it back", async () => {
  const { client, asked } = await setUp({ retries: { ...FAST, reserve: 2, share: 0 } }, { status: 503 });
  for (let call = 0; call < 3; call += 1) await assert.rejects(client.send(READ, {}), ApiError);
  assert.equal(asked.length, 3 + 2);
});

test("a circuit breaker stops calling, and lets one call try again", async () => {
  const patient = new CircuitBreaker({ failures: 2, recovery: 600_000 });
  const broken = await setUp({ breaker: patient, retries: { attempts: 1 } }, { status: 500 });
  for (let call = 0; call < 2; call += 1) await assert.rejects(broken.client.send(READ, {}), ApiError);
  await assert.rejects(broken.client.send(READ, {}), CircuitOpen);
  assert.equal(broken.asked.length, 2);
  const eager = new CircuitBreaker({ failures: 2, recovery: 0 });
  const mended = await setUp({ breaker: eager, retries: { attempts: 1 } }, { status: 500 }, { status: 500 }, {});
  for (let call = 0; call < 2; call += 1) await assert.rejects(mended.client.send(READ, {}), ApiError);
  await mended.client.send(READ, {});
  await mended.client.send(READ, {});
});

test("one token serves all calls that wait for it, and is fetched as the issuer's metadata says", async () => {
  const issuer = await server((response, { url }) => {
    const answer = url.includes(".well-known")
      ? { issuer: issuer.url, token_endpoint: `${issuer.url}/token` }
      : { access_token: "t1", token_type: "bearer", expires_in: 60 };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  const auth = clientCredentials({ issuer: issuer.url, clientId: "a b", clientSecret: "c:d", scopes: ["x", "y"], parameters: { audience: "z" } });
  const { client, asked } = await setUp({ auth }, {});
  await Promise.all([1, 2, 3, 4].map(() => client.send(READ, {})));
  assert.deepEqual(issuer.asked.map(({ url }) => url), ["/.well-known/openid-configuration", "/token"]);
  assert.equal(issuer.asked[1]?.body, "grant_type=client_credentials&scope=x+y&audience=z");
  assert.equal(issuer.asked[1]?.headers.authorization, `Basic ${btoa("a+b:c%3Ad")}`);
  assert.deepEqual(new Set(asked.map(({ headers }) => headers.authorization)), new Set(["Bearer t1"]));
});

test("metadata of another issuer is not believed", async () => {
  const issuer = await server({ body: { issuer: "https://evil.example.com", token_endpoint: "https://evil.example.com/token" } });
  const { client, asked } = await setUp({ auth: clientCredentials({ issuer: issuer.url, clientId: "a", clientSecret: "b" }) }, {});
  await assert.rejects(client.send(READ, {}), AuthenticationFailed);
  assert.equal(asked.length, 0);
});

test("a refused token is renewed once, for any method", async () => {
  const issuer = await server(token("old"), token("new"));
  const auth = clientCredentials({ tokenUrl: issuer.url, clientId: "a", clientSecret: "b" });
  const { client, asked } = await setUp({ auth }, { status: 401 }, {}, { status: 401 });
  await client.send(WRITE, { body: {} });
  assert.deepEqual(asked.map(({ headers }) => headers.authorization), ["Bearer old", "Bearer new"]);
  await assert.rejects(client.send(WRITE, { body: {} }), ApiError);
  assert.equal(asked.length, 4);
});

test("a token is renewed before it ends", async () => {
  const issuer = await server(token("first", 0.02), token("second"));
  const auth = clientCredentials({ tokenUrl: issuer.url, clientId: "a", clientSecret: "b" });
  const { client, asked } = await setUp({ auth }, {});
  await client.send(READ, {});
  await new Promise((resolve) => setTimeout(resolve, 30));
  await client.send(READ, {});
  assert.deepEqual(asked.map(({ headers }) => headers.authorization), ["Bearer first", "Bearer second"]);
});

test("no error holds a secret, be it sent back by the service", async () => {
  const auth = bearer("a-very-secret-token");
  const { client } = await setUp({ auth }, (response, { headers }) => {
    response.writeHead(400, { "content-type": "application/problem+json", "x-request-id": "r-1" });
    response.end(JSON.stringify({ type: "about:blank", title: `What is ${headers.authorization}?`, more: 1 }));
  });
  const error = (await client.send(READ, {}).catch((reason: unknown) => reason)) as ApiError;
  assert.equal(error.message, "readThing: 400 What is Bearer [redacted]?");
  assert.deepEqual([error.status, error.requestId, error.problem?.["more"]], [400, "r-1", 1]);
  assert.doesNotMatch(JSON.stringify(error) + String(error.stack), /very-secret/);
  const refusing = await server({ status: 400, body: { error: "invalid_client", hint: "s3cret-s3cret" } });
  const denied = await setUp({ auth: clientCredentials({ tokenUrl: refusing.url, clientId: "a", clientSecret: "s3cret-s3cret" }) }, {});
  await assert.rejects(denied.client.send(READ, {}), { name: "AuthenticationFailed", message: "the token endpoint answers 400: invalid_client" });
});

test("credentials go by https only, and never along a redirect", async () => {
  assert.throws(() => new Client({ baseUrl: "http://api.example.com", auth: bearer("t") }), TypeError);
  assert.throws(() => clientCredentials({ tokenUrl: "http://auth.example.com/token", clientId: "a", clientSecret: "b" }), TypeError);
  const elsewhere = await server({});
  const { client } = await setUp({ auth: bearer("t") }, { status: 307, headers: { location: `${elsewhere.url}/` } });
  await assert.rejects(client.send(READ, {}), Redirected);
  const reply = await client.send({ ...READ, answers: ["307"] }, {});
  assert.equal(reply.headers.get("location"), `${elsewhere.url}/`);
  assert.equal(elsewhere.asked.length, 0);
});

test("credentials by the schemes of the contract", async () => {
  const schemes = { key: { type: "apiKey", in: "header", name: "X-Key" }, query: { type: "apiKey", in: "query", name: "k" }, user: { type: "http" } } as const;
  const policy: Policy = { ...READ, schemes, security: [{ other: [] }, { key: [], query: [] }, { user: [] }] };
  const both = await setUp({ auth: { key: apiKey("k1"), query: apiKey("k2"), user: basic("u", "pässword") } }, {});
  await both.client.send(policy, {});
  assert.deepEqual([both.asked[0]?.url, both.asked[0]?.headers["x-key"]], ["/v1/things?k=k2", "k1"]);
  const listed: Policy = { ...policy, parameters: [{ as: "ids", in: "query", name: "ids", explode: false }] };
  await both.client.send(listed, { ids: ["a b", "c"] });
  assert.equal(both.asked[1]?.url, "/v1/things?ids=a%20b,c&k=k2", "the rest of the query stays as it was");
  const one = await setUp({ auth: { user: basic("u", "pässword") } }, {});
  await one.client.send(policy, {});
  assert.equal(one.asked[0]?.headers.authorization, `Basic ${Buffer.from("u:pässword").toString("base64")}`);
  const none = await setUp({ auth: {} }, {});
  await assert.rejects(none.client.send(policy, {}), /no credentials for other, or key and query, or user/);
  const open = await setUp({ auth: bearer("t") }, {});
  await open.client.send({ ...READ, security: [{}] }, {});
  assert.equal(open.asked[0]?.headers.authorization, undefined);
});

test("AWS signatures are made anew for each attempt, with the key of the moment", async () => {
  let asked = 0;
  const key = () => ({ accessKeyId: `AKIA${(asked += 1)}`, secretAccessKey: "s", sessionToken: "session" });
  const signed = await setUp({ auth: sigv4({ region: "eu-central-1", key }) }, { status: 503 }, {});
  await signed.client.send({ ...READ, parameters: [{ as: "q", in: "query", name: "q" }] }, { q: "a b" });
  const fields = signed.asked.map(({ headers }) => headers.authorization ?? "");
  assert.match(fields[0] ?? "", /^AWS4-HMAC-SHA256 Credential=AKIA1\/\d{8}\/eu-central-1\/execute-api\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/);
  assert.match(fields[1] ?? "", /Credential=AKIA2\//);
});

test("errors say what went wrong", async () => {
  const closed = await serve({});
  await closed.close();
  const gone = new Client({ baseUrl: closed.url, retries: { attempts: 1 } });
  await assert.rejects(gone.send(READ, {}), (error: Error) => error instanceof ConnectionFailed && /ECONNREFUSED/.test(error.message));
  const broken = await setUp({}, { body: "{broken" });
  await assert.rejects(broken.client.send(READ, {}), InvalidResponse);
  const large = await setUp({ largestResponse: 10 }, { body: "x".repeat(11), headers: { "content-type": "text/plain" } });
  await assert.rejects(large.client.send(READ, {}), ResponseTooLarge);
  class QuotaUsedUp extends TooManyRequests {}
  const problem = { body: { type: "urn:quota" }, headers: { "content-type": "application/problem+json" }, status: 403 };
  const typed = await setUp({}, problem);
  await assert.rejects(typed.client.send({ ...READ, problems: { "urn:quota": QuotaUsedUp } }, {}), QuotaUsedUp);
});

test("bodies are what their media type says", async () => {
  const texts = await setUp({}, { body: "hello", headers: { "content-type": "text/plain; charset=utf-8" } });
  assert.equal((await texts.client.send(READ, {})).body, "hello");
  const bytes = await setUp({}, { body: "\u0001", headers: { "content-type": "application/octet-stream" } });
  const blob = (await bytes.client.send(READ, {})).body as Blob;
  assert.deepEqual([...new Uint8Array(await blob.arrayBuffer())], [1]);
  const image = { body: "x", headers: { "content-type": "image/png" } };
  const picture = await setUp({}, image);
  assert.ok((await picture.client.send({ ...READ, accept: ["image/*"] }, {})).body instanceof Blob);
  await assert.rejects(picture.client.send({ ...READ, accept: ["text/csv"] }, {}), InvalidResponse);
  const unnamed = await setUp({}, { body: '{"a":1}', headers: { "content-type": "" } });
  assert.deepEqual((await unnamed.client.send({ ...READ, accept: ["application/json"] }, {})).body, { a: 1 });
  const nothing = await setUp({}, (response) => response.writeHead(204).end());
  assert.equal((await nothing.client.send(READ, {})).body, undefined);
});

test("nothing is logged unless asked for, and then no value", async () => {
  const entries: LogEntry[] = [];
  const { client } = await setUp({ auth: bearer("secret"), logger: (entry) => entries.push(entry) }, { status: 503 }, {});
  const path: Policy = { ...READ, path: "/things/{id}", parameters: [{ as: "id", in: "path", name: "id" }] };
  await client.send(path, { id: "private" });
  assert.deepEqual(entries.map(({ template, resends, status }) => [template, resends, status]), [["/things/{id}", 0, 503], ["/things/{id}", 1, 200]]);
  assert.doesNotMatch(JSON.stringify(entries), /secret|private/);
});

interface Responses {
  200: { items: { id: number }[]; next?: string | null };
}

test("pages are turned as long as there is a next one", async () => {
  const pages: Act[] = [{ body: { items: [{ id: 1 }, { id: 2 }], next: "b" } }, { body: { items: [], next: "c" } }, { body: { items: [{ id: 3 }], next: null } }];
  const policy: Policy = { ...READ, parameters: [{ as: "after", in: "query", name: "after" }, { as: "size", in: "query", name: "size" }] };
  const list = pagedOperation<{ after?: string; size?: number }, Responses, 200, "items">(policy, { cursor: "after", items: "items", next: "next" });
  const { client, asked } = await setUp({}, ...pages);
  const found: number[] = [];
  for await (const { id } of list.items(client, { size: 2 })) found.push(id);
  assert.deepEqual(found, [1, 2, 3]);
  assert.deepEqual(asked.map(({ url }) => url), ["/v1/things?size=2", "/v1/things?after=b&size=2", "/v1/things?after=c&size=2"]);
  const circling = await setUp({}, { body: { items: [{ id: 1 }], next: "again" } });
  let turned = 0;
  for await (const page of list.pages(circling.client)) turned += page.items.length;
  assert.equal(turned, 2);
});

test("304 is an answer only to those who say what they have", async () => {
  interface Responses {
    200: { id: number };
    304: undefined;
  }
  const policy: Policy = {
    ...READ,
    parameters: [{ as: "ifNoneMatch", in: "header", name: "If-None-Match" }],
    answers: ["304"],
  };
  const call = conditionalOperation<{ ifNoneMatch?: string | undefined }, Responses, 200 | 304, "ifNoneMatch">(policy);
  const { client } = await setUp({}, { body: { id: 1 } }, { body: { id: 1 } }, { status: 304 }, { status: 304 }, { status: 304 });
  assert.equal((await call(client)).id, 1);
  assert.equal((await call.result(client)).body.id, 1);
  const known: { ifNoneMatch?: string } = { ifNoneMatch: '"1"' };
  // @ts-expect-error: it may be undefined
  await assert.rejects(async () => (await call(client, known)).id, TypeError);
  assert.equal(await call(client, { ifNoneMatch: '"1"' }), undefined);
  await assert.rejects(call(client), (error: unknown) => error instanceof ApiError && error.status === 304);
});

test("an error's body is typed by what the operation documents", async () => {
  interface Documented {
    200: undefined;
    422: { errors: string[] };
    "5XX": { reason: string };
  }
  const call = operation<Record<never, never>, Documented, 200>(READ);
  const { client } = await setUp({}, { status: 422, body: { errors: ["e"] } });
  const error: unknown = await call(client).catch((reason: unknown) => reason);
  assert.ok(!call.failed(error, "5XX"));
  assert.ok(call.failed(error, 422));
  assert.deepEqual(error.body.errors, ["e"]);
});
