/** A rendered service as it runs in production, but for the issuer's key set, which comes without TLS. */

import { Operations } from "./src/operations.ts";
import { createService } from "./src/platform/app.ts";
import * as logs from "./src/platform/logs.ts";
import { Environment } from "./src/platform/settings.ts";
import { readSettings } from "./src/settings.ts";

const settings = { ...readSettings(new Environment({ ...process.env, APP_ENV: "dev" })), appEnv: "prod" as const };
logs.configure(settings.logLevel, "measured");
const { app, lifecycle } = await createService("measured", "1", settings, new Operations());
await lifecycle.start();
await app.listen({ host: settings.host, port: settings.port });
