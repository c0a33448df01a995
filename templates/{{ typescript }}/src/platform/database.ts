/** The database: one transaction for each request, on SQLite or PostgreSQL. */

import {
    type ConnectionProvider,
    type DatabaseConnection,
    DefaultQueryExecutor,
    type Dialect,
    type Driver,
    Kysely,
    PostgresDialect,
    sql,
} from "kysely";
import pg from "pg";
import { failure, logger } from "./logs.ts";
import { ContractViolation, type Problem, Unavailable } from "./problems.ts";
import { sqliteDialect } from "./sqlite.ts";
import { type DatabaseAttributes, traced } from "./telemetry/database.ts";

const POOL = { max: 10, connectionTimeoutMillis: 3000 };
const SESSION = { statement_timeout: 15_000, idle_in_transaction_session_timeout: 60_000 };
// character_not_in_repertoire and untranslatable_character: JSON and SQLite have a NUL, PostgreSQL's text has none.
const UNSTORABLE_TEXT = new Set(["22021", "22P05"]);
// Connection exceptions, too many connections, and the server's own ends (PostgreSQL, appendix A).
const LOST = /^(?:08...|53300|57P0[123])$/;

/** The tables of the service, which it declares in a module of its own: `declare module "./platform/database.ts"`. */
// biome-ignore lint/suspicious/noEmptyInterface: what the service adds is all there is.
export interface Tables {}

/**
 * Transactions on the database of DATABASE_URL. No connection is opened before the first statement.
 *
 * Throws an Error for a URL that is neither SQLite's nor PostgreSQL's.
 */
export class Database {
    readonly isPostgres: boolean;
    readonly #url: string;
    readonly #attributes: DatabaseAttributes;
    readonly #writer: Side;
    readonly #reader: Side;

    constructor(url: string) {
        this.isPostgres = !url.startsWith("sqlite:");
        this.#url = url;
        this.#attributes = attributesOf(url);
        this.#writer = side(this.#dialect(false));
        this.#reader = this.isPostgres ? this.#writer : side(this.#dialect(true));
    }

