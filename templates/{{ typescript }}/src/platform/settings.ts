/** The boot interface: what the platform reads from the environment, once, at start. */

import type { Level } from "./logs.ts";
import { Proxies } from "./proxies.ts";

export const ISSUER_PATH = "/dev/issuer";
const ORIGIN = /^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/;

export interface AuthSettings {
    readonly profile: "rfc9068" | "cognito" | "entra";
    readonly issuer: string;
    readonly jwksUrl: string;
    readonly audience: string | undefined;
    readonly clientIds: ReadonlySet<string>;
}

/**
 * The platform's settings; a service adds its own in `src/settings.ts`.
 *
 * In `dev` everything has a default; in `prod` what decides about security and data has none.
 */
export interface PlatformSettings {
    readonly appEnv: "dev" | "prod";
    /** Answer operations that are not implemented yet with the contract's examples. */
    readonly appMock: boolean;
    readonly host: string;
    readonly port: number;
    readonly logLevel: Level;
    readonly shutdownGraceSeconds: number;
    readonly auth: AuthSettings;
    /** True where the service signs its own tokens, which only `dev` does. */
    readonly embeddedIssuer: boolean;
    readonly databaseUrl: string;
    /** The web origins (RFC 6454) whose pages may call the service from a browser. */
    readonly corsOrigins: ReadonlySet<string>;
    /** Addresses and networks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
    readonly proxies: Proxies;
    readonly maxBodyBytes: number;
    readonly bodyTimeoutSeconds: number;
    /** The deadline of a handler whose operation sets none (`x-paved.timeout`). */
    readonly handlerTimeoutSeconds: number;
    /** Requests served at once; one more is answered 503 rather than queued. */
    readonly maxConcurrency: number;
    readonly rateLimitRequests: number;
    readonly rateLimitWindowSeconds: number;
}

/** Variables that are missing or wrong: a line for each, with its name and never its value. */
export class BadSettings extends Error {}

/** A value that goes into no log: it has to be asked for. */
export class Secret {
    readonly #value: string;

    constructor(value: string) {
        this.#value = value;
    }

    reveal(): string {
        return this.#value;
    }

    toString(): string {
        return "**********";
    }

    toJSON(): string {
        return this.toString();
    }
}

/**
 * Reads variables, and collects what is wrong with them. One that is empty is as good as none.
 *
 * A variable that is wrong still has a value, of its type, so that all of them are read before `check` throws.
 */
export class Environment {
    readonly #variables: Readonly<Record<string, string | undefined>>;
    readonly #faults: string[] = [];

    constructor(variables: Readonly<Record<string, string | undefined>>) {
        this.#variables = variables;
    }

    has(name: string): boolean {
        return this.optional(name) !== undefined;
    }

    optional(name: string): string | undefined {
        return this.#variables[name] || undefined;
    }

    text(name: string, otherwise?: string): string {
        const value = this.optional(name) ?? otherwise;
        if (value === undefined) {
            this.wrong(name, "is required");
        }
        return value ?? "";
    }

    secret(name: string): Secret {
        return new Secret(this.text(name));
    }

    choice<T extends string>(name: string, choices: readonly [T, ...T[]], otherwise: T): T {
        const value = this.optional(name) ?? otherwise;
        const found = choices.find((choice) => choice === value);
        if (found === undefined) {
            this.wrong(name, `must be ${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`);
        }
        return found ?? otherwise;
    }

    flag(name: string): boolean {
        const value = this.optional(name)?.toLowerCase();
        const isTrue = value !== undefined && ["1", "true", "yes", "on", "y", "t"].includes(value);
        if (value !== undefined && !isTrue && !["0", "false", "no", "off", "n", "f"].includes(value)) {
            this.wrong(name, "must be 1 or 0");
        }
        return isTrue;
    }

    integer(name: string, otherwise: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
        const value = this.optional(name);
        if (value === undefined) {
            return otherwise;
        }
        const number = Number(value);
        if (!/^[0-9]+$/.test(value) || number < least || number > most) {
            this.wrong(
                name,
                `must be a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""}`,
            );
            return otherwise;
        }
        return number;
    }

    seconds(name: string, otherwise: number): number {
        const value = this.optional(name);
        if (value === undefined) {
            return otherwise;
        }
        const number = Number(value);
        if (!/^[0-9]+(?:\.[0-9]+)?$/.test(value) || number <= 0) {
            this.wrong(name, "must be a number of seconds above 0");
            return otherwise;
        }
        return number;
    }

    /** Values with commas between. */
    list(name: string): readonly string[] {
        const listed = (this.optional(name) ?? "").split(",").map((value) => value.trim());
        return [...new Set(listed.filter((value) => value !== ""))];
    }

    wrong(name: string, message: string): void {
        this.#faults.push(`${name}: ${message}`);
    }

