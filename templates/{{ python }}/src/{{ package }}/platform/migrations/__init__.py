"""Schema migrations on two branches: `platform` for the platform's tables, `team` for the service's own.

The service's revisions are the modules of its folder `migrations`, beside this `platform` package, so that an
installed wheel has them too.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData

HERE = Path(__file__).parent
TEAM = HERE.parents[1] / "migrations"


def upgrade(connection: Connection) -> None:
    """Brings the connected database to the newest revision of both branches."""
    command.upgrade(_config(connection), "heads")


def revise(connection: Connection, tables: MetaData, message: str) -> Path:
    """Writes the service's next revision, what turns the connected database into `tables`, and returns its file.

    The database must be at the newest revision.
    """
    config = _config(connection)
    config.attributes["tables"] = tables
    heads = ScriptDirectory.from_config(config).get_revisions("heads")
    begun = any(head is not None and "team" in head.branch_labels for head in heads)
    written = command.revision(
        config,
        message,
        autogenerate=True,
        head="team@head" if begun else "base",
        branch_label=None if begun else "team",
        version_path=str(TEAM),
    )
    return Path(cast(Script, written).path)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", _option(HERE))
    config.set_main_option("version_locations", f"{_option(HERE / 'versions')}\n{_option(TEAM)}")
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


def _option(path: Path) -> str:
    return str(path).replace("%", "%%")
