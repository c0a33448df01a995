/**
 * Cross-origin requests of browsers (the CORS protocol of the Fetch standard), for exactly the configured origins.
 *
 * Callers are known by their tokens, never by cookies: so no response allows credentials.
 */

import type { IncomingMessage } from "node:http";
import type { Operation } from "./operation.ts";
import type { Headers } from "./responses.ts";

const REQUEST_FIELDS = [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "traceparent",
    "tracestate",
];
const RESPONSE_FIELDS = [
    "deprecation",
    "etag",
    "link",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "sunset",
    "www-authenticate",
];
const MAX_AGE_SECONDS = 600;

/** What is said of origins, to preflight requests and on each response. */
export class Cors {
    readonly #origins: ReadonlySet<string>;
    readonly #sendable: string;
    readonly #readable: string;

    constructor(origins: ReadonlySet<string>, operations: readonly Operation[]) {
        this.#origins = origins;
        const parameters = operations.flatMap(({ parameters = [] }) => parameters);
        const sent = parameters.filter(({ location }) => location === "header").map(({ name }) => name.toLowerCase());
        const read = operations.flatMap(({ responses }) => responses.flatMap(({ headers = [] }) => headers));
        this.#sendable = sorted([...REQUEST_FIELDS, ...sent]);
        this.#readable = sorted([...RESPONSE_FIELDS, ...read.map((name) => name.toLowerCase())]);
    }

    isPreflight({ method, headers }: IncomingMessage): boolean {
        const asks = headers["access-control-request-method"] !== undefined;
        return method === "OPTIONS" && headers.origin !== undefined && asks;
    }

    /** The fields of the answer to a preflight request for a resource that has these methods. */
    preflight(message: IncomingMessage, methods: string): Headers {
        const headers: Headers = [["vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"]];
        const origin = this.#allowed(message);
        if (origin !== undefined) {
            headers.push(
                ["access-control-allow-origin", origin],
                ["access-control-allow-methods", methods],
                ["access-control-allow-headers", this.#sendable],
                ["access-control-max-age", String(MAX_AGE_SECONDS)],
            );
        }
        return headers;
    }

    /** The fields of any other response. */
    shared(message: IncomingMessage): Headers {
        const headers: Headers = [["vary", "Origin"]];
        const origin = this.#allowed(message);
        if (origin !== undefined) {
            headers.push(["access-control-allow-origin", origin], ["access-control-expose-headers", this.#readable]);
        }
        return headers;
    }

    #allowed({ rawHeaders }: IncomingMessage): string | undefined {
        const given = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === "origin");
        const [origin] = given;
        return given.length === 1 && origin !== undefined && this.#origins.has(origin) ? origin : undefined;
    }
}

function sorted(names: readonly string[]): string {
    return [...new Set(names)].sort().join(", ");
}
