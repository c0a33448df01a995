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

/** A text as JSON, of those that come again and again. */
export const quoted: (text: string) => string = cached((text) => JSON.stringify(text));

/**
 * One of the lines that each request has, where the level admits it.
 *
 * `message` is a text of JSON, `fields` are members of an object. Such a line is put together from parts that are JSON
 * already: what pino does for any object costs several times as much.
 */
export function event(name: string, message: string, { traceId, spanId }: RequestRecord, fields: Common): void {
    if (root.isLevelEnabled("info")) {
        output.write(
            `{"@timestamp":"${timestamp()}","log.level":"info","message":${message},${common}` +
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
    const text = JSON.stringify(path);
    const tenths = Math.round(nanoseconds / 1e5);
    const took = `${Math.floor(tenths / 10)}.${tenths % 10} ms`;
    const client = record.client === undefined ? "" : `,"client.user.id":${quoted(record.client)}`;
    event(
        "access",
        `"${method} ${text.slice(1, -1)} ${status ?? "aborted"} ${took}"`,
        record,
        `"event.duration":${nanoseconds},"url.path":${text},${outcome(method, status, record)}${client}`,
    );
}

function outcome(method: string, status: number | undefined, { route, operation, errorType }: RequestRecord): Common {
    return outcomes(`${method}\n${status ?? ""}\n${operation ?? ""}\n${errorType ?? ""}\n${route ?? ""}`);
}

/** What is the same for all requests that end alike. */
const outcomes = cached((lines): Common => {
    const [method, status, operation, errorType, route] = lines.split("\n");
    const fields = {
        "event.category": "web",
        "http.request.method": method,
        ...(route && { "http.route": route }),
        ...(operation && { "event.action": operation }),
        ...(errorType && { "error.type": errorType }),
        ...(status && { "http.response.status_code": Number(status) }),
    };
    return JSON.stringify(fields).slice(1, -1);
});

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
