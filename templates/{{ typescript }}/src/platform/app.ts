/** The application: the platform's parts put together around the team's operations. */

import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { BASE_PATH, OPERATIONS } from "../contract/index.ts";
import { Authenticator } from "./auth.ts";
import { Cors } from "./cors.ts";
import { Database } from "./database.ts";
import { Dispatcher, Endpoint, type Handler } from "./dispatch.ts";
import { ready } from "./health.ts";
import { httpSource, JwksCache, type Source } from "./jwks.ts";
import { Lifecycle } from "./lifecycle.ts";
import { readBody } from "./limits.ts";
import { failure, logger } from "./logs.ts";
import * as migrations from "./migrations/index.ts";
import { Examples } from "./mock.ts";
import type { Operation } from "./operation.ts";
import { Outbound } from "./outbound/index.ts";
import { InternalError, MalformedRequest, MethodNotAllowed, NotFound, Problem } from "./problems.ts";
import { type Headers, type Reply, refusal, send } from "./responses.ts";
import { type Match, Router } from "./routing.ts";
import { ALL_METHODS, checkHead, refuseConnection, responseFields, SERVER_OPTIONS } from "./server.ts";
import type { PlatformSettings } from "./settings.ts";
import { type Observed, RequestTelemetry } from "./telemetry/requests.ts";
import * as telemetry from "./telemetry/sdk.ts";
import { Schemas } from "./validation.ts";

const CONTRACT = join(import.meta.dirname, "..", "contract");
/** Where Fastify finds what serves the contract; whoever asks for it by this path finds nothing. */
const CONTRACT_ROUTE = "/.contract";
const NOTHING = new Uint8Array(0);
const FORM_BYTES = 65_536;

/** The team's operations are not those of the contract. */
export class ContractMismatch extends Error {}

export interface Service {
    readonly app: FastifyInstance;
    readonly lifecycle: Lifecycle;
    readonly dispatcher: Dispatcher;
}

/** What answers a request that is not the contract's. */
export type Route = (message: IncomingMessage, body: () => Promise<Uint8Array>) => Promise<Reply> | Reply;

/** What is known of a request from its first line on. */
interface Arrival {
    readonly path: string;
    readonly query: string;
    readonly match: Match<Endpoint> | undefined;
}

/**
 * The service, not listening yet.
 *
 * Throws ContractMismatch where `operations` lacks a handler of the contract, or has a public method that is none.
 */
export async function createService(
    name: string,
    version: string,
    settings: PlatformSettings,
    operations: object,
): Promise<Service> {
    const handlers = handlersOf(operations, OPERATIONS);
    telemetry.configure(name, version);
    const lifecycle = new Lifecycle();
    const database = new Database(settings.databaseUrl);
    const outbound = new Outbound();
    const routes = new Map<string, Record<string, Route>>();

    const keys = new JwksCache(await keySource(settings, routes));
    const dispatcher = new Dispatcher({
        settings,
        authenticator: new Authenticator(settings.auth, keys),
        schemas: new Schemas(join(CONTRACT, "schemas.json")),
        examples: new Examples(join(CONTRACT, "examples.json")),
        database,
        outbound,
    });
    const router = new Router<Endpoint>(BASE_PATH);
    for (const operation of OPERATIONS) {
        const handler = handlers.get(operation.handler) as Handler;
        router.add(operation.method, operation.path, new Endpoint(operation, handler, settings));
    }
    const checks = { database: () => database.ping(), jwks: () => keys.ready() };
    routes.set("/health/live", { GET: () => state("live") });
    routes.set("/health/ready", { GET: () => ready(lifecycle, checks).then(() => state("ready")) });
    routes.set("/openapi.yaml", { GET: () => text("application/yaml", readFileSync(join(CONTRACT, "openapi.yaml"))) });
    routes.set("/metrics", { GET: async () => text("text/plain; version=0.0.4", await telemetry.metricsText()) });
    if (settings.appEnv === "dev") {
        const { page } = await import("./dev/docs.ts");
        routes.set("/docs", { GET: () => text("text/html; charset=utf-8", page(name)) });
        lifecycle.onStart(() => database.maintained(migrations.upgrade));
    }
    lifecycle.onStop(() => telemetry.flush());
    lifecycle.onStop(() => database.close());
    lifecycle.onStop(() => outbound.close());
    lifecycle.onStop(() => keys.close());

    const app = built(settings, router, routes, dispatcher, lifecycle);
    return { app, lifecycle, dispatcher };
}

