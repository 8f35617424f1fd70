"""The pages of receipts that have several, and on which of them each field and item is printed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns, which are NULL for receipts of one page, and for what is printed on the page of the receipt."""
    op.add_column("receipts", sa.Column("more_pages", sa.Text(), nullable=True))
    op.add_column("fields", sa.Column("page", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("page", sa.Integer(), nullable=True))
