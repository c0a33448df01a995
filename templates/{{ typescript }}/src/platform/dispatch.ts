/** What happens to each request of the contract, in order. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context as Telemetry } from "@opentelemetry/api";
import { type Action, decided, type Outcome } from "./audit.ts";
import { type Authenticator, authorize, type Principal } from "./auth.ts";
import { Circumstances, type Context } from "./context.ts";
import type { Database, Work } from "./database.ts";
import { type Deadline, Deadlines, under } from "./deadline.ts";
import { fingerprint, IdempotencyKeys, type Key } from "./idempotency.ts";
import { ClientDisconnected, ConcurrencyLimit, checkContentLength, RateLimit, readBody } from "./limits.ts";
import { failure, logger } from "./logs.ts";
import { acceptable, declared, isJson } from "./media-types.ts";
import type { Examples } from "./mock.ts";
import type { GivenResponse, Operation } from "./operation.ts";
import { AddressRefused, CallFailed, type Outbound } from "./outbound/index.ts";
import { ParameterDecoder } from "./parameters.ts";
import {
    ContractViolation,
    type Fault,
    Forbidden,
    Gone,
    IdempotencyKeyMissing,
    InternalError,
    MalformedRequest,
    NotAcceptable,
    NotImplementedYet,
    PreconditionRequired,
    Problem,
    RateLimited,
    Unavailable,
    UnsupportedMediaType,
} from "./problems.ts";
import { type Headers, type Reply, ResponseWriter, refusal } from "./responses.ts";
import type { PlatformSettings } from "./settings.ts";
import * as strictJson from "./strict-json.ts";
import type { RequestRecord } from "./telemetry/record.ts";
import type { Schemas } from "./validation.ts";

export type Handler = (request: unknown, context: Context<Principal | null>) => Promise<GivenResponse>;

/** An operation and its handler, with all that is known of it before a request comes. */
export class Endpoint {
    readonly operation: Operation;
    readonly handler: Handler;
    readonly parameters: ParameterDecoder;
    readonly writer: ResponseWriter;
    /** The media types of its success; none, where the handler chooses among several. */
    readonly produces: readonly string[];
    readonly timeoutSeconds: number;
    readonly rate: RateLimit | undefined;
    readonly readOnly: boolean;
    /** Milliseconds since the epoch. */
    readonly sunset: number | undefined;
    readonly headers: Headers;

    constructor(operation: Operation, handler: Handler, settings: PlatformSettings) {
        this.operation = operation;
        this.handler = handler;
        this.parameters = new ParameterDecoder(operation);
        this.writer = new ResponseWriter(operation);
        this.produces = produced(operation);
        this.timeoutSeconds = operation.timeout ?? settings.handlerTimeoutSeconds;
        const [requests, window] = operation.rate ?? [];
        this.rate =
            requests === undefined || window === undefined ? undefined : new RateLimit(requests, window, operation.id);
        this.readOnly = operation.method === "GET" || operation.method === "HEAD";
        this.sunset = operation.sunset === undefined ? undefined : moment(operation.sunset);
        this.headers = deprecation(operation, this.sunset);
    }
}

/** One request on its way through the pipeline, and the headers its answer has whatever the answer is. */
export interface Exchange {
    readonly endpoint: Endpoint;
    /** The values of the path's parameters, still percent-encoded. */
    readonly pathValues: ReadonlyMap<string, readonly string[]>;
    readonly message: IncomingMessage;
    readonly response: ServerResponse;
    /** The raw path, and the query, without the question mark. */
    readonly path: string;
    readonly query: string;
    /** The caller's, as far as it is known. */
    readonly address: string;
    readonly record: RequestRecord;
    /** OpenTelemetry's, in which its span is the current one. */
    readonly context: Telemetry;
    readonly headers: Headers;
    principal: Principal | null;
    body: Uint8Array;
}

export interface Parts {
    readonly settings: PlatformSettings;
    readonly authenticator: Authenticator;
    readonly schemas: Schemas;
    readonly examples: Examples;
    readonly database: Database;
    readonly outbound: Outbound;
}

/** Takes a request that was routed to an operation through all that is asked of it. */
export class Dispatcher {
    readonly #parts: Parts;
    readonly #settings: PlatformSettings;
    readonly #concurrency: ConcurrencyLimit;
    readonly #rate: RateLimit;
    readonly #keys: IdempotencyKeys;
    readonly #deadlines = new Deadlines();

