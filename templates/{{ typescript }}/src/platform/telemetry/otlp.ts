/**
 * The spans of requests in OTLP (opentelemetry-proto, `trace/v1/trace.proto`), encoded as they end.
 *
 * The same attributes come again and again, and the rest is mostly of a fixed size. A field is its number and wire type,
 * then the length of its content where that varies, then the content (Protocol Buffers, "Encoding").
 */

import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { cached } from "../cached.ts";
import { microseconds } from "./clock.ts";
import { SCOPE } from "./outcomes.ts";
import type { RequestSpan } from "./span.ts";

const FIRST_BYTES = 65_536;
/** Two ids, two times, the rest of the status, and the flags. */
const FIXED_BYTES = 18 + 10 + 2 * 9 + 1 + 6;
const PARENT_BYTES = 10;
/** Numbers of fields with their wire types, by the names of the messages. */
const TAG = {
    ScopeSpans: { span: 0x12 },
    Span: { traceId: 0x0a, spanId: 0x12, parentSpanId: 0x22, start: 0x39, end: 0x41, attribute: 0x4a },
    KeyValue: { value: 0x12 },
    AnyValue: { string: 0x0a },
} as const;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;
const TWO_TO_32 = 2 ** 32;

const NOTHING = Buffer.alloc(0);
const SERVER = Buffer.of(0x30, 2);
const PATH = delimited(1, Buffer.from("url.path"));
/** Nothing was dropped (10, 12 and 14); the status (15), up to its code. */
const NO_MORE = Buffer.of(0x50, 0, 0x60, 0, 0x70, 0, 0x7a, 2, 0x18);

/** Spans one after another, in the order in which they ended. */
export class EncodedSpans {
    readonly #resource: Buffer;
    readonly #scope = delimited(1, delimited(1, Buffer.from(SCOPE.name)));
    readonly #sizes: number[] = [];
    #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    #at = 0;

    constructor(resource: Resource) {
        this.#resource = delimited(1, Buffer.concat([attributes(1, resource.attributes), Buffer.of(0x10, 0)]));
    }

    /** Their size in bytes. */
    get size(): number {
        return this.#at;
    }

    add(span: RequestSpan): void {
        const { traceId, spanId, traceFlags, traceState } = span.spanContext();
        const { parentSpanContext: parent, path } = span;
        const state = traceState === undefined ? NOTHING : delimited(3, Buffer.from(traceState.serialize()));
        const name = encodedName(span.name);
        const known = encodedAttributes(span.known);
        const outcome = encodedAttributes(span.outcome);
        const text = Buffer.byteLength(path);
        const value = fieldSize(text);
        const attribute = PATH.length + fieldSize(value);
        const size =
            FIXED_BYTES +
            state.length +
            (parent === undefined ? 0 : PARENT_BYTES) +
            name.length +
            known.length +
            fieldSize(attribute) +
            outcome.length +
            NO_MORE.length;

        const before = this.#at;
        this.#reserve(fieldSize(size));
        this.#head(TAG.ScopeSpans.span, size);
        this.#id(TAG.Span.traceId, 16, traceId);
        this.#id(TAG.Span.spanId, 8, spanId);
        this.#put(state);
        if (parent !== undefined) {
            this.#id(TAG.Span.parentSpanId, 8, parent.spanId);
        }
        this.#put(name);
        this.#time(TAG.Span.start, span.started);
        this.#time(TAG.Span.end, span.finished);
        this.#put(known);
        this.#head(TAG.Span.attribute, attribute);
        this.#put(PATH);
        this.#head(TAG.KeyValue.value, value);
        this.#head(TAG.AnyValue.string, text);
        this.#at += this.#bytes.write(path, this.#at);
        this.#put(outcome);
        this.#put(NO_MORE);
        this.#bytes[this.#at++] = span.status.code;
        this.#flags(traceFlags | HAS_IS_REMOTE | (parent?.isRemote === true ? IS_REMOTE : 0));
        this.#sizes.push(this.#at - before);
    }

