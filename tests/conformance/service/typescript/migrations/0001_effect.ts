import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
    await db.schema
        .createTable("effect")
        .addColumn("id", "varchar(36)", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("whole", "integer", (column) => column.notNull())
        .execute();
    await db.schema.createIndex("ix_effect_name").on("effect").column("name").execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropTable("effect").execute();
}
