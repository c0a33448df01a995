import { expect, test, vi } from "vitest";
import { cached } from "../../src/platform/cached.ts";

test("what comes again is made once, unless it is too much to remember", () => {
    const make = vi.fn((key: string) => key.length);
    const size = cached(make, 2);
    const ask = (...keys: string[]) => keys.map(size) && make.mock.calls.length;
    expect(ask("a", "a", "b", "b")).toBe(2);
    expect(ask("c", "a")).toBe(4);
    expect(ask("x".repeat(2000), "x".repeat(2000))).toBe(6);
});
