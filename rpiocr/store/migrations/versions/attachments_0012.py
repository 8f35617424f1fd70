"""The name of the attachment of a mail that a receipt is from."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column, which is NULL for receipts that are from no mail."""
    op.add_column("receipts", sa.Column("attachment", sa.Text(), nullable=True))
