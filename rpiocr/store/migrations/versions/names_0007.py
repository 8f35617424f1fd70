"""The descriptions of items as they were read, where they were repaired."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column, which is NULL for items stored before: nothing in them was repaired."""
    op.add_column("items", sa.Column("description_read", sa.Text(), nullable=True))
