"""The database: one transaction for each request, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from sqlalchemy import MetaData, func, select, text
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase

from . import migrations, problems
from .engine import async_url, create_engine, read_only
from .telemetry.database import trace_statements

_MIGRATION_LOCK = 7_238_116_482_053_991_214
_MIGRATION_POLL_SECONDS = 0.2
_CLEANUP_SECONDS = 5.0
# character_not_in_repertoire and untranslatable_character: JSON and SQLite have a NUL, PostgreSQL's text has none.
_UNSTORABLE_TEXT = frozenset({"22021", "22P05"})


class Base(DeclarativeBase):
    """The tables of the service derive from this."""


class Database:
    """Transactions on the database of DATABASE_URL. No connection is opened before the first statement.

    Raises ValueError for a URL that is neither SQLite's nor PostgreSQL's.
    """

    def __init__(self, url: str) -> None:
        self._url = async_url(url)
        self._engine = create_engine(self._url)
        self._reader = read_only(self._engine)
        trace_statements(self._engine.sync_engine)
        keys: set[bytes] = set()
        self._writing = async_sessionmaker(self._engine, expire_on_commit=False, info={"idempotency_keys": keys})
        self._reading = async_sessionmaker(self._reader, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed when the block ends, and rolled back when it raises or is cancelled.

        Nothing can be written with `read_only`, and on SQLite only then do transactions run side by side. Raises
        `problems.Unavailable` when the database cannot be reached or is lost on the way, `problems.ContractViolation`
        for a NUL in a text where the database can't keep it.
        """
        session = (self._reading if read_only else self._writing)()
        transaction = await session.begin()
        try:
            yield session
            await transaction.commit()
        except TimeoutError as error:
            raise problems.Unavailable from error
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in _UNSTORABLE_TEXT:
                raise problems.ContractViolation("A text of the request has a character that can't be kept.") from error
            if error.connection_invalidated:
                raise problems.Unavailable from error
            raise
        finally:
            # Also under a deadline that has passed: a connection must not go back to the pool in a transaction.
            with anyio.move_on_after(_CLEANUP_SECONDS, shield=True):
                await session.close()

    async def ping(self) -> None:
        """Returns when the database answers; raises `problems.Unavailable`, or what the driver raises, if not."""
        async with self._reader.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def migrate(self) -> None:
        """Brings all tables, the platform's and the service's, to their newest revision.

        Any number of replicas may call it at once: one works, the others wait for it.
        """
        engine = create_engine(self._url, migrating=True)
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


async def _lock_migrations(guard: AsyncConnection) -> None:
    """Held until `guard` closes. SQLite's own write lock does the same for one machine.

    Asking again and again, because a statement that waits for the lock would itself hold up a migration that builds
    an index concurrently.
    """
    if guard.dialect.name == "postgresql":
        while not await guard.scalar(select(func.pg_try_advisory_xact_lock(_MIGRATION_LOCK))):
            await anyio.sleep(_MIGRATION_POLL_SECONDS)
