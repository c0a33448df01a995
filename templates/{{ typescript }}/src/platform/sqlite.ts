/** SQLite as Node has it (`node:sqlite`), as a dialect of Kysely. */

import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import {
    CompiledQuery,
    type DatabaseConnection,
    type Dialect,
    type Driver,
    type QueryResult,
    SqliteAdapter,
    SqliteIntrospector,
    SqliteQueryCompiler,
    type TransactionSettings,
} from "kysely";
import { Unavailable } from "./problems.ts";

const MAX_READERS = 10;
const WAIT_MILLISECONDS = 5000;
const BUSY_MILLISECONDS = 1000;

/** Any number of readers beside one writer, as SQLite itself has it in WAL mode. */
export function sqliteDialect(path: string, readOnly: boolean): Dialect {
    return {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new SqliteDriver(path, readOnly),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
    };
}

class SqliteDriver implements Driver {
    readonly #path: string;
    readonly #readOnly: boolean;
    readonly #idle: SqliteConnection[] = [];
    readonly #waiting: ((connection: SqliteConnection) => void)[] = [];
    #opened = 0;

    constructor(path: string, readOnly: boolean) {
        this.#path = path;
        this.#readOnly = readOnly;
    }

    async init(): Promise<void> {}

    async acquireConnection(): Promise<DatabaseConnection> {
        const idle = this.#idle.pop();
        if (idle !== undefined) {
            return idle;
        }
        if (this.#opened < (this.#readOnly ? MAX_READERS : 1)) {
            const connection = this.#open();
            this.#opened++;
            return connection;
        }
        return new Promise((resolve, reject) => {
            const taken = (connection: SqliteConnection) => {
                clearTimeout(timer);
                resolve(connection);
            };
            const timer = setTimeout(() => {
                this.#waiting.splice(this.#waiting.indexOf(taken), 1);
                reject(new Unavailable(undefined, { headers: { "retry-after": "1" } }));
            }, WAIT_MILLISECONDS);
            this.#waiting.push(taken);
        });
    }

    async beginTransaction(connection: DatabaseConnection, _: TransactionSettings): Promise<void> {
        // A writer that began as a reader fails at once when another has written since; this one waits its turn.
        await connection.executeQuery(CompiledQuery.raw(this.#readOnly ? "begin" : "begin immediate"));
    }

    async commitTransaction(connection: DatabaseConnection): Promise<void> {
        await connection.executeQuery(CompiledQuery.raw("commit"));
    }

    async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
        await connection.executeQuery(CompiledQuery.raw("rollback"));
    }

    async releaseConnection(connection: DatabaseConnection): Promise<void> {
        const next = this.#waiting.shift();
        if (next === undefined) {
            this.#idle.push(connection as SqliteConnection);
        } else {
            next(connection as SqliteConnection);
        }
    }

    async destroy(): Promise<void> {
        for (const connection of this.#idle.splice(0)) {
            connection.close();
        }
    }

    #open(): SqliteConnection {
        try {
            return new SqliteConnection(this.#path, this.#readOnly);
        } catch (error) {
            throw new Unavailable(undefined, { cause: error });
        }
    }
}

class SqliteConnection implements DatabaseConnection {
    readonly #database: DatabaseSync;

    constructor(path: string, readOnly: boolean) {
        this.#database = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS, enableForeignKeyConstraints: true });
        this.#database.exec("pragma journal_mode = wal; pragma synchronous = normal");
        if (readOnly) {
            this.#database.exec("pragma query_only = on");
        }
    }

    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
        const statement = this.#database.prepare(sql);
        const values = parameters.map(bound);
        if (statement.columns().length > 0) {
            return { rows: statement.all(...values) as R[] };
        }
        const { changes, lastInsertRowid } = statement.run(...values);
        return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    }

    async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
        for (const row of this.#database.prepare(sql).iterate(...parameters.map(bound))) {
            yield { rows: [row as R] };
        }
    }

    close(): void {
        this.#database.close();
    }
}

/** SQLite has no booleans, and keeps a time as text. */
function bound(value: unknown): SQLInputValue {
    if (typeof value === "boolean") {
        return value ? 1 : 0;
    }
    return value instanceof Date ? value.toISOString() : ((value ?? null) as SQLInputValue);
}
