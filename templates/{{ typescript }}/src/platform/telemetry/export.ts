/**
 * The way of spans to a collector: the SDK's queue, schedule and transport, with those of requests encoded as they end.
 *
 * Spans that wait as objects live long enough for V8 to move them to where collecting them is dear. So requests' wait as
 * bytes, and one object stands for each of them in the SDK's queue.
 */

import { TraceFlags } from "@opentelemetry/api";
import { convertLegacyHttpOptions, createOtlpHttpExportDelegate } from "@opentelemetry/otlp-exporter-base/node-http";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { Resource } from "@opentelemetry/resources";
import {
    BatchSpanProcessor,
    type BatchSpanProcessorOptions,
    type ReadableSpan,
    type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import { EncodedSpans } from "./otlp.ts";
import { RequestSpan } from "./span.ts";

/** The specification's default. */
const MOST_SPANS = 2048;
/** In all, so that callers with long paths don't fill the memory. */
const MOST_BYTES = 8 * 1024 * 1024;

export class ExportQueue implements SpanProcessor {
    readonly #mostSpans: number;
    readonly #encoded: EncodedSpans;
    readonly #queue: BatchSpanProcessor;
    /** What stands for each span that is encoded; the queue asks for no more of it. */
    readonly #encodedSpan: ReadableSpan;
    #waiting = 0;

    constructor(resource: Resource, options: Omit<BatchSpanProcessorOptions, "exporter">) {
        this.#mostSpans = options.maxQueueSize ?? MOST_SPANS;
        this.#encoded = new EncodedSpans(resource);
        const context = { traceId: "", spanId: "", traceFlags: TraceFlags.SAMPLED };
        this.#encodedSpan = { spanContext: () => context, resource } as Partial<ReadableSpan> as ReadableSpan;
        const collector = toCollector();
        this.#queue = new BatchSpanProcessor({
            ...options,
            maxQueueSize: this.#mostSpans,
            exporter: {
                export: (spans, done) => collector.export(this.#message(spans), done),
                forceFlush: () => collector.forceFlush(),
                shutdown: () => collector.shutdown(),
            },
        });
    }

    onStart(): void {
        // What is known of a span is asked for at its end.
    }

    /** Drops the span where too many wait: a collector that is dead delays nobody. */
    onEnd(span: ReadableSpan): void {
        const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
        if (!isSampled || this.#waiting >= this.#mostSpans || this.#encoded.size >= MOST_BYTES) {
            return;
        }
        this.#waiting++;
        if (span instanceof RequestSpan && span.isPlain) {
            this.#encoded.add(span);
            this.#queue.onEnd(this.#encodedSpan);
        } else {
            this.#queue.onEnd(span);
        }
    }

    forceFlush(): Promise<void> {
        return this.#queue.forceFlush();
    }

    shutdown(): Promise<void> {
        return this.#queue.shutdown();
    }

    /** The spans as an `ExportTraceServiceRequest`. */
    #message(spans: ReadableSpan[]): Uint8Array {
        this.#waiting -= spans.length;
        const others = spans.filter((span) => span !== this.#encodedSpan);
        const messages: Uint8Array[] = [];
        if (others.length < spans.length) {
            messages.push(this.#encoded.take(spans.length - others.length));
        }
        if (others.length > 0) {
            messages.push(ProtobufTraceSerializer.serializeRequest(others) as Uint8Array);
        }
        // Messages put after one another are one message (Protocol Buffers, "Encoding", "Last One Wins").
        return messages.length === 1 ? (messages[0] as Uint8Array) : Buffer.concat(messages);
    }
}

/** Sends what is encoded, as OTEL_EXPORTER_OTLP_* say. */
function toCollector() {
    const headers = { "Content-Type": "application/x-protobuf" };
    return createOtlpHttpExportDelegate(
        convertLegacyHttpOptions({}, "TRACES", "v1/traces", headers),
        {
            serializeRequest: (message: Uint8Array) => message,
            deserializeResponse: ProtobufTraceSerializer.deserializeResponse,
        },
        "otlp_http_span_exporter",
        { name: "span", countItems: () => 1 },
        undefined,
    );
}
