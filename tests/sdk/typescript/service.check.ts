/** The SDK against a booted service: `service.check.ts URL`, with the body of a quote on its standard input. */

import { readFileSync } from "node:fs";
import {
  bearer,
  Client,
  cancelQuote,
  clientCredentials,
  createQuote,
  getQuote,
  InsufficientScope,
  listQuotes,
  NotFound,
  PreconditionFailed,
  type QuoteCreate,
  Unauthorized,
  UnprocessableContent,
} from "./src/index.ts";

const url = process.argv[2] ?? "";
const body = JSON.parse(readFileSync(0, "utf8")) as QuoteCreate;

function clientOf(caller: string, ...scopes: string[]): Client {
  const auth = clientCredentials({ tokenUrl: `${url}/dev/issuer/token`, clientId: caller, clientSecret: "any", scopes });
  return new Client({ baseUrl: url, auth });
}

const failure = (call: Promise<unknown>): Promise<unknown> => call.then(() => undefined, (reason: unknown) => reason);

const client = clientOf("typescript", "quotes:read", "quotes:write");
const made = await Promise.all([1, 2, 3].map(() => createQuote(client, { body })));
const [first] = made;
if (!first) throw new Error("nothing was made");
const listed: string[] = [];
for await (const quote of listQuotes.items(client, { limit: 1 })) listed.push(quote.id);

const read = await getQuote.result(client, { quoteId: first.id });
const etag = read.headers.get("etag") ?? "";
const unchanged = await getQuote(client, { quoteId: first.id, ifNoneMatch: etag });
const cancellation = { quoteId: first.id, ifMatch: etag, body: { reason: "not needed" } };
const cancelled = await cancelQuote(client, cancellation);
const again = await failure(cancelQuote(client, cancellation));

const keyed = { body, idempotencyKey: "same-typescript-12345678" };
const pair = [await createQuote(client, keyed), await createQuote(client, keyed)];
const other = await failure(createQuote(client, { ...keyed, body: { ...body, term_months: 24 } }));
const missing = await failure(getQuote(client, { quoteId: "0b8f9d5e-5d0c-4c8f-9c0a-2f6f6a1f3b11" }));
const reader = clientOf("reader", "quotes:read");
const denied = await failure(createQuote(reader, { body }));
const forged = await failure(listQuotes(new Client({ baseUrl: url, auth: bearer("forged") })));

console.log(
  JSON.stringify({
    access: first.access,
    listed: made.every(({ id }) => listed.includes(id)) && listed.length === made.length,
    read: read.body.id === first.id,
    unchanged: unchanged === undefined,
    cancelled: cancelled.state,
    again: again instanceof PreconditionFailed,
    once: JSON.stringify(pair[0]) === JSON.stringify(pair[1]),
    other: other instanceof UnprocessableContent && other.type.endsWith("#idempotency-key-reused"),
    missing: missing instanceof NotFound && getQuote.failed(missing, 404) && missing.body.status === 404 && !!missing.requestId,
    denied: denied instanceof InsufficientScope,
    forged: forged instanceof Unauthorized,
  }),
);
