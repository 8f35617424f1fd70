"""What people said about merchants."""

import sqlalchemy as sa
from alembic import op

from rpiocr.store.types import Moment

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the table, which is empty: names that were corrected before count once they are confirmed again."""
    op.create_table(
        "merchants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("key_kind", sa.String(length=8), nullable=False),
        sa.Column("key_value", sa.Text(), nullable=False),
        sa.Column("field", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("printed", sa.Text(), nullable=True),
        sa.Column("said_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_merchants_receipt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchants")),
    )
    op.create_index(op.f("ix_merchants_receipt_id"), "merchants", ["receipt_id"])
    op.create_index(op.f("ix_merchants_key_kind_key_value"), "merchants", ["key_kind", "key_value"])
