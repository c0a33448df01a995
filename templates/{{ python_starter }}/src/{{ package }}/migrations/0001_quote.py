"""Quotes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = ("team",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quote",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("access", sa.JSON, nullable=False),
        sa.Column("term_months", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancellation_reason", sa.String(500)),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("ix_quote_owner_created_at_id", "quote", ["owner", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("quote")
