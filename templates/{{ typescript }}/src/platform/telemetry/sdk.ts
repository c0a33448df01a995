/**
 * The OpenTelemetry SDK as the OTEL_* variables ask for it.
 *
 * Nothing is exported unless OTEL_EXPORTER_OTLP_ENDPOINT (or the signal's own variable) names a collector or
 * OTEL_TRACES_EXPORTER / OTEL_METRICS_EXPORTER an exporter. The exporters read their headers and timeouts themselves.
 */

import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import {
    defaultResource,
    detectResources,
    envDetector,
    type Resource,
    resourceFromAttributes,
} from "@opentelemetry/resources";
import { ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
    AlwaysOffSampler,
    AlwaysOnSampler,
    ConsoleSpanExporter,
    ParentBasedSampler,
    type Sampler,
    SimpleSpanProcessor,
    type SpanProcessor,
    TraceIdRatioBasedSampler,
    TracerProvider,
} from "@opentelemetry/sdk-trace";
import { BadSettings } from "../settings.ts";
import { ExportQueue } from "./export.ts";
import { Outcomes, SCOPE } from "./outcomes.ts";
import { RequestTracer } from "./span.ts";
import { TraceContext } from "./trace-context.ts";

const FLUSH_MILLISECONDS = 2000;

type Exporter = "otlp" | "console" | "none";

interface Telemetry {
    readonly tracers: TracerProvider;
    readonly meters: MeterProvider;
    readonly prometheus: PrometheusExporter;
    /** What starts the spans of requests, and what knows how they end. */
    readonly requests: RequestTracer;
    readonly outcomes: Outcomes;
}

let installed: Telemetry | undefined;

/**
 * Installs the tracer and meter providers, once for the process.
 *
 * OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go before the arguments. Throws BadSettings for an exporter or a
 * sampler that is not known.
 */
export function configure(serviceName: string, serviceVersion: string): void {
    if (installed !== undefined) {
        return;
    }
    const named = resourceFromAttributes({ "service.name": serviceName, "service.version": serviceVersion });
    const resource = defaultResource()
        .merge(named)
        .merge(detectResources({ detectors: [envDetector] }));
    const [asked, processors] = [sampler(), spanProcessors(resource)];
    const tracers = new TracerProvider({ resource, sampler: asked, spanProcessors: processors });
    const outcomes = new Outcomes(resource);
    const prometheus = new PrometheusExporter({ preventServerStart: true, metricProducers: [outcomes] });
    const meters = new MeterProvider({ resource, readers: [prometheus, ...metricReaders(outcomes)] });
    if (process.env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE) {
        outcomes.countedBy(meters.getMeter(SCOPE.name));
    }

    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    // Baggage is left out: it would carry a caller's data to every supplier.
    propagation.setGlobalPropagator(new TraceContext());
    trace.setGlobalTracerProvider(tracers);
    metrics.setGlobalMeterProvider(meters);
    installed = { tracers, meters, prometheus, requests: new RequestTracer(asked, processors, resource), outcomes };
}

/** What starts the spans of requests, and what knows how they end. Throws an Error where `configure` was not called. */
export function forRequests(): Pick<Telemetry, "requests" | "outcomes"> {
    if (installed === undefined) {
        throw new Error("telemetry is not configured");
    }
    return installed;
}

/** Sends what is left, for two seconds at most: a collector that is down must not hold the process. */
export async function flush(): Promise<void> {
    if (installed !== undefined) {
        const { tracers, meters } = installed;
        const sent = Promise.allSettled([
            tracers.forceFlush({ timeoutMillis: FLUSH_MILLISECONDS }),
            meters.forceFlush({ timeoutMillis: FLUSH_MILLISECONDS }),
        ]);
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<void>((resolve) => {
            timer = setTimeout(resolve, FLUSH_MILLISECONDS);
        });
        await Promise.race([sent, late]);
        clearTimeout(timer);
    }
}

/** All metrics of the process in the Prometheus text format 0.0.4. */
export async function metricsText(): Promise<string> {
    if (installed === undefined) {
        return "";
    }
    const { resourceMetrics } = await installed.prometheus.collect();
    return new PrometheusSerializer().serialize(resourceMetrics);
}

function spanProcessors(resource: Resource): SpanProcessor[] {
    switch (exporter("TRACES")) {
        case "otlp":
            return [
                new ExportQueue(resource, {
                    ...setting("scheduledDelayMillis", "OTEL_BSP_SCHEDULE_DELAY"),
                    ...setting("exportTimeoutMillis", "OTEL_BSP_EXPORT_TIMEOUT"),
                    ...setting("maxQueueSize", "OTEL_BSP_MAX_QUEUE_SIZE"),
                    ...setting("maxExportBatchSize", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"),
                }),
            ];
        case "console":
            return [new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() })];
        default:
            return [];
    }
}

function metricReaders(outcomes: Outcomes): PeriodicExportingMetricReader[] {
    const kind = exporter("METRICS");
    if (kind === "none") {
        return [];
    }
    const interval = numberIn("OTEL_METRIC_EXPORT_INTERVAL") ?? 60_000;
    const timeout = Math.min(numberIn("OTEL_METRIC_EXPORT_TIMEOUT") ?? 30_000, interval);
    return [
        new PeriodicExportingMetricReader({
            exporter: kind === "otlp" ? new OTLPMetricExporter() : new ConsoleMetricExporter(),
            exportIntervalMillis: interval,
            exportTimeoutMillis: timeout,
            metricProducers: [outcomes],
        }),
    ];
}

function sampler(): Sampler {
    const name = process.env.OTEL_TRACES_SAMPLER || "parentbased_always_on";
    const ratio = numberIn("OTEL_TRACES_SAMPLER_ARG") ?? 1;
    switch (name) {
        case "always_on":
            return new AlwaysOnSampler();
        case "always_off":
            return new AlwaysOffSampler();
        case "traceidratio":
            return new TraceIdRatioBasedSampler(ratio);
        case "parentbased_always_on":
            return new ParentBasedSampler({ root: new AlwaysOnSampler() });
        case "parentbased_always_off":
            return new ParentBasedSampler({ root: new AlwaysOffSampler() });
        case "parentbased_traceidratio":
            return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
        default:
            throw new BadSettings("OTEL_TRACES_SAMPLER: must be one of the samplers of OpenTelemetry's specification");
    }
}

function exporter(signal: "TRACES" | "METRICS"): Exporter {
    const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT || process.env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
    const name = process.env[`OTEL_${signal}_EXPORTER`] || (endpoint ? "otlp" : "none");
    if (name !== "otlp" && name !== "console" && name !== "none") {
        throw new BadSettings(`OTEL_${signal}_EXPORTER: must be otlp, console or none`);
    }
    return name;
}

function setting<Name extends string>(name: Name, variable: string): { [name in Name]?: number } {
    const value = numberIn(variable);
    return value === undefined ? {} : ({ [name]: value } as { [name in Name]?: number });
}

function numberIn(variable: string): number | undefined {
    const text = process.env[variable];
    if (text === undefined || text === "") {
        return undefined;
    }
    const value = Number(text);
    if (!Number.isFinite(value) || value < 0) {
        throw new BadSettings(`${variable}: must be a number`);
    }
    return value;
}
