"""The currency is a field with a verdict."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the currency to the fields of receipts stored before.

    It is accepted there: it never held a receipt back, and what a person has confirmed since must stay confirmed.
    """
    op.execute(
        sa.text(
            "INSERT INTO fields (receipt_id, name, value, raw, verdict, chosen)"
            " SELECT id, 'currency', currency, '', 'ACCEPT', :chosen FROM receipts WHERE currency IS NOT NULL"
        ).bindparams(chosen=True)
    )
