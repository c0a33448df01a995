/** Contexts of OpenTelemetry's that leave little behind. */

import { type Context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";

/**
 * A context with one value more than another.
 *
 * The API's own is a map and three functions, and V8 keeps what it leads to, which is the whole request, until its next
 * full collection.
 */
class Entry implements Context {
    readonly #outer: Context;
    readonly #key: symbol;
    readonly #value: unknown;

    constructor(outer: Context, key: symbol, value: unknown) {
        this.#outer = outer;
        this.#key = key;
        this.#value = value;
    }

    getValue(key: symbol): unknown {
        return key === this.#key ? this.#value : this.#outer.getValue(key);
    }

    setValue(key: symbol, value: unknown): Context {
        return new Entry(this, key, value);
    }

    deleteValue(key: symbol): Context {
        return new Entry(this, key, undefined);
    }
}

/** What the contexts of requests begin with. */
export const ROOT: Context = new Entry(ROOT_CONTEXT, createContextKey("nothing"), undefined);
