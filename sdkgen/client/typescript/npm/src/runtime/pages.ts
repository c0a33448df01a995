/** Operations that answer in pages. */

import type { Client } from "./client.ts";
import { type Given, type Operation, operation, type Policy } from "./operation.ts";
import type { CallOptions } from "./options.ts";

/** How pages are turned (`x-paved.pagination`). */
export interface Paging {
  /** The argument that says where a page starts. */
  readonly cursor: string;
  /** The property of the response that holds the items. */
  readonly items: string;
  /** The property that holds the next page's cursor, absent on the last. */
  readonly next: string;
}

/** The type of what a page holds in a property. */
type Item<Page, Items extends string> = Page extends undefined
  ? never
  : Page extends Readonly<Partial<Record<Items, readonly (infer Found)[] | null>>> ? Found : unknown;

export interface PagedOperation<Arguments, Responses, Success extends keyof Responses, Items extends string>
  extends Operation<Arguments, Responses, Success> {
  /** All items, from page to page as they are asked for. */
  items(client: Client, ...rest: Given<Arguments, [options?: CallOptions]>): AsyncGenerator<Item<Responses[Success], Items>, void, undefined>;
  /** All pages. */
  pages(client: Client, ...rest: Given<Arguments, [options?: CallOptions]>): AsyncGenerator<Responses[Success], void, undefined>;
}

export function pagedOperation<Arguments, Responses, Success extends keyof Responses, Items extends string>(
  policy: Policy,
  paging: Paging,
): PagedOperation<Arguments, Responses, Success, Items> {
  type Found = Item<Responses[Success], Items>;
  type Rest = Given<Arguments, [options?: CallOptions]>;
  const plain = operation<Arguments, Responses, Success>(policy);
  async function* pages(client: Client, ...rest: Rest): AsyncGenerator<Responses[Success], void, undefined> {
    const [given, options] = rest as [Record<string, unknown> | undefined, CallOptions | undefined];
    let next: unknown = given?.[paging.cursor];
    const seen = new Set<unknown>();
    do {
      const asked = next === undefined ? given : { ...given, [paging.cursor]: next };
      const page = await plain(client, ...([asked, options] as unknown as Rest));
      yield page;
      next = (page as Record<string, unknown> | undefined)?.[paging.next] ?? undefined;
      if (next === "" || seen.has(next)) return; // a service that gives a cursor again would never end
      seen.add(next);
    } while (next !== undefined);
  }
  async function* items(client: Client, ...rest: Rest): AsyncGenerator<Found, void, undefined> {
    for await (const page of pages(client, ...rest)) {
      yield* ((page as Record<string, unknown> | undefined)?.[paging.items] ?? []) as Found[];
    }
  }
  return Object.assign(plain, { pages, items });
}
