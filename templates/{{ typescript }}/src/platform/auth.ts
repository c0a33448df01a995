/** Who is calling: access tokens (RFC 6750, RFC 9068) verified by a closed set of rules for each issuer's kind. */

import { hash } from "node:crypto";
import type { JwksCache } from "./jwks.ts";
import { InsufficientScope, Problem, TokenInvalid, TokenMissing } from "./problems.ts";
import type { AuthSettings } from "./settings.ts";
import * as strictJson from "./strict-json.ts";

export const MAX_TOKEN_BYTES = 8192;
const CLOCK_SKEW_SECONDS = 60;
const MAX_REMEMBERED = 10_000;

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
// Each hands the choice of the key, or of what is signed, to whoever wrote the token (RFC 8725, sections 3.1 and 3.10).
// No extension is understood here, so any `crit` is refused (RFC 7515, section 4.1.11).
const REFUSED_HEADERS = ["crit", "b64", "jwk", "jku", "x5u", "x5c", "zip"];

type Claims = Readonly<Record<string, unknown>>;

/** The verified caller. `tenant` comes from the token and from nowhere else. */
export interface Principal {
    readonly subject: string;
    readonly clientId: string;
    readonly tenant: string | null;
    readonly scopes: ReadonlySet<string>;
    readonly issuer: string;
    readonly claims: Claims;
}

/** How one kind of issuer writes its access tokens. */
interface Profile {
    /** Claims that are there and are strings with something in them. */
    readonly required: readonly string[];
    readonly client: string;
    readonly tenant: string;
    /** Claims that hold scopes, as a string with spaces or as an array; one of them is there if `needsScopes`. */
    readonly scopes: readonly string[];
    readonly needsScopes: boolean;
    /** The allowed values of the header's `typ`; any, where empty. */
    readonly types: readonly string[];
    readonly fixed: Claims;
    /** Whether `aud` names this service; if not, `client_id` is one of those that may call it. */
    readonly audience: boolean;
}

const PROFILES: Readonly<Record<AuthSettings["profile"], Profile>> = {
    // RFC 9068, section 2.2 and section 4.
    rfc9068: {
        required: ["sub", "client_id", "jti"],
        client: "client_id",
        tenant: "tenant",
        scopes: ["scope"],
        needsScopes: false,
        types: ["at+jwt", "application/at+jwt"],
        fixed: {},
        audience: true,
    },
    // An access token of Amazon Cognito has no audience, and differs from an ID token by `token_use` alone.
    cognito: {
        required: ["sub", "client_id", "jti"],
        client: "client_id",
        tenant: "tenant",
        scopes: ["scope"],
        needsScopes: false,
        types: [],
        fixed: { token_use: "access" },
        audience: false,
    },
    // Microsoft Entra ID, version 2.0: an ID token has neither `scp` nor `roles` nor `azp`.
    entra: {
        required: ["sub", "azp", "tid"],
        client: "azp",
        tenant: "tid",
        scopes: ["scp", "roles"],
        needsScopes: true,
        types: [],
        fixed: { ver: "2.0" },
        audience: true,
    },
};

/** The token breaks a rule. */
class Refused extends Error {}

interface Remembered {
    readonly principal: Principal;
    readonly expires: number;
}

/**
 * Turns an `Authorization` header into a principal.
 *
 * A verified token is remembered by its digest until it expires or the issuer's keys change.
 */
export class Authenticator {
    readonly #settings: AuthSettings;
    readonly #profile: Profile;
    readonly #keys: JwksCache;
    readonly #clock: () => number;
    readonly #remembered = new Map<string, Remembered>();
    #generation: number;

    /** `clock` is in seconds since the epoch. */
    constructor(settings: AuthSettings, keys: JwksCache, clock = () => Date.now() / 1000) {
        this.#settings = settings;
        this.#profile = PROFILES[settings.profile];
        this.#keys = keys;
        this.#clock = clock;
        this.#generation = keys.generation;
    }

    /**
     * The caller, by the `Authorization` field; several are combined to one that is no token.
     *
     * Throws TokenMissing where no bearer token is given, TokenInvalid for any fault of the token, Unavailable where the
     * issuer's keys were never had.
     */
    async authenticate(credentials: string | undefined): Promise<Principal> {
        const token = bearer(credentials);
        const renewal = this.#keys.renew();
        if (renewal !== undefined) {
            await renewal;
        }
        if (this.#generation !== this.#keys.generation) {
            this.#remembered.clear();
            this.#generation = this.#keys.generation;
        }
        const digest = hash("sha256", token, "base64");
        const known = this.#remembered.get(digest);
        if (known !== undefined && known.expires > this.#clock()) {
            return known.principal;
        }
        let verified: Remembered;
        try {
            verified = await this.#verify(token);
        } catch (error) {
            if (error instanceof Problem) {
                throw error;
            }
            throw invalidToken(error);
        }
        this.#remembered.set(digest, verified);
        if (this.#remembered.size > MAX_REMEMBERED) {
            this.#remembered.delete(this.#remembered.keys().next().value as string);
        }
        return verified.principal;
    }

