"""The words of a receipt: kept with their places, and never the reason that nothing works."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from rpiocr.model.records import ReadWord
from rpiocr.store.database import Database
from rpiocr.store.word_boxes import line_at, words_of
from tests.store.readings import keep_one
from tests.store.test_steps import old_store

WORDS = (ReadWord("Café", (10, 20, 80, 30), 0.93), ReadWord('"12,50\0', (-3, 60, 50, 30), 0.5))


def stored(database: Database, receipt_id: int) -> tuple[ReadWord, ...]:
    with database.snapshot() as connection:
        return words_of(connection, receipt_id)


def test_the_words_of_a_receipt_are_kept_in_their_order_with_their_places(database: Database) -> None:
    first, second = keep_one(database, words=WORDS), keep_one(database, words=WORDS[:1])
    assert [(word.box, word.confidence) for word in stored(database, first)] == [
        ((10, 20, 80, 30), 0.93),
        ((-3, 60, 50, 30), 0.5),
    ]
    assert [word.text for word in stored(database, second)] == ["Café"]


def test_a_word_on_another_page_of_the_receipt_has_its_page(database: Database) -> None:
    words = (ReadWord("Tea", (1, 2, 3, 4), 0.5), ReadWord("Total", (1, 2, 3, 4), 0.5, 2))
    assert stored(database, keep_one(database, pages=[1, 2], words=words)) == words


def test_the_words_of_a_deleted_receipt_are_gone(database: Database) -> None:
    receipt_id = keep_one(database, words=WORDS)
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM receipts"))
        assert connection.execute(text("SELECT count(*) FROM word_boxes")).scalar() == 0
    assert stored(database, receipt_id) == ()


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "nonsense",
        "7",
        "[7]",
        '[["Tea"]]',
        '[["Tea", 1, 2, 3, 4.5, 1]]',
        '[["Tea", 1, 2, 3, 4, "much"]]',
        '[["Tea", 1, 2, 3, 4, NaN]]',
        '[["Tea", 1, 2, 3, 4, 1e999]]',
        '[[7, 1, 2, 3, 4, 1]]',
        '[["Tea", 1, 2, 3, 4, 1, "2"]]',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_damaged_words_are_none(database: Database, damage: str) -> None:
    receipt_id = keep_one(database, words=WORDS)
    with database.transaction() as connection:
        connection.execute(text("UPDATE word_boxes SET words = :damage"), {"damage": damage})
    assert stored(database, receipt_id) == ()


def test_words_that_are_no_text_are_none(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'receipts.sqlite'}")) as database:
        receipt_id = keep_one(database, words=WORDS)
        with database.transaction() as connection:
            connection.execute(text("UPDATE word_boxes SET words = x'ff00'"))
        assert stored(database, receipt_id) == ()


def test_a_receipt_of_an_earlier_version_has_no_words(tmp_path: Path) -> None:
    with closing(old_store(f"sqlite:///{tmp_path / 'receipts.sqlite'}", "0007")) as database:
        assert stored(database, 1) == ()
    with closing(Database(database.url)) as upgraded:
        assert stored(upgraded, 1) == ()


def test_the_line_of_a_box_is_read_also_where_the_text_runs_up_the_page() -> None:
    across = [("MILK", (10, 20, 80, 30)), ("2,50", (200, 23, 80, 30)), ("TOTAL", (10, 60, 90, 30))]
    upwards = [("MILK", (20, 300, 30, 80)), ("2,50", (23, 100, 30, 80)), ("TOTAL", (60, 300, 30, 90))]
    for places in (across, upwards):
        words = [ReadWord(written, box, 0.9) for written, box in places]
        assert line_at(words, places[1][1]) == "MILK 2,50"
