"""The tip that was charged."""

import sqlalchemy as sa
from alembic import op

from rpiocr.store.types import Money

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; it is NULL for receipts stored before."""
    op.add_column("receipts", sa.Column("tip", Money(), nullable=True))
