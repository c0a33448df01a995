/** What the service reads from its environment. */

import { type Environment, readPlatformSettings } from "./platform/settings.ts";

/** The client that the service is to others. */
export function readSettings(environment: Environment) {
    return {
        ...readPlatformSettings(environment),
        clientId: environment.text("CLIENT_ID"),
        clientSecret: environment.secret("CLIENT_SECRET"),
    };
}

export type Settings = ReturnType<typeof readSettings>;
