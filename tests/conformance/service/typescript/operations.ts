/** What the bench asks of a service. */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type * as contract from "./contract/index.ts";
import { type Client, ClientCredentials, type Limits, type Outbound, SigV4 } from "./platform/outbound/index.ts";
import type { Settings } from "./settings.ts";
import "./tables.ts";

type Context = contract.Context<contract.Principal>;

const LIMITS: Partial<Limits> = { connect: 2, read: 2, total: 8, longestWait: 2 };

export class Operations implements contract.Operations {
    readonly #settings: Settings;

    constructor(settings: Settings) {
        this.#settings = settings;
    }

    async propagate(request: contract.PropagateRequest, context: Context): Promise<contract.PropagateResponse> {
        for (const call of request.body) {
            await post(context.outbound, call.url, call.arguments);
        }
        return { status: 204 };
    }

    async callUpstream(
        request: contract.CallUpstreamRequest,
        context: Context,
    ): Promise<contract.CallUpstreamResponse> {
        const { upstream, url, method, idempotency_key: key, credentials, content } = request.body;
        const response = await this.#client(context.outbound, upstream, credentials).fetch(url, {
            method,
            template: "/{rest}",
            headers: { "content-type": "application/json", ...(key !== undefined && { "idempotency-key": key }) },
            ...(method !== "GET" && { body: JSON.stringify(content ?? null) }),
        });
        return { status: 200, body: { status: response.status } };
    }

    async callHook(request: contract.CallHookRequest, context: Context): Promise<contract.CallHookResponse> {
        const client = context.outbound.publicClient("hooks", { limits: LIMITS });
        const response = await client.fetch(request.body.url, { method: "POST", body: "{}" });
        return { status: 200, body: { status: response.status } };
    }

    async wait(request: contract.WaitRequest, context: Context): Promise<contract.WaitResponse> {
        const { milliseconds, url } = request.body;
        await sleep(milliseconds, undefined, { signal: context.signal });
        if (url !== undefined) {
            await post(context.outbound, url);
        }
        return { status: 204 };
    }

    async fail(request: contract.FailRequest): Promise<contract.FailResponse> {
        throw new Error(request.body.message);
    }

    async createEffect(
        request: contract.CreateEffectRequest,
        context: Context,
    ): Promise<contract.CreateEffectResponse> {
        const { name, url } = request.body;
        const id = randomUUID();
        await context.db.insertInto("effect").values({ id, name, whole: 0 }).execute();
        if (url !== undefined) {
            await post(context.outbound, url);
        }
        await context.db.updateTable("effect").set({ whole: 1 }).where("id", "=", id).execute();
        return { status: 201, body: { id } };
    }

    async countEffects(
        request: contract.CountEffectsRequest,
        context: Context,
    ): Promise<contract.CountEffectsResponse> {
        const { count } = await context.db
            .selectFrom("effect")
            .select(({ fn }) => fn.countAll<number | string>().as("count"))
            .where("name", "=", request.name)
            .executeTakeFirstOrThrow();
        return { status: 200, body: { count: Number(count) } };
    }

    #client(outbound: Outbound, upstream: string, credentials: string | undefined): Client {
        // The first call of a name makes the client, so each has one token for all calls.
        const name = `${upstream} with ${credentials}`;
        switch (credentials) {
            case "oauth2": {
                const issuer = outbound.client(`issuer of ${upstream}`, upstream, { limits: LIMITS });
                const { clientId, clientSecret } = this.#settings;
                const auth = new ClientCredentials(issuer, `${upstream}/token`, clientId, clientSecret);
                return outbound.client(name, upstream, { auth, limits: LIMITS });
            }
            case "sigv4":
                return outbound.client(name, upstream, {
                    auth: new SigV4("eu-west-1", "execute-api"),
                    limits: LIMITS,
                });
            default:
                return outbound.client(name, upstream, { limits: LIMITS });
        }
    }
}

async function post(outbound: Outbound, url: string, content: unknown = null): Promise<void> {
    const { origin } = new URL(url);
    await outbound.client(origin, origin, { limits: LIMITS }).fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(content),
    });
}