    /**
     * A transaction that begins with its first statement.
     *
     * Nothing can be written with `readOnly`, and on SQLite only then do transactions run side by side.
     */
    work(readOnly = false): Work {
        return new Work(readOnly ? this.#reader : this.#writer, readOnly, this.#attributes);
    }

    /** Resolves when the database answers; rejects with Unavailable, or what the driver says, if not. */
    async ping(): Promise<void> {
        const work = this.work(true);
        try {
            await sql`select 1`.execute(work.db);
        } finally {
            await work.rollback();
        }
    }

    /** Runs `use` with a database that has no time limits, and is closed after it. */
    async maintained<T>(use: (db: Kysely<unknown>) => Promise<T>): Promise<T> {
        const db = new Kysely<unknown>({ dialect: this.#dialect(false, {}) });
        try {
            return await use(db);
        } finally {
            await db.destroy();
        }
    }

    /** Closes all connections. */
    async close(): Promise<void> {
        await this.#writer.driver.destroy();
        if (this.#reader !== this.#writer) {
            await this.#reader.driver.destroy();
        }
    }

    #dialect(readOnly: boolean, session: object = SESSION): Dialect {
        if (!this.isPostgres) {
            return sqliteDialect(sqlitePath(this.#url), readOnly);
        }
        const pool = new pg.Pool({ connectionString: this.#url, ...POOL, ...session });
        // A connection that breaks while nobody uses it: the pool has dropped it.
        pool.on("error", (error) => logger("database").warn(failure(error), "An idle connection was lost"));
        return new PostgresDialect({ pool });
    }
}

/** A driver, and how queries are written for it. */
interface Side {
    readonly dialect: Dialect;
    readonly driver: Driver;
    readonly started: () => Promise<void>;
}

function side(dialect: Dialect): Side {
    const driver = dialect.createDriver();
    let started: Promise<void> | undefined;
    return { dialect, driver, started: () => (started ??= driver.init()) };
}

/** A transaction, which costs nothing where nobody asks for its database. */
export class Work implements ConnectionProvider {
    readonly #side: Side;
    readonly #readOnly: boolean;
    readonly #attributes: DatabaseAttributes;
    #db: Kysely<Tables> | undefined;
    #connection: Promise<DatabaseConnection> | undefined;
    #ended = false;

    constructor(side: Side, readOnly: boolean, attributes: DatabaseAttributes) {
        this.#side = side;
        this.#readOnly = readOnly;
        this.#attributes = attributes;
    }

    /** Everything that is asked of it belongs to the transaction. */
    get db(): Kysely<Tables> {
        if (this.#db === undefined) {
            const { dialect, driver } = this.#side;
            const compiler = dialect.createQueryCompiler();
            const executor = new DefaultQueryExecutor(compiler, dialect.createAdapter(), this);
            this.#db = new Kysely<Tables>({ config: { dialect }, driver, executor, dialect });
        }
        return this.#db;
    }

    async provideConnection<T>(consumer: (connection: DatabaseConnection) => Promise<T>): Promise<T> {
        if (this.#ended) {
            throw new Error("the request's transaction is over");
        }
        this.#connection ??= this.#begin();
        return consumer(new TracedConnection(await this.#connection, this.#attributes, () => this.#ended));
    }

    /** Keep all that was done. Throws Unavailable where the database is lost. */
    commit(): Promise<void> {
        return this.#end((connection) => this.#side.driver.commitTransaction(connection));
    }

    /** Undo all that was done. Whatever happens to the connection, the database does. */
    async rollback(): Promise<void> {
        try {
            await this.#end((connection) => this.#side.driver.rollbackTransaction(connection));
        } catch (error) {
            logger("database").warn(failure(error), "A transaction was lost before it was rolled back");
        }
    }

    async #begin(): Promise<DatabaseConnection> {
        const { driver, started } = this.#side;
        let connection: DatabaseConnection | undefined;
        try {
            await started();
            connection = await driver.acquireConnection();
            await driver.beginTransaction(connection, { accessMode: this.#readOnly ? "read only" : "read write" });
            return connection;
        } catch (error) {
            if (connection !== undefined) {
                await driver.releaseConnection(connection);
            }
            throw unreachable(error);
        }
    }

    async #end(how: (connection: DatabaseConnection) => Promise<void>): Promise<void> {
        if (this.#ended) {
            return;
        }
        this.#ended = true;
        // Where it could not be begun, there is nothing to end, and who asked was told.
        const connection = await this.#connection?.catch(() => undefined);
        if (connection !== undefined) {
            try {
                await how(connection);
            } catch (error) {
                throw problem(error) ?? error;
            } finally {
                await this.#side.driver.releaseConnection(connection);
            }
        }
    }
}

class TracedConnection implements DatabaseConnection {
    readonly #inner: DatabaseConnection;
    readonly #attributes: DatabaseAttributes;
    readonly #isOver: () => boolean;

    constructor(inner: DatabaseConnection, attributes: DatabaseAttributes, isOver: () => boolean) {
        this.#inner = inner;
        this.#attributes = attributes;
        this.#isOver = isOver;
    }

    async executeQuery<R>(...[query, options]: Parameters<DatabaseConnection["executeQuery"]>) {
        if (this.#isOver()) {
            throw new Error("the request's transaction is over");
        }
        try {
            return await traced(query.sql, this.#attributes, () => this.#inner.executeQuery<R>(query, options));
        } catch (error) {
            throw problem(error) ?? error;
        }
    }

    streamQuery<R>(...[query, size, options]: Parameters<DatabaseConnection["streamQuery"]>) {
        return this.#inner.streamQuery<R>(query, size, options);
    }
}

/** What the caller is told of a failure of the database; undefined where that is for others to say. */
function problem(error: unknown): Problem | undefined {
    const { code, severity } = error as { code?: string; severity?: string };
    if (code !== undefined && UNSTORABLE_TEXT.has(code)) {
        return new ContractViolation("A text of the request has a character that can't be kept.", { cause: error });
    }
    // What PostgreSQL says has a severity; what is said without it comes from the connection.
    const isConnections = error instanceof Error && severity === undefined && isPostgresDriver(error);
    return isConnections || LOST.test(code ?? "") ? new Unavailable(undefined, { cause: error }) : undefined;
}

function isPostgresDriver(error: Error & { code?: string }): boolean {
    return (
        /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/.test(error.code ?? "") ||
        /^Connection terminated|not queryable/.test(error.message)
    );
}

function unreachable(error: unknown): unknown {
    if (error instanceof Unavailable) {
        return error;
    }
    // All connections were taken for too long.
    const isBusy = error instanceof Error && error.message.startsWith("timeout exceeded");
    return new Unavailable(undefined, { cause: error, headers: isBusy ? { "retry-after": "1" } : {} });
}

/** `sqlite:///relative`, `sqlite:////absolute`. */
function sqlitePath(url: string): string {
    return decodeURIComponent(url.replace(/^sqlite:\/\/\//, ""));
}

function attributesOf(url: string): DatabaseAttributes {
    if (url.startsWith("sqlite:")) {
        return { "db.system.name": "sqlite", "db.namespace": sqlitePath(url) };
    }
    const { hostname, port, pathname } = new URL(url);
    return {
        "db.system.name": "postgresql",
        ...(pathname.length > 1 && { "db.namespace": decodeURIComponent(pathname.slice(1)) }),
        ...(hostname && { "server.address": hostname }),
        ...(port && { "server.port": Number(port) }),
    };
}
