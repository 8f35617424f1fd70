"""The first tables, and the index of words."""

import sqlalchemy as sa
from alembic import op

from rpiocr.store.types import Moment, Money, PathText

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", PathText(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("abandoned", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("moved_to", PathText(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("filed_at", Moment(), nullable=True),
        sa.Column("arrival", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("path", "sha256", "arrival", name=op.f("uq_files_path_sha256_arrival")),
    )
    op.create_index(op.f("ix_files_sha256"), "files", ["sha256"], unique=False)
    op.create_index(op.f("ix_files_state"), "files", ["state"], unique=False)
    op.create_table(
        "watchers",
        sa.Column("inbox", PathText(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("alive_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("last_receipt_at", Moment(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("inbox", name=op.f("pk_watchers")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.Column("merchant", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(length=8), nullable=True),
        sa.Column("amount", Money(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("subtotal", Money(), nullable=True),
        sa.Column("tax", Money(), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.Column("payment_method", sa.Text(), nullable=True),
        sa.Column("card_brand", sa.Text(), nullable=True),
        sa.Column("card_last4", sa.String(length=4), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("elapsed_s", sa.Float(), nullable=False),
        sa.Column("picture_hash", sa.String(length=16), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("duplicate_why", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["receipts.id"], name=op.f("fk_receipts_duplicate_of"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_receipts_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("file_id", "page", "part", name=op.f("uq_receipts_file_id_page_part")),
    )
    op.create_index(op.f("ix_receipts_currency_day_id"), "receipts", ["currency", "day", "id"], unique=False)
    op.create_index(op.f("ix_receipts_day_id"), "receipts", ["day", "id"], unique=False)
    op.create_index(
        op.f("ix_receipts_duplicate_of"),
        "receipts",
        ["duplicate_of"],
        unique=False,
        sqlite_where=sa.text("duplicate_of IS NOT NULL"),
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )
    op.create_index(op.f("ix_receipts_file_id"), "receipts", ["file_id"], unique=False)
    op.create_index("ix_receipts_likeness", "receipts", ["date", "amount"], unique=False)
    op.create_index(op.f("ix_receipts_read_at"), "receipts", ["read_at"], unique=False)
    op.create_index(op.f("ix_receipts_verdict_day_id"), "receipts", ["verdict", "day", "id"], unique=False)
    op.create_table(
        "cloud_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("called_at", Moment(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_cloud_calls_receipt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cloud_calls")),
    )
    op.create_index(op.f("ix_cloud_calls_called_at"), "cloud_calls", ["called_at"], unique=False)
    op.create_index(op.f("ix_cloud_calls_receipt_id"), "cloud_calls", ["receipt_id"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("was", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("corrected_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_corrections_receipt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(op.f("ix_corrections_receipt_id"), "corrections", ["receipt_id"], unique=False)
    op.create_table(
        "fields",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("passes", sa.Integer(), nullable=True),
        sa.Column("box_x", sa.Integer(), nullable=True),
        sa.Column("box_y", sa.Integer(), nullable=True),
        sa.Column("box_width", sa.Integer(), nullable=True),
        sa.Column("box_height", sa.Integer(), nullable=True),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_fields_receipt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fields")),
    )
    op.create_index(op.f("ix_fields_receipt_id"), "fields", ["receipt_id"], unique=False)
    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", Money(), nullable=True),
        sa.Column("unit_price", Money(), nullable=True),
        sa.Column("amount", Money(), nullable=True),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_items_receipt_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_index(op.f("ix_items_receipt_id"), "items", ["receipt_id"], unique=False)
    op.create_table(
        "tax_ids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_tax_ids_receipt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_ids")),
    )
    op.create_index(op.f("ix_tax_ids_receipt_id"), "tax_ids", ["receipt_id"], unique=False)
    op.create_table(
        "warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_warnings_receipt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warnings")),
    )
    op.create_index(op.f("ix_warnings_receipt_id"), "warnings", ["receipt_id"], unique=False)
    op.create_table(
        "field_checks",
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["field_id"], ["fields.id"], name=op.f("fk_field_checks_field_id"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_field_checks_field_id"), "field_checks", ["field_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _index_words_of_postgresql()
    else:
        _index_words_of_sqlite()


# Diacritics are removed, and ASCII punctuation separates words, so that the text parser of PostgreSQL, which
# recognises addresses, hosts and signed numbers, splits like that of SQLite. All functions it calls are immutable.
PLAIN = r"""
    CREATE FUNCTION rpiocr_plain(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT lower(translate(
            regexp_replace(normalize(left(coalesce(given, ''), 100000), NFKD), U&'[\0300-\036F]', '', 'g'),
            $p$!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~$p$, repeat(' ', 32)
        ))
    $$
"""
WORDS = """
    ALTER TABLE receipts ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', rpiocr_plain(merchant)), 'A')
        || setweight(to_tsvector('simple', rpiocr_plain(receipt_number)), 'B')
        || setweight(to_tsvector('simple', rpiocr_plain(text)), 'D')
    ) STORED
"""


def _index_words_of_postgresql() -> None:
    for statement in (PLAIN, WORDS, "CREATE INDEX ix_receipts_words ON receipts USING gin (words)"):
        op.execute(statement)


ADDED = (
    "INSERT INTO receipt_words(rowid, merchant, receipt_number, text)"
    " VALUES (new.id, new.merchant, new.receipt_number, new.text);"
)
GONE = (
    "INSERT INTO receipt_words(receipt_words, rowid, merchant, receipt_number, text)"
    " VALUES ('delete', old.id, old.merchant, old.receipt_number, old.text);"
)


def _index_words_of_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE receipt_words USING fts5(merchant, receipt_number, text, content='receipts',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(f"CREATE TRIGGER receipts_added AFTER INSERT ON receipts BEGIN {ADDED} END")
    op.execute(f"CREATE TRIGGER receipts_deleted AFTER DELETE ON receipts BEGIN {GONE} END")
    changed = "AFTER UPDATE OF merchant, receipt_number, text ON receipts"
    op.execute(f"CREATE TRIGGER receipts_changed {changed} BEGIN {GONE} {ADDED} END")
