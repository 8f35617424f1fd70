"""The seller beside its name, and the category of the purchase."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the columns; they are NULL for receipts stored before, of which these were not looked for."""
    for name in ("merchant_legal", "merchant_branch", "address", "phone", "website", "category"):
        op.add_column("receipts", sa.Column(name, sa.Text(), nullable=True))
