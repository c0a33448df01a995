import { describe, expect, test } from "vitest";
import { exact, MAX_DEPTH, NotJson, parse, stringify } from "../../src/platform/strict-json.ts";

const bytes = (text: string) => Buffer.from(text);

describe("JSON is read as RFC 8259 has it", () => {
    test.each([
        ["null", null],
        [' {"a": [1, -0.5, 1e3, "x:y", "\\"}"], "b\\\\": {}} ', { a: [1, -0.5, 1000, "x:y", '"}'], "b\\": {} }],
        ['"\\ud83d\\ude00"', "😀"],
        ['{"__proto__": 1}', JSON.parse('{"__proto__": 1}')],
    ])("%s", (text, value) => {
        expect(parse(bytes(text))).toEqual(value);
    });

    test.each([
        ["two members of one name", '{"a": 1, "a": 1}'],
        ["two members of one name, written differently", '{"a": 1, "\\u0061": 2}'],
        ["two members deep inside", '[{"b": {"a": ":", "a": 2}}]'],
        ["a number beyond a double", "1e400"],
        ["a negative one, inside", '{"a": [-1e400]}'],
        ["NaN", "NaN"],
        ["a lone surrogate", '"\\ud800"'],
        ["a lone surrogate in a name", '{"\\udc00": 1}'],
        ["a byte order mark", "\ufeff{}"],
        ["a trailing comma", "[1,]"],
        ["nothing", ""],
        ["two values", "{} {}"],
        ["too many levels", "[".repeat(MAX_DEPTH + 1) + "]".repeat(MAX_DEPTH + 1)],
    ])("%s is refused", (_, text) => {
        expect(() => parse(bytes(text))).toThrow(NotJson);
    });

    test("invalid UTF-8 is refused", () => {
        expect(() => parse(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toThrow(NotJson);
        expect(() => parse(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toThrow(NotJson);
    });

    test("as many levels as may be are read", () => {
        expect(() => parse(bytes("[".repeat(MAX_DEPTH) + "]".repeat(MAX_DEPTH)))).not.toThrow();
    });

    test("an integer that no double holds leaves as it came", () => {
        const text = '{"id":9007199254740993,"list":[-18446744073709551617,1.5,1e300],"text":"9007199254740993"}';
        const value = exact(text, parse(bytes(text)));
        expect(value).toMatchObject({ id: 9007199254740993n, text: "9007199254740993" });
        expect(stringify(value)).toBe(text.replace("1e300", "1e+300"));
        const parsed = parse(bytes("[1]"));
        expect(exact("[1]", parsed)).toBe(parsed);
    });

    test("what stands beside an ambiguous object can be read", () => {
        const text = '{"keys": [{"a": 1, "a": 2}, {"b": [true, "}"]}, -1.5]}';
        expect(parse(bytes(text), "null")).toEqual({ keys: [null, { b: [true, "}"] }, -1.5] });
    });
});
