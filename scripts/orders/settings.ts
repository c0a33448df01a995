/** What the service of the demo reads from its environment. */

import { type Environment, readPlatformSettings } from "./platform/settings.ts";

export function readSettings(environment: Environment) {
    return { ...readPlatformSettings(environment), quotesUrl: environment.text("QUOTES_URL") };
}

export type Settings = ReturnType<typeof readSettings>;
