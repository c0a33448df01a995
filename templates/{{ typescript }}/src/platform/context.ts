/** What a handler gets besides the request. */

import type { Kysely } from "kysely";
import type { Principal } from "./auth.ts";
import type { Tables, Work } from "./database.ts";
import type { Deadline } from "./deadline.ts";
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

/**
 * The circumstances as the pipeline knows them; what most handlers don't ask for is made when one does.
 *
 * No literal with getters: V8 keeps what those see, which is the whole request, until its next full collection.
 */
export class Circumstances implements Context<Principal | null> {
    readonly principal: Principal | null;
    readonly outbound: Outbound;
    readonly operation: Operation;
    readonly idempotencyKey: string | null;
    readonly #work: Work;
    readonly #deadline: Deadline;

    constructor(
        principal: Principal | null,
        outbound: Outbound,
        operation: Operation,
        idempotencyKey: string | null,
        work: Work,
        deadline: Deadline,
    ) {
        this.principal = principal;
        this.outbound = outbound;
        this.operation = operation;
        this.idempotencyKey = idempotencyKey;
        this.#work = work;
        this.#deadline = deadline;
    }

    get db(): Kysely<Tables> {
        return this.#work.db;
    }

    get signal(): AbortSignal {
        return this.#deadline.signal;
    }
}
