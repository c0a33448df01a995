/** A CLIENT span for each SQL statement that runs inside of a recorded trace. */

import { type Attributes, context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

/** What is the same for all statements of a database, by the semantic conventions. */
export type DatabaseAttributes = Attributes;

/** Run a statement in a span of its own; the values of its parameters are never recorded. */
export async function traced<T>(statement: string, common: DatabaseAttributes, run: () => Promise<T>): Promise<T> {
    if (trace.getActiveSpan()?.isRecording() !== true) {
        return run();
    }
    const operation = /^\s*(\w+)/.exec(statement)?.[1]?.toUpperCase() ?? "";
    const attributes = { ...common, "db.operation.name": operation, "db.query.text": statement };
    const span = trace.getTracer("platform.database").startSpan(operation, { kind: SpanKind.CLIENT, attributes });
    try {
        return await context.with(trace.setSpan(context.active(), span), run);
    } catch (error) {
        span.setAttribute("error.type", (error as Error).name);
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
    } finally {
        span.end();
    }
}
