/** What is made of a request without the SDK, held against what the SDK makes of the same. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
    AggregationTemporality,
    type HistogramMetricData,
    InMemoryMetricExporter,
    MeterProvider,
    PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
    AlwaysOnSampler,
    InMemorySpanExporter,
    type ReadableSpan,
    SimpleSpanProcessor,
    type SpanProcessor,
    TracerProvider,
} from "@opentelemetry/sdk-trace";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { OPERATIONS } from "../../src/contract/index.ts";
import { ExportQueue } from "../../src/platform/telemetry/export.ts";
import { EncodedSpans } from "../../src/platform/telemetry/otlp.ts";
import { Outcomes, SCOPE } from "../../src/platform/telemetry/outcomes.ts";
import { type RequestSpan, RequestTracer } from "../../src/platform/telemetry/span.ts";
import { RAW_HEADERS, TraceContext } from "../../src/platform/telemetry/trace-context.ts";

const RESOURCE = resourceFromAttributes({ "service.name": "test", "service.version": "0" });
const KNOWN = { "server.address": "127.0.0.1", "server.port": 8000, "user_agent.original": "tests" };
const RECORD = { traceId: "", spanId: "", route: "/quotes/{id}" };
const CALLER = ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"];

interface Request {
    readonly path?: string;
    readonly status?: number;
    readonly caller?: Context;
    readonly processor?: SpanProcessor;
    /** What a handler does with the span. */
    readonly handle?: (span: RequestSpan) => void;
}

/** The span of a request that is over. */
function spanOf({ path = "/quotes/1", status = 200, caller = ROOT_CONTEXT, processor, handle }: Request): RequestSpan {
    const tracer = new RequestTracer(new AlwaysOnSampler(), processor === undefined ? [] : [processor], RESOURCE);
    const span = tracer.start("GET", path, caller, KNOWN, performance.now()) as RequestSpan;
    handle?.(span);
    span.finish(new Outcomes(RESOURCE).of("GET", "http", "1.1", status, RECORD), performance.now());
    return span;
}

/** The same by the SDK. */
function bySdk(span: RequestSpan, caller: Context): ReadableSpan {
    const exporter = new InMemorySpanExporter();
    const { traceId, spanId } = span.spanContext();
    const provider = new TracerProvider({
        resource: RESOURCE,
        sampler: new AlwaysOnSampler(),
        spanProcessors: [new SimpleSpanProcessor({ exporter })],
        idGenerator: { generateTraceId: () => traceId, generateSpanId: () => spanId },
    });
    const { attributes, startTime, endTime } = span;
    const made = provider
        .getTracer(SCOPE.name)
        .startSpan("GET", { kind: SpanKind.SERVER, attributes, startTime }, caller);
    made.updateName("GET /quotes/{id}");
    if (attributes["http.response.status_code"] === 500) {
        made.setStatus({ code: SpanStatusCode.ERROR });
    }
    made.end(endTime);
    return exporter.getFinishedSpans()[0] as ReadableSpan;
}

function encodedBySdk(spans: ReadableSpan[]): Buffer {
    return Buffer.from(ProtobufTraceSerializer.serializeRequest(spans) as Uint8Array);
}

describe("the span of a request", () => {
    const caller = (...fields: string[]) => new TraceContext().extract(ROOT_CONTEXT, fields, RAW_HEADERS);

    test.each<[string, Request]>([
        ["has no caller", {}],
        ["has a caller", { caller: caller(...CALLER, "tracestate", "a=1,b=2") }],
        ["fails", { status: 500 }],
        ["has a path with other letters", { path: "/quotes/é%C3%A9" }],
        ["has a long path", { path: `/quotes/${"1".repeat(200)}` }],
        ["has a very long path", { path: `/quotes/${"ü".repeat(9000)}` }],
    ])("that %s is encoded as the SDK does it", (_, request) => {
        const span = spanOf(request);
        const encoded = new EncodedSpans(RESOURCE);
        encoded.add(span);
        expect(encoded.take(1)).toEqual(encodedBySdk([bySdk(span, request.caller ?? ROOT_CONTEXT)]));
    });

    test("leaves in its turn", () => {
        const spans = Array.from({ length: 300 }, (_, number) => spanOf({ path: `/quotes/${number}` }));
        const encoded = new EncodedSpans(RESOURCE);
        for (const span of spans) {
            encoded.add(span);
        }
        expect(encoded.take(100)).toEqual(encodedBySdk(spans.slice(0, 100)));
        expect(encoded.take(200)).toEqual(encodedBySdk(spans.slice(100)));
        expect(encoded.size).toBe(0);
    });
});

