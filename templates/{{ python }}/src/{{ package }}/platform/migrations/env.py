"""What Alembic runs for each command, on the connection it is handed."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import MetaData, TypeDecorator


def _is_the_teams(name: str | None, kind: str, _: object) -> bool:
    return kind != "table" or name is None or not name.startswith("platform_")


def _as_stored(kind: str, item: Any, _: object) -> str | Literal[False]:
    """A migration names the column type itself, not the service's wrapper of it: that may change later."""
    return f"sa.{item.impl_instance!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("tables", MetaData()),
    include_name=_is_the_teams,
    render_item=_as_stored,
    # SQLite alters a table only by making it anew, and has transactional DDL whatever Alembic thinks.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
