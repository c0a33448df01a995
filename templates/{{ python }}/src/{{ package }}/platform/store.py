"""The database: one transaction for each request, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
from sqlalchemy import URL, Connection, MetaData, NullPool, event, func, make_url, select, text
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from . import migrations, problems
from .telemetry.database import trace_statements

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_POOL_SIZE = 10
_POOL_TIMEOUT = 3.0
"""Seconds a transaction waits for a connection of the pool."""
_CONNECT_TIMEOUT = 3.0
_LOCK_TIMEOUT = 5.0
"""Seconds a transaction waits for SQLite's write lock."""
_STATEMENT_TIMEOUT = 15.0
_MIGRATION_LOCK = 7_238_116_482_053_991_214
_MIGRATION_POLL = 0.2
_CLEANUP_TIMEOUT = 5.0


class Base(DeclarativeBase):
    """The tables of the service derive from this."""


class Database:
    """Transactions on the database of DATABASE_URL. No connection is opened before the first statement.

    Raises ValueError for a URL that is neither SQLite's nor PostgreSQL's; the message does not repeat the URL.
    """

    def __init__(self, url: str) -> None:
        self._url = _async_url(url)
        self._engine = _create_engine(self._url)
        trace_statements(self._engine.sync_engine)
        keys: set[bytes] = set()
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, info={"idempotency_keys": keys})
        self._reading_sessions = async_sessionmaker(_read_only(self._engine), expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed when the block ends, and rolled back when it raises or is cancelled.

        Nothing can be written with `read_only`, and on SQLite only then do transactions run side by side. Raises
        `problems.Unavailable` when the database cannot be reached.
        """
        session = (self._reading_sessions if read_only else self._sessions)()
        transaction = await session.begin()
        try:
            yield session
            await transaction.commit()
        except (DBAPIError, TimeoutError) as error:
            if isinstance(error, DBAPIError) and not error.connection_invalidated:
                raise
            raise problems.Unavailable from error
        finally:
            # Also under a deadline that has passed: a connection must not go back to the pool in a transaction.
            with anyio.move_on_after(_CLEANUP_TIMEOUT, shield=True):
                await session.close()

    async def ping(self) -> None:
        """Returns when the database answers; raises what the driver raises when it does not."""
        async with _read_only(self._engine).connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def migrate(self) -> None:
        """Brings all tables, the platform's and the service's, to their newest revision.

        Any number of replicas may call it at once: one works, the others wait for it.
        """
        engine = _create_engine(self._url, migrating=True)
        async with engine.connect() as guard, engine.connect() as connection:
            await _lock_migrations(guard)
            await connection.run_sync(migrations.upgrade)

    async def revise(self, tables: MetaData, message: str) -> Path:
        """Writes the migration from this database, which must be migrated, to `tables`, and returns its file."""
        async with self._engine.connect() as connection:
            return await connection.run_sync(migrations.revise, tables, message)

    async def close(self) -> None:
        """Closes all connections."""
        await self._engine.dispose()


def _async_url(url: str) -> URL:
    parsed = make_url(url)
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError("DATABASE_URL must be sqlite:///… or postgresql://…")
    parsed = parsed.set(drivername=driver)
    if "sslmode" in parsed.query:  # libpq's name for what asyncpg calls ssl
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": str(parsed.query["sslmode"])})
    return parsed


def _create_engine(url: URL, *, migrating: bool = False) -> AsyncEngine:
    """`hide_parameters` keeps the values of statements out of exceptions, and so out of logs."""
    pool: dict[str, Any] = {"poolclass": NullPool} if migrating else {"pool_size": _POOL_SIZE, "max_overflow": 0}
    if not migrating:
        pool["pool_timeout"] = _POOL_TIMEOUT
    if url.get_backend_name() == "sqlite":
        arguments: dict[str, Any] = {"timeout": _LOCK_TIMEOUT}
        engine = create_async_engine(url, connect_args=arguments, hide_parameters=True, **pool)
        _prepare_sqlite(engine, foreign_keys=not migrating)
        return engine
    # A migration may take its time; a request may not.
    timeout = "0" if migrating else f"{_STATEMENT_TIMEOUT:.0f}s"
    settings = {"statement_timeout": timeout, "idle_in_transaction_session_timeout": timeout}
    arguments = {"timeout": _CONNECT_TIMEOUT, "server_settings": settings}
    return create_async_engine(url, connect_args=arguments, hide_parameters=True, pool_pre_ping=True, **pool)


def _read_only(engine: AsyncEngine) -> AsyncEngine:
    """A view of the same pool whose transactions cannot write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(sqlite_read_only=True)
    return engine.execution_options(postgresql_readonly=True)


def _prepare_sqlite(engine: AsyncEngine, *, foreign_keys: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        # Python's driver opens transactions late and only for some statements: the next listener does it instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("sqlite_read_only", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
        # A writer that began as a reader fails at once when another has written since; this one waits its turn.
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


async def _lock_migrations(guard: AsyncConnection) -> None:
    """Held until `guard` closes. SQLite's own write lock does the same for one machine.

    Asking again and again, because a statement that waits for the lock would itself hold up a migration that builds
    an index concurrently.
    """
    if guard.dialect.name == "postgresql":
        while not await guard.scalar(select(func.pg_try_advisory_xact_lock(_MIGRATION_LOCK))):
            await anyio.sleep(_MIGRATION_POLL)
