/** The service in this process, spoken to over HTTP. */

import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createService } from "../../src/platform/app.ts";
import * as logs from "../../src/platform/logs.ts";
import { Environment, readPlatformSettings } from "../../src/platform/settings.ts";

export interface Running {
    readonly url: string;
    request(method: string, path: string, init?: RequestInit): Promise<Response>;
    /** The header of a caller who has these scopes. */
    bearer(scopes: string, fields?: Readonly<Record<string, string>>): Promise<Record<string, string>>;
    /** Ends it before the test does. */
    stop(): Promise<void>;
}

/** Boot with these operations on the embedded defaults, for as long as the test lasts. */
export async function running(operations: object, variables: Readonly<Record<string, string>> = {}): Promise<Running> {
    const folder = mkdtempSync(join(tmpdir(), "service-"));
    const database = `sqlite:///${join(folder, "test.db")}`;
    const environment = new Environment({ APP_ENV: "dev", PORT: "0", DATABASE_URL: database, ...variables });
    const settings = readPlatformSettings(environment);
    environment.check();
    logs.configure("error", "test");
    const { app, lifecycle } = await createService("test", "0", settings, operations);
    await lifecycle.start();
    await app.listen({ host: "127.0.0.1", port: 0 });
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= app.close().then(() => lifecycle.stop()));
    onTestFinished(() => stop().then(() => rmSync(folder, { recursive: true })));
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    return {
        url,
        request: (method, path, init) => fetch(url + path, { method, redirect: "manual", ...init }),
        async bearer(scopes, fields) {
            const form = { grant_type: "client_credentials", scope: scopes, client_id: "tests", ...fields };
            const answer = await fetch(`${url}/dev/issuer/token`, { method: "POST", body: new URLSearchParams(form) });
            const { access_token: token } = (await answer.json()) as { access_token: string };
            return { authorization: `Bearer ${token}` };
        },
        stop,
    };
}

/** The last part of the type of the problem that a response carries, after its status: `404 not-found`. */
export async function problem(response: Response): Promise<string> {
    const { type } = (await response.json()) as { type: string };
    return `${response.status} ${type.split("#")[1]}`;
}
