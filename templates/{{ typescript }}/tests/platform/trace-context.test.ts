import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { RAW_HEADERS, TraceContext } from "../../src/platform/telemetry/trace-context.ts";

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function extracted(...headers: string[]) {
    return trace.getSpanContext(new TraceContext().extract(ROOT_CONTEXT, headers, RAW_HEADERS));
}

test("a trace that comes in goes on", () => {
    const found = extracted("TraceParent", PARENT, "tracestate", "a=1", "tracestate", "b=2");
    expect(found?.traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(found?.traceState?.serialize()).toBe("a=1,b=2");
});

test.each([
    ["two", ["traceparent", PARENT, "traceparent", PARENT]],
    ["more than version 00 has", ["traceparent", `${PARENT}-x`]],
    ["version ff", ["traceparent", PARENT.replace("00", "ff")]],
    ["upper case", ["traceparent", PARENT.toUpperCase()]],
])("%s begins a new one", (_, headers) => {
    expect(extracted(...headers)).toBeUndefined();
});

test.each(["a=1,a=2", "a", "A=1", "a=b=c", Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(",")])(
    "the state %s is dropped",
    (state) => {
        expect(extracted("traceparent", PARENT, "tracestate", state)?.traceState).toBeUndefined();
    },
);

test("the flags that are known are kept", () => {
    const context = new TraceContext().extract(ROOT_CONTEXT, ["traceparent", PARENT.replace(/01$/, "ff")], RAW_HEADERS);
    const sent: Record<string, string> = {};
    new TraceContext().inject(context, sent, { set: (_, name, value) => (sent[name] = value) });
    expect(sent.traceparent).toBe(PARENT.replace(/01$/, "03"));
});