/** A collector, which can be made to wait with its answers. */
class Collector {
    readonly messages: Buffer[] = [];
    readonly #server: Server = createServer(async (request, response) => {
        this.messages.push(Buffer.concat(await Array.fromAsync(request)));
        await this.answering;
        response.end();
    });
    answering: Promise<void> = Promise.resolve();

    async start(port = 0): Promise<string> {
        await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
        onTestFinished(() => this.stop());
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    async stop(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    /** The last parts of the paths of quotes that were asked for; what follows one is the tag of an attribute. */
    get quotes(): string[] {
        return this.messages.flatMap(
            (message) => message.toString("latin1").match(/(?<=\/quotes\/)[a-z0-9]+(?=J)/g) ?? [],
        );
    }
}

function exportTo(url: string, timeout = 10_000): void {
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", url);
    vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", String(timeout));
    onTestFinished(() => void vi.unstubAllEnvs());
}

describe("the queue", () => {
    test("sends requests' spans and others in one message", async () => {
        const collector = new Collector();
        exportTo(await collector.start());
        const processor = new ExportQueue(RESOURCE, {});
        const sdk = new TracerProvider({ resource: RESOURCE, spanProcessors: [processor] }).getTracer("team");
        const span = spanOf({
            processor,
            handle: (own) => sdk.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, own)).end(),
        });
        await processor.forceFlush();
        expect(collector.messages).toHaveLength(1);
        const [message] = collector.messages as [Buffer];
        expect(message.includes("child")).toBe(true);
        expect(message.includes("GET /quotes/{id}")).toBe(true);
        // Its own id, and its child's parent's.
        expect(message.toString("hex").split(span.spanContext().spanId)).toHaveLength(3);
    });

    test("sends what a handler says of its request's span", async () => {
        const collector = new Collector();
        exportTo(await collector.start());
        const processor = new ExportQueue(RESOURCE, {});
        const span = spanOf({
            processor,
            handle: (own) =>
                own.setAttribute("team.key", "value").addEvent("happened").addLink({ context: own.spanContext() }),
        });
        await processor.forceFlush();
        expect(span.attributes).toMatchObject({ "team.key": "value", "url.path": "/quotes/1", "server.port": 8000 });
        expect(collector.messages).toEqual([encodedBySdk([span])]);
    });

    test("drops what is more than it may hold", async () => {
        const collector = new Collector();
        exportTo(await collector.start());
        let answer = () => {};
        collector.answering = new Promise((resolve) => {
            answer = resolve;
        });
        const processor = new ExportQueue(RESOURCE, { maxQueueSize: 4, maxExportBatchSize: 4 });
        // Four are sent at once, four wait for the answer.
        for (const number of Array(10).keys()) {
            spanOf({ path: `/quotes/${number}`, processor });
        }
        answer();
        await vi.waitFor(() => expect(collector.quotes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]), 10_000);
        spanOf({ path: "/quotes/later", processor });
        await processor.forceFlush();
        expect(collector.quotes.at(-1)).toBe("later");
    });

    test("holds no more than so many bytes", async () => {
        const collector = new Collector();
        exportTo(await collector.start());
        const processor = new ExportQueue(RESOURCE, { maxQueueSize: 2048, maxExportBatchSize: 2048 });
        const path = `/${"1".repeat(8000)}`;
        for (let number = 0; number < 2000; number++) {
            spanOf({ path, processor });
        }
        await processor.forceFlush();
        const [size] = collector.messages.map(({ length }) => length / 1024 / 1024);
        expect(size).toBeGreaterThan(7.9);
        expect(size).toBeLessThan(8.1);
    });

    test("goes on after a collector was away", async () => {
        const [before, after] = [new Collector(), new Collector()];
        const url = await before.start();
        await before.stop();
        exportTo(url, 100);
        const processor = new ExportQueue(RESOURCE, {});
        spanOf({ path: "/quotes/lost", processor });
        await expect(processor.forceFlush()).rejects.toThrow();
        await after.start(Number(new URL(url).port));
        spanOf({ path: "/quotes/kept", processor });
        await processor.forceFlush();
        expect(after.quotes).toEqual(["kept"]);
    });
});