    constructor(parts: Parts) {
        this.#parts = parts;
        this.#settings = parts.settings;
        this.#concurrency = new ConcurrencyLimit(parts.settings.maxConcurrency);
        this.#rate = new RateLimit(parts.settings.rateLimitRequests, parts.settings.rateLimitWindowSeconds);
        this.#keys = new IdempotencyKeys(parts.database.isPostgres);
    }

    /** The answer to the request, whatever happens on the way; null where nobody waits for one. */
    async answer(exchange: Exchange): Promise<Reply | null> {
        let reply: Reply;
        try {
            this.#concurrency.enter();
            try {
                await allArrived();
                reply = await this.#serve(exchange);
            } finally {
                this.#concurrency.leave();
            }
        } catch (error) {
            if (error instanceof ClientDisconnected) {
                exchange.record.errorType = error.name;
                return null;
            }
            reply = this.#refused(exchange, error);
        }
        const { headers: general } = exchange;
        if (reply.headers.length === 0) {
            return { ...reply, headers: general };
        }
        // The handler's fields, and those of a refusal by rate, stand for the general ones.
        const own = new Set(reply.headers.map(([name]) => name));
        return { ...reply, headers: [...reply.headers, ...general.filter(([name]) => !own.has(name))] };
    }

    /** The process stops, and its grace is over: who still waits gets an answer all the same. */
    stop(): void {
        this.#deadlines.end(new Unavailable(undefined, { headers: { connection: "close" } }));
    }

