/** What every SDK has beside its operations and types. */

export { type Attempt, type Auth, apiKey, basic, bearer, type Scheme } from "./auth.ts";
export { type BreakerOptions, CircuitBreaker } from "./breaker.ts";
export { Client } from "./client.ts";
export type { ConditionalOperation } from "./conditional.ts";
export * from "./errors.ts";
export { parse, stringify } from "./json.ts";
export { type ClientCredentials, clientCredentials } from "./oauth2.ts";
export type { Operation, Policy, Result } from "./operation.ts";
export type { CallOptions, ClientOptions, Timeouts } from "./options.ts";
export type { PagedOperation, Paging } from "./pages.ts";
export type { Reply } from "./reply.ts";
export type { Retries } from "./retries.ts";
export { type AwsKey, type SigV4Options, sigv4 } from "./sigv4.ts";
export type { AttemptInfo, AttemptSpan, LogEntry, Logger, Telemetry } from "./telemetry.ts";
