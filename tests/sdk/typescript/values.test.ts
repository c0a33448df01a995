/** What is written into requests and read from responses. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf } from "../npm/src/runtime/bodies.ts";
import { parse, stringify } from "../npm/src/runtime/json.ts";
import { headersOf, type Parameter, pathOf, queryOf } from "../npm/src/runtime/parameters.ts";

test("an integer that no number holds comes and goes unchanged", () => {
  const text = '{"id":9007199254740993,"list":[-18446744073709551615,1],"text":"9007199254740993","pi":3.141592653589793238}';
  const value = parse(text) as { id: bigint; list: unknown[]; text: string; pi: number };
  assert.equal(value.id, 9007199254740993n);
  assert.deepEqual(value.list, [-18446744073709551615n, 1]);
  assert.equal(value.text, "9007199254740993");
  assert.equal(value.pi, Math.PI);
  assert.equal(stringify({ id: value.id, list: value.list }), '{"id":9007199254740993,"list":[-18446744073709551615,1]}');
});

test("digits inside texts and keys are no integers", () => {
  const text = '{"12345678901234567890":"a \\"12345678901234567890\\" b","n":12345678901234567890}';
  assert.deepEqual(parse(text), { "12345678901234567890": 'a "12345678901234567890" b', n: 12345678901234567890n });
});

test("what is no JSON is refused, large integers in it or not", () => {
  assert.throws(() => parse("{"), SyntaxError);
  assert.throws(() => parse('{"a": 12345678901234567890,}'), SyntaxError);
  assert.throws(() => parse("012345678901234567890"), SyntaxError);
});

test("small integers stay numbers", () => {
  assert.deepEqual(parse('{"a": 9007199254740991, "b": 1e20, "c": 0.12345678901234567}'), {
    a: 9007199254740991,
    b: 1e20,
    c: 0.12345678901234567,
  });
});

const color = { text: "blue", list: ["blue", "black"], object: { R: 100, G: 200 } };

function query(style: Partial<Parameter>, value: unknown): string {
  return queryOf([{ as: "color", in: "query", name: "color", ...style }], { color: value });
}

// The table of OpenAPI 3.1.1, "Style Examples".
test("parameters are written in the style that the contract names", () => {
  assert.equal(query({}, color.text), "?color=blue");
  assert.equal(query({}, color.list), "?color=blue&color=black");
  assert.equal(query({}, color.object), "?R=100&G=200");
  assert.equal(query({ explode: false }, color.list), "?color=blue,black");
  assert.equal(query({ explode: false }, color.object), "?color=R,100,G,200");
  assert.equal(query({ style: "spaceDelimited" }, color.list), "?color=blue%20black");
  assert.equal(query({ style: "pipeDelimited" }, color.list), "?color=blue%7Cblack");
  assert.equal(query({ style: "deepObject" }, color.object), "?color%5BR%5D=100&color%5BG%5D=200");
  assert.equal(query({ json: true }, color.object), "?color=%7B%22R%22%3A100%2C%22G%22%3A200%7D");
  const path = (style: Partial<Parameter>, value: unknown): string =>
    pathOf("/x/{color}", [{ as: "color", in: "path", name: "color", ...style }], { color: value });
  assert.equal(path({}, color.list), "/x/blue,black");
  assert.equal(path({}, color.object), "/x/R,100,G,200");
  assert.equal(path({ explode: true }, color.object), "/x/R=100,G=200");
  assert.equal(path({ style: "label" }, color.list), "/x/.blue,black");
  assert.equal(path({ style: "label", explode: true }, color.list), "/x/.blue.black");
  assert.equal(path({ style: "matrix" }, color.text), "/x/;color=blue");
  assert.equal(path({ style: "matrix", explode: true }, color.object), "/x/;R=100;G=200");
  assert.equal(path({ style: "matrix" }, color.object), "/x/;color=R,100,G,200");
});

test("what is left out is not sent, and null is an empty value", () => {
  assert.equal(query({}, undefined), "");
  assert.equal(query({}, null), "?color=");
});

test("a value can't leave its place", () => {
  const parameters: Parameter[] = [{ as: "id", in: "path", name: "id" }];
  assert.equal(pathOf("/a/{id}/b", parameters, { id: "../x?y#z" }), "/a/..%2Fx%3Fy%23z/b");
  for (const id of ["", ".", "..", undefined]) assert.throws(() => pathOf("/a/{id}/b", parameters, { id }), TypeError);
  assert.equal(query({}, "a&b=c"), "?color=a%26b%3Dc");
});

test("headers and cookies are written too", () => {
  const parameters: Parameter[] = [
    { as: "ids", in: "header", name: "X-Ids" },
    { as: "session", in: "cookie", name: "session" },
  ];
  assert.deepEqual(headersOf(parameters, { ids: [1, 2], session: "a b" }), [
    ["X-Ids", "1,2"],
    ["cookie", "session=a%20b"],
  ]);
});

test("bodies are written as their media type has it", async () => {
  const text = async (value: unknown, type: string): Promise<string> => new TextDecoder().decode((await bodyOf(value, type)).bytes);
  assert.equal(await text({ a: 1n, b: undefined }, "application/merge-patch+json"), '{"a":1}');
  assert.equal(await text({ a: "x y", b: ["1", "2"], c: undefined }, "application/x-www-form-urlencoded"), "a=x+y&b=1&b=2");
  assert.equal(await text("plain", "text/plain"), "plain");
  assert.equal(await text(new Uint8Array([104, 105]), "application/octet-stream"), "hi");
  const form = await bodyOf({ name: "n", file: new Blob(["content"], { type: "text/csv" }) }, "multipart/form-data");
  assert.match(form.type, /^multipart\/form-data; boundary=/);
  assert.match(new TextDecoder().decode(form.bytes), /name="file"; filename="blob"\r\nContent-Type: text\/csv\r\n\r\ncontent/);
  assert.equal((await bodyOf(new Blob(["x"], { type: "image/png" }), "image/*")).type, "image/png");
  await assert.rejects(bodyOf({}, "image/png"), TypeError);
});
