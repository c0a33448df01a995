"""`python -m <service>.platform.migrations "add quotes"` writes the service's next revision.

It is what turns the newest revision into the tables that derive from `store.Base`, found on a throwaway SQLite file,
or on the database of DATABASE_URL (which is migrated first) where a table needs PostgreSQL.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from tempfile import TemporaryDirectory

import anyio

from ..store import Base, Database


async def _main(message: str) -> None:
    service = __package__.split(".")[0]
    import_module(f"{service}.operations")  # and with it the service's tables
    with TemporaryDirectory() as folder:
        database = Database(os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/schema.db")
        try:
            await database.migrate()
            print(await database.revise(Base.metadata, message))
        finally:
            await database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        raise SystemExit('Say what changes: python -m <service>.platform.migrations "add quotes"')
    anyio.run(_main, sys.argv[1])
