"""What the service keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from .platform.store import Base


class Moment(TypeDecorator[datetime]):
    """A point in time in UTC, also on SQLite, which keeps no offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Quote(Base):
    """A quote, seen only by the caller who asked for it."""

    __tablename__ = "quote"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner: Mapped[str] = mapped_column(String(255))
    reference: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    access: Mapped[dict[str, Any]] = mapped_column(JSON)
    term_months: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment)
    cancellation_reason: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (Index("ix_quote_owner_created_at_id", "owner", "created_at", "id"),)
