/**
 * W3C Trace Context, levels 1 and 2, as strict as it is written.
 *
 * OpenTelemetry's propagator takes a repeated `traceparent`, keeps part of a `tracestate` that is none, and knows only
 * one of the two flags.
 */

import {
    type Context,
    createContextKey,
    INVALID_SPAN_CONTEXT,
    isSpanContextValid,
    type TextMapGetter,
    type TextMapPropagator,
    type TextMapSetter,
    TraceFlags,
    type TraceState,
    trace,
} from "@opentelemetry/api";

const PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const MEMBER =
    /^(?:[a-z0-9][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MAX_MEMBERS = 32;
const RANDOM = 2;
/** Whether the trace's id is random, which the SDK's spans don't carry on. */
const IS_RANDOM = createContextKey("the trace's id is random");

/** Reads and writes `traceparent` and `tracestate`. */
export class TraceContext implements TextMapPropagator {
    /** The context with the caller's span, where the carrier has one. */
    extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
        const given = getter.get(carrier, "traceparent");
        const parents = given === undefined ? [] : Array.isArray(given) ? given : [given];
        const found = parents.length === 1 ? PARENT.exec(parents[0] as string) : null;
        if (found === null) {
            return context;
        }
        const [version, traceId, spanId, flags] = found.slice(1) as [string, string, string, string];
        const rest = found[5];
        const bits = Number.parseInt(flags, 16);
        const spanContext = {
            traceId,
            spanId,
            traceFlags: bits & TraceFlags.SAMPLED,
            isRemote: true,
            ...traceState(getter.get(carrier, "tracestate")),
        };
        if (version === "ff" || (version === "00" && rest !== undefined) || !isSpanContextValid(spanContext)) {
            return context;
        }
        return trace.setSpanContext(context, spanContext).setValue(IS_RANDOM, (bits & RANDOM) !== 0);
    }

    inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
        const span = trace.getSpanContext(context) ?? INVALID_SPAN_CONTEXT;
        if (!isSpanContextValid(span)) {
            return;
        }
        // A trace that began here has an id of the SDK's, which is random.
        const random = context.getValue(IS_RANDOM) === false ? 0 : RANDOM;
        const flags = ((span.traceFlags & TraceFlags.SAMPLED) | random).toString(16).padStart(2, "0");
        setter.set(carrier, "traceparent", `00-${span.traceId}-${span.spanId}-${flags}`);
        const state = span.traceState?.serialize();
        if (state) {
            setter.set(carrier, "tracestate", state);
        }
    }

    fields(): string[] {
        return ["traceparent", "tracestate"];
    }
}

/** `rawHeaders` of Node, in which a name may come several times. */
export const RAW_HEADERS: TextMapGetter<readonly string[]> = {
    get(headers, name) {
        const found = headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);
        return found.length === 0 ? undefined : found;
    },
    keys: (headers) => headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()),
};

/** The list, unless it is none: then it is as good as not there (section 3.3.1). */
function traceState(given: undefined | string | string[]): { traceState?: TraceState } {
    const members = (Array.isArray(given) ? given : [given ?? ""])
        .join(",")
        .split(",")
        .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""))
        .filter((member) => member !== "");
    const keys = new Set(members.map((member) => member.slice(0, member.indexOf("="))));
    const isList = members.length <= MAX_MEMBERS && keys.size === members.length;
    return members.length > 0 && isList && members.every((member) => MEMBER.test(member))
        ? { traceState: new Members(members) }
        : {};
}

class Members implements TraceState {
    readonly #members: readonly string[];

    constructor(members: readonly string[]) {
        this.#members = members;
    }

    set(key: string, value: string): TraceState {
        return new Members([`${key}=${value}`, ...this.#without(key)]);
    }

    unset(key: string): TraceState {
        return new Members(this.#without(key));
    }

    get(key: string): string | undefined {
        return this.#members.find((member) => member.startsWith(`${key}=`))?.slice(key.length + 1);
    }

    serialize(): string {
        return this.#members.join(",");
    }

    #without(key: string): string[] {
        return this.#members.filter((member) => !member.startsWith(`${key}=`));
    }
}
