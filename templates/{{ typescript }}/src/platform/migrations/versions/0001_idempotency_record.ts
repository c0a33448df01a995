import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl;
    const bytes = isPostgres ? sql`bytea` : sql`blob`;
    await db.schema
        .createTable("platform_idempotency_record")
        .addColumn("id", bytes, (column) => column.primaryKey())
        .addColumn("fingerprint", bytes, (column) => column.notNull())
        .addColumn("status", "integer", (column) => column.notNull())
        .addColumn("media_type", "text")
        .addColumn("headers", "text", (column) => column.notNull())
        .addColumn("body", bytes, (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
    await db.schema
        .createIndex("ix_platform_idempotency_record_expires_at")
        .on("platform_idempotency_record")
        .column("expires_at")
        .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropTable("platform_idempotency_record").execute();
}
