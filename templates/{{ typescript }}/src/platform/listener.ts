/**
 * The first to see a request. It observes it, refuses a head that is not to be trusted, and serves the contract's paths.
 *
 * Fastify has all others. Its router would decode a path before it is matched, and what it makes for a request costs as
 * much as the pipeline.
 */

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Cors } from "./cors.ts";
import type { Dispatcher, Endpoint, Exchange } from "./dispatch.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { failure, logger } from "./logs.ts";
import type { Operation } from "./operation.ts";
import { InternalError, MalformedRequest, MethodNotAllowed, NotFound, Problem } from "./problems.ts";
import { type Headers, type Reply, refusal, send } from "./responses.ts";
import type { Match, Router } from "./routing.ts";
import { checkHead, originForm, responseFields } from "./server.ts";
import type { PlatformSettings } from "./settings.ts";
import type { RequestRecord } from "./telemetry/record.ts";
import { type Observed, RequestTelemetry } from "./telemetry/requests.ts";

const NOTHING = new Uint8Array(0);
const NO_VALUES = new Map<string, readonly string[]>();
const UNKNOWN: RequestRecord = { traceId: "0".repeat(32), spanId: "0".repeat(16) };

/** The target of a request in its parts. */
interface Target {
    readonly path: string;
    /** Without the question mark. */
    readonly query: string;
}

export class Listener {
    readonly #settings: PlatformSettings;
    readonly #router: Router<Endpoint>;
    readonly #dispatcher: Dispatcher;
    readonly #lifecycle: Lifecycle;
    readonly #cors: Cors | undefined;
    readonly #always: Headers;
    readonly #observer = new RequestTelemetry();
    readonly #elsewhere = new WeakMap<IncomingMessage, RequestRecord>();

    constructor(
        settings: PlatformSettings,
        operations: readonly Operation[],
        router: Router<Endpoint>,
        dispatcher: Dispatcher,
        lifecycle: Lifecycle,
    ) {
        this.#settings = settings;
        this.#router = router;
        this.#dispatcher = dispatcher;
        this.#lifecycle = lifecycle;
        this.#cors = settings.corsOrigins.size > 0 ? new Cors(settings.corsOrigins, operations) : undefined;
        this.#always = responseFields(settings);
    }

    /** Serve the request, or hand it to `elsewhere`, where the path is none of the contract's. */
    handle(message: IncomingMessage, response: ServerResponse, elsewhere: RequestListener): void {
        const target = parted(message.url as string);
        const scheme = this.#settings.proxies.scheme(message);
        const observed = this.#observer.observe(message, response, target.path, scheme);
        try {
            checkHead(message);
        } catch (error) {
            // As what Node's parser refuses: nothing that its fields say is believed.
            this.answer(message, response, refused(error, observed.record), false);
            return;
        }
        try {
            const match = this.#router.match(target.path);
            if (match === undefined) {
                this.#elsewhere.set(message, observed.record);
                elsewhere(message, response);
            } else {
                this.#serve(message, response, target, match, observed);
            }
        } catch (error) {
            this.answer(message, response, refused(error, observed.record));
        }
    }

    /** Answer what is thrown elsewhere: by Fastify's router, a library, the platform. */
    refuse(message: IncomingMessage, response: ServerResponse, error: unknown): void {
        this.answer(message, response, refused(error, this.#elsewhere.get(message) ?? { ...UNKNOWN }));
    }

    /** Send the answer, with the fields that each has, and those about origins where it may be shared. */
    answer(message: IncomingMessage, response: ServerResponse, reply: Reply, isShared = true): void {
        const headers: Headers = [...reply.headers, ...this.#always];
        if (this.#cors !== undefined && isShared) {
            headers.push(...this.#cors.shared(message));
        }
        if (this.#lifecycle.stopping && !headers.some(([name]) => name === "connection")) {
            headers.push(["connection", "close"]);
        }
        send({ ...reply, headers }, response, message.method as string);
    }

    #serve(
        message: IncomingMessage,
        response: ServerResponse,
        { path, query }: Target,
        { resource, values }: Match<Endpoint>,
        { record, context }: Observed,
    ): void {
        if (this.#cors?.isPreflight(message) === true) {
            this.answer(message, response, empty(this.#cors.preflight(message, resource.allow)), false);
            return;
        }
        const found = resource.target(message.method as string);
        if (found === undefined) {
            if (message.method !== "OPTIONS") {
                throw new MethodNotAllowed(undefined, { headers: { allow: resource.allow } });
            }
            this.answer(message, response, empty([["allow", resource.allow]]));
            return;
        }
        const { target: endpoint, names } = found;
        record.route = endpoint.operation.path;
        record.operation = endpoint.operation.id;
        const exchange: Exchange = {
            endpoint,
            pathValues: named(names, values),
            message,
            response,
            path,
            query,
            address: this.#settings.proxies.caller(message),
            record,
            context,
            headers: [...endpoint.headers],
            principal: null,
            body: NOTHING,
        };
        void this.#dispatch(exchange);
    }

    async #dispatch(exchange: Exchange): Promise<void> {
        const { message, response } = exchange;
        try {
            const reply = await this.#dispatcher.answer(exchange);
            if (reply === null) {
                message.socket.destroy();
            } else {
                this.answer(message, response, reply);
            }
        } catch (error) {
            this.answer(message, response, refused(error, exchange.record));
        }
    }
}

/** The target in its parts; one in absolute form (RFC 9112, section 3.2.2) is as good as its path. */
export function parted(url: string): Target {
    const target = originForm(url);
    const at = target.indexOf("?");
    return at < 0 ? { path: target, query: "" } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

function named(names: readonly string[], values: readonly string[]): Exchange["pathValues"] {
    return names.length === 0 ? NO_VALUES : new Map(names.map((name, at) => [name, [values[at] as string]]));
}

function refused(error: unknown, record: RequestRecord): Reply {
    const problem = error instanceof Problem ? error : unforeseen(error);
    record.errorType = problem.slug;
    return refusal(problem, record.traceId);
}

function unforeseen(error: unknown): Problem {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== undefined && statusCode < 500) {
        return statusCode === 404 ? new NotFound() : new MalformedRequest();
    }
    logger("app").error(failure(error), "A request failed");
    return new InternalError();
}

function empty(headers: Headers): Reply {
    return { status: 204, mediaType: null, headers, body: "" };
}
