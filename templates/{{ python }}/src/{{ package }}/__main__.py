"""The service's command line."""

from __future__ import annotations

import argparse
import asyncio
import inspect
import sys
from collections.abc import Callable

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from .operations import Operations
from .platform import logs
from .platform.app import ContractMismatch, create_app
from .platform.problems import Unavailable
from .platform.server import main as serve
from .platform.settings import load
from .platform.store import Base, Database
from .settings import Settings


def main() -> int:
    """Run one command; returns the exit status: 0 good, 2 where something has to be mended first."""
    package = __package__ or __name__
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description="Run the service and what belongs to it.")
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("serve", help="serve HTTP until SIGTERM (the default)")
    commands.add_parser("migrate", help="bring the database's tables to their newest revision")
    revise = commands.add_parser("revise", help="write the migration from the database's tables to the models'")
    revise.add_argument("message", help="what the migration does")
    token = commands.add_parser("token", help="print an access token of the running dev service")
    token.add_argument("--scopes", default="", help='scopes, with spaces between: "quotes:read quotes:write"')
    token.add_argument("--client", default="dev", help="the client that the token is for (default: dev)")
    token.add_argument("--tenant", help="the tenant that the token is for")
    arguments = parser.parse_args()

    match arguments.command:
        case "token":
            return _token(arguments.scopes, arguments.client, arguments.tenant)
        case "migrate":
            return _migrate(None)
        case "revise":
            return _migrate(arguments.message)
        case _:
            return _serve(package)


def _serve(package: str) -> int:
    settings = load(Settings)
    logs.configure(settings.log_level, package)
    try:
        app = create_app(settings, operations(settings))
    except (ContractMismatch, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    serve(app, settings)
    return 0


def operations(settings: Settings) -> object:
    """The team's operations; they are given the settings where their `__init__` takes them."""
    make: Callable[..., object] = Operations
    return make(settings) if inspect.signature(make).parameters else make()


def _migrate(message: str | None) -> int:
    database = Database(load(Settings).database_url)
    try:
        asyncio.run(_upgrade(database, message))
    except (CommandError, SQLAlchemyError, OSError, Unavailable) as error:
        print(f"The database can't be migrated: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


async def _upgrade(database: Database, message: str | None) -> None:
    try:
        await database.migrate()
        if message is not None:
            print(await database.revise(Base.metadata, message))
    finally:
        await database.close()


def _token(scopes: str, client: str, tenant: str | None) -> int:
    from .platform.dev.token import NoToken, fetch

    settings = load(Settings, app_env="dev")
    if not settings.embedded_issuer:
        print("AUTH_ISSUER: tokens come from that issuer; the embedded one is off", file=sys.stderr)
        return 2
    try:
        print(fetch(settings.auth_issuer, scopes, client, tenant))
    except NoToken as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
