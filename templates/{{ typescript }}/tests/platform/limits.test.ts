import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { Deadlines } from "../../src/platform/deadline.ts";
import { ConcurrencyLimit, checkContentLength, RateLimit, readBody } from "../../src/platform/limits.ts";
import { ContentTooLarge, MalformedRequest, Overloaded, RateLimited } from "../../src/platform/problems.ts";

test("who sends too often is told when to come again, and others are served", () => {
    let now = 100;
    const rate = new RateLimit(2, 10, "default", () => now);
    expect(rate.take("a")).toEqual([
        ["ratelimit-policy", '"default";q=2;w=10'],
        ["ratelimit", '"default";r=1;t=5'],
    ]);
    rate.take("a");
    try {
        rate.take("a");
        expect.unreachable();
    } catch (error) {
        expect(error).toBeInstanceOf(RateLimited);
        expect((error as RateLimited).headers["retry-after"]).toBe("5");
    }
    rate.take("b");
    now += 5;
    rate.take("a");
});

test("of more identities than are remembered, those that were seen last are", () => {
    const rate = new RateLimit(1, 10, "default", () => 100);
    for (let number = 0; number < 3 * RateLimit.MAX_IDENTITIES; number++) {
        rate.take(String(number));
    }
    const [last, lastButMany] = [3 * RateLimit.MAX_IDENTITIES - 1, 2.6 * RateLimit.MAX_IDENTITIES];
    expect(() => rate.take(String(last))).toThrow(RateLimited);
    expect(() => rate.take(String(lastButMany))).toThrow(RateLimited);
    expect(() => rate.take("0")).not.toThrow();
});

test("a place is given back", () => {
    const limit = new ConcurrencyLimit(1);
    limit.enter();
    expect(() => limit.enter()).toThrow(Overloaded);
    limit.leave();
    limit.enter();
});

test("of handlers that run, each has its own time", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const deadlines = new Deadlines();
    const ended: string[] = [];
    const start = (name: string, milliseconds: number) =>
        deadlines.start(milliseconds, ({ message }) => ended.push(`${name} ${message}`));
    const [first, long] = [start("first", 100), start("long", 1000)];
    vi.advanceTimersByTime(60);
    const second = start("second", 100);
    const third = start("third", 100);
    expect(third.met()).toBe(true);
    vi.advanceTimersByTime(50);
    expect([ended, first.met(), first.signal.aborted]).toEqual([["first "], false, true]);
    vi.advanceTimersByTime(50);
    expect([ended, second.met()]).toEqual([["first ", "second "], false]);
    start("last", 100);
    deadlines.end(new Error("stopping"));
    expect([ended.slice(2), long.signal.aborted]).toEqual([["last stopping", "long stopping"], true]);
    vi.advanceTimersByTime(2000);
    expect(ended).toHaveLength(4);
});

test("a body that says it is too large is refused", () => {
    expect(() => checkContentLength("10", 10)).not.toThrow();
    expect(() => checkContentLength("11", 10)).toThrow(ContentTooLarge);
    expect(() => checkContentLength("9".repeat(400), 10)).toThrow(ContentTooLarge);
    expect(() => checkContentLength("1e1", 10)).toThrow(MalformedRequest);
});

test.each([
    ["as it comes", async () => {}],
    ["when it has come whole", complete],
])("a body is read %s, up to its bound", async (_, waiting) => {
    const server = createServer(async (message, response) => {
        await waiting(message);
        const read = async () => readBody(message, 10, 5);
        response.end(await read().catch((error: Error) => Buffer.from(error.constructor.name)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
        server.closeAllConnections();
        server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (const [body, read] of [
        ["0123456789", "0123456789"],
        ["0123456789x", "ContentTooLarge"],
        ["", ""],
        ["again", "again"],
    ] as const) {
        expect(await (await fetch(url, { method: "POST", body })).text()).toBe(read);
    }
});

async function complete(message: IncomingMessage): Promise<void> {
    while (!message.complete) {
        await new Promise((resolve) => setImmediate(resolve));
    }
}
