/** Access tokens by the client credentials grant (RFC 6749, section 4.4). */

import type { Secret } from "../settings.ts";
import { NoToken } from "./errors.ts";
import type { Auth, Client } from "./index.ts";
import type { Call } from "./resilient.ts";

/** Seconds before its end in which a token is no longer used. */
const MARGIN = 30;
/** Seconds a token is used whose response does not say how long it lasts. */
const LIFETIME = 300;

/**
 * Sends a token of one client, fetched when it is first needed and again before it ends.
 *
 * `issuer` is an outbound client for the authorization server, `tokenUrl` its token endpoint. However many calls wait
 * for a token, one request fetches it. A token that is answered with 401 is replaced once.
 */
export class ClientCredentials implements Auth {
    readonly #issuer: Client;
    readonly #tokenUrl: string;
    readonly #credentials: string;
    readonly #form: URLSearchParams;
    #token = "";
    #expires = Number.NEGATIVE_INFINITY;
    #fetching: Promise<void> | undefined;

    constructor(issuer: Client, tokenUrl: string, clientId: string, clientSecret: Secret, scope = "") {
        this.#issuer = issuer;
        this.#tokenUrl = tokenUrl;
        // RFC 6749, section 2.3.1: both are form-encoded before they become a user name and a password.
        const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret.reveal())}`;
        this.#credentials = `Basic ${Buffer.from(pair).toString("base64")}`;
        this.#form = new URLSearchParams({ grant_type: "client_credentials", ...(scope && { scope }) });
    }

    /** Rejects with a CallFailed when there is no token to be had. */
    async authorize(call: Call): Promise<void> {
        await this.#use(call, undefined);
    }

    async renew(call: Call): Promise<boolean> {
        await this.#use(call, call.headers.get("authorization")?.slice("Bearer ".length));
        return true;
    }

    async #use(call: Call, refused: string | undefined): Promise<void> {
        if (this.#token === refused || performance.now() / 1000 >= this.#expires) {
            this.#fetching ??= this.#fetch().finally(() => {
                this.#fetching = undefined;
            });
            await this.#fetching;
        }
        call.headers.set("authorization", `Bearer ${this.#token}`);
    }

    async #fetch(): Promise<void> {
        const response = await this.#issuer.fetch(this.#tokenUrl, {
            method: "POST",
            headers: { authorization: this.#credentials },
            body: this.#form,
            idempotent: true,
            template: undefined,
        });
        if (!response.ok) {
            throw new NoToken(`The token endpoint answered ${response.status}`);
        }
        const answer: unknown = await response.json().catch(() => undefined);
        const { access_token: token, token_type: kind, expires_in: lifetime = LIFETIME } = (answer ?? {}) as Answer;
        const isBearer = typeof kind === "string" && kind.toLowerCase() === "bearer";
        const seconds = Number(lifetime);
        if (typeof token !== "string" || !isBearer || Number.isNaN(seconds)) {
            throw new NoToken("The token endpoint's answer is not a bearer token");
        }
        this.#token = token;
        this.#expires = performance.now() / 1000 + Math.max(seconds - MARGIN, seconds / 2);
    }
}

interface Answer {
    readonly access_token?: unknown;
    readonly token_type?: unknown;
    readonly expires_in?: unknown;
}

function formEncoded(text: string): string {
    return new URLSearchParams({ v: text }).toString().slice("v=".length);
}