    /** An `ExportTraceServiceRequest` with the first of them, which are taken out. */
    take(count: number): Buffer {
        const size = this.#sizes.splice(0, count).reduce((sum, one) => sum + one, 0);
        const scopeSpans = head(2, this.#scope.length + size);
        const resourceSpans = head(1, this.#resource.length + scopeSpans.length + this.#scope.length + size);
        const spans = this.#bytes.subarray(0, size);
        const request = Buffer.concat([resourceSpans, this.#resource, scopeSpans, this.#scope, spans]);
        this.#bytes.copyWithin(0, size, this.#at);
        this.#at -= size;
        return request;
    }

    #reserve(size: number): void {
        if (this.#at + size > this.#bytes.length) {
            const larger = Buffer.allocUnsafeSlow(2 * (this.#at + size));
            larger.set(this.#bytes.subarray(0, this.#at));
            this.#bytes = larger;
        }
    }

    #put(part: Uint8Array): void {
        this.#bytes.set(part, this.#at);
        this.#at += part.length;
    }

    #head(tag: number, size: number): void {
        this.#bytes[this.#at++] = tag;
        this.#at = putVarint(this.#bytes, this.#at, size);
    }

    #id(tag: number, size: number, digits: string): void {
        this.#head(tag, size);
        this.#at += this.#bytes.write(digits, this.#at, "hex");
    }

    /** Nanoseconds, which no number can hold exactly, in two halves. */
    #time(tag: number, time: number): void {
        const whole = microseconds(time);
        const high = Math.floor(whole / TWO_TO_32);
        const low = (whole - high * TWO_TO_32) * 1000;
        this.#bytes[this.#at++] = tag;
        this.#at = this.#bytes.writeUInt32LE(low % TWO_TO_32, this.#at);
        this.#at = this.#bytes.writeUInt32LE(high * 1000 + Math.floor(low / TWO_TO_32), this.#at);
    }

    #flags(flags: number): void {
        // The one tag of two bytes.
        this.#bytes[this.#at++] = 0x85;
        this.#bytes[this.#at++] = 0x01;
        this.#at = this.#bytes.writeUInt32LE(flags, this.#at);
    }
}

const attributesOf = new WeakMap<Attributes, Buffer>();

/** The attributes of a span; those of one object are encoded once. */
function encodedAttributes(given: Attributes): Buffer {
    let found = attributesOf.get(given);
    if (found === undefined) {
        found = attributes(9, given);
        attributesOf.set(given, found);
    }
    return found;
}

/** The name and the kind. */
const encodedName = cached((name) => Buffer.concat([delimited(5, Buffer.from(name)), SERVER]));

function attributes(number: number, given: Attributes): Buffer {
    const pairs = Object.entries(given).map(([name, value]) =>
        Buffer.concat([delimited(1, Buffer.from(name)), delimited(2, content(name, value))]),
    );
    return Buffer.concat(pairs.map((pair) => delimited(number, pair)));
}

function content(name: string, value: AttributeValue | undefined): Buffer {
    if (typeof value === "string") {
        return delimited(1, Buffer.from(value));
    }
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) {
        return Buffer.concat([Buffer.of(0x18), varint(value)]);
    }
    throw new TypeError(`the attribute ${name} is neither a text nor a natural number`);
}

/** A field whose length varies. */
function delimited(number: number, content: Uint8Array): Buffer {
    return Buffer.concat([head(number, content.length), content]);
}

/** What goes before the content of such a field; `number` is below 16. */
function head(number: number, size: number): Buffer {
    return Buffer.concat([Buffer.of((number << 3) | 2), varint(size)]);
}

function varint(value: number): Buffer {
    const bytes = Buffer.alloc(varintSize(value));
    putVarint(bytes, 0, value);
    return bytes;
}

/** Seven bits a byte, the lowest first; returns where it ends. */
function putVarint(bytes: Uint8Array, at: number, value: number): number {
    let [end, rest] = [at, value];
    for (; rest > 0x7f; rest >>>= 7) {
        bytes[end++] = (rest & 0x7f) | 0x80;
    }
    bytes[end++] = rest;
    return end;
}

function varintSize(value: number): number {
    return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

/** What a field takes whose content is so large. */
function fieldSize(size: number): number {
    return 1 + varintSize(size) + size;
}
