"""Moves of files in progress, after a person confirmed their receipts."""

import sqlalchemy as sa
from alembic import op

from rpiocr.store.types import Moment, PathText

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "moves",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("place", PathText(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_moves_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_moves")),
    )
