/** The issuer's public keys (RFC 7517): fetched when needed, kept while they serve. */

import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from "node:crypto";
import { Agent, request } from "undici";
import { logger } from "./logs.ts";
import { Unavailable } from "./problems.ts";
import { isSound } from "./public-keys.ts";
import * as strictJson from "./strict-json.ts";

const RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const CURVE_ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
    "P-256": ["ES256"],
    "P-384": ["ES384"],
    "P-521": ["ES512"],
    Ed25519: ["EdDSA", "Ed25519"],
};
const SECRET_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
const MAX_KEYS = 100;
const MAX_BYTES = 262_144;
const FETCH_SECONDS = 5;
/** Times `maxAge` after which a fetch is waited for: what the keys were so long ago says little of what they are. */
const UNASKED = 5;

/** Gives the text of a key set. */
export type Source = (signal: AbortSignal) => Promise<Uint8Array>;

/** A public key, pinned to the one algorithm it verifies (RFC 8725, section 3.1). */
export class VerificationKey {
    readonly kid: string | undefined;
    readonly algorithm: string;
    readonly #key: KeyObject;

    constructor(kid: string | undefined, algorithm: string, key: KeyObject) {
        this.kid = kid;
        this.algorithm = algorithm;
        this.#key = key;
    }

    /** Whether this key made the signature. */
    verifies(input: Uint8Array, signature: Uint8Array): boolean {
        const bits = this.#key.asymmetricKeyDetails?.modulusLength;
        // OpenSSL takes one of RSASSA-PSS without its leading zeros, too (RFC 8017, section 8.1.2, step 1).
        if (bits !== undefined && signature.length !== Math.ceil(bits / 8)) {
            return false;
        }
        const digest = /\d{3}$/.exec(this.algorithm)?.[0];
        try {
            switch (this.algorithm.slice(0, 2)) {
                case "RS":
                    return verify(`sha${digest}`, input, this.#key, signature);
                case "PS":
                    return verify(
                        `sha${digest}`,
                        input,
                        {
                            key: this.#key,
                            padding: constants.RSA_PKCS1_PSS_PADDING,
                            saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
                        },
                        signature,
                    );
                case "ES":
                    return verify(`sha${digest}`, input, { key: this.#key, dsaEncoding: "ieee-p1363" }, signature);
                default:
                    return verify(null, input, this.#key, signature);
            }
        } catch {
            return false;
        }
    }
}

/** The key set could not be had; the message says why and quotes nothing of what came. */
class FetchError extends Error {}

/** Fetches a key set over HTTP, within bounds of time and size, and from that URL alone. */
export function httpSource(url: string): Source {
    return async (signal) => {
        const dispatcher = new Agent({ connect: { timeout: FETCH_SECONDS * 1000 }, pipelining: 0 });
        const late = AbortSignal.any([signal, AbortSignal.timeout(FETCH_SECONDS * 1000)]);
        try {
            const { statusCode, body } = await request(url, {
                dispatcher,
                signal: late,
                headers: { accept: "application/jwk-set+json, application/json" },
            });
            if (statusCode !== 200) {
                throw new FetchError(`answered ${statusCode}`);
            }
            const chunks: Uint8Array[] = [];
            let size = 0;
            for await (const chunk of body) {
                size += chunk.length;
                if (size > MAX_BYTES) {
                    throw new FetchError("larger than a key set may be");
                }
                chunks.push(chunk);
            }
            return Buffer.concat(chunks);
        } catch (error) {
            throw error instanceof FetchError ? error : new FetchError((error as Error).name, { cause: error });
        } finally {
            dispatcher.destroy().catch(() => {});
        }
    };
}

export interface CacheOptions {
    /** Seconds, as are the others. */
    readonly maxAge?: number;
    readonly cooldown?: number;
    readonly coldCooldown?: number;
    readonly clock?: () => number;
}

/**
 * Keys by id, refreshed once they are older than `maxAge` and when a token names one that is not known.
 *
 * At most one fetch runs at a time, and at most one in `cooldown` seconds is caused by unknown key ids, however many
 * come. A failed refresh leaves the keys as they are.
 */
export class JwksCache {
    /** Grows whenever the keys change, so that what was verified with the old ones can be dropped. */
    generation = 0;

    readonly #source: Source;
    readonly #maxAge: number;
    readonly #cooldown: number;
    readonly #coldCooldown: number;
    readonly #clock: () => number;
    readonly #end = new AbortController();
    #keys: readonly VerificationKey[] = [];
    #content: Buffer | undefined;
    #triedAt = Number.NEGATIVE_INFINITY;
    #fetch: Promise<void> | undefined;

    constructor(source: Source, options: CacheOptions = {}) {
        this.#source = source;
        this.#maxAge = options.maxAge ?? 60;
        this.#cooldown = options.cooldown ?? 30;
        this.#coldCooldown = options.coldCooldown ?? 2;
        this.#clock = options.clock ?? (() => performance.now() / 1000);
    }

    /**
     * The keys of that id for that algorithm, mostly one; without an id, the only key for it.
     *
     * Throws Unavailable where no keys were ever had.
     */
    async candidates(kid: string | undefined, algorithm: string): Promise<readonly VerificationKey[]> {
        await this.ready();
        const found = this.#find(kid, algorithm);
        if (found.length > 0 || this.#age() < this.#cooldown) {
            return found;
        }
        await this.#start();
        return this.#find(kid, algorithm);
    }

    /** Fetch the keys again where they are old: in the background, or, to be awaited, where nobody asked for long. */
    renew(): Promise<void> | undefined {
        const age = this.#age();
        if (this.#keys.length === 0 || age < this.#maxAge) {
            return undefined;
        }
        const fetch = this.#start();
        return age >= UNASKED * this.#maxAge ? fetch : undefined;
    }

    /** Resolves once there are keys. Throws Unavailable where they can't be had now. */
    async ready(): Promise<void> {
        if (this.#keys.length > 0) {
            return;
        }
        if (this.#fetch !== undefined || this.#age() >= this.#coldCooldown) {
            await this.#start();
        }
        if (this.#keys.length === 0) {
            throw new Unavailable("The issuer's keys are not available.", { headers: { "retry-after": "5" } });
        }
    }

    /** Ends a fetch that is under way. */
    close(): void {
        this.#end.abort();
    }

    #find(kid: string | undefined, algorithm: string): readonly VerificationKey[] {
        const found = this.#keys.filter((key) => key.algorithm === algorithm && (kid === undefined || kid === key.kid));
        return kid !== undefined || found.length === 1 ? found : [];
    }

    #age(): number {
        return this.#clock() - this.#triedAt;
    }

    #start(): Promise<void> {
        if (this.#fetch === undefined) {
            this.#triedAt = this.#clock();
            this.#fetch = this.#load().finally(() => {
                this.#fetch = undefined;
            });
        }
        return this.#fetch;
    }

    async #load(): Promise<void> {
        try {
            const content = Buffer.from(await this.#source(this.#end.signal));
            const keys = parseKeys(content);
            if (this.#content === undefined || !content.equals(this.#content)) {
                this.#keys = keys;
                this.#content = content;
                this.generation++;
            }
        } catch (error) {
            logger("jwks").warn(`The key set was not refreshed: ${(error as Error).message}`);
        }
    }
}

