/** Bounds on what one caller, and all callers together, can take from the service. */

import type { IncomingMessage } from "node:http";
import { ContentTooLarge, MalformedRequest, Overloaded, RateLimited, RequestTimeout } from "./problems.ts";
import type { Headers } from "./responses.ts";

/** The caller went away before its request was complete; there is nobody to answer. */
export class ClientDisconnected extends Error {
    override readonly name = "ClientDisconnected";
}

/**
 * Refuse a body that says it is too large before any of it is read.
 *
 * Throws ContentTooLarge, or MalformedRequest where the field is no number.
 */
export function checkContentLength(contentLength: string | undefined, maxBytes: number): void {
    if (contentLength === undefined) {
        return;
    }
    if (!/^[0-9]+$/.test(contentLength)) {
        throw new MalformedRequest("Content-Length is not a number.");
    }
    if (Number(contentLength) > maxBytes) {
        throw tooLarge(maxBytes);
    }
}

/**
 * Read the request's body; a promise of it, where it has not come whole.
 *
 * Throws or rejects with ContentTooLarge as soon as more than `maxBytes` have come, RequestTimeout where the whole has not
 * come within `seconds`, ClientDisconnected.
 */
export function readBody(message: IncomingMessage, maxBytes: number, seconds: number): Buffer | Promise<Buffer> {
    if (message.complete && !message.destroyed) {
        return readArrived(message, maxBytes);
    }
    return new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        let size = 0;
        // The rest of the body may still come, so the connection can't carry another request.
        const late = () => end(() => reject(new RequestTimeout(undefined, { headers: { connection: "close" } })));
        const timer = setTimeout(late, seconds * 1000);

        function end(settle: () => void): void {
            clearTimeout(timer);
            message.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
            message.pause();
            settle();
        }
        function onData(chunk: Buffer): void {
            size += chunk.length;
            if (size > maxBytes) {
                end(() => reject(tooLarge(maxBytes)));
            } else {
                chunks.push(chunk);
            }
        }
        function onEnd(): void {
            end(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
        }
        function onClose(): void {
            end(() => reject(new ClientDisconnected()));
        }
        message.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
        if (message.destroyed && !message.readableEnded) {
            onClose();
        }
    });
}

/** A body that has come whole is there to be taken, without a listener and a timer. */
function readArrived(message: IncomingMessage, maxBytes: number): Buffer {
    const content: Buffer = message.read() ?? Buffer.alloc(0);
    if (content.length > maxBytes) {
        throw tooLarge(maxBytes);
    }
    return content;
}

function tooLarge(maxBytes: number): ContentTooLarge {
    return new ContentTooLarge(`A request body may have ${maxBytes} bytes.`, { headers: { connection: "close" } });
}

/** Sheds load: a request beyond the limit is refused at once, so those inside keep their latency. */
export class ConcurrencyLimit {
    #free: number;

    constructor(limit: number) {
        this.#free = limit;
    }

    /** Take a place, which is to be given back by `leave`. Throws Overloaded where there is none. */
    enter(): void {
        if (this.#free === 0) {
            throw new Overloaded(undefined, { headers: { "retry-after": "1" } });
        }
        this.#free--;
    }

    leave(): void {
        this.#free++;
    }
}

/**
 * A token bucket for each identity, in the memory of this process.
 *
 * A bucket is kept as one number, the time at which it will be full again (the generic cell rate algorithm), and one
 * that is full is the same as none: so what is dropped first costs nobody anything.
 */
export class RateLimit {
    static readonly MAX_IDENTITIES = 10_000;

    readonly #interval: number;
    readonly #window: number;
    readonly #name: string;
    readonly #policy: [name: string, value: string];
    readonly #clock: () => number;
    /** By identity. Where there are too many, these become the older ones, and those are forgotten. */
    #fullAt = new Map<string, number>();
    #older = new Map<string, number>();

    /** `clock` is in seconds. */
    constructor(requests: number, windowSeconds: number, policy = "default", clock = () => performance.now() / 1000) {
        this.#interval = windowSeconds / requests;
        this.#window = windowSeconds;
        this.#clock = clock;
        this.#name = policy;
        this.#policy = ["ratelimit-policy", `"${policy}";q=${requests};w=${Math.ceil(windowSeconds)}`];
    }

    /**
     * Take one request from the identity's bucket; returns the response's `RateLimit` fields.
     *
     * The fields are structured (RFC 9651) as draft-ietf-httpapi-ratelimit-headers-10 defines them. Throws RateLimited,
     * with `Retry-After` in seconds.
     */
    take(identity: string): Headers {
        const now = this.#clock();
        const known = this.#fullAt.get(identity) ?? this.#older.get(identity) ?? now;
        const fullAt = Math.max(known, now) + this.#interval;
        const missing = fullAt - now - this.#window;
        // Half an interval of tolerance, for what adding floats loses.
        if (missing > this.#interval / 2) {
            const fields = Object.fromEntries(this.#fields(0, fullAt - this.#interval - now));
            throw new RateLimited(undefined, {
                headers: { ...fields, "retry-after": String(Math.max(1, Math.ceil(missing))) },
            });
        }
        this.#fullAt.set(identity, fullAt);
        if (this.#fullAt.size === RateLimit.MAX_IDENTITIES / 2) {
            this.#older = this.#fullAt;
            this.#fullAt = new Map();
        }
        return this.#fields(Math.max(0, Math.round(-missing / this.#interval)), fullAt - now);
    }

    #fields(remaining: number, seconds: number): Headers {
        return [this.#policy, ["ratelimit", `"${this.#name}";r=${remaining};t=${Math.ceil(seconds)}`]];
    }
}
