"""Machine-readable codes of receipts; the sellers and receipt numbers in them are found by a search."""

import sqlalchemy as sa
from alembic import op

from rpiocr.store.types import Money

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add table, column and index; receipts stored before have no codes: they were not looked for."""
    op.create_table(
        "codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("symbology", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("total", Money(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("time", sa.String(length=8), nullable=True),
        sa.Column("tax", Money(), nullable=True),
        sa.Column("seller", sa.Text(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("box_x", sa.Integer(), nullable=True),
        sa.Column("box_y", sa.Integer(), nullable=True),
        sa.Column("box_width", sa.Integer(), nullable=True),
        sa.Column("box_height", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_codes_receipt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codes")),
    )
    op.create_index(op.f("ix_codes_receipt_id"), "codes", ["receipt_id"])
    op.add_column("receipts", sa.Column("code_words", sa.Text(), nullable=True))
    statements = POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE
    for statement in statements:
        op.execute(statement)


# The expression of a generated column cannot be changed; its index goes with it.
POSTGRESQL = (
    "ALTER TABLE receipts DROP COLUMN words",
    """
    ALTER TABLE receipts ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', rpiocr_plain(merchant)), 'A')
        || setweight(to_tsvector('simple', rpiocr_plain(receipt_number)), 'B')
        || setweight(to_tsvector('simple', rpiocr_plain(code_words)), 'C')
        || setweight(to_tsvector('simple', rpiocr_plain(text)), 'D')
    ) STORED
    """,
    "CREATE INDEX ix_receipts_words ON receipts USING gin (words)",
)

COLUMNS = "merchant, receipt_number, text, code_words"
ADDED = (
    f"INSERT INTO receipt_words(rowid, {COLUMNS})"  # noqa: S608 - names of ours
    " VALUES (new.id, new.merchant, new.receipt_number, new.text, new.code_words);"
)
GONE = (
    f"INSERT INTO receipt_words(receipt_words, rowid, {COLUMNS})"  # noqa: S608 - names of ours
    " VALUES ('delete', old.id, old.merchant, old.receipt_number, old.text, old.code_words);"
)

# Neither can the columns of a full-text table.
SQLITE = (
    *(f"DROP TRIGGER receipts_{event}" for event in ("added", "deleted", "changed")),
    "DROP TABLE receipt_words",
    f"CREATE VIRTUAL TABLE receipt_words USING fts5({COLUMNS}, content='receipts', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO receipt_words(receipt_words) VALUES ('rebuild')",
    f"CREATE TRIGGER receipts_added AFTER INSERT ON receipts BEGIN {ADDED} END",
    f"CREATE TRIGGER receipts_deleted AFTER DELETE ON receipts BEGIN {GONE} END",
    f"CREATE TRIGGER receipts_changed AFTER UPDATE OF {COLUMNS} ON receipts BEGIN {GONE} {ADDED} END",
)
