/**
 * An authorization server for `dev`: any client, with any secret, gets the scopes it asks for.
 *
 * jose signs the tokens (RFC 9068); the one grant is that of client credentials (RFC 6749, section 4.4), and who may have
 * what is quickly said: everybody everything.
 */

import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Route } from "../app.ts";
import type { Reply } from "../responses.ts";
import { ISSUER_PATH } from "../settings.ts";

const LIFETIME_SECONDS = 3600;

/** Issues access tokens signed with a key that lives as long as the process. */
export class DevIssuer {
    readonly #issuer: string;
    readonly #audience: string;
    readonly #key: CryptoKey;
    readonly #kid: string;
    readonly #keySet: string;

    private constructor(issuer: string, audience: string, key: CryptoKey, kid: string, keySet: string) {
        this.#issuer = issuer;
        this.#audience = audience;
        this.#key = key;
        this.#kid = kid;
        this.#keySet = keySet;
    }

    static async create(issuer: string, audience: string): Promise<DevIssuer> {
        const { publicKey, privateKey } = await generateKeyPair("ES256");
        const jwk = await exportJWK(publicKey);
        const kid = await calculateJwkThumbprint(jwk);
        const keySet = JSON.stringify({ keys: [{ ...jwk, kid, use: "sig", alg: "ES256" }] });
        return new DevIssuer(issuer, audience, privateKey, kid, keySet);
    }

    /** The public keys, as a JSON Web Key Set. */
    keySet(): string {
        return this.#keySet;
    }

    /** The issuer's endpoints. */
    routes(): [string, Record<string, Route>][] {
        const metadata = { GET: () => json(200, this.#metadata()) };
        return [
            [`${ISSUER_PATH}/.well-known/openid-configuration`, metadata],
            [`${ISSUER_PATH}/.well-known/oauth-authorization-server`, metadata],
            [`${ISSUER_PATH}/jwks.json`, { GET: () => content(200, "application/jwk-set+json", this.#keySet) }],
            [`${ISSUER_PATH}/token`, { POST: (message, body) => this.#token(message, body) }],
        ];
    }

    /** The server's metadata (RFC 8414, section 2). */
    #metadata(): object {
        return {
            issuer: this.#issuer,
            jwks_uri: `${this.#issuer}/jwks.json`,
            token_endpoint: `${this.#issuer}/token`,
            grant_types_supported: ["client_credentials"],
            response_types_supported: [],
            token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        };
    }

    async #token(message: IncomingMessage, body: () => Promise<Uint8Array>): Promise<Reply> {
        const form = new URLSearchParams(Buffer.from(await body()).toString());
        const client = clientOf(message.headers.authorization, form);
        if (client === undefined) {
            return json(401, { error: "invalid_client" });
        }
        if (form.get("grant_type") !== "client_credentials") {
            return json(400, { error: "unsupported_grant_type" });
        }
        const scope = form.get("scope") ?? "";
        const tenant = form.get("tenant");
        const token = await new SignJWT({ client_id: client, scope, ...(tenant !== null && { tenant }) })
            .setProtectedHeader({ alg: "ES256", kid: this.#kid, typ: "at+jwt" })
            .setIssuer(this.#issuer)
            .setAudience(this.#audience)
            .setSubject(client)
            .setJti(randomUUID())
            .setIssuedAt()
            .setExpirationTime(`${LIFETIME_SECONDS}s`)
            .sign(this.#key);
        return json(200, { access_token: token, token_type: "Bearer", expires_in: LIFETIME_SECONDS, scope });
    }
}

function clientOf(credentials: string | undefined, form: URLSearchParams): string | undefined {
    const basic = /^basic (.+)$/i.exec(credentials ?? "")?.[1];
    if (basic === undefined) {
        return form.get("client_id") || undefined;
    }
    const [name = ""] = Buffer.from(basic, "base64").toString().split(":");
    return new URLSearchParams(`v=${name}`).get("v") || undefined;
}

function json(status: number, value: object): Reply {
    return content(status, "application/json", JSON.stringify(value));
}

function content(status: number, mediaType: string, body: string): Reply {
    return { status, mediaType, headers: [["cache-control", "no-store"]], body };
}
