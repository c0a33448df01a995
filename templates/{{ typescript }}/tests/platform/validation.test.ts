import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FORMATS } from "../../src/platform/formats.ts";
import { Schemas } from "../../src/platform/validation.ts";

function schemas(schema: object): Schemas {
    const path = join(mkdtempSync(join(tmpdir(), "schemas-")), "schemas.json");
    const document = {
        request: { Node: schema },
        operations: { op: { body: { "application/json": { $ref: "#/request/Node" } } } },
    };
    writeFileSync(path, JSON.stringify(document));
    return new Schemas(path);
}

function faults(schema: object, value: unknown): string[] {
    const found = schemas(schema).bodyFaults("op", "application/json", value, 0);
    return found.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe("the contract's schemas give the verdict", () => {
    test("a fault has the pointer of its place", () => {
        const schema = {
            type: "object",
            required: ["a~b"],
            properties: { "a~b": true, list: { items: { type: "integer" } } },
            additionalProperties: false,
        };
        expect(faults(schema, { list: [1, "2"], "c/d": 1 }).sort()).toEqual([
            "/a~0b is required",
            "/c~1d is not a property of this object",
            "/list/1 must be integer",
        ]);
    });

    test("alternatives that do not match are one fault", () => {
        const alternatives = [
            { type: "object", required: ["a"] },
            { type: "object", required: ["b"] },
        ];
        expect(faults({ properties: { x: { oneOf: alternatives } } }, { x: {} })).toHaveLength(1);
        expect(faults({ properties: { x: { anyOf: alternatives } } }, { x: {} })).toHaveLength(1);
        expect(faults({ oneOf: alternatives }, { a: 1, b: 2 })).toHaveLength(1);
        expect(faults({ oneOf: alternatives }, { a: 1 })).toEqual([]);
        expect(faults({ anyOf: alternatives }, { a: 1, b: 2 })).toEqual([]);
    });

    test("a property that parts of the schema evaluate is none of any object's", () => {
        const schema = { anyOf: [{ properties: { a: true }, required: ["a"] }, { properties: { b: true } }] };
        const closed = { type: "object", ...schema, unevaluatedProperties: false };
        expect(faults(closed, { a: 1, b: 2 })).toEqual([]);
        expect(faults(closed, JSON.parse('{"a": 1, "constructor": 2, "__proto__": 3}'))).toEqual([
            "/constructor is not a property of this object",
            "/__proto__ is not a property of this object",
        ]);
    });

    test("what is wrong with one property is not the fault of the others", () => {
        const text = { type: "string" };
        const closed = { allOf: [{ properties: { a: text, b: true } }], unevaluatedProperties: false };
        expect(faults(closed, { a: 1, b: 2, c: 3 })).toEqual(["/a must be string"]);
        expect(faults({ properties: { x: closed, y: closed } }, { x: { a: 1 }, y: { c: 3 } })).toEqual([
            "/x/a must be string",
            "/y/c is not a property of this object",
        ]);
    });

    test("nothing is coerced, removed or filled in", () => {
        const schema = { type: "object", properties: { a: { type: "integer", default: 1 }, b: { type: "string" } } };
        const value = { b: "1", c: null };
        expect(faults(schema, value)).toEqual([]);
        expect(value).toEqual({ b: "1", c: null });
        expect(faults(schema, { a: "1" })).toEqual(["/a must be integer"]);
    });

    test("multiples are those of decimals", () => {
        expect(faults({ multipleOf: 0.01 }, 1.13)).toEqual([]);
        expect(faults({ multipleOf: 0.1 }, 0.3)).toEqual([]);
        expect(faults({ multipleOf: 0.1 }, 0.35)).toHaveLength(1);
        expect(faults({ multipleOf: 1e-8 }, 1e300)).toEqual([]);
    });

    test("no more is told of a large body than its first fault", () => {
        const found = schemas({ items: { type: "string" } }).bodyFaults("op", "application/json", [1, 2, 3], 1_000_000);
        expect(found).toHaveLength(1);
    });

    test.each([
        [
            "date-time",
            ["2024-02-29T12:00:00Z", "1990-12-31T23:59:60Z"],
            ["2023-02-29T12:00:00Z", "2024-01-01 00:00:00Z"],
        ],
        ["email", ["a.b@example.com", '"a b"@example.com'], ["a@b@c", ".a@example.com", "a@-b.com"]],
        ["uri", ["https://example.com/?q=1#f", "urn:a:b"], ["/relative", "http://[::1", "a b:c"]],
        ["uuid", ["123e4567-e89b-42d3-a456-426614174000"], ["123e4567e89b42d3a456426614174000"]],
        ["ipv6", ["::1"], ["::1%eth0", "1::2::3"]],
        ["duration", ["P1Y2M3DT4H", "P2W"], ["P", "PT", "P1S", "1D"]],
    ])("%s is what its standard says", (name, good, bad) => {
        const format = FORMATS[name];
        const holds = (text: string) => (format instanceof RegExp ? format.test(text) : format?.(text));
        expect(good.filter((text) => !holds(text))).toEqual([]);
        expect(bad.filter(holds)).toEqual([]);
    });
});