function built(
    settings: PlatformSettings,
    router: Router<Endpoint>,
    routes: ReadonlyMap<string, Record<string, Route>>,
    dispatcher: Dispatcher,
    lifecycle: Lifecycle,
): FastifyInstance {
    const observer = new RequestTelemetry();
    const cors = settings.corsOrigins.size > 0 ? new Cors(settings.corsOrigins, OPERATIONS) : undefined;
    const always = responseFields(settings);
    const arrivals = new WeakMap<IncomingMessage, Arrival>();
    const observed = new WeakMap<IncomingMessage, Observed>();

    const app = Fastify({
        http: SERVER_OPTIONS,
        clientErrorHandler: (error, socket) => refuseConnection(error as Error, socket as Socket, settings),
        // The contract's paths have rules that Fastify's router does not know: the raw path decides.
        rewriteUrl(message) {
            const arrival = arrived(message as IncomingMessage, router);
            arrivals.set(message as IncomingMessage, arrival);
            return arrival.match === undefined ? encodeURI(`/${arrival.path.replace(/^\//, "")}`) : CONTRACT_ROUTE;
        },
        trustProxy: settings.forwardedAllowIps.length > 0 ? [...settings.forwardedAllowIps] : false,
        return503OnClosing: false,
        exposeHeadRoutes: false,
        keepAliveTimeout: 65_000,
        frameworkErrors: (error, request, reply) => void answer(request, reply, refused(request.raw, error)),
    });
    // The body is the pipeline's to read, and not before its turn.
    for (const method of ALL_METHODS) {
        app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
    }
    app.server.on("checkContinue", (message: IncomingMessage, response: ServerResponse) => {
        app.server.emit("request", message, response);
    });
    app.server.on("connect", (_, socket) => {
        refuseConnection(new Error("CONNECT"), socket as Socket, settings);
    });

    app.addHook("onRequest", (request, reply, done) => {
        const { raw } = request;
        const { path } = arrivals.get(raw) as Arrival;
        observed.set(raw, observer.observe(raw, reply.raw, path, request.protocol));
        try {
            checkHead(withOriginalUrl(request));
            done();
        } catch (error) {
            done(error as Error);
        }
    });

    app.route({
        method: ALL_METHODS,
        url: CONTRACT_ROUTE,
        handler: (request, reply) => {
            const arrival = arrivals.get(request.raw) as Arrival;
            return arrival.match === undefined ? missing() : served(request, reply, arrival, arrival.match);
        },
    });
    for (const [path, byMethod] of routes) {
        app.route({
            method: ALL_METHODS,
            url: path,
            handler: async (request, reply) => {
                const { raw } = request;
                const route = byMethod[raw.method === "HEAD" ? "GET" : (raw.method as string)];
                if (route === undefined) {
                    const allow = [...Object.keys(byMethod), ...(byMethod.GET ? ["HEAD"] : [])].sort().join(", ");
                    throw new MethodNotAllowed(undefined, { headers: { allow } });
                }
                return answer(
                    request,
                    reply,
                    await route(raw, () => readBody(raw, FORM_BYTES, settings.bodyTimeoutSeconds)),
                );
            },
        });
    }
    app.setNotFoundHandler(missing);
    app.setErrorHandler((error, request, reply) => answer(request, reply, refused(request.raw, error)));
    return app;

    async function served(
        request: FastifyRequest,
        reply: FastifyReply,
        { path, query }: Arrival,
        { resource, values }: Match<Endpoint>,
    ): Promise<FastifyReply> {
        const { raw } = request;
        if (cors?.isPreflight(raw) === true) {
            return answer(request, reply, empty(cors.preflight(raw, resource.allow)), false);
        }
        const found = resource.target(raw.method as string);
        if (found === undefined) {
            if (raw.method === "OPTIONS") {
                return answer(request, reply, empty([["allow", resource.allow]]));
            }
            throw new MethodNotAllowed(undefined, { headers: { allow: resource.allow } });
        }
        const { record, context: own } = observed.get(raw) as Observed;
        const { target: endpoint, names } = found;
        record.route = endpoint.operation.path;
        record.operation = endpoint.operation.id;
        const given = await dispatcher.answer({
            endpoint,
            pathValues: new Map(names.map((name, at) => [name, [values[at] as string]])),
            message: raw,
            response: reply.raw,
            path,
            query,
            address: request.ip,
            fields: combined(raw.rawHeaders),
            record,
            context: own,
            headers: [],
            principal: null,
            body: NOTHING,
        });
        if (given === null) {
            reply.hijack();
            raw.socket.destroy();
            return reply;
        }
        return answer(request, reply, given);
    }

    /** The answer to what is thrown outside of the contract's pipeline: by the router, a library, the platform. */
    function refused(message: IncomingMessage, error: unknown): Reply {
        const record = observed.get(message)?.record ?? { traceId: "0".repeat(32), spanId: "0".repeat(16) };
        const problem = error instanceof Problem ? error : unforeseen(error);
        record.errorType = problem.slug;
        return refusal(problem, record.traceId);
    }

    async function answer(
        request: FastifyRequest,
        reply: FastifyReply,
        given: Reply,
        isShared = true,
    ): Promise<FastifyReply> {
        reply.hijack();
        const { raw } = request;
        const headers: Headers = [...given.headers, ...always];
        if (cors !== undefined && isShared) {
            headers.push(...cors.shared(raw));
        }
        if (lifecycle.stopping && !headers.some(([name]) => name === "connection")) {
            headers.push(["connection", "close"]);
        }
        await send({ ...given, headers }, reply.raw, raw.method as string);
        return reply;
    }
}

