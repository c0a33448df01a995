/** What this service does: one method for each operation of the contract. */

import { randomUUID } from "node:crypto";
import type * as contract from "./contract/index.ts";
import * as preconditions from "./platform/preconditions.ts";
import * as problems from "./platform/problems.ts";
import type { QuoteTable } from "./tables.ts";

type Context = contract.Context<contract.Principal>;

const WITHDRAWABLE = new Set(["pending", "priced"]);

export class Operations implements contract.Operations {
    /** List quotes */
    async listQuotes(request: contract.ListQuotesRequest, context: Context): Promise<contract.ListQuotesResponse> {
        const { state, cursor, limit } = request;
        let newestFirst = context.db
            .selectFrom("quote")
            .selectAll()
            .where("owner", "=", owner(context.principal))
            .orderBy("created_at", "desc")
            .orderBy("id", "desc")
            .limit(limit + 1);
        if (state !== undefined) {
            newestFirst = newestFirst.where("state", "=", state);
        }
        if (cursor !== undefined) {
            const [moment, id] = position(cursor);
            newestFirst = newestFirst.where(({ eb, refTuple, tuple }) =>
                eb(refTuple("created_at", "id"), "<", tuple(moment, id)),
            );
        }
        const found = await newestFirst.execute();
        const page = found.slice(0, limit);
        const last = page.at(-1);
        const isMore = found.length > page.length && last !== undefined;
        return {
            status: 200,
            body: { items: page.map(shown), ...(isMore && { next_cursor: cursorAt(last) }) },
        };
    }

    /** Create a quote */
    async createQuote(request: contract.CreateQuoteRequest, context: Context): Promise<contract.CreateQuoteResponse> {
        const { reference, access, term_months } = request.body;
        const quote: QuoteTable = {
            id: randomUUID(),
            owner: owner(context.principal),
            reference,
            state: "pending",
            access: JSON.stringify(access),
            term_months,
            created_at: new Date().toISOString(),
            cancellation_reason: null,
            version: 1,
        };
        await context.db.insertInto("quote").values(quote).execute();
        const headers = { Location: `/quotes/${quote.id}`, ETag: entityTag(quote) };
        return { status: 201, body: shown(quote), headers };
    }

    /** Get a quote */
    async getQuote(request: contract.GetQuoteRequest, context: Context): Promise<contract.GetQuoteResponse> {
        const quote = await find(context, request.quoteId);
        const headers = { ETag: entityTag(quote) };
        if (!preconditions.evaluate(context.operation, headers.ETag, { ifNoneMatch: request.ifNoneMatch })) {
            return { status: 304, headers };
        }
        return { status: 200, body: shown(quote), headers };
    }

    /** Cancel a quote */
    async cancelQuote(request: contract.CancelQuoteRequest, context: Context): Promise<contract.CancelQuoteResponse> {
        const { ifMatch, quoteId } = request;
        preconditions.require(ifMatch);
        const quote = await find(context, quoteId);
        preconditions.evaluate(context.operation, entityTag(quote), { ifMatch });
        if (!WITHDRAWABLE.has(quote.state)) {
            throw new problems.Conflict(`A quote that is ${quote.state} can't be cancelled.`);
        }
        const { numUpdatedRows } = await context.db
            .updateTable("quote")
            .set({ state: "cancelled", cancellation_reason: request.body.reason, version: quote.version + 1 })
            .where("id", "=", quote.id)
            .where("version", "=", quote.version)
            .executeTakeFirst();
        if (numUpdatedRows === 0n) {
            // Another request was quicker, and changed the quote since it was read.
            throw new problems.PreconditionFailed("The resource does not have the entity tag of If-Match.");
        }
        const cancelled = await find(context, quoteId);
        return { status: 200, body: shown(cancelled), headers: { ETag: entityTag(cancelled) } };
    }

    /** Get a quote's state */
    async getQuoteStatus(
        request: contract.GetQuoteStatusRequest,
        context: Context,
    ): Promise<contract.GetQuoteStatusResponse> {
        const { id, state } = await find(context, request.quoteId);
        return { status: 200, body: { id, state } };
    }
}

/**
 * Quotes belong to the caller's tenant, or to the client itself where its tokens name none.
 *
 * A client may have the name of a tenant, and is not that tenant.
 */
function owner({ tenant, clientId }: contract.Principal): string {
    return tenant === null ? `client ${clientId}` : `tenant ${tenant}`;
}

/** Another caller's quote is answered like one that does not exist. */
async function find(context: Context, id: string): Promise<QuoteTable> {
    const quote = await context.db
        .selectFrom("quote")
        .selectAll()
        .where("id", "=", id)
        .where("owner", "=", owner(context.principal))
        .executeTakeFirst();
    if (quote === undefined) {
        throw new problems.NotFound("There is no such quote.");
    }
    return quote;
}

function shown(quote: QuoteTable): contract.models.Quote {
    const { id, reference, state, access, term_months, created_at, cancellation_reason } = quote;
    return {
        id,
        reference,
        state,
        access: JSON.parse(access),
        term_months,
        created_at,
        ...(cancellation_reason !== null && { cancellation_reason }),
    };
}

function entityTag({ version }: QuoteTable): string {
    return `"${version}"`;
}

function cursorAt({ created_at, id }: QuoteTable): string {
    return Buffer.from(`${created_at} ${id}`).toString("base64url");
}

/** Throws MalformedRequest for a cursor that did not come from `cursorAt`. */
function position(cursor: string): [moment: string, id: string] {
    const [moment, id, ...rest] = Buffer.from(cursor, "base64url").toString().split(" ");
    if (moment === undefined || id === undefined || rest.length > 0 || Number.isNaN(Date.parse(moment))) {
        throw new problems.MalformedRequest("The cursor is not one that a page gave.");
    }
    return [moment, id];
}
