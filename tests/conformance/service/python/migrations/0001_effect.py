"""Effects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = ("team",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "effect",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.Text, nullable=False, index=True),
        sa.Column("whole", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("effect")
