import { describe, expect, test } from "vitest";
import type { Operation, Parameter } from "../../src/platform/operation.ts";
import { ParameterDecoder } from "../../src/platform/parameters.ts";
import { evaluate } from "../../src/platform/preconditions.ts";
import { MalformedRequest, PreconditionFailed } from "../../src/platform/problems.ts";
import { ResponseWriter } from "../../src/platform/responses.ts";
import { Router } from "../../src/platform/routing.ts";

const OPERATION: Operation = { id: "o", method: "GET", path: "/", handler: "o", responses: [], scopes: [[]] };

function read(parameter: Partial<Parameter>, query: string, headers: readonly string[] = []): unknown {
    const whole: Parameter = { name: "p", location: "query", field: "p", style: "form", explode: true, ...parameter };
    const decoder = new ParameterDecoder({ ...OPERATION, parameters: [whole] });
    const { values, faults } = decoder.decode(new Map(), query, headers);
    return faults[0]?.detail ?? decoder.fields(values).p;
}

describe("a parameter", () => {
    test("becomes what it is written as, and nothing else", () => {
        expect(read({ shape: { types: ["integer"] } }, "p=12")).toBe(12);
        expect(read({ shape: { types: ["integer"] } }, "p=1.0")).toBe("1.0");
        expect(read({ shape: { types: ["integer"] } }, "p=0x1")).toBe("0x1");
        expect(read({ shape: { types: ["boolean"] } }, "p=True")).toBe("True");
        expect(read({ shape: { types: ["null", "number"] } }, "p=1e400")).toBe("1e400");
        expect(read({}, "p=a%20b+c&q=1")).toBe("a b c");
    });

    test("has the style that it is declared with", () => {
        expect(read({ shape: { items: ["integer"] } }, "p=1&p=2")).toEqual([1, 2]);
        expect(read({ shape: { items: ["string"] }, explode: false }, "p=a%2Cb,c")).toEqual(["a,b", "c"]);
        expect(
            read(
                { shape: { properties: { __proto__: [] }, additional: ["integer"] }, style: "deepObject" },
                "p[__proto__]=1",
            ),
        ).toEqual(Object.assign(Object.create(null), JSON.parse('{"__proto__": 1}')));
        expect(read({}, "p=1&p=2")).toBe("is given more than once");
        expect(read({ default: 20 }, "")).toBe(20);
        expect(read({ location: "header", name: "X-P", style: "simple" }, "", ["x-p", "a"])).toBe("a");
    });

    test.each(["p=%", "p=%zz", "p=%ff", "p=%00"])("%s is no text", (query) => {
        expect(() => read({}, query)).toThrow(MalformedRequest);
    });
});

describe("a path", () => {
    const router = new Router<string>("/v1");
    router.add("get", "/quotes/{id}", "one");
    router.add("get", "/quotes/mine", "mine");
    router.add("get", "/quotes/{id}.json", "json");
    router.add("post", "/a b/{x}-{y}", "two");
    const found = (path: string) => {
        const match = router.match(path);
        return match && [[...match.resource.methods.values()][0]?.target, ...match.values];
    };

    test("leads to its operation", () => {
        expect(found("/quotes/7")).toEqual(["one", "7"]);
        expect(found("/v1/quotes/7")).toEqual(["one", "7"]);
        expect(found("/quotes/mine")).toEqual(["mine"]);
        expect(found("/quotes/%6Dine")).toEqual(["mine"]);
        expect(found("/quotes/a%2Fb.json")).toEqual(["json", "a%2Fb"]);
        expect(found("/a%20b/1-2-3")).toEqual(["two", "1-2", "3"]);
        expect(found("/quotes/")).toBeUndefined();
        expect(found("/quotes/7/")).toBeUndefined();
        expect(found("//quotes/7")).toBeUndefined();
    });

    test("tells its methods", () => {
        expect(router.match("/quotes/7")?.resource.allow).toBe("GET, HEAD, OPTIONS");
    });
});

test("preconditions are evaluated in their order", () => {
    expect(evaluate(OPERATION, '"1"', { ifMatch: '"0", "1"' })).toBe(true);
    expect(() => evaluate(OPERATION, '"1"', { ifMatch: 'W/"1"' })).toThrow(PreconditionFailed);
    expect(evaluate(OPERATION, '"1"', { ifNoneMatch: 'W/"1"' })).toBe(false);
    expect(evaluate(OPERATION, null, { ifNoneMatch: "*" })).toBe(true);
    expect(() => evaluate({ ...OPERATION, method: "PUT" }, '"1"', { ifNoneMatch: "*" })).toThrow(PreconditionFailed);
    expect(() => evaluate(OPERATION, '"1"', { ifMatch: "1" })).toThrow(MalformedRequest);
});

describe("a response", () => {
    const writer = new ResponseWriter({
        ...OPERATION,
        responses: [
            { status: 200, mediaTypes: ["application/json"], headers: ["ETag"] },
            { status: "4XX", mediaTypes: ["text/plain"] },
        ],
    });

    test("is written as it is declared", () => {
        const given = { status: 200, body: { a: 1, b: undefined }, headers: { ETag: '"1"' } };
        expect(writer.write(given)).toEqual({
            status: 200,
            mediaType: "application/json",
            headers: [["etag", '"1"']],
            body: '{"a":1}',
        });
        expect(writer.write({ status: "4XX", code: 418, body: Buffer.from("x") }).status).toBe(418);
    });

    test.each([
        ["a status", { status: 201, body: {} }],
        ["a header", { status: 200, body: {}, headers: { Location: "/" } }],
        ["a body that is missing", { status: 200 }],
        ["a header that is no latin-1", { status: 200, body: {}, headers: { ETag: '"\u20ac"' } }],
        ["a line end in a header", { status: 200, body: {}, headers: { ETag: '"1"\r\nx: y' } }],
    ])("that has %s is refused", (_, given) => {
        expect(() => writer.write(given)).toThrow(TypeError);
    });
});
