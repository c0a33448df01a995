/** The application: the platform's parts put together around the team's operations. */

import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { BASE_PATH, OPERATIONS } from "../contract/index.ts";
import { Authenticator } from "./auth.ts";
import { Database } from "./database.ts";
import { Dispatcher, Endpoint, type Handler } from "./dispatch.ts";
import { ready } from "./health.ts";
import { httpSource, JwksCache, type Source } from "./jwks.ts";
import { Lifecycle } from "./lifecycle.ts";
import { readBody } from "./limits.ts";
import { Listener, parted } from "./listener.ts";
import * as migrations from "./migrations/index.ts";
import { Examples } from "./mock.ts";
import type { Operation } from "./operation.ts";
import { Outbound } from "./outbound/index.ts";
import { MethodNotAllowed, NotFound } from "./problems.ts";
import type { Headers, Reply } from "./responses.ts";
import { Router } from "./routing.ts";
import { ALL_METHODS, createServer, refuseConnection } from "./server.ts";
import type { PlatformSettings } from "./settings.ts";
import * as telemetry from "./telemetry/sdk.ts";
import { Schemas } from "./validation.ts";

const CONTRACT = join(import.meta.dirname, "..", "contract");
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

    const listener = new Listener(settings, OPERATIONS, router, dispatcher, lifecycle);
    return { app: built(settings, listener, routes), lifecycle, dispatcher };
}

/** Fastify, for all that is not the contract's. */
function built(
    settings: PlatformSettings,
    listener: Listener,
    routes: ReadonlyMap<string, Record<string, Route>>,
): FastifyInstance {
    const { proxies } = settings;
    const app = Fastify({
        serverFactory: (elsewhere) =>
            createServer((message, response) => listener.handle(message, response, elsewhere), settings),
        clientErrorHandler: (error, socket) => refuseConnection(error as Error, socket as Socket, settings),
        // A path is not decoded before it is matched.
        rewriteUrl: ({ url }) => encodeURI(`/${parted(url as string).path.replace(/^\//, "")}`),
        trustProxy: proxies.any && ((address) => proxies.believes(address)),
        return503OnClosing: false,
        exposeHeadRoutes: false,
        frameworkErrors: (error, request, reply) => refuse(request, reply, error),
    });
    // A body is the route's to read, and not before its turn.
    for (const method of ALL_METHODS) {
        app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
    }
    for (const [path, byMethod] of routes) {
        app.route({
            method: ALL_METHODS,
            url: path,
            handler: async ({ raw }, reply) => {
                const route = byMethod[raw.method === "HEAD" ? "GET" : (raw.method as string)];
                if (route === undefined) {
                    const allow = [...Object.keys(byMethod), ...(byMethod.GET ? ["HEAD"] : [])].sort().join(", ");
                    throw new MethodNotAllowed(undefined, { headers: { allow } });
                }
                const given = await route(raw, async () => readBody(raw, FORM_BYTES, settings.bodyTimeoutSeconds));
                reply.hijack();
                listener.answer(raw, reply.raw, given);
            },
        });
    }
    app.setNotFoundHandler((request, reply) => refuse(request, reply, new NotFound()));
    app.setErrorHandler((error, request, reply) => refuse(request, reply, error));
    return app;

    function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
        reply.hijack();
        listener.refuse(request.raw, reply.raw, error);
    }
}

function text(mediaType: string, content: string | Uint8Array): Reply {
    return { status: 200, mediaType, headers: [], body: content };
}

function state(status: string): Reply {
    const headers: Headers = [["cache-control", "no-store"]];
    return { status: 200, mediaType: "application/json", headers, body: JSON.stringify({ status }) };
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
