/** What stands between a client and the network: the origin's circuit breaker, retries, one span for each attempt. */

import { setTimeout as sleep } from "node:timers/promises";
import {
    type Attributes,
    context,
    metrics,
    propagation,
    ROOT_CONTEXT,
    SpanKind,
    SpanStatusCode,
    trace,
} from "@opentelemetry/api";
import { type Dispatcher, fetch } from "undici";
import { currentDeadline } from "../deadline.ts";
import { BOUNDS } from "../telemetry/durations.ts";
import { CircuitBreaker, RetryBudget } from "./breaker.ts";
import { AddressRefused, CallFailed, CallTimeout, CircuitOpen, ConnectionFailed, ResponseTooLarge } from "./errors.ts";

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]); // RFC 9110, section 9.2.2
const WORTH_A_RETRY = new Set([429, 502, 503, 504]);
const DAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;
const FAILURES = new Set([500, 502, 503, 504]);
const WITHOUT_CONTENT = new Set([204, 205, 304]);
/** Fields of the coding on the wire, which is undone when the body is read. */
const OF_THE_WIRE = ["content-encoding", "transfer-encoding", "content-length"];

/** Times in seconds. `total` holds for a call with all its attempts and the body of its response. */
export interface Limits {
    readonly connect: number;
    readonly read: number;
    readonly total: number;
    readonly attempts: number;
    /** The bound of the first wait, which is random below it; the next bounds double. */
    readonly backoff: number;
    /** A `Retry-After` beyond it is not waited for: the response that has it is returned. */
    readonly longestWait: number;
    /** How large the body of a response may be, once it is decompressed. */
    readonly responseBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
    connect: 2,
    read: 5,
    total: 8,
    attempts: 3,
    backoff: 0.1,
    longestWait: 2,
    responseBytes: 10_485_760,
};

/** One call, which may be attempted several times. */
export interface Call {
    readonly url: URL;
    readonly method: string;
    readonly headers: Headers;
    readonly body: Uint8Array | undefined;
    /** It is safe to repeat, though its method is not. */
    readonly idempotent: boolean;
    /** The path of the URL as the contract of the service has it. */
    readonly template: string | undefined;
    readonly signal: AbortSignal | undefined;
}

