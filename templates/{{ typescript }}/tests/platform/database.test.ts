import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { Database } from "../../src/platform/database.ts";
import { IdempotencyKeys } from "../../src/platform/idempotency.ts";
import { upgrade } from "../../src/platform/migrations/index.ts";
import { IdempotencyInProgress, IdempotencyKeyReused } from "../../src/platform/problems.ts";
import type { Reply } from "../../src/platform/responses.ts";

let database: Database;

beforeEach(async () => {
    database = new Database(`sqlite:///${join(mkdtempSync(join(tmpdir(), "database-")), "test.db")}`);
    await database.maintained(upgrade);
    await database.maintained(async (db) => {
        await sql`create table effect (name text)`.execute(db);
    });
    onTestFinished(() => database.close());
});

const keep = (db: Kysely<never>, name: string) => sql`insert into effect values (${name})`.execute(db);

async function kept(): Promise<string[]> {
    const work = database.work(true);
    const { rows } = await sql<{ name: string }>`select name from effect order by name`.execute(work.db);
    await work.rollback();
    return rows.map(({ name }) => name);
}

test("a transaction keeps all or nothing", async () => {
    const [one, other] = [database.work(), database.work()];
    await keep(one.db as never, "one");
    const waiting = keep(other.db as never, "other");
    await one.rollback();
    await waiting;
    await other.commit();
    expect(await kept()).toEqual(["other"]);
});

test("what is over can't be gone on with", async () => {
    const work = database.work();
    await keep(work.db as never, "one");
    await work.rollback();
    await expect(keep(work.db as never, "late")).rejects.toThrow("over");
    expect(await kept()).toEqual([]);
});

test("a reader can't write", async () => {
    const work = database.work(true);
    await expect(keep(work.db as never, "one")).rejects.toThrow();
    await work.rollback();
});

test("migrating twice is as good as once", async () => {
    await database.maintained(upgrade);
});

test("one key has one effect", async () => {
    const keys = new IdempotencyKeys(false);
    const given = (content: string) =>
        ({ scope: [null, "client"], operation: "o", key: "k", fingerprint: Buffer.from(content) }) as const;
    const reply: Reply = { status: 201, mediaType: "text/plain", headers: [["etag", '"1"']], body: "made" };
    const once = async (content: string, handle: () => Promise<Reply>) => {
        const work = database.work();
        try {
            const answer = await keys.once(work, given(content), handle);
            await work.commit();
            return answer;
        } finally {
            await work.rollback();
        }
    };
    const first = await once("same", async () => {
        const early = once("same", async () => reply);
        await expect(early).rejects.toThrow(IdempotencyInProgress);
        await expect(early).rejects.toMatchObject({ headers: { "retry-after": "1" } });
        return reply;
    });
    expect(first).toEqual(reply);
    const again = await once("same", async () => expect.unreachable());
    expect({ ...again, body: String(again.body) }).toEqual(reply);
    await expect(once("other", async () => reply)).rejects.toThrow(IdempotencyKeyReused);
});
