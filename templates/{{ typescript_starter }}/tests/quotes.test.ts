/** What a caller can do with quotes. */

import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { models } from "../src/contract/index.ts";
import { Operations } from "../src/operations.ts";
import { problem, type Running, running } from "./platform/harness.ts";

const ACCESS = {
    type: "internet",
    site: { street: "Rua Augusta 7", postal_code: "1100-053", city: "Lisboa", country: "PT" },
    download_mbps: 500,
    upload_mbps: 100,
};

async function create(service: Running, changes: object = {}): Promise<Response> {
    return service.request("POST", "/quotes", {
        headers: {
            "content-type": "application/json",
            "idempotency-key": randomUUID(),
            ...(await service.bearer("quotes:write")),
        },
        body: JSON.stringify({ reference: "SHOP-LISBOA-7", access: ACCESS, term_months: 12, ...changes }),
    });
}

async function read(service: Running, path: string, headers: Record<string, string> = {}): Promise<Response> {
    return service.request("GET", path, { headers: { ...headers, ...(await service.bearer("quotes:read")) } });
}

async function page(service: Running, path: string): Promise<models.QuotePage> {
    return (await (await read(service, path)).json()) as models.QuotePage;
}

async function cancel(service: Running, path: string, headers: Record<string, string> = {}): Promise<Response> {
    return service.request("POST", `${path}/cancel`, {
        headers: { "content-type": "application/json", ...headers, ...(await service.bearer("quotes:write")) },
        body: JSON.stringify({ reason: "The site will not open." }),
    });
}

const header = (response: Response, name: string): string => response.headers.get(name) ?? "";

test("a new quote is pending, and found where it is said to be", async () => {
    const service = await running(new Operations());
    const created = await create(service);
    const quote = (await created.json()) as models.Quote;
    expect([created.status, quote.state]).toEqual([201, "pending"]);
    const found = await read(service, header(created, "location"));
    expect(await found.json()).toEqual(quote);
    expect(header(found, "etag")).toBe(header(created, "etag"));
});

test("an unchanged quote is not sent again", async () => {
    const service = await running(new Operations());
    const created = await create(service);
    const [path, tag] = [header(created, "location"), header(created, "etag")];
    const again = await read(service, path, { "if-none-match": tag });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect((await read(service, path, { "if-none-match": `"0", W/${tag}` })).status).toBe(304);
    expect((await read(service, path, { "if-none-match": '"0"' })).status).toBe(200);
});

test("pages hold the newest first, and lead to the last", async () => {
    const service = await running(new Operations());
    for (const reference of ["N0", "N1", "N2"]) {
        await create(service, { reference });
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const first = await page(service, "/quotes?limit=2");
    const last = await page(service, `/quotes?limit=2&cursor=${first.next_cursor}`);
    expect([...first.items, ...last.items].map(({ reference }) => reference)).toEqual(["N2", "N1", "N0"]);
    expect(last).not.toHaveProperty("next_cursor");
});

test("a cursor that no page gave is refused", async () => {
    const service = await running(new Operations());
    expect(await problem(await read(service, "/quotes?cursor=elsewhere"))).toBe("400 malformed-request");
});

test("a cancelled quote stays cancelled", async () => {
    const service = await running(new Operations());
    const created = await create(service);
    const [path, tag] = [header(created, "location"), header(created, "etag")];
    expect(await problem(await cancel(service, path))).toBe("428 precondition-required");
    const cancelled = await cancel(service, path, { "if-match": tag });
    expect(await cancelled.json()).toMatchObject({
        state: "cancelled",
        cancellation_reason: "The site will not open.",
    });
    expect(await problem(await cancel(service, path, { "if-match": tag }))).toBe("412 precondition-failed");
    const now = header(cancelled, "etag");
    expect(await problem(await cancel(service, path, { "if-match": now }))).toBe("409 conflict");
    expect((await page(service, "/quotes?state=cancelled")).items).toHaveLength(1);
});

test("the status is the quote's", async () => {
    const service = await running(new Operations());
    const created = await create(service);
    const { id } = (await created.json()) as models.Quote;
    const status = await read(service, `${header(created, "location")}/status`);
    expect(await status.json()).toEqual({ id, state: "pending" });
});

test("a quote that is not there is not found", async () => {
    const service = await running(new Operations());
    expect(await problem(await read(service, `/quotes/${randomUUID()}`))).toBe("404 not-found");
});
