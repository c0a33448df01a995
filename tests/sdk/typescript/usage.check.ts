/** What a program uses is recorded: `usage.check.ts URL`, with the body of a quote on its standard input. */

import { readFileSync } from "node:fs";
import { bearer, Client, createQuote, getQuote, listQuotes, NotFound, type QuoteCreate } from "./src/index.ts";
import { type Consumer, Usage } from "./src/runtime/usage.ts";

const body = JSON.parse(readFileSync(0, "utf8")) as QuoteCreate;

function clientOf(usage: Usage): Client {
  return new Client({ baseUrl: process.argv[2] ?? "", auth: bearer("the-token"), usage });
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const first = new Usage("web-shop");
for await (const quote of listQuotes.items(clientOf(first), { state: "priced", limit: 1 })) {
  expect(quote.id !== "", "an id");
  const { access } = quote;
  if (access.type !== "internet") throw new Error("another access");
  expect("city" in access.site && access === quote.access, "the place");
}

const usage = new Usage("web-shop", JSON.parse(JSON.stringify(first.manifest())) as Consumer[]);
const client = clientOf(usage);
const made = await createQuote(client, { body });
expect(made.price === undefined, "no price");
const error: unknown = await getQuote(client, { quoteId: "q9" }).catch((reason: unknown) => reason);
expect(error instanceof NotFound && error.problem?.detail === "It is no more.", "not there");
console.log(JSON.stringify(usage.manifest()));
