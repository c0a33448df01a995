/** JSON as RFC 8259 has it, and nothing else that a lenient parser takes for it. */

export const MAX_DEPTH = 64;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// As long as 2 ** 53 is.
const LONG_NUMBER = /[0-9]{16}/;
const INTEGER = /^-?[0-9]+$/;
/** ECMAScript 2026; the compiler does not know it yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** The text is not JSON, or is JSON of a kind that two parsers may read differently. */
export class NotJson extends Error {}

/** What to make of an object that has a member twice: refuse the text, or take null for the object. */
export type Ambiguous = "refused" | "null";

/** The text of that content. Throws NotJson where it is not UTF-8. */
export function decode(content: Uint8Array): string {
    try {
        return UTF8.decode(content);
    } catch {
        throw new NotJson("not UTF-8");
    }
}

/**
 * Read one JSON value.
 *
 * Throws NotJson on a grammar fault, and on what RFC 8259 leaves to luck: duplicate members (section 4), numbers beyond a
 * double (section 6), invalid UTF-8, a byte order mark (section 8.1), lone surrogates (section 8.2), and nesting deeper
 * than `MAX_DEPTH` (section 9).
 */
export function parse(content: Uint8Array | string, ambiguous: Ambiguous = "refused"): unknown {
    const text = typeof content === "string" ? content : decode(content);
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        throw new NotJson("not a JSON text");
    }
    const survey = new Survey(text.includes("\\u"));
    survey.visit(value, 1);
    // JSON.parse keeps the last of several members of one name, so then there are more colons than members.
    if (survey.members !== colons(text)) {
        if (ambiguous === "refused") {
            throw new NotJson("an object has a member twice");
        }
        return withoutAmbiguous(text);
    }
    return value;
}

/**
 * The value of a text that `parse` has read, with each integer that no double holds exactly as a bigint: so it leaves as
 * it came. `parsed` is what `parse` made of it, and is returned where there is none.
 */
export function exact(text: string, parsed: unknown): unknown {
    return LONG_NUMBER.test(text) ? JSON.parse(text, unrounded) : parsed;
}

/** JSON of a value, in which bigints are integers like any other. */
export function stringify(value: unknown): string | undefined {
    try {
        return JSON.stringify(value);
    } catch (error) {
        if (!(error instanceof TypeError)) {
            throw error;
        }
        return JSON.stringify(value, (_, member) => (typeof member === "bigint" ? rawJson(String(member)) : member));
    }
}

function unrounded(_: string, value: unknown, { source = "" }: { source?: string } = {}): unknown {
    const isRounded = typeof value === "number" && !Number.isSafeInteger(value) && INTEGER.test(source);
    return isRounded ? BigInt(source) : value;
}

/** What a parsed value shows of its text. */
class Survey {
    members = 0;
    readonly #mayBeIllFormed: boolean;

    constructor(mayBeIllFormed: boolean) {
        this.#mayBeIllFormed = mayBeIllFormed;
    }

    visit(value: unknown, depth: number): void {
        if (typeof value === "string") {
            this.#check(value);
        } else if (typeof value === "number") {
            if (!Number.isFinite(value)) {
                throw new NotJson("a number is out of range");
            }
        } else if (typeof value === "object" && value !== null) {
            if (depth > MAX_DEPTH) {
                throw new NotJson("nested too deeply");
            }
            if (Array.isArray(value)) {
                for (const item of value) {
                    this.visit(item, depth + 1);
                }
                return;
            }
            const names = Object.keys(value);
            this.members += names.length;
            for (const name of names) {
                this.#check(name);
                this.visit((value as Record<string, unknown>)[name], depth + 1);
            }
        }
    }

    #check(text: string): void {
        if (this.#mayBeIllFormed && !text.isWellFormed()) {
            throw new NotJson("a lone surrogate");
        }
    }
}

/** How many colons stand outside of strings: one for each member of a text that is JSON. */
function colons(text: string): number {
    let count = 0;
    const length = text.length;
    for (let at = 0; at < length; at++) {
        const code = text.charCodeAt(at);
        if (code === COLON) {
            count++;
        } else if (code === QUOTE) {
            at = endOfString(text, at);
        }
    }
    return count;
}

/** The place of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
    let at = text.indexOf('"', start + 1);
    for (;;) {
        let before = at - 1;
        while (text.charCodeAt(before) === BACKSLASH) {
            before--;
        }
        if ((at - before) % 2 === 1) {
            return at;
        }
        at = text.indexOf('"', at + 1);
    }
}

/** The value of a JSON text, with null for each object that has a member twice. */
function withoutAmbiguous(text: string): unknown {
    let at = 0;

    function blank(): void {
        while (" \t\n\r".includes(text.charAt(at)) && at < text.length) {
            at++;
        }
    }

    function members(): unknown {
        const found: Record<string, unknown> = Object.create(null);
        let twice = false;
        at++;
        for (blank(); text[at] !== "}"; blank()) {
            if (text[at] === ",") {
                at++;
                blank();
            }
            const name = scalar() as string;
            blank();
            at++;
            twice ||= name in found;
            found[name] = value();
        }
        at++;
        return twice ? null : found;
    }

    function items(): unknown {
        const found: unknown[] = [];
        at++;
        for (blank(); text[at] !== "]"; blank()) {
            if (text[at] === ",") {
                at++;
            }
            found.push(value());
        }
        at++;
        return found;
    }

    function scalar(): unknown {
        const start = at;
        if (text[at] === '"') {
            at = endOfString(text, at) + 1;
        } else {
            while (at < text.length && !" \t\n\r,]}".includes(text.charAt(at))) {
                at++;
            }
        }
        return JSON.parse(text.slice(start, at));
    }

    function value(): unknown {
        blank();
        return text[at] === "{" ? members() : text[at] === "[" ? items() : scalar();
    }

    return value();
}