/** Calls one origin. Responses are read whole, so that `Limits.total` covers their bodies. */
export class ResilientCaller {
    readonly #limits: Limits;
    readonly #dispatcher: Dispatcher;
    readonly #breaker = new CircuitBreaker();
    readonly #budget = new RetryBudget();
    readonly #tracer = trace.getTracer("platform.outbound");
    readonly #duration = metrics.getMeter("platform.outbound").createHistogram("http.client.request.duration", {
        unit: "s",
        description: "Duration of HTTP client requests.",
        advice: { explicitBucketBoundaries: BOUNDS },
    });

    constructor(limits: Limits, dispatcher: Dispatcher) {
        this.#limits = limits;
        this.#dispatcher = dispatcher;
    }

    /** Answers with the last attempt's response, or rejects with what the last attempt failed with. */
    async call(call: Call): Promise<Response> {
        const deadline = currentDeadline();
        const endsAt = Math.min(performance.now() + this.#limits.total * 1000, deadline?.endsAt ?? Infinity);
        // Of the handler's deadline, its own signal tells.
        const late = AbortSignal.timeout(this.#limits.total * 1000);
        const signals = [late, deadline?.signal, call.signal].filter((signal) => signal !== undefined);
        const signal = AbortSignal.any(signals);
        const repeatable = call.idempotent || IDEMPOTENT.has(call.method) || call.headers.has("idempotency-key");
        this.#budget.deposit();
        for (let attempt = 1; ; attempt++) {
            let response: Response | undefined;
            let error: unknown;
            try {
                response = await this.#attempt(call, attempt, endsAt, signal);
            } catch (caught) {
                error = caught;
            }
            const asked = response === undefined ? 0 : retryAfter(response);
            const isTransient =
                response === undefined
                    ? !signal.aborted && (error instanceof ConnectionFailed || error instanceof CallTimeout)
                    : mayBeOverSoon(response);
            const left = (endsAt - performance.now()) / 1000;
            const again =
                repeatable &&
                isTransient &&
                attempt < this.#limits.attempts &&
                asked <= Math.min(this.#limits.longestWait, left) &&
                this.#budget.withdraw();
            if (!again) {
                if (response === undefined) {
                    throw error;
                }
                return response;
            }
            const bound = Math.min(this.#limits.backoff * 2 ** (attempt - 1), this.#limits.longestWait);
            try {
                await sleep(Math.max(Math.random() * bound, asked) * 1000, undefined, { signal });
            } catch {
                throw new CallTimeout("The call took too long");
            }
        }
    }

    async #attempt(call: Call, attempt: number, endsAt: number, signal: AbortSignal): Promise<Response> {
        if (!this.#breaker.allow()) {
            throw new CircuitOpen("The service is failing and was not called");
        }
        const { url, method, template } = call;
        const attributes: Attributes = {
            "http.request.method": method,
            "server.address": url.hostname.replace(/^\[|\]$/g, ""),
            "server.port": Number(url.port || (url.protocol === "https:" ? 443 : 80)),
        };
        const span = this.#tracer.startSpan(template === undefined ? method : `${method} ${template}`, {
            kind: SpanKind.CLIENT,
            attributes: {
                ...attributes,
                // Neither the credentials nor the query's values, either of which may be secret.
                "url.full": `${url.origin}${url.pathname}`,
                ...(template !== undefined && { "url.template": template }),
            },
        });
        if (attempt > 1) {
            span.setAttribute("http.request.resend_count", attempt - 1);
        }
        const headers = new Headers(call.headers);
        if ((headers.get("prefer") ?? "wait=").startsWith("wait=")) {
            // RFC 7240, section 4.3: the one standard field that says how long the caller will wait.
            headers.set("prefer", `wait=${Math.max(0, Math.ceil((endsAt - performance.now()) / 1000))}`);
        }
        propagation.inject(trace.setSpan(context.active(), span), headers, {
            set: (to, name, value) => to.set(name, value),
        });
        const started = performance.now();
        try {
            const response = await this.#send({ ...call, headers }, signal);
            attributes["http.response.status_code"] = response.status;
            if (response.status >= 400) {
                attributes["error.type"] = String(response.status);
            }
            if (FAILURES.has(response.status)) {
                this.#breaker.failed();
            } else {
                this.#breaker.succeeded();
            }
            return response;
        } catch (error) {
            attributes["error.type"] = (error as Error).name;
            // A call that is ended, by a deadline, says something of the service only if it had time to answer.
            const hadTime = performance.now() - started >= this.#limits.connect * 1000;
            const isTransient = error instanceof ConnectionFailed || error instanceof CallTimeout;
            if (hadTime || (isTransient && !signal.aborted)) {
                this.#breaker.failed();
            }
            throw error;
        } finally {
            this.#duration.record((performance.now() - started) / 1000, attributes);
            if ("error.type" in attributes) {
                span.setStatus({ code: SpanStatusCode.ERROR });
            }
            span.setAttributes(attributes);
            span.end();
        }
    }

    async #send({ url, method, headers, body }: Call, signal: AbortSignal): Promise<Response> {
        try {
            // Outside of the request's context: a connection that is kept belongs to no request.
            const response = await context.with(ROOT_CONTEXT, () =>
                fetch(url, {
                    method,
                    headers: [...headers],
                    signal,
                    redirect: "manual",
                    dispatcher: this.#dispatcher,
                    ...(body !== undefined && { body }),
                }),
            );
            const content = await this.#read(response.body);
            const kept = new Headers([...response.headers]);
            for (const name of OF_THE_WIRE) {
                kept.delete(name);
            }
            const { status, statusText } = response;
            return new Response(WITHOUT_CONTENT.has(status) ? null : content, { status, statusText, headers: kept });
        } catch (error) {
            throw explained(error, signal);
        }
    }

    /** The body, which is read and decompressed piece by piece, up to the limit. */
    async #read(body: AsyncIterable<Uint8Array> | null): Promise<Buffer<ArrayBuffer>> {
        const chunks: Uint8Array[] = [];
        let size = 0;
        for await (const chunk of body ?? []) {
            size += chunk.length;
            if (size > this.#limits.responseBytes) {
                throw new ResponseTooLarge("The response is too large");
            }
            chunks.push(chunk);
        }
        return Buffer.concat(chunks);
    }
}

/** The error in words of ours: undici wraps its own, and some of their texts quote the URL. */
function explained(error: unknown, signal: AbortSignal): Error {
    if (error instanceof CallFailed || error instanceof AddressRefused) {
        return error;
    }
    if (signal.aborted) {
        return new CallTimeout("The call took too long");
    }
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
        if (cause instanceof AddressRefused) {
            return cause;
        }
        const { code = "" } = cause as { code?: string };
        if (/TIMEOUT$|^ETIMEDOUT$/.test(code)) {
            return new CallTimeout(`The service did not answer in time (${code})`);
        }
        if (code !== "") {
            return new ConnectionFailed(`The service could not be reached (${code})`);
        }
    }
    return new ConnectionFailed(`The service could not be reached (${(error as Error).name})`);
}

/** 409 is, where it says when: then the request is being done, and this is its repetition. */
function mayBeOverSoon({ status, headers }: Response): boolean {
    return WORTH_A_RETRY.has(status) || (status === 409 && headers.has("retry-after"));
}

/** Seconds the response asks to wait, in either form of the field (RFC 9110, section 10.2.3); 0 where it does not. */
function retryAfter(response: Response): number {
    const value = response.headers.get("retry-after");
    if (value === null) {
        return 0;
    }
    if (/^[0-9]+$/.test(value)) {
        return Number(value);
    }
    // The oldest form names no zone: it is UTC in all of them. What begins otherwise is no date, though Date sees one.
    const moment = DAY.test(value) ? Date.parse(value.endsWith("GMT") ? value : `${value} GMT`) : Number.NaN;
    return Number.isNaN(moment) ? 0 : Math.max(0, (moment - Date.now()) / 1000);
}
