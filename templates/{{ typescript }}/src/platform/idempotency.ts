/**
 * One effect for each idempotency key: the response is recorded in the transaction that has the effect.
 *
 * The key is scoped by caller and operation. Whatever ends the process before the commit undoes the effect and the
 * record together, and whatever ends it after the commit leaves both.
 */

import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Work } from "./database.ts";
import { IdempotencyInProgress, IdempotencyKeyReused } from "./problems.ts";
import { collected, type Reply } from "./responses.ts";

const LIFETIME_MILLISECONDS = 24 * 60 * 60 * 1000;
const PURGED_AT_ONCE = 10;

interface Records {
    platform_idempotency_record: {
        id: Uint8Array;
        fingerprint: Uint8Array;
        status: number;
        media_type: string | null;
        /** Pairs of name and value, as JSON. */
        headers: string;
        body: Uint8Array;
        /** Milliseconds since the epoch. */
        expires_at: number | string;
    };
}

/** A key, whose it is, and for what. */
export interface Key {
    /** Tenant and OAuth client. */
    readonly scope: readonly [string | null, string];
    readonly operation: string;
    readonly key: string;
    readonly fingerprint: Uint8Array;
}

/** Tells one request from another: 32 bytes that say nothing about the content. */
export function fingerprint(method: string, path: string, query: string, body: Uint8Array): Uint8Array {
    return digest(method, path, query, body);
}

/** The keys that requests of one process hold. */
export class IdempotencyKeys {
    readonly #isPostgres: boolean;
    readonly #held = new Set<string>();

    constructor(isPostgres: boolean) {
        this.#isPostgres = isPostgres;
    }

    /**
     * The answer to the first request with a key, or to repeat: `handle` is called only for the first one.
     *
     * Rejects with IdempotencyInProgress while another request holds the key, IdempotencyKeyReused when it was used with
     * another fingerprint. On PostgreSQL the key is held until the transaction ends. On SQLite, which one process uses,
     * it is held until this is done; a request that comes between that and the commit waits for the write lock and then
     * finds the record.
     */
    async once(work: Work, given: Key, handle: () => Promise<Reply>): Promise<Reply> {
        const [tenant, client] = given.scope;
        const identity = digest(tenant === null ? "" : `+${tenant}`, client, given.operation, given.key);
        const name = Buffer.from(identity).toString("base64");
        if (this.#held.has(name)) {
            throw new IdempotencyInProgress(undefined, { headers: { "retry-after": "1" } });
        }
        this.#held.add(name);
        try {
            const db = work.db as unknown as Kysely<Records>;
            if (this.#isPostgres) {
                await lock(db, identity);
            }
            const stored = await find(db, identity, given.fingerprint);
            if (stored !== undefined) {
                return stored;
            }
            const reply = await handle();
            if (reply.status < 400) {
                await record(db, identity, given.fingerprint, reply, this.#isPostgres);
            }
            return reply;
        } finally {
            this.#held.delete(name);
        }
    }
}

async function lock(db: Kysely<Records>, identity: Uint8Array): Promise<void> {
    const number = Buffer.from(identity).readBigInt64BE();
    const { rows } = await sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${number}) as locked`.execute(db);
    if (rows[0]?.locked !== true) {
        throw new IdempotencyInProgress(undefined, { headers: { "retry-after": "1" } });
    }
}

async function find(db: Kysely<Records>, identity: Uint8Array, own: Uint8Array): Promise<Reply | undefined> {
    const found = await db
        .selectFrom("platform_idempotency_record")
        .selectAll()
        .where("id", "=", identity)
        .executeTakeFirst();
    if (found === undefined) {
        return undefined;
    }
    if (Number(found.expires_at) <= Date.now()) {
        await db.deleteFrom("platform_idempotency_record").where("id", "=", identity).execute();
        return undefined;
    }
    if (!Buffer.from(own).equals(found.fingerprint)) {
        throw new IdempotencyKeyReused();
    }
    return {
        status: found.status,
        mediaType: found.media_type,
        headers: JSON.parse(found.headers),
        body: Buffer.from(found.body),
    };
}

/** Keeps the response for its lifetime, and deletes a few records that have outlived theirs. */
async function record(
    db: Kysely<Records>,
    id: Uint8Array,
    own: Uint8Array,
    reply: Reply,
    isPostgres: boolean,
): Promise<void> {
    const now = Date.now();
    const expired = db
        .selectFrom("platform_idempotency_record")
        .select("id")
        .where("expires_at", "<=", now)
        .limit(PURGED_AT_ONCE)
        .$if(isPostgres, (query) => query.forUpdate().skipLocked());
    await db.deleteFrom("platform_idempotency_record").where("id", "in", expired).execute();
    await db
        .insertInto("platform_idempotency_record")
        .values({
            id,
            fingerprint: own,
            status: reply.status,
            media_type: reply.mediaType,
            headers: JSON.stringify(reply.headers),
            body: await collected(reply),
            expires_at: now + LIFETIME_MILLISECONDS,
        })
        .execute();
}

function digest(...parts: readonly (string | Uint8Array)[]): Uint8Array {
    const hash = createHash("sha256");
    for (const part of parts) {
        const bytes = Buffer.from(part as string);
        const size = Buffer.alloc(8);
        size.writeBigUInt64BE(BigInt(bytes.length));
        hash.update(size).update(bytes);
    }
    return hash.digest();
}
