/**
 * Calls to other services: timeouts, safe retries, a circuit breaker, trace and deadline passed on.
 *
 * A client's `fetch` is the platform's own (the Fetch standard), so every library that takes one can use it too.
 */

import { Agent } from "undici";
import { AddressRefused, ForeignOrigin } from "./errors.ts";
import { PublicCaller } from "./public.ts";
import { type Call, DEFAULT_LIMITS, type Limits, ResilientCaller } from "./resilient.ts";

export { AddressRefused, CallFailed, CallTimeout, CircuitOpen, ForeignOrigin, ResponseTooLarge } from "./errors.ts";
export { ClientCredentials } from "./oauth2.ts";
export type { Limits } from "./resilient.ts";
export { SigV4 } from "./sigv4.ts";

/** The credentials of a client: they go to its origin, and to no other. */
export interface Auth {
    /** Adds the credentials to the call's headers. */
    authorize(call: Call): Promise<void>;
    /** The credentials were answered with 401: whether there are others to try once more with. */
    renew?(call: Call): Promise<boolean>;
}

export interface ClientOptions {
    readonly auth?: Auth;
    readonly limits?: Partial<Limits>;
}

export interface RequestOptions extends RequestInit {
    /** The request is safe to repeat, though its method is not. */
    readonly idempotent?: boolean;
    /** The path as the contract of the service has it, such as `/quotes/{quote_id}`, after which the span is named. */
    readonly template?: string;
}

const CONTROL = /[\p{Cc}\s]/u;

type Caller = Pick<ResilientCaller, "call">;

/** Calls one service; `fetch` may be taken off and handed on. */
export class Client {
    readonly #caller: Caller;
    readonly #base: URL | undefined;
    readonly #auth: Auth | undefined;

    constructor(caller: Caller, base: URL | undefined, auth: Auth | undefined) {
        this.#caller = caller;
        this.#base = base;
        this.#auth = auth;
    }

    /** As the Fetch standard has it; a URL may be relative to the client's. Redirects are not followed. */
    readonly fetch = async (input: string | URL | Request, init: RequestOptions = {}): Promise<Response> => {
        if (typeof input === "string" && CONTROL.test(input)) {
            // The URL standard would leave them out.
            throw new AddressRefused("The URL has a character that no URL has");
        }
        const given = input instanceof Request ? input : undefined;
        const url = given === undefined ? new URL(String(input), this.#base) : new URL(given.url);
        if (this.#base !== undefined && url.origin !== this.#base.origin) {
            throw new ForeignOrigin("The URL is of another origin than the client");
        }
        url.username = "";
        url.password = "";
        const request = new Request(given ?? url, init);
        const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
        const call: Call = {
            url,
            method: request.method,
            headers: new Headers(request.headers),
            body,
            idempotent: init.idempotent ?? false,
            template: init.template,
            signal: init.signal ?? given?.signal,
        };
        await this.#auth?.authorize(call);
        const response = await this.#caller.call(call);
        return response.status === 401 && (await this.#auth?.renew?.(call)) ? this.#caller.call(call) : response;
    };
}

/** The service's clients, by name: they live as long as the service and share nothing with each other. */
export class Outbound {
    readonly #clients = new Map<string, Client>();
    readonly #agents: Agent[] = [];

    /**
     * The client of that name, made by the first call; the other arguments count only then.
     *
     * It answers within `limits.total` seconds or rejects with a CallFailed: CircuitOpen without a call when the service
     * is known to be down, ForeignOrigin for a URL of another origin than `baseUrl`'s, since credentials go nowhere
     * else, ResponseTooLarge.
     */
    client(name: string, baseUrl: string, options: ClientOptions = {}): Client {
        return this.#named(name, options, (limits) => {
            const caller = new ResilientCaller(limits, this.#agent(agentOptions(limits)));
            return new Client(caller, new URL(baseUrl), options.auth);
        });
    }

    /**
     * The client of that name for URLs that come from callers, such as those of webhooks. It has no credentials.
     *
     * It does what `client` promises for whatever public origin, and rejects with AddressRefused for a URL whose host
     * has an address that is private, local, multicast or a cloud's metadata server.
     */
    publicClient(name: string, options: Pick<ClientOptions, "limits"> = {}): Client {
        return this.#named(name, options, (limits) => {
            return new Client(
                new PublicCaller(limits, (more) => this.#agent({ ...agentOptions(limits), ...more })),
                undefined,
                undefined,
            );
        });
    }

    /** Closes all connections. */
    async close(): Promise<void> {
        await Promise.all(this.#agents.map((agent) => agent.destroy()));
    }

    #named(name: string, options: ClientOptions, make: (limits: Limits) => Client): Client {
        let client = this.#clients.get(name);
        if (client === undefined) {
            client = make({ ...DEFAULT_LIMITS, ...options.limits });
            this.#clients.set(name, client);
        }
        return client;
    }

    #agent(options: Agent.Options): Agent {
        const agent = new Agent(options);
        this.#agents.push(agent);
        return agent;
    }
}

function agentOptions(limits: Limits): Agent.Options {
    return {
        connect: { timeout: limits.connect * 1000 },
        headersTimeout: limits.read * 1000,
        bodyTimeout: limits.read * 1000,
        pipelining: 1,
    };
}