test.each([
    ["cumulative", "", 2],
    ["delta", "delta", 1],
])("a service that stops sends what is left, %s", async (_, preference, temporality) => {
    const collector = new Collector();
    exportTo(await collector.start());
    vi.stubEnv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", preference);
    // Telemetry is configured once for a process.
    vi.resetModules();
    const { running } = await import("./harness.ts");
    const { request, stop } = await running(Object.fromEntries(OPERATIONS.map(({ handler }) => [handler, vi.fn()])));
    await request("GET", "/quotes/nowhere?token=secret");
    await stop();
    expect(collector.quotes).toEqual(["nowhere"]);
    expect(Buffer.concat(collector.messages).includes("secret")).toBe(false);
    const [durations] = collector.messages.filter((message) => message.includes("http.server.request.duration"));
    // The last field of a histogram is its temporality, and no other metric follows.
    expect(durations?.subarray(-2)).toEqual(Buffer.of(0x10, temporality));
});

type Metric = HistogramMetricData & { name: string };

describe("the durations of requests", () => {
    /** The points that a reader reads, of requests that are counted here and of the same counted by the SDK. */
    async function read(record: (outcomes: Outcomes) => void) {
        const [here, there] = [new Outcomes(RESOURCE), new Outcomes(RESOURCE)];
        const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
        const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [here] });
        const meters = new MeterProvider({ resource: RESOURCE, readers: [reader] });
        onTestFinished(() => meters.shutdown());
        there.countedBy(meters.getMeter(SCOPE.name));
        record(here);
        record(there);
        const { scopeMetrics } = (await reader.collect()).resourceMetrics;
        const metrics = scopeMetrics.map(({ scope, metrics }) => ({ name: scope.name, ...metrics[0] }) as Metric);
        const points = metrics.map(({ dataPoints }) =>
            dataPoints.map(({ attributes, value }) => ({ attributes, value })),
        );
        return { metrics, points };
    }

    test("are counted as the SDK does it", async () => {
        const { metrics, points } = await read((outcomes) => {
            for (const seconds of [0, 0.005, 0.3, 0.3, 20]) {
                outcomes.of("GET", "http", "1.1", 200, RECORD).record(seconds);
            }
            outcomes.of("GET", "http", "1.1", 500, { ...RECORD, errorType: "TypeError" }).record(1);
            outcomes.of("GET", "http", "1.1", undefined, { traceId: "", spanId: "" }).record(1);
        });
        expect(points[1]).toEqual(points[0]);
        expect(points[1]).toHaveLength(3);
        const [sdk, ours] = metrics.map(({ descriptor: { name, unit, description, valueType }, ...metric }) => ({
            ...metric,
            descriptor: { name, unit, description, valueType },
            dataPoints: null,
        }));
        expect(ours).toEqual(sdk);
    });

    test("are of as many kinds as the SDK would tell apart", async () => {
        const { points } = await read((outcomes) => {
            for (const number of [...Array(2500).keys(), 2400, 1]) {
                outcomes.of("GET", "http", "1.1", 200, { ...RECORD, route: `/${number}` }).record(1);
            }
        });
        expect(points[1]).toEqual(points[0]);
    });
});
