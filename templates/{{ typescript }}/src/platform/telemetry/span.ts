/**
 * The span of a request: as OpenTelemetry's SDK would make it, at a fraction of the cost.
 *
 * What the platform records is known to be well-formed, and most requests have nothing else said of them. So attributes
 * are kept as they are given, and the sampler and the processors are asked as the SDK asks them.
 */

import { randomFillSync } from "node:crypto";
import {
    type Attributes,
    type AttributeValue,
    type Context,
    type Exception,
    type HrTime,
    type Link,
    type Span,
    type SpanContext,
    SpanKind,
    type SpanStatus,
    SpanStatusCode,
    type TimeInput,
    TraceFlags,
    trace,
} from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { type ReadableSpan, type Sampler, SamplingDecision, type SpanProcessor } from "@opentelemetry/sdk-trace";

const SCOPE = { name: "platform.requests" };
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const NONE: [] = [];
const RANDOM = Buffer.allocUnsafe(4096);
let used = RANDOM.length;

/** Starts the spans of requests. */
export class RequestTracer {
    readonly #sampler: Sampler;
    readonly #processors: readonly SpanProcessor[];
    readonly #resource: Resource;

    constructor(sampler: Sampler, processors: readonly SpanProcessor[], resource: Resource) {
        this.#sampler = sampler;
        this.#processors = processors;
        this.#resource = resource;
    }

    /** A SERVER span, which records where the sampler says so. */
    start(name: string, parent: Context, attributes: Attributes): Span {
        const caller = trace.getSpanContext(parent);
        const traceId = caller?.traceId ?? randomHex(16);
        const result = this.#sampler.shouldSample(parent, traceId, name, SpanKind.SERVER, attributes, NONE);
        const isSampled = result.decision === SamplingDecision.RECORD_AND_SAMPLED;
        const traceState = result.traceState ?? caller?.traceState;
        const context: SpanContext = {
            traceId,
            spanId: randomHex(8),
            traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
            ...(traceState !== undefined && { traceState }),
        };
        if (result.decision === SamplingDecision.NOT_RECORD) {
            return trace.wrapSpanContext(context);
        }
        return new RequestSpan(
            name,
            context,
            caller,
            result.attributes === undefined ? attributes : { ...attributes, ...result.attributes },
            this.#resource,
            (span) => {
                for (const processor of this.#processors) {
                    processor.onEnd(span);
                }
            },
        );
    }
}

class RequestSpan implements Span, ReadableSpan {
    readonly kind = SpanKind.SERVER;
    readonly links: Link[] = [];
    readonly events: ReadableSpan["events"] = [];
    readonly instrumentationScope = SCOPE;
    readonly droppedAttributesCount = 0;
    readonly droppedEventsCount = 0;
    readonly droppedLinksCount = 0;
    readonly startTime: HrTime = now();
    readonly parentSpanContext?: SpanContext;
    readonly attributes: Attributes;
    readonly resource: Resource;
    readonly #context: SpanContext;
    readonly #onEnd: (span: ReadableSpan) => void;
    name: string;
    status: SpanStatus = UNSET;
    endTime: HrTime = [0, 0];
    ended = false;

    constructor(
        name: string,
        context: SpanContext,
        parent: SpanContext | undefined,
        attributes: Attributes,
        resource: Resource,
        onEnd: (span: ReadableSpan) => void,
    ) {
        this.name = name;
        this.#context = context;
        if (parent !== undefined) {
            this.parentSpanContext = parent;
        }
        this.attributes = attributes;
        this.resource = resource;
        this.#onEnd = onEnd;
    }

    get duration(): HrTime {
        const [seconds, nanoseconds] = [this.endTime[0] - this.startTime[0], this.endTime[1] - this.startTime[1]];
        return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
    }

    spanContext(): SpanContext {
        return this.#context;
    }

    isRecording(): boolean {
        return !this.ended;
    }

    setAttribute(name: string, value: AttributeValue): this {
        if (!this.ended) {
            this.attributes[name] = value;
        }
        return this;
    }

    setAttributes(attributes: Attributes): this {
        if (!this.ended) {
            Object.assign(this.attributes, attributes);
        }
        return this;
    }

    addEvent(name: string, attributes?: Attributes | TimeInput): this {
        if (!this.ended) {
            const isTime = typeof attributes !== "object" || attributes instanceof Date || Array.isArray(attributes);
            this.events.push({ name, time: now(), ...(!isTime && { attributes: attributes as Attributes }) });
        }
        return this;
    }

    addLink(link: Link): this {
        this.links.push(link);
        return this;
    }

    addLinks(links: Link[]): this {
        this.links.push(...links);
        return this;
    }

    setStatus(status: SpanStatus): this {
        this.status = status;
        return this;
    }

    updateName(name: string): this {
        this.name = name;
        return this;
    }

    recordException(exception: Exception): void {
        const { name, message } = typeof exception === "string" ? new Error(exception) : (exception as Error);
        this.addEvent("exception", { "exception.type": name, "exception.message": message });
    }

    end(): void {
        if (!this.ended) {
            this.ended = true;
            this.endTime = now();
            this.#onEnd(this);
        }
    }
}

/** Seconds and nanoseconds since the epoch. */
function now(): HrTime {
    const milliseconds = performance.timeOrigin + performance.now();
    const seconds = Math.floor(milliseconds / 1000);
    return [seconds, Math.floor((milliseconds - seconds * 1000) * 1e6)];
}

/** Random digits; the system is asked for many at a time. */
function randomHex(bytes: number): string {
    if (used + bytes > RANDOM.length) {
        randomFillSync(RANDOM);
        used = 0;
    }
    used += bytes;
    return RANDOM.toString("hex", used - bytes, used);
}
