/** JSON without loss: an integer that `number` can't hold exactly is read as a `bigint`, and written back as it came. */

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MAY_BE_UNSAFE = /\d{16}/;

/** Raises SyntaxError for text that is no JSON. */
export function parse(text: string): unknown {
  if (!MAY_BE_UNSAFE.test(text)) return JSON.parse(text);
  const mark = marker();
  const marked = text.replace(TOKENS, (token) => (isUnsafe(token) ? `"${mark}${token}"` : token));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** Takes what `JSON.stringify` takes, and `bigint`. `undefined` properties are left out. */
export function stringify(value: unknown): string {
  const mark = marker();
  let marked = false;
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "bigint") return inner;
    marked = true;
    return `${mark}${inner}`;
  });
  return marked ? text.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1") : text;
}

function isUnsafe(token: string): boolean {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
}

/** A prefix that no text of a document has, because nobody could know it. */
function marker(): string {
  return `${crypto.randomUUID()}:`;
}