    async #verify(token: string): Promise<Remembered> {
        const parts = token.length <= MAX_TOKEN_BYTES ? COMPACT.exec(token) : null;
        if (parts === null) {
            throw new Refused("not a compact JWS");
        }
        const [, head, payload, signed] = parts as unknown as [string, string, string, string];
        const header = members(head);
        const { alg: algorithm, kid } = header;
        if (REFUSED_HEADERS.some((name) => name in header)) {
            throw new Refused("header not allowed");
        }
        if (typeof algorithm !== "string" || !(kid === undefined || kid === null || typeof kid === "string")) {
            throw new Refused("header of a wrong type");
        }
        const { types } = this.#profile;
        if (types.length > 0 && !(typeof header.typ === "string" && types.includes(header.typ.toLowerCase()))) {
            throw new Refused("not an access token");
        }
        const keys = await this.#keys.candidates(kid ?? undefined, algorithm);
        const [input, signature] = [Buffer.from(`${head}.${payload}`), decoded(signed)];
        if (!keys.some((key) => key.verifies(input, signature))) {
            throw new Refused("not signed by the issuer");
        }
        const claims = members(payload);
        const expires = this.#checkClaims(claims);
        return { principal: this.#principal(claims), expires };
    }

    /** Check what the profile asks for; returns the time of expiry in seconds since the epoch. */
    #checkClaims(claims: Claims): number {
        const { required, fixed, audience, client } = this.#profile;
        const { issuer, audience: self, clientIds } = this.#settings;
        if (!required.every((name) => typeof claims[name] === "string" && claims[name] !== "")) {
            throw new Refused("claim missing");
        }
        if (claims.iss !== issuer || Object.entries(fixed).some(([name, value]) => claims[name] !== value)) {
            throw new Refused("of another issuer or kind");
        }
        if (audience) {
            const named: unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
            if (!named.includes(self)) {
                throw new Refused("for another audience");
            }
        }
        if ((clientIds.size > 0 || !audience) && !clientIds.has(claims[client] as string)) {
            throw new Refused("of another client");
        }
        const now = this.#clock();
        const expires = "exp" in claims ? date(claims.exp) : undefined;
        if (expires === undefined || expires <= now) {
            throw new Refused("expired");
        }
        const starts = ["iat", "nbf"].filter((name) => name in claims).map((name) => date(claims[name]));
        if (!("iat" in claims) || Math.max(...starts) > now + CLOCK_SKEW_SECONDS) {
            throw new Refused("not valid yet");
        }
        return expires;
    }

    #principal(claims: Claims): Principal {
        const { client, tenant: tenantClaim, scopes: scopeClaims, needsScopes } = this.#profile;
        const tenant = claims[tenantClaim] ?? null;
        if (tenant !== null && typeof tenant !== "string") {
            throw new Refused("tenant of a wrong type");
        }
        const given = scopeClaims.filter((name) => name in claims);
        if (needsScopes && given.length === 0) {
            throw new Refused("not an access token");
        }
        return {
            subject: claims.sub as string,
            clientId: claims[client] as string,
            tenant,
            scopes: new Set(given.flatMap((name) => scopesIn(claims[name]))),
            issuer: this.#settings.issuer,
            claims,
        };
    }
}

/**
 * Require all scopes of one alternative; with no alternative nobody may pass.
 *
 * Throws InsufficientScope, naming the scopes (RFC 6750, section 3.1).
 */
export function authorize(principal: Principal, alternatives: readonly (readonly string[])[]): void {
    if (alternatives.some((required) => required.every((scope) => principal.scopes.has(scope)))) {
        return;
    }
    const [first] = alternatives;
    const scope = first === undefined ? "" : `, scope="${[...new Set(first)].sort().join(" ")}"`;
    throw new InsufficientScope(undefined, {
        headers: { "www-authenticate": `Bearer error="insufficient_scope"${scope}` },
    });
}

/** The answer to a bad token, the same for each fault: the caller that forged it learns nothing. */
function invalidToken(cause: unknown): TokenInvalid {
    return new TokenInvalid(undefined, { headers: { "www-authenticate": 'Bearer error="invalid_token"' }, cause });
}

function bearer(credentials = ""): string {
    const at = credentials.indexOf(" ");
    const scheme = at < 0 ? credentials : credentials.slice(0, at);
    if (scheme.toLowerCase() !== "bearer") {
        // Without credentials the challenge has no error code (RFC 6750, section 3.1).
        throw new TokenMissing(undefined, { headers: { "www-authenticate": "Bearer" } });
    }
    return at < 0 ? "" : credentials.slice(at + 1);
}

function members(segment: string): Claims {
    const value = strictJson.parse(decoded(segment));
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new Refused("not a JSON object");
    }
    // Without a prototype, so that nothing inherited is taken for a claim.
    return Object.assign(Object.create(null), value);
}

/** Base64url without padding (RFC 7515, section 2), in its one canonical form. */
function decoded(segment: string): Buffer {
    const value = Buffer.from(segment, "base64url");
    if (value.toString("base64url") !== segment) {
        throw new Refused("not base64url");
    }
    return value;
}

/** A NumericDate (RFC 7519, section 2) in whole seconds. */
function date(value: unknown): number {
    if (!Number.isSafeInteger(value)) {
        throw new Refused("not a date");
    }
    return value as number;
}

function scopesIn(value: unknown): string[] {
    if (typeof value === "string") {
        return value.split(/\s+/).filter((scope) => scope !== "");
    }
    if (Array.isArray(value) && value.every((scope) => typeof scope === "string")) {
        return value;
    }
    throw new Refused("scopes of a wrong type");
}