function unforeseen(error: unknown): Problem {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== undefined && statusCode < 500) {
        return statusCode === 404 ? new NotFound() : new MalformedRequest();
    }
    logger("app").error(failure(error), "A request failed");
    return new InternalError();
}

function missing(): never {
    throw new NotFound();
}

/** The request as it came, for `rewriteUrl` has given it another target. */
function withOriginalUrl(request: FastifyRequest): IncomingMessage {
    const { rawHeaders, httpVersion } = request.raw;
    return { url: request.originalUrl, rawHeaders, httpVersion } as IncomingMessage;
}

/** The target in its parts; one in absolute form (RFC 9112, section 3.2.2) is as good as its path. */
function arrived({ url = "" }: IncomingMessage, router: Router<Endpoint>): Arrival {
    const target = url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?#]*/i, "") || "/";
    const at = target.indexOf("?");
    const path = at < 0 ? target : target.slice(0, at);
    return { path, query: at < 0 ? "" : target.slice(at + 1), match: router.match(path) };
}

function combined(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
    const fields = new Map<string, string>();
    for (let at = 0; at < rawHeaders.length; at += 2) {
        const name = (rawHeaders[at] as string).toLowerCase();
        const value = rawHeaders[at + 1] as string;
        const known = fields.get(name);
        fields.set(name, known === undefined ? value : `${known},${value}`);
    }
    return fields;
}

function text(mediaType: string, content: string | Uint8Array): Reply {
    return { status: 200, mediaType, headers: [], body: content };
}

function state(status: string): Reply {
    const headers: Headers = [["cache-control", "no-store"]];
    return { status: 200, mediaType: "application/json", headers, body: JSON.stringify({ status }) };
}

function empty(headers: Headers): Reply {
    return { status: 204, mediaType: null, headers, body: "" };
}

async function keySource(settings: PlatformSettings, routes: Map<string, Record<string, Route>>): Promise<Source> {
    if (!settings.embeddedIssuer) {
        return httpSource(settings.auth.jwksUrl);
    }
    const { DevIssuer } = await import("./dev/issuer.ts");
    const issuer = await DevIssuer.create(settings.auth.issuer, settings.auth.audience ?? settings.auth.issuer);
    for (const [path, route] of issuer.routes()) {
        routes.set(path, route);
    }
    return async () => Buffer.from(issuer.keySet());
}

function handlersOf(operations: object, declared: readonly Operation[]): ReadonlyMap<string, Handler> {
    const methods = new Map<string, Handler>();
    for (let type: object = operations; type !== Object.prototype; type = Object.getPrototypeOf(type)) {
        for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
            if (typeof value === "function" && name !== "constructor" && !methods.has(name)) {
                methods.set(name, value.bind(operations));
            }
        }
    }
    const where = operations.constructor.name;
    const missing = declared.filter(({ handler }) => !methods.has(handler));
    if (missing.length > 0) {
        const named = missing.map(({ handler, id }) => `no method ${handler} for the operation ${id}`);
        throw new ContractMismatch(`${where} has ${named.join(", ")}; \`make generate\` adds what is missing`);
    }
    const expected = new Set(declared.map(({ handler }) => handler));
    const extra = [...methods.keys()].filter((name) => !expected.has(name) && !name.startsWith("_"));
    if (extra.length > 0) {
        throw new ContractMismatch(
            `${where} has methods that are no operation of the contract: ${extra.join(", ")}; ` +
                "declare them there, or start their names with # or _",
        );
    }
    return methods;
}
