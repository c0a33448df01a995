"""How the databases are reached: drivers, pools, time limits, and what SQLite needs to behave like PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, NullPool, event, make_url
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from . import problems

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
_POOL = {"pool_size": 10, "max_overflow": 0, "pool_timeout": 3.0}
_CONNECT_SECONDS = 3.0
_SQLITE_LOCK_SECONDS = 5.0
_SESSION = {"statement_timeout": "15s", "idle_in_transaction_session_timeout": "60s"}
_MIGRATING_SESSION = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}


def async_url(url: str) -> URL:
    """The URL with the driver the platform uses. Raises ValueError, which does not repeat the URL."""
    parsed = make_url(url)
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError("DATABASE_URL must be sqlite:///… or postgresql://…")
    parsed = parsed.set(drivername=driver)
    if "sslmode" in parsed.query:  # libpq's name for what asyncpg calls ssl
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": str(parsed.query["sslmode"])})
    return parsed


def create_engine(url: URL, *, migrating: bool = False) -> AsyncEngine:
    """An engine whose failures to connect are `problems.Unavailable`. One that migrates has no time limits."""
    # Values of statements stay out of exceptions, and so out of logs.
    options: dict[str, Any] = {"hide_parameters": True} | ({"poolclass": NullPool} if migrating else _POOL)
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, connect_args={"timeout": _SQLITE_LOCK_SECONDS}, **options)
        _tame_sqlite(engine.sync_engine, migrating)
    else:
        session = _MIGRATING_SESSION if migrating else _SESSION
        connect = {"timeout": _CONNECT_SECONDS, "server_settings": session}
        engine = create_async_engine(url, connect_args=connect, pool_pre_ping=True, **options)
    _report_unavailable(engine.sync_engine)
    return engine


def read_only(engine: AsyncEngine) -> AsyncEngine:
    """A view of the same pool whose transactions cannot write."""
    option = "postgresql_readonly" if engine.dialect.name == "postgresql" else "sqlite_read_only"
    return engine.execution_options(**{option: True})


def _report_unavailable(engine: Engine) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(dialect: Dialect, _: object, arguments: list[Any], options: dict[str, Any]) -> DBAPIConnection:
        try:
            return dialect.connect(*arguments, **options)
        except Exception as error:
            raise problems.Unavailable from error


def _tame_sqlite(engine: Engine, migrating: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: AsyncAdapt_aiosqlite_connection, _: object) -> None:
        # Python's driver opens transactions late and only for some statements: the next listener does it instead.
        connection.isolation_level = None
        _pragma(connection, "journal_mode", "WAL")
        _pragma(connection, "synchronous", "NORMAL")
        # Alembic alters a table by making it anew, and drops the old one under its references.
        _pragma(connection, "foreign_keys", not migrating)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("sqlite_read_only", False)
        _pragma(connection.connection, "query_only", read_only)
        # A writer that began as a reader fails at once when another has written since; this one waits its turn.
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _pragma(connection: DBAPIConnection | AsyncAdapt_aiosqlite_connection, name: str, value: str | bool) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA {name} = {value}")
    cursor.close()