    #refused(exchange: Exchange, error: unknown): Reply {
        const { record, endpoint } = exchange;
        const { id } = endpoint.operation;
        if (error instanceof Problem) {
            if (error instanceof Forbidden) {
                audit("authorize", "denied", exchange, error.slug);
            }
            record.errorType = error.slug;
            return refusal(error, record.traceId);
        }
        if (error instanceof AddressRefused || (error as { code?: string }).code === "ERR_INVALID_URL") {
            const problem = new ContractViolation("A URL of the request can't be called: it is not public.");
            record.errorType = problem.slug;
            return refusal(problem, record.traceId);
        }
        record.errorType = error instanceof Error ? error.name : "Error";
        if (error instanceof CallFailed) {
            logger("dispatch").warn(
                { ...ids(record), ...failure(error) },
                `The operation ${id} could not reach what it needs`,
            );
            return refusal(new Unavailable(), record.traceId);
        }
        logger("dispatch").error({ ...ids(record), ...failure(error) }, `The operation ${id} failed`);
        return refusal(new InternalError(), record.traceId);
    }

    async #serve(exchange: Exchange): Promise<Reply> {
        const { endpoint } = exchange;
        if (endpoint.sunset !== undefined && endpoint.sunset <= Date.now()) {
            throw new Gone();
        }
        await this.#admit(exchange);
        this.#limit(exchange, endpoint.rate ?? this.#rate);
        const mediaType = this.#negotiate(exchange);
        const request = await this.#read(exchange, mediaType);
        return await this.#beforeDeadline(exchange, request);
    }

    /** Authenticate and authorize the caller. An operation that is not public needs a token, whatever its scopes. */
    async #admit(exchange: Exchange): Promise<void> {
        const { operation } = exchange.endpoint;
        const credentials = exchange.message.headers.authorization;
        if (operation.public === true && credentials === undefined) {
            return;
        }
        let principal: Principal;
        try {
            principal = await this.#parts.authenticator.authenticate(credentials);
        } catch (error) {
            if (error instanceof Problem) {
                audit("authenticate", "denied", exchange, error.slug);
                // Who has no valid token is known by the address alone, and may not try without end.
                this.#limit(exchange, this.#rate);
            }
            throw error;
        }
        exchange.principal = principal;
        exchange.record.client = principal.clientId;
        // What one caller may see is not for a cache that others ask (RFC 9111, section 5.2.2.5).
        exchange.headers.push(["cache-control", "no-store"]);
        try {
            if (operation.public !== true) {
                authorize(principal, operation.scopes);
            }
        } catch (error) {
            if (error instanceof Problem) {
                audit("authorize", "denied", exchange, error.slug);
            }
            throw error;
        }
        audit("authorize", "allowed", exchange, "granted");
    }

    /** Take the request from what its caller may send. Throws RateLimited. */
    #limit(exchange: Exchange, rate: RateLimit): void {
        try {
            exchange.headers.push(...rate.take(identity(exchange)));
        } catch (error) {
            if (error instanceof RateLimited) {
                audit("limit", "denied", exchange, error.slug);
            }
            throw error;
        }
    }

    /** Refuse by the headers alone what can't be answered or read; returns the body's declared media type. */
    #negotiate({ message, endpoint }: Exchange): string | undefined {
        const { headers } = message;
        const { accept } = headers;
        if (accept && endpoint.produces.length > 0 && !acceptable(accept, endpoint.produces)) {
            throw new NotAcceptable(`The operation answers with ${endpoint.produces.join(", ")}.`);
        }
        const length = headers["content-length"];
        const { body } = endpoint.operation;
        const isAbsent = headers["transfer-encoding"] === undefined && (length === undefined || length === "0");
        if (body === undefined || isAbsent) {
            checkContentLength(length, this.#settings.maxBodyBytes);
            return undefined;
        }
        const mediaType = declared(headers["content-type"] ?? "", body.mediaTypes);
        if (mediaType === undefined || (headers["content-encoding"] ?? "identity") !== "identity") {
            const accepted = body.mediaTypes.join(", ");
            throw new UnsupportedMediaType(`The operation reads ${accepted}.`, { headers: { accept: accepted } });
        }
        checkContentLength(length, this.#settings.maxBodyBytes);
        return mediaType;
    }

    /** The parameters and the body by the names of the request's properties, once the contract has admitted them. */
    async #read(exchange: Exchange, mediaType: string | undefined): Promise<Record<string, unknown>> {
        const { endpoint, message } = exchange;
        const { operation } = endpoint;
        const { schemas } = this.#parts;
        if (operation.idempotencyKey === "required" && message.headers["idempotency-key"] === undefined) {
            throw new IdempotencyKeyMissing();
        }
        let faults: Fault[] = [];
        let request: Record<string, unknown> = {};
        if (operation.parameters !== undefined) {
            const { parameters } = endpoint;
            const { values, faults: badlyWritten } = parameters.decode(
                exchange.pathValues,
                exchange.query,
                message.rawHeaders,
            );
            faults = badlyWritten.length > 0 ? badlyWritten : schemas.parameterFaults(operation.id, values);
            request = parameters.fields(values);
        }
        if (mediaType !== undefined) {
            if (message.headers.expect?.toLowerCase() === "100-continue" && message.httpVersion !== "1.0") {
                exchange.response.writeContinue();
            }
            exchange.body = await readBody(message, this.#settings.maxBodyBytes, this.#settings.bodyTimeoutSeconds);
        }
        if (mediaType !== undefined && exchange.body.length > 0) {
            request.body = exchange.body;
            if (isJson(mediaType)) {
                const { text, value } = parsed(exchange.body);
                faults.push(...schemas.bodyFaults(operation.id, mediaType, value, exchange.body.length));
                request.body = strictJson.exact(text, value);
            }
        } else if (operation.body?.required === true) {
            faults.push({ detail: "is required", in: "body", pointer: "" });
        }
        const [first] = faults;
        if (first !== undefined) {
            const isIfMatch = first.in === "header" && first.pointer === "/if-match" && first.detail === "is required";
            if (faults.length === 1 && isIfMatch) {
                throw new PreconditionRequired("Send the resource's ETag as If-Match.");
            }
            throw new ContractViolation(undefined, { errors: faults });
        }
        return request;
    }

    /** Run the handler, and no longer than it may: then what it did is undone, and what it still does is for nobody. */
    #beforeDeadline(exchange: Exchange, request: unknown): Promise<Reply> {
        const { endpoint } = exchange;
        const work = this.#parts.database.work(endpoint.readOnly);
        return new Promise((resolve, reject) => {
            const deadline = this.#deadlines.start(endpoint.timeoutSeconds * 1000, (reason) => {
                void work.rollback();
                reject(reason);
            });
            under(exchange.context, deadline, () => this.#transact(exchange, request, work, deadline)).then(
                resolve,
                reject,
            );
        });
    }

    /** Run the handler in a transaction, which is kept only where the answer is no failure. */
    async #transact(exchange: Exchange, request: unknown, work: Work, deadline: Deadline): Promise<Reply> {
        const key = idempotencyKey(exchange);
        const { principal, endpoint } = exchange;
        const context = new Circumstances(principal, this.#parts.outbound, endpoint.operation, key, work, deadline);
        let reply: Reply;
        try {
            reply =
                key === null
                    ? await this.#handle(endpoint, request, context)
                    : await this.#handleOnce(exchange, request, context, work, key);
        } catch (error) {
            deadline.met();
            await work.rollback();
            throw error;
        }
        // From here on the outcome is decided, and is waited for; unless the deadline came first.
        if (deadline.met()) {
            await (reply.status < 400 ? work.commit() : work.rollback());
        }
        return reply;
    }

    /** Run the handler for the first request with this idempotency key, and repeat its answer for the others. */
    #handleOnce(
        exchange: Exchange,
        request: unknown,
        context: Context<Principal | null>,
        work: Work,
        key: string,
    ): Promise<Reply> {
        const { endpoint, principal, message, path, query, body } = exchange;
        const own = fingerprint(message.method as string, path, query, body);
        const scope: Key["scope"] =
            principal === null ? [null, identity(exchange)] : [principal.tenant, principal.clientId];
        const given: Key = { scope, operation: endpoint.operation.id, key, fingerprint: own };
        return this.#keys.once(work, given, () => this.#handle(endpoint, request, context));
    }

    /** Call the handler and write its answer. */
    async #handle(endpoint: Endpoint, request: unknown, context: Context<Principal | null>): Promise<Reply> {
        let given: GivenResponse;
        try {
            given = await endpoint.handler(request, context);
        } catch (error) {
            const mocked = error instanceof NotImplementedYet && this.#settings.appMock;
            const example = mocked ? this.#parts.examples.reply(endpoint.operation.id) : undefined;
            if (example === undefined) {
                throw error;
            }
            return example;
        }
        const reply = endpoint.writer.write(given);
        if (this.#settings.appEnv === "dev") {
            this.#check(endpoint.operation, reply);
        }
        return reply;
    }

    #check(operation: Operation, { status, mediaType, body }: Reply): void {
        if (mediaType === null || !isJson(mediaType) || typeof body !== "string") {
            return;
        }
        const faults = this.#parts.schemas.responseFaults(operation.id, status, mediaType, JSON.parse(body));
        if (faults.length > 0) {
            const places = faults.map((fault) => `${fault.pointer || "/"} ${fault.detail}`).join("; ");
            throw new TypeError(`the response of ${operation.handler} violates the contract: ${places}`);
        }
    }
}

