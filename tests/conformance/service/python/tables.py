"""What the service keeps."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .platform.store import Base


class Effect(Base):
    """Something that a request did; not whole until its second statement."""

    __tablename__ = "effect"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(Text, index=True)
    whole: Mapped[bool]
