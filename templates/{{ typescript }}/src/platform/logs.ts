/** Log records as lines of JSON in the shape of the Elastic Common Schema, each with its trace. */

import { writeSync } from "node:fs";
import { trace } from "@opentelemetry/api";
import { type Logger, pino } from "pino";
import { cached } from "./cached.ts";
import type { RequestRecord } from "./telemetry/record.ts";

export const ECS_VERSION = "8.17.0";
export type Level = "debug" | "info" | "warning" | "error";

/** Lines are written together, at the end of each turn of the event loop: one by one, they cost as much as a request. */
const output = {
    waiting: "",
    write(line: string): void {
        if (this.waiting === "") {
            setImmediate(flush);
        }
        this.waiting += line;
    },
};

/** Write what waits, now. */
export function flush(): void {
    const lines = output.waiting;
    output.waiting = "";
    for (let rest = Buffer.from(lines); rest.length > 0; ) {
        try {
            rest = rest.subarray(writeSync(1, rest));
        } catch (error) {
            // A reader that is slow; one that is gone has what it wanted.
            if ((error as { code?: string }).code !== "EAGAIN") {
                return;
            }
        }
    }
}

process.on("exit", flush);

let second = 0;
let written = "";

let root: Logger = made("info", "service");

function made(level: string, serviceName: string): Logger {
    return pino(
        {
            level,
            base: { "ecs.version": ECS_VERSION, "service.name": serviceName },
            messageKey: "message",
            timestamp: () => `,"@timestamp":"${timestamp()}"`,
            formatters: { level: (label) => ({ "log.level": label === "warn" ? "warning" : label }) },
            mixin: () => {
                const span = trace.getActiveSpan()?.spanContext();
                return span === undefined ? {} : { "trace.id": span.traceId, "span.id": span.spanId };
            },
            // The mixin's members are the weaker ones: a record that names its trace is of that trace.
            mixinMergeStrategy: (given, mixed) => ({ ...mixed, ...given }),
        },
        output,
    );
}

/** Sends the records of all loggers, from that level on, to standard output. */
export function configure(level: Level, serviceName: string): void {
    root = made(level === "warning" ? "warn" : level, serviceName);
    common = `"ecs.version":"${ECS_VERSION}","service.name":${JSON.stringify(serviceName)},`;
    named = cached((name) => root.child({ "log.logger": name }));
    process
        .removeAllListeners("warning")
        .on("warning", ({ name, message }) => named("node").warn(`${name}: ${message}`));
}

let common: Common = "";
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

/** Fields that lines have in common, as JSON, up to the comma after them. */
type Common = string;

/**
 * One of the lines that each request has, where the level admits it.
 *
 * `fields` are members of a JSON object. Such a line is put together from parts that are JSON already: what pino does for
 * any object costs several times as much.
 */
export function event(name: string, message: string, { traceId, spanId }: RequestRecord, fields: Common): void {
    if (root.isLevelEnabled("info")) {
        output.write(
            `{"@timestamp":"${timestamp()}","log.level":"info","message":${JSON.stringify(message)},${common}` +
                `"log.logger":"${name}","trace.id":"${traceId}","span.id":"${spanId}",${fields}}\n`,
        );
    }
}

/** One line for a request that is over. */
export function access(
    method: string,
    path: string,
    status: number | undefined,
    nanoseconds: number,
    record: RequestRecord,
): void {
    const told = status ?? "aborted";
    event(
        "access",
        `${method} ${path} ${told} ${(nanoseconds / 1e6).toFixed(1)} ms`,
        record,
        `"event.duration":${nanoseconds},"url.path":${JSON.stringify(path)},${outcome(method, status, record)}`,
    );
}

function outcome(method: string, status: number | undefined, record: RequestRecord): Common {
    const { route, operation, client, errorType } = record;
    let fields = `"event.category":"web","http.request.method":"${method}"`;
    for (const [name, value] of [
        ["http.route", route],
        ["event.action", operation],
        ["client.user.id", client],
        ["error.type", errorType],
    ] as const) {
        if (value !== undefined) {
            fields += `,"${name}":${JSON.stringify(value)}`;
        }
    }
    return status === undefined ? fields : `${fields},"http.response.status_code":${status}`;
}

/** The time in ISO 8601; what changes once a second is made once a second. */
function timestamp(): string {
    const now = Date.now();
    const whole = Math.floor(now / 1000);
    if (whole !== second) {
        second = whole;
        written = new Date(whole * 1000).toISOString().slice(0, 20);
    }
    return `${written}${String(now % 1000).padStart(3, "0")}Z`;
}
