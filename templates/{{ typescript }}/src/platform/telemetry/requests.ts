/** The outermost layer: a SERVER span, one duration measurement and one access line for each request. */

import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Attributes, type Context, propagation, trace } from "@opentelemetry/api";
import { cached } from "../cached.ts";
import * as logs from "../logs.ts";
import { ROOT } from "./context.ts";
import type { RequestRecord } from "./record.ts";
import { forRequests } from "./sdk.ts";
import { RequestSpan } from "./span.ts";
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
    readonly #telemetry = forRequests();

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
        const caller =
            message.headers.traceparent === undefined
                ? ROOT
                : propagation.extract(ROOT, message.rawHeaders, RAW_HEADERS);
        const span = this.#telemetry.requests.start(method, path, caller, known(message, method), started);
        const { traceId, spanId } = span.spanContext();
        const record: RequestRecord = { traceId, spanId };
        response.on("close", () => {
            const ended = performance.now();
            const status = response.headersSent ? response.statusCode : undefined;
            const outcome = this.#telemetry.outcomes.of(method, scheme, message.httpVersion, status, record);
            if (span instanceof RequestSpan) {
                span.finish(outcome, ended);
            }
            outcome.record((ended - started) / 1000);
            logs.access(method, path, status, Math.round((ended - started) * 1e6), record);
        });
        return { record, context: trace.setSpan(caller, span) };
    }
}

/** What is known from the start, beside the method, the path and the scheme: the same for all requests of a caller. */
function known({ method: given, headers, socket }: IncomingMessage, method: string): Attributes {
    const original = method === given ? "" : given;
    return described(
        `${socket.localAddress ?? ""}\n${socket.localPort ?? ""}\n${original}\n${headers["user-agent"] ?? ""}`,
    );
}

const described = cached((lines): Attributes => {
    const [address, port, original, agent] = lines.split("\n");
    return {
        ...(address && { "server.address": address.replace(/^::ffff:/, "") }),
        ...(port && { "server.port": Number(port) }),
        ...(original && { "http.request.method_original": original }),
        ...(agent && { "user_agent.original": agent }),
    };
});