/**
 * The usable keys of a key set. Throws FetchError where it is none, or has no usable key.
 *
 * A key that has a member twice is passed over by itself (RFC 7517, section 4).
 */
export function parseKeys(content: Uint8Array): readonly VerificationKey[] {
    let members: unknown;
    try {
        members = strictJson.parse(content, "null");
    } catch {
        throw new FetchError("not JSON");
    }
    const listed = typeof members === "object" && members !== null && "keys" in members ? members.keys : undefined;
    if (!Array.isArray(listed)) {
        throw new FetchError("not a key set");
    }
    const keys = listed.slice(0, MAX_KEYS).flatMap(usable);
    if (keys.length === 0) {
        throw new FetchError("has no usable key");
    }
    return keys;
}

/** The key, if it may verify signatures: not weak, not symmetric, not private, not meant for something else. */
function usable(candidate: unknown): VerificationKey[] {
    if (typeof candidate !== "object" || candidate === null || Array.isArray(candidate)) {
        return [];
    }
    const jwk: Record<string, unknown> = Object.assign(Object.create(null), candidate);
    const { kty, kid, use = "sig", key_ops: operations = ["verify"] } = jwk;
    if (!["RSA", "EC", "OKP"].includes(kty as string) || SECRET_MEMBERS.some((name) => name in jwk)) {
        return [];
    }
    if (!(kid === undefined || kid === null || typeof kid === "string") || use !== "sig") {
        return [];
    }
    if (!Array.isArray(operations) || operations.filter((operation) => operation === "verify").length !== 1) {
        return [];
    }
    let key: KeyObject;
    try {
        key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
    } catch {
        return [];
    }
    const algorithms = isSound(jwk, key) ? algorithmsOf(jwk) : [];
    const { alg: algorithm = algorithms[0] } = jwk;
    return algorithms.includes(algorithm as string)
        ? [new VerificationKey(kid ?? undefined, algorithm as string, key)]
        : [];
}

/** The algorithms a key can be pinned to; the first is meant where it names none. */
function algorithmsOf(jwk: Record<string, unknown>): readonly string[] {
    return jwk.kty === "RSA" ? RSA_ALGORITHMS : (CURVE_ALGORITHMS[jwk.crv as string] ?? []);
}
