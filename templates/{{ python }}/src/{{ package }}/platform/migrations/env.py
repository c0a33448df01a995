"""What Alembic runs for each command, on the connection it is handed."""

from __future__ import annotations

from alembic import context
from sqlalchemy import MetaData


def _is_the_teams(name: str | None, kind: str, _: object) -> bool:
    return kind != "table" or name is None or not name.startswith("platform_")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("tables", MetaData()),
    include_name=_is_the_teams,
    # SQLite alters a table only by making it anew, and has transactional DDL whatever Alembic thinks.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
