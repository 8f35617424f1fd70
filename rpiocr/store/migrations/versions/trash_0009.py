"""Deleted receipts, which can be restored for some time."""

import sqlalchemy as sa
from alembic import op

from rpiocr.store.types import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table; receipts that were deleted before cannot be restored."""
    op.create_table(
        "trash",
        sa.Column("receipt_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("deleted_at", Moment(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_trash_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_trash")),
    )
    op.create_index(op.f("ix_trash_file_id"), "trash", ["file_id"])
    op.create_index(op.f("ix_trash_deleted_at"), "trash", ["deleted_at"])
