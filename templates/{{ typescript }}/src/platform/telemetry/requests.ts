/** The outermost layer: a SERVER span, one duration measurement and one access line for each request. */

import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
    type Attributes,
    type Context,
    type Histogram,
    metrics,
    propagation,
    type Span,
    SpanStatusCode,
    trace,
} from "@opentelemetry/api";
import * as logs from "../logs.ts";
import { ROOT } from "./context.ts";
import { BOUNDS } from "./durations.ts";
import type { RequestRecord } from "./record.ts";
import { requestTracer } from "./sdk.ts";
import { RAW_HEADERS } from "./trace-context.ts";

const METHODS = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"]);
// Asked for every few seconds by an orchestrator and a scraper: worth no trace and no line.
const UNRECORDED = new Set(["/health/live", "/health/ready", "/metrics"]);

/** A request that is observed, and the context in which it is served. */
export interface Observed {
    readonly record: RequestRecord;
    readonly context: Context;
}

/** Observes requests. Query values, headers other than User-Agent, and bodies are never recorded. */
export class RequestTelemetry {
    readonly #tracer = requestTracer();
    readonly #duration: Histogram = metrics
        .getMeter("platform.requests")
        .createHistogram("http.server.request.duration", {
            unit: "s",
            description: "Duration of HTTP server requests.",
            advice: { explicitBucketBoundaries: BOUNDS },
        });

    /** Begin to observe; the end is the response's. `path` has no query. */
    observe(message: IncomingMessage, response: ServerResponse, path: string, scheme: string): Observed {
        if (UNRECORDED.has(path)) {
            return {
                record: { traceId: randomBytes(16).toString("hex"), spanId: randomBytes(8).toString("hex") },
                context: ROOT,
            };
        }
        const started = performance.now();
        const given = message.method as string;
        const method = METHODS.has(given) ? given : "_OTHER";
        const attributes = describe(message, method, path, scheme);
        const caller =
            message.headers.traceparent === undefined
                ? ROOT
                : propagation.extract(ROOT, message.rawHeaders, RAW_HEADERS);
        const span = this.#tracer.start(method, caller, attributes);
        const { traceId, spanId } = span.spanContext();
        const record: RequestRecord = { traceId, spanId };
        const context = trace.setSpan(caller, span);
        response.once("close", () => {
            const nanoseconds = Math.round((performance.now() - started) * 1e6);
            const status = response.headersSent ? response.statusCode : undefined;
            this.#end(span, context, method, scheme, message.httpVersion, status, nanoseconds, record);
            logs.access(method, path, status, nanoseconds, record);
        });
        return { record, context };
    }

    #end(
        span: Span,
        context: Context,
        method: string,
        scheme: string,
        version: string,
        status: number | undefined,
        nanoseconds: number,
        record: RequestRecord,
    ): void {
        // The conventions call only the server's own faults errors.
        const failed = status === undefined || status >= 500;
        const outcome: Attributes = {
            "http.request.method": method,
            "url.scheme": scheme,
            "network.protocol.version": version,
        };
        if (record.route !== undefined) {
            outcome["http.route"] = record.route;
            span.updateName(`${method} ${record.route}`);
        }
        if (status !== undefined) {
            outcome["http.response.status_code"] = status;
        }
        if (failed) {
            outcome["error.type"] = record.errorType ?? String(status ?? "aborted");
            span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.setAttributes(outcome);
        span.end();
        this.#duration.record(nanoseconds / 1e9, outcome, context);
    }
}

function describe(message: IncomingMessage, method: string, path: string, scheme: string): Attributes {
    const attributes: Attributes = {
        "http.request.method": method,
        "url.path": path,
        "url.scheme": scheme,
    };
    const { localAddress, localPort } = message.socket;
    if (localAddress !== undefined) {
        attributes["server.address"] = localAddress.replace(/^::ffff:/, "");
    }
    if (localPort !== undefined) {
        attributes["server.port"] = localPort;
    }
    if (method === "_OTHER") {
        attributes["http.request.method_original"] = message.method as string;
    }
    if (message.headers["user-agent"] !== undefined) {
        attributes["user_agent.original"] = message.headers["user-agent"];
    }
    return attributes;
}
