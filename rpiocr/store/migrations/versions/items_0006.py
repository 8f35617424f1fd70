"""Items with all that is read of them, the check of their sum, and an index of the words of their descriptions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns, which are NULL for receipts stored before: their items were not looked for."""
    op.add_column("items", sa.Column("unit", sa.Text(), nullable=True))
    op.add_column("items", sa.Column("kind", sa.String(length=8), nullable=True))
    op.add_column("items", sa.Column("code", sa.Text(), nullable=True))
    op.add_column("items", sa.Column("tax_code", sa.Text(), nullable=True))
    op.add_column("items", sa.Column("applies_to", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("box_x", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("box_y", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("box_width", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("box_height", sa.Integer(), nullable=True))
    op.add_column("items", sa.Column("confidence", sa.Float(), nullable=True))
    op.add_column("receipts", sa.Column("items_agree_with", sa.String(length=8), nullable=True))
    op.add_column("receipts", sa.Column("items_count_printed", sa.Integer(), nullable=True))
    op.add_column("receipts", sa.Column("items_complete", sa.Boolean(), nullable=True))
    op.add_column("receipts", sa.Column("items_confidence", sa.Float(), nullable=True))
    op.add_column("receipts", sa.Column("items_verdict", sa.String(length=8), nullable=True))
    with op.batch_alter_table("corrections") as corrections:
        corrections.alter_column("field", type_=sa.String(length=40), existing_type=sa.String(length=16))
    if op.get_bind().dialect.name == "postgresql":
        _index_words_of_postgresql()
    else:
        _index_words_of_sqlite()


WORDS = """
    ALTER TABLE items ADD COLUMN words tsvector GENERATED ALWAYS AS (
        to_tsvector('simple', rpiocr_plain(description))
    ) STORED
"""


def _index_words_of_postgresql() -> None:
    for statement in (WORDS, "CREATE INDEX ix_items_words ON items USING gin (words)"):
        op.execute(statement)


ADDED = "INSERT INTO item_words(rowid, description) VALUES (new.id, new.description);"
GONE = "INSERT INTO item_words(item_words, rowid, description) VALUES ('delete', old.id, old.description);"


def _index_words_of_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE item_words USING fts5(description, content='items', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute("INSERT INTO item_words(item_words) VALUES ('rebuild')")
    op.execute(f"CREATE TRIGGER items_added AFTER INSERT ON items BEGIN {ADDED} END")
    op.execute(f"CREATE TRIGGER items_deleted AFTER DELETE ON items BEGIN {GONE} END")
    op.execute(f"CREATE TRIGGER items_changed AFTER UPDATE OF description ON items BEGIN {GONE} {ADDED} END")
