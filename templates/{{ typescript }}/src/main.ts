/** The service's command line. */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Operations } from "./operations.ts";
import { ContractMismatch, createService } from "./platform/app.ts";
import { Database } from "./platform/database.ts";
import * as logs from "./platform/logs.ts";
import * as migrations from "./platform/migrations/index.ts";
import { serve } from "./platform/server.ts";
import { BadSettings, Environment } from "./platform/settings.ts";
import { readSettings, type Settings } from "./settings.ts";

const USAGE = `usage: node src/main.ts [command]

serve      serve HTTP until SIGTERM (the default)
migrate    bring the database's tables to their newest version
revise     begin the next migration: revise "what it does"
token      print an access token of the running dev service
           --scopes "quotes:read quotes:write"   --client NAME   --tenant NAME`;

const { name, version }: { name: string; version: string } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

/** Run one command; returns the exit status: 0 good, 1 failed, 2 where something has to be mended first. */
async function main(): Promise<number> {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: {
            help: { type: "boolean", short: "h" },
            scopes: { type: "string", default: "" },
            client: { type: "string", default: "dev" },
            tenant: { type: "string" },
        },
    });
    if (values.help === true) {
        console.log(USAGE);
        return 0;
    }
    const [command = "serve", title] = positionals;
    switch (command) {
        case "serve":
            return run(settings());
        case "migrate":
            return migrate(settings().databaseUrl);
        case "revise":
            return revise(title ?? "");
        case "token":
            return token({ scopes: values.scopes, client: values.client, tenant: values.tenant });
        default:
            console.error(USAGE);
            return 2;
    }
}

function settings(overrides: Readonly<Record<string, string>> = {}): Settings {
    const environment = new Environment({ ...process.env, ...overrides });
    const found = readSettings(environment);
    environment.check();
    return found;
}

async function run(found: Settings): Promise<number> {
    // They are given the settings where their constructor takes them.
    const Team: new (settings: Settings) => object = Operations;
    logs.configure(found.logLevel, name);
    const { app, lifecycle, dispatcher } = await createService(name, version, found, new Team(found));
    await lifecycle.start();
    await serve(app, found, {
        announce: () => {
            lifecycle.stopping = true;
        },
        giveUp: () => dispatcher.stop(),
    });
    await lifecycle.stop();
    return 0;
}

async function revise(title: string): Promise<number> {
    try {
        console.log(await migrations.begin(title));
        return 0;
    } catch (error) {
        console.error(`The migration can't be begun: ${(error as Error).message}`);
        return 2;
    }
}

async function migrate(url: string): Promise<number> {
    try {
        await new Database(url).maintained(migrations.upgrade);
        return 0;
    } catch (error) {
        console.error(`The database can't be migrated: ${(error as Error).message.split("\n")[0]}`);
        return 1;
    }
}

async function token(wanted: { scopes: string; client: string; tenant: string | undefined }): Promise<number> {
    const { fetchToken, NoToken } = await import("./platform/dev/token.ts");
    const { auth, embeddedIssuer } = settings({ APP_ENV: "dev" });
    if (!embeddedIssuer) {
        console.error("AUTH_ISSUER: tokens come from that issuer; the embedded one is off");
        return 2;
    }
    try {
        console.log(await fetchToken(auth.issuer, wanted));
        return 0;
    } catch (error) {
        if (error instanceof NoToken) {
            console.error(error.message);
            return 2;
        }
        throw error;
    }
}

/** Whether the message alone says what has to be mended: a setting, a handler, an argument, a port that is taken. */
function isTheirs(error: unknown): boolean {
    const { code = "", syscall } = error as { code?: string; syscall?: string };
    const isArgument = code.startsWith("ERR_PARSE_ARGS");
    return error instanceof BadSettings || error instanceof ContractMismatch || isArgument || syscall === "listen";
}

try {
    process.exit(await main());
} catch (error) {
    console.error(isTheirs(error) ? (error as Error).message : error);
    process.exit(2);
}
