import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
    await db.schema
        .createTable("quote")
        .addColumn("id", "varchar(36)", (column) => column.primaryKey())
        .addColumn("owner", "varchar(255)", (column) => column.notNull())
        .addColumn("reference", "varchar(64)", (column) => column.notNull())
        .addColumn("state", "varchar(16)", (column) => column.notNull())
        .addColumn("access", "text", (column) => column.notNull())
        .addColumn("term_months", "integer", (column) => column.notNull())
        .addColumn("created_at", "varchar(24)", (column) => column.notNull())
        .addColumn("cancellation_reason", "varchar(500)")
        .addColumn("version", "integer", (column) => column.notNull())
        .execute();
    await db.schema
        .createIndex("ix_quote_owner_created_at_id")
        .on("quote")
        .columns(["owner", "created_at", "id"])
        .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropTable("quote").execute();
}
