/**
 * Schema migrations of two histories: the platform's own tables, and the service's.
 *
 * Each is a module that exports `up` and `down`; they run in the order of their names. The service's are those of its
 * folder `migrations`, beside this `platform` folder.
 */

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

const PLATFORM = join(import.meta.dirname, "versions");
const TEAM = join(import.meta.dirname, "..", "..", "migrations");
const MODULE = /^(\d{4}_\w+)\.[jt]s$/;

const TEMPLATE = `import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
    await db.schema.createTable("").execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropTable("").execute();
}
`;

/** Brings the database to the newest version of both. Any number of replicas may call it at once. */
export async function upgrade(db: Kysely<unknown>): Promise<void> {
    await run(db, PLATFORM, "platform");
    await run(db, TEAM, "team");
}

/** Begins the service's next migration, and returns its file. */
export async function begin(title: string): Promise<string> {
    const words = title.toLowerCase().match(/[a-z0-9]+/g);
    if (words === null) {
        throw new Error("it needs a name, which says in a few words what it does");
    }
    const numbers = (await modules(TEAM)).map((name) => Number.parseInt(name, 10));
    const number = String(Math.max(0, ...numbers) + 1).padStart(4, "0");
    const path = join(TEAM, `${number}_${words.join("_")}.ts`);
    await mkdir(TEAM, { recursive: true });
    await writeFile(path, TEMPLATE, { flag: "wx" });
    return path;
}

async function run(db: Kysely<unknown>, folder: string, history: string): Promise<void> {
    const migrator = new Migrator({
        db,
        provider: { getMigrations: () => load(folder) },
        migrationTableName: `platform_migration_${history}`,
        migrationLockTableName: `platform_migration_${history}_lock`,
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) {
        throw error;
    }
}

async function load(folder: string): Promise<Record<string, Migration>> {
    const found: Record<string, Migration> = {};
    for (const name of await modules(folder)) {
        found[name.replace(MODULE, "$1")] = await import(pathToFileURL(join(folder, name)).href);
    }
    return found;
}

/** A service without tables of its own has no folder. */
async function modules(folder: string): Promise<string[]> {
    const names = await readdir(folder).catch(() => []);
    return names.filter((name) => MODULE.test(name)).sort();
}
