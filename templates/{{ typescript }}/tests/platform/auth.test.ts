import { generateKeyPairSync, type JsonWebKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { Authenticator, authorize } from "../../src/platform/auth.ts";
import { JwksCache, parseKeys } from "../../src/platform/jwks.ts";
import { InsufficientScope, TokenInvalid, TokenMissing, Unavailable } from "../../src/platform/problems.ts";

const ISSUER = "https://issuer.example";
const AUDIENCE = "https://service.example";
const SETTINGS = {
    profile: "rfc9068",
    issuer: ISSUER,
    jwksUrl: "",
    audience: AUDIENCE,
    clientIds: new Set<string>(),
} as const;

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const JWK = { ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "ES256" };

const keySet = (...keys: object[]) => Buffer.from(JSON.stringify({ keys }));

function authenticator(...keys: object[]): Authenticator {
    return new Authenticator(SETTINGS, new JwksCache(async () => keySet(...keys)));
}

function token(
    changes: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key: KeyObject = privateKey,
) {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: "s",
        client_id: "c",
        jti: "j",
        iat: now,
        exp: now + 60,
        ...changes,
    };
    return new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "one", typ: "at+jwt", ...header }).sign(key);
}

describe("a token", () => {
    test("of the issuer's tells who is calling", async () => {
        const given = await token({ scope: "a b", tenant: "t" });
        const principal = await authenticator(JWK).authenticate(`Bearer ${given}`);
        expect(principal).toMatchObject({ subject: "s", clientId: "c", tenant: "t", issuer: ISSUER });
        expect([...principal.scopes]).toEqual(["a", "b"]);
    });

    test.each([
        ["expired", { exp: 1 }],
        ["without an end", { exp: undefined }],
        ["whose end is no date", { exp: "2999" }],
        ["whose end is between two seconds", { exp: 4e9 + 0.5 }],
        ["of another issuer", { iss: "https://elsewhere.example" }],
        ["for another audience", { aud: ["https://elsewhere.example"] }],
        ["without a client", { client_id: undefined }],
        ["with an empty subject", { sub: "" }],
        ["not valid yet", { nbf: 4e9 }],
        ["from the future", { iat: 4e9 }],
        ["with a tenant that is no text", { tenant: 1 }],
        ["with scopes that are no text", { scope: [1] }],
    ])("%s is refused", async (_, changes) => {
        const given = await token(changes as Record<string, unknown>);
        await expect(authenticator(JWK).authenticate(`Bearer ${given}`)).rejects.toThrow(TokenInvalid);
    });

    test.each([
        ["of another type", { typ: "JWT" }],
        ["with a key of its own", { jwk: JWK }],
        ["with a place for keys", { jku: "https://elsewhere.example" }],
        ["of another key", { kid: "two" }],
    ])("%s is refused", async (_, header) => {
        const given = await token({}, header as Record<string, unknown>);
        await expect(authenticator(JWK).authenticate(`Bearer ${given}`)).rejects.toThrow(TokenInvalid);
    });

    test.each([
        ["a line end", (given: string) => `${given}\n`],
        [
            "a bit in its signature that counts for nothing",
            (given: string) => `${given.slice(0, -1)}${given.endsWith("A") ? "B" : "A"}`,
        ],
        ["one more part", (given: string) => `${given}.a`],
        ["no algorithm", () => `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.e30.AA`],
        ["a claim twice", () => `${Buffer.from('{"alg":"ES256","alg":"ES256"}').toString("base64url")}.e30.AA`],
    ])("with %s is refused", async (_, changed) => {
        const given = changed(await token());
        await expect(authenticator(JWK).authenticate(`Bearer ${given}`)).rejects.toThrow(TokenInvalid);
    });

    test("is asked for where there is none", async () => {
        await expect(authenticator(JWK).authenticate(undefined)).rejects.toThrow(TokenMissing);
        await expect(authenticator(JWK).authenticate("Basic YTpi")).rejects.toThrow(TokenMissing);
    });

    test("needs all scopes of one alternative", async () => {
        const principal = await authenticator(JWK).authenticate(`Bearer ${await token({ scope: "a b" })}`);
        expect(() => authorize(principal, [["c"], ["a", "b"]])).not.toThrow();
        expect(() => authorize(principal, [["a", "c"]])).toThrow(InsufficientScope);
        expect(() => authorize(principal, [])).toThrow(InsufficientScope);
    });
});

describe("keys", () => {
    const rsa = (bits: number) =>
        generateKeyPairSync("rsa", { modulusLength: bits }).publicKey.export({ format: "jwk" });

    test.each<[string, JsonWebKey]>([
        ["a private key", privateKey.export({ format: "jwk" })],
        ["a short one", rsa(1024)],
        ["one for encryption", { ...JWK, use: "enc" }],
        ["one that may not verify", { ...JWK, key_ops: ["sign"] }],
        ["one for another algorithm", { ...JWK, alg: "ES384" }],
        ["one that is written in another way", { ...JWK, x: `${JWK.x}=` }],
        ["a shared secret", { kty: "oct", k: "c2VjcmV0" }],
    ])("%s is passed over", (_, key) => {
        expect(() => parseKeys(keySet(key))).toThrow();
        expect(parseKeys(keySet(key, JWK))).toHaveLength(1);
    });

    test("are fetched once, whoever asks, and again after a while for one that is not known", async () => {
        let [fetches, now] = [0, 0];
        const source = async () => {
            fetches++;
            return keySet(JWK);
        };
        const cache = new JwksCache(source, { cooldown: 30, clock: () => now });
        await Promise.all([cache.candidates("one", "ES256"), cache.candidates("one", "ES256")]);
        await cache.candidates("two", "ES256");
        expect(fetches).toBe(1);
        now = 31;
        await Promise.all([cache.candidates("two", "ES256"), cache.candidates("three", "ES256")]);
        expect(fetches).toBe(2);
    });

    test("that were had serve on while the issuer is away, and without any nobody is served", async () => {
        let [away, now] = [false, 0];
        const source = async () => {
            if (away) {
                throw new Error("away");
            }
            return keySet(JWK);
        };
        const cache = new JwksCache(source, { clock: () => now });
        await cache.ready();
        [away, now] = [true, 1000];
        await cache.renew();
        expect(await cache.candidates("one", "ES256")).toHaveLength(1);
        await expect(new JwksCache(source, { clock: () => now }).ready()).rejects.toThrow(Unavailable);
    });
});