let turn: Promise<void> | undefined;

/**
 * Once all requests are read that came in this turn: they are what would wait, and so what has to be counted.
 *
 * Of handlers that wait for nothing there would otherwise never be two at a time, however long the queue before them.
 */
function allArrived(): Promise<void> {
    turn ??= new Promise((resolve) => {
        setImmediate(() => {
            turn = undefined;
            resolve();
        });
    });
    return turn;
}

function ids({ traceId, spanId }: RequestRecord): Record<string, string> {
    return { "trace.id": traceId, "span.id": spanId };
}

function identity({ principal, address }: Exchange): string {
    return principal === null ? address : `${principal.tenant}/${principal.clientId}`;
}

function audit(action: Action, outcome: Outcome, exchange: Exchange, reason: string): void {
    const { principal, address, record, endpoint } = exchange;
    decided({ action, outcome, reason, principal, operation: endpoint.operation, address, record });
}

function idempotencyKey({ message, endpoint }: Exchange): string | null {
    const given = message.headers["idempotency-key"] as string | undefined;
    return endpoint.operation.idempotencyKey === undefined ? null : (given ?? null);
}

function parsed(body: Uint8Array): { text: string; value: unknown } {
    try {
        const text = strictJson.decode(body);
        return { text, value: strictJson.parse(text) };
    } catch (error) {
        throw new MalformedRequest("The request body is not JSON (RFC 8259).", { cause: error });
    }
}

function produced(operation: Operation): readonly string[] {
    const fixed = operation.responses.filter(({ status }) => typeof status === "number" && status < 400);
    const responses = fixed.length > 0 ? fixed : operation.responses.filter(({ status }) => typeof status === "string");
    if (responses.some(({ mediaTypes }) => mediaTypes !== undefined && mediaTypes.length > 1)) {
        return [];
    }
    return [...new Set(responses.flatMap(({ mediaTypes }) => mediaTypes ?? []))];
}

/** Milliseconds since the epoch of a date, which begins in UTC, or a date-time. */
function moment(text: string): number {
    return Date.parse(text);
}

/** `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to the contract, which says what comes instead. */
function deprecation(operation: Operation, sunset: number | undefined): Headers {
    const headers: Headers = [];
    if (operation.deprecated === true) {
        // The field wants a date; where the contract has none, one that is long past means "already".
        const since = operation.deprecation === undefined ? 0 : Math.floor(moment(operation.deprecation) / 1000);
        headers.push(["deprecation", `@${since}`]);
        headers.push(["link", '</openapi.yaml>; rel="deprecation"; type="application/yaml"']);
    }
    if (sunset !== undefined) {
        headers.push(["sunset", new Date(sunset).toUTCString()]);
    }
    return headers;
}