    /** Throws BadSettings where anything was wrong. */
    check(): void {
        if (this.#faults.length > 0) {
            throw new BadSettings(this.#faults.join("\n"));
        }
    }
}

export function readPlatformSettings(environment: Environment): PlatformSettings {
    const appEnv = environment.choice("APP_ENV", ["prod", "dev"], "prod");
    const port = environment.integer("PORT", 8000, 0, 65_535);
    const embedded = `http://127.0.0.1:${port}${ISSUER_PATH}`;
    const auth = readAuth(environment, appEnv, embedded);
    return {
        appEnv,
        appMock: environment.flag("APP_MOCK"),
        host: environment.text("HOST", "127.0.0.1"),
        port,
        logLevel: environment.choice("LOG_LEVEL", ["debug", "info", "warning", "error"], "info"),
        shutdownGraceSeconds: environment.integer("SHUTDOWN_GRACE_SECONDS", 20, 1),
        auth,
        embeddedIssuer: appEnv === "dev" && auth.jwksUrl === `${embedded}/jwks.json`,
        databaseUrl: readDatabaseUrl(environment, appEnv),
        corsOrigins: readOrigins(environment),
        proxies: readProxies(environment),
        maxBodyBytes: environment.integer("MAX_BODY_BYTES", 1_048_576, 1),
        bodyTimeoutSeconds: environment.seconds("BODY_TIMEOUT_SECONDS", 10),
        handlerTimeoutSeconds: environment.seconds("HANDLER_TIMEOUT_SECONDS", 10),
        maxConcurrency: environment.integer("MAX_CONCURRENCY", 200, 1),
        rateLimitRequests: environment.integer("RATE_LIMIT_REQUESTS", 6000, 1),
        rateLimitWindowSeconds: environment.integer("RATE_LIMIT_WINDOW_SECONDS", 60, 1),
    };
}

function readAuth(environment: Environment, appEnv: "dev" | "prod", embedded: string): AuthSettings {
    const isEmbedded =
        appEnv === "dev" && !["AUTH_ISSUER", "AUTH_JWKS_URL", "AUTH_PROFILE"].some((name) => environment.has(name));
    const profile = environment.choice("AUTH_PROFILE", ["rfc9068", "cognito", "entra"], "rfc9068");
    const schemes = appEnv === "prod" ? ["https"] : ["https", "http"];
    const url = (name: string, otherwise?: string): string => {
        const value = environment.text(name, otherwise);
        const parsed = value === "" ? null : URL.parse(value);
        if (
            value !== "" &&
            (parsed === null || !schemes.includes(parsed.protocol.slice(0, -1)) || parsed.host === "")
        ) {
            environment.wrong(name, `must be an absolute ${schemes.join(" or ")} URL`);
        }
        return value;
    };
    const issuer = url("AUTH_ISSUER", isEmbedded ? embedded : undefined);
    const jwksUrl = url("AUTH_JWKS_URL", isEmbedded ? `${embedded}/jwks.json` : undefined);
    const audience = environment.optional("AUTH_AUDIENCE") ?? (isEmbedded ? embedded : undefined);
    const clientIds = new Set(environment.list("AUTH_CLIENT_IDS"));
    if (audience === undefined && profile !== "cognito") {
        environment.wrong("AUTH_AUDIENCE", `is required with AUTH_PROFILE=${profile}`);
    }
    if (clientIds.size === 0 && profile === "cognito") {
        environment.wrong("AUTH_CLIENT_IDS", "is required with AUTH_PROFILE=cognito");
    }
    return { profile, issuer, jwksUrl, audience, clientIds };
}

function readDatabaseUrl(environment: Environment, appEnv: "dev" | "prod"): string {
    const value = environment.text("DATABASE_URL", appEnv === "dev" ? "sqlite:///dev.db" : undefined);
    const parsed = URL.parse(value);
    const isSqlite = /^sqlite:\/\/\/./.test(value);
    const isPostgres = /^postgres(?:ql)?:$/.test(parsed?.protocol ?? "") && parsed?.port !== "0";
    if (value !== "" && !isSqlite && !isPostgres) {
        environment.wrong("DATABASE_URL", "must be sqlite:///… or postgresql://…");
    }
    return value;
}

function readOrigins(environment: Environment): ReadonlySet<string> {
    const origins = environment.list("CORS_ORIGINS");
    if (!origins.every((origin) => ORIGIN.test(origin))) {
        environment.wrong("CORS_ORIGINS", "must be exact origins, like https://shop.example, with commas between");
    }
    return new Set(origins);
}

function readProxies(environment: Environment): Proxies {
    try {
        return new Proxies(environment.list("FORWARDED_ALLOW_IPS"));
    } catch {
        environment.wrong("FORWARDED_ALLOW_IPS", "must be addresses or networks, like 10.0.0.0/8, with commas between");
        return new Proxies([]);
    }
}
