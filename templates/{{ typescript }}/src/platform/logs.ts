/** Log records as lines of JSON in the shape of the Elastic Common Schema, each with its trace. */

import { trace } from "@opentelemetry/api";
import { type Logger, pino } from "pino";
import { cached } from "./cached.ts";
import type { RequestRecord } from "./telemetry/record.ts";

export const ECS_VERSION = "8.17.0";
export type Level = "debug" | "info" | "warning" | "error";

let root: Logger = made("info", "service");

function made(level: string, serviceName: string): Logger {
    return pino(
        {
            level,
            base: { "ecs.version": ECS_VERSION, "service.name": serviceName },
            messageKey: "message",
            timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
            formatters: { level: (label) => ({ "log.level": label === "warn" ? "warning" : label }) },
            mixin: () => {
                const span = trace.getActiveSpan()?.spanContext();
                return span === undefined ? {} : { "trace.id": span.traceId, "span.id": span.spanId };
            },
            // The mixin's members are the weaker ones: a record that names its trace is of that trace.
            mixinMergeStrategy: (given, mixed) => ({ ...mixed, ...given }),
        },
        // At once: a line that waits is lost when the process ends.
        pino.destination({ dest: 1, sync: true }),
    );
}

/** Sends the records of all loggers, from that level on, to standard output. */
export function configure(level: Level, serviceName: string): void {
    root = made(level === "warning" ? "warn" : level, serviceName);
    named = cached((name) => root.child({ "log.logger": name }));
    process
        .removeAllListeners("warning")
        .on("warning", ({ name, message }) => named("node").warn(`${name}: ${message}`));
}

let named = cached((name: string) => root.child({ "log.logger": name }));

/** The logger of that name. */
export function logger(name: string): Logger {
    return named(name);
}

/** The fields that tell of an error. */
export function failure(error: unknown): Record<string, string> {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    return { "error.type": name, "error.message": message, "error.stack_trace": stack ?? "" };
}

/** One line for a request that is over. */
export function access(
    method: string,
    path: string,
    status: number | undefined,
    nanoseconds: number,
    record: RequestRecord,
): void {
    named("access").info(
        {
            "trace.id": record.traceId,
            "span.id": record.spanId,
            "event.category": "web",
            "event.duration": nanoseconds,
            "event.action": record.operation,
            "url.path": path,
            "client.user.id": record.client,
            "http.request.method": method,
            "http.response.status_code": status,
            "http.route": record.route,
            "error.type": record.errorType,
        },
        `${method} ${path} ${status ?? "aborted"} ${(nanoseconds / 1e6).toFixed(1)} ms`,
    );
}
