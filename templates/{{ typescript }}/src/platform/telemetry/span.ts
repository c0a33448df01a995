/**
 * The span of a request: as OpenTelemetry's SDK would make it, at a fraction of the cost.
 *
 * What the platform records is known to be well-formed, and most requests have nothing else said of them. So it is kept as
 * it is given, and the sampler and the processors are asked as the SDK asks them.
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
import { hrTime, microseconds } from "./clock.ts";
import { type Outcome, SCOPE } from "./outcomes.ts";

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const ERROR: SpanStatus = { code: SpanStatusCode.ERROR };
const NOTHING: Attributes = {};
const NONE: never[] = [];
const RANDOM = Buffer.allocUnsafe(4096);
let used = RANDOM.length;

/** Starts the spans of requests. */
export class RequestTracer {
    readonly resource: Resource;
    readonly #sampler: Sampler;
    readonly #processors: readonly SpanProcessor[];

    constructor(sampler: Sampler, processors: readonly SpanProcessor[], resource: Resource) {
        this.#sampler = sampler;
        this.#processors = processors;
        this.resource = resource;
    }

    /**
     * A SERVER span, which records where the sampler says so.
     *
     * `started` is by the clock of `performance.now()`, and `known` the attributes that are known from the start.
     */
    start(name: string, path: string, parent: Context, known: Attributes, started: number): Span {
        const caller = trace.getSpanContext(parent);
        const traceId = caller?.traceId ?? randomHex(16);
        const result = this.#sampler.shouldSample(parent, traceId, name, SpanKind.SERVER, known, NONE);
        const isSampled = result.decision === SamplingDecision.RECORD_AND_SAMPLED;
        const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
        const traceState = result.traceState ?? caller?.traceState;
        const spanId = randomHex(8);
        const context: SpanContext =
            traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
        return result.decision === SamplingDecision.NOT_RECORD
            ? trace.wrapSpanContext(context)
            : new RequestSpan(this, name, path, context, caller, known, started);
    }

    /** Hand an ended span to the processors. */
    end(span: RequestSpan): void {
        for (const processor of this.#processors) {
            processor.onEnd(span);
        }
    }
}

export class RequestSpan implements Span, ReadableSpan {
    readonly kind = SpanKind.SERVER;
    readonly instrumentationScope = SCOPE;
    readonly droppedAttributesCount = 0;
    readonly droppedEventsCount = 0;
    readonly droppedLinksCount = 0;
    readonly resource: Resource;
    readonly path: string;
    readonly parentSpanContext: SpanContext | undefined;
    /** What is known from the start; one object for all requests that are alike in it. */
    readonly known: Attributes;
    readonly started: number;
    readonly #tracer: RequestTracer;
    readonly #context: SpanContext;
    /** What others than the platform say. */
    #said: Attributes | undefined;
    name: string;
    /** What is known only at the end; one object for all requests that end alike. */
    outcome = NOTHING;
    status = UNSET;
    links: Link[] = NONE;
    events: ReadableSpan["events"] = NONE;
    finished = 0;

    constructor(
        tracer: RequestTracer,
        name: string,
        path: string,
        context: SpanContext,
        parent: SpanContext | undefined,
        known: Attributes,
        started: number,
    ) {
        this.#tracer = tracer;
        this.resource = tracer.resource;
        this.name = name;
        this.path = path;
        this.#context = context;
        this.parentSpanContext = parent;
        this.known = known;
        this.started = started;
    }

    /** Whether nobody said more of it than the platform says of each request. */
    get isPlain(): boolean {
        const { links, events, status } = this;
        return this.#said === undefined && links === NONE && events === NONE && status.message === undefined;
    }

    get attributes(): Attributes {
        return { ...this.known, "url.path": this.path, ...this.#said, ...this.outcome };
    }

    get startTime(): HrTime {
        return hrTime(microseconds(this.started));
    }

    get endTime(): HrTime {
        return hrTime(microseconds(this.finished));
    }

    get duration(): HrTime {
        return hrTime(microseconds(this.finished) - microseconds(this.started));
    }

    get ended(): boolean {
        return this.finished !== 0;
    }

    spanContext(): SpanContext {
        return this.#context;
    }

    isRecording(): boolean {
        return !this.ended;
    }

    setAttribute(name: string, value: AttributeValue): this {
        return this.setAttributes({ [name]: value });
    }

    setAttributes(attributes: Attributes): this {
        if (!this.ended) {
            this.#said = { ...this.#said, ...attributes };
        }
        return this;
    }

    addEvent(name: string, attributes?: Attributes | TimeInput): this {
        if (!this.ended) {
            const isTime = typeof attributes !== "object" || attributes instanceof Date || Array.isArray(attributes);
            const time = hrTime(microseconds(performance.now()));
            this.events = [...this.events, { name, time, ...(!isTime && { attributes: attributes as Attributes }) }];
        }
        return this;
    }

    addLink(link: Link): this {
        return this.addLinks([link]);
    }

    addLinks(links: Link[]): this {
        if (!this.ended) {
            this.links = [...this.links, ...links];
        }
        return this;
    }

    setStatus(status: SpanStatus): this {
        if (!this.ended) {
            this.status = status;
        }
        return this;
    }

    updateName(name: string): this {
        if (!this.ended) {
            this.name = name;
        }
        return this;
    }

    recordException(exception: Exception): void {
        const { name, message } = typeof exception === "string" ? new Error(exception) : (exception as Error);
        this.addEvent("exception", { "exception.type": name, "exception.message": message });
    }

    /** End as the request did. */
    finish({ name, attributes, isError }: Outcome, finished: number): void {
        if (!this.ended) {
            this.name = name;
            this.outcome = attributes;
            if (isError) {
                this.status = ERROR;
            }
            this.finished = finished;
            this.#tracer.end(this);
        }
    }

    end(): void {
        if (!this.ended) {
            this.finished = performance.now();
            this.#tracer.end(this);
        }
    }
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
