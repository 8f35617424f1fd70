"""The words of receipts with their places, archived receipts, and files that were uploaded."""

import sqlalchemy as sa
from alembic import op

from rpiocr.store.types import Moment

revision = "0008"
down_revision = "0007"

IS_ARCHIVED = sa.text("archived_at IS NOT NULL")
IS_IN_DOUBT = sa.text("verdict <> 'ACCEPT' AND duplicate_of IS NULL AND archived_at IS NULL")


def upgrade() -> None:
    """Add tables, column and indexes; receipts stored before have no words and are not archived."""
    op.create_table(
        "word_boxes",
        sa.Column("receipt_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_word_boxes_receipt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_word_boxes")),
    )
    op.add_column("receipts", sa.Column("archived_at", Moment(), nullable=True))
    op.create_index(
        op.f("ix_receipts_archived_at"),
        "receipts",
        ["archived_at"],
        sqlite_where=IS_ARCHIVED,
        postgresql_where=IS_ARCHIVED,
    )
    op.create_index("ix_receipts_in_doubt", "receipts", ["id"], sqlite_where=IS_IN_DOUBT, postgresql_where=IS_IN_DOUBT)
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("request_key", sa.String(length=255), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("deadline_s", sa.Float(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("request_key", name=op.f("uq_uploads_request_key")),
    )
    op.create_index(op.f("ix_uploads_sha256"), "uploads", ["sha256"])
    op.create_index(op.f("ix_uploads_received_at"), "uploads", ["received_at"])
