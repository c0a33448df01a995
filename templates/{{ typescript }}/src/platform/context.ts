/** What a handler gets besides the request. */

import type { Kysely } from "kysely";
import type { Principal } from "./auth.ts";
import type { Tables } from "./database.ts";
import type { Operation } from "./operation.ts";
import type { Outbound } from "./outbound/index.ts";

/**
 * The circumstances of one request.
 *
 * `principal` is null only for a caller without a token, which only a public operation serves.
 */
export interface Context<P extends Principal | null> {
    readonly principal: P;
    /** The request's transaction: committed when the response's status is below 400, otherwise rolled back. */
    readonly db: Kysely<Tables>;
    readonly outbound: Outbound;
    readonly operation: Operation;
    readonly idempotencyKey: string | null;
    /** Aborted when the deadline has passed or the process stops: nobody waits for the answer any more. */
    readonly signal: AbortSignal;
}
