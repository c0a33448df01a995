import { expect, test } from "vitest";
import { BadSettings, Environment, readPlatformSettings, Secret } from "../../src/platform/settings.ts";

function faults(variables: Record<string, string>): string[] {
    const environment = new Environment(variables);
    readPlatformSettings(environment);
    try {
        environment.check();
        return [];
    } catch (error) {
        expect(error).toBeInstanceOf(BadSettings);
        return (error as Error).message.split("\n").map((line) => line.split(":")[0] as string);
    }
}

const PRODUCTION = {
    AUTH_ISSUER: "https://issuer.example",
    AUTH_JWKS_URL: "https://issuer.example/jwks.json",
    AUTH_AUDIENCE: "https://service.example",
    DATABASE_URL: "postgresql://localhost/service",
};

test("development needs nothing, and production what decides about security and data", () => {
    expect(faults({ APP_ENV: "dev" })).toEqual([]);
    expect(faults(PRODUCTION)).toEqual([]);
    expect(faults({})).toEqual(["AUTH_ISSUER", "AUTH_JWKS_URL", "AUTH_AUDIENCE", "DATABASE_URL"]);
});

test.each([
    ["PORT", "65536"],
    ["PORT", "80x"],
    ["LOG_LEVEL", "loud"],
    ["AUTH_ISSUER", "http://issuer.example"],
    ["AUTH_PROFILE", "oauth"],
    ["DATABASE_URL", "mysql://localhost"],
    ["CORS_ORIGINS", "https://*.example"],
    ["FORWARDED_ALLOW_IPS", "10.0.0.0/33"],
    ["BODY_TIMEOUT_SECONDS", "0"],
    ["MAX_CONCURRENCY", "0"],
])("%s can't be %s", (name, value) => {
    expect(faults({ ...PRODUCTION, [name]: value })).toContain(name);
});

test("a secret is shown to nobody who does not ask for it", () => {
    const secret = new Secret("hidden");
    expect(`${secret} ${JSON.stringify({ secret })}`).not.toContain("hidden");
    expect(secret.reveal()).toBe("hidden");
});
