/** What the service reads from its environment. */

import { type Environment, readPlatformSettings } from "./platform/settings.ts";

/**
 * The platform's settings and the service's own.
 *
 * The service does not start while a variable without a default is missing. For example:
 *
 *     catalogUrl: environment.text("CATALOG_URL"),
 *     priceCacheSeconds: environment.integer("PRICE_CACHE_SECONDS", 60, 1),
 *
 * `Operations` is given them: `constructor(settings: Settings)`.
 */
export function readSettings(environment: Environment) {
    return {
        ...readPlatformSettings(environment),
    };
}

export type Settings = ReturnType<typeof readSettings>;
