"""The database: one transaction for each request, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from sqlalchemy import MetaData, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError
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


class Work:
    """A transaction, which costs nothing where nobody asks for its session."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._session: AsyncSession | None = None

    @property
    def session(self) -> AsyncSession:
        if self._session is None:
            self._session = self._sessions()
        return self._session

    async def __aenter__(self) -> Work:
        return self

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Commits, or rolls back where the block raises or is cancelled.

        Raises `problems.Unavailable` when the database cannot be reached or is lost on the way,
        `problems.ContractViolation` for a NUL in a text where the database can't keep it.
        """
        session, failure = self._session, error
        if session is None:
            return
        try:
            if failure is None:
                await session.commit()
        except SQLAlchemyError as uncommitted:
            failure = uncommitted
        finally:
            # Also under a deadline that has passed: a connection must not go back to the pool in a transaction.
            with anyio.move_on_after(_CLEANUP_SECONDS, shield=True):
                await session.close()
        problem = _problem(failure)
        if problem is not None:
            raise problem from failure
        if failure is not error and failure is not None:
            raise failure


def _problem(failure: BaseException | None) -> problems.Problem | None:
    """What the caller is told of a failure of the database; None where that is for others to say."""
    if isinstance(failure, TimeoutError):
        # All connections were taken for too long.
        return problems.Unavailable(headers={"retry-after": "1"})
    if not isinstance(failure, DBAPIError):
        return None
    if getattr(failure.orig, "sqlstate", None) in _UNSTORABLE_TEXT:
        return problems.ContractViolation("A text of the request has a character that can't be kept.")
    return problems.Unavailable() if failure.connection_invalidated else None


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

    def work(self, *, read_only: bool = False) -> Work:
        """A transaction that begins when its session is first asked for.

        Nothing can be written with `read_only`, and on SQLite only then do transactions run side by side.
        """
        return Work(self._reading if read_only else self._writing)

    @asynccontextmanager
    async def transaction(self, *, read_only: bool = False) -> AsyncIterator[AsyncSession]:
        """The session of a transaction as long as the block lasts; see `Work`."""
        async with self.work(read_only=read_only) as work:
            yield work.session

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
