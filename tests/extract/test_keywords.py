"""Keywords are found although they are misread, and a user can add to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpiocr.errors import SettingsError
from rpiocr.extract.keywords import read_tables, tokens
from rpiocr.extract.rows import Role, build_rows
from tests.written import tables, write


def groups_in(text: str) -> list[str]:
    """The groups of all phrases in a text, longest phrase first."""
    return [hit.group for hit in tables().amounts.find(text)]


@pytest.mark.parametrize(
    ("read", "group"),
    [
        ("TOTAL", "total"),
        ("T0TAL", "total"),
        ("TOTAI", "total"),
        ("T0TAI", "total"),
        ("TQTAL", "total"),
        ("T O T A L", "total"),
        ("Total:", "total"),
        ("SUBT0TAL", "subtotal"),
        ("SUB T0TAI", "subtotal"),
        ("SUB-TOTAL", "subtotal"),
        ("Zwischensunme", "subtotal"),
        ("GRANDTOTAL", "total_sure"),
        ("Gesamtbetraq", "total_sure"),
        ("Ruckge1d", "change"),
        ("CHANCE DUE", "change"),
        ("CA5H", "cash"),
        ("R0UNDING", "rounding"),
        ("Mw5t", "tax"),
    ],
)
def test_a_keyword_is_known_with_a_letter_or_two_misread(read: str, group: str) -> None:
    assert groups_in(read) == [group]


@pytest.mark.parametrize("word", ["TOAST", "TABLE", "COTTAGE", "ROAST BEEF", "RED APPLES", "TEST", "1234", "OATS"])
def test_other_words_are_no_keywords(word: str) -> None:
    assert groups_in(word) == []


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("TOTAL SAVINGS", "savings"),
        ("SUB TOTAL", "subtotal"),
        ("TOTAL GST", "tax"),
        ("TOTAL ITEMS", "count"),
        ("TOTAL QTY", "count"),
        ("TOTAL POINTS", "loyalty"),
        ("TOTAL DISCOUNT", "discount"),
        ("TOTAL ROUNDING", "rounding"),
        ("GIFT CARD BALANCE", "loyalty"),
        ("TOTAL AMOUNT PAYABLE", "total_sure"),
        ("CASH CHANGE", "change"),
        ("Summe MwSt", "tax"),
        ("Summe Netto", "subtotal"),
    ],
)
def test_a_longer_phrase_beats_the_keyword_inside_it(text: str, group: str) -> None:
    assert groups_in(text) == [group]


@pytest.mark.parametrize("spelled", ["Rückgeld", "RÜCKGELD", "Rueckgeld", "RUECKGELD", "Ru\u0308ckgeld"])
def test_umlauts_may_be_spelled_either_way(spelled: str) -> None:
    assert groups_in(spelled) == ["change"]
    (hit,) = tables().amounts.find(spelled)
    assert hit.likeness > 0.85


def test_digits_stay_digits_where_a_word_holds_more_of_them() -> None:
    assert tokens("T0TAL 20l9 501 A1") == ["total", "20l9", "501", "a1"]


def test_a_table_of_the_user_adds_a_language(tmp_path: Path) -> None:
    (tmp_path / "nl.toml").write_text(
        '[amounts]\ntotal_sure = ["te betalen"]\nchange = ["wisselgeld"]\n'
        '[dates]\nmonths = [[], [], ["maart"]]\n[locale]\ncommon = ["het", "een"]\n',
        "utf-8",
    )
    extended = read_tables(tmp_path)
    (paid, change, total) = build_rows(write("TE BETALEN 4.50\nWISSELGELD 0.50\nTOTAL 4.50"), extended)
    assert (paid.role, change.role, total.role) == (Role.TOTAL_SURE, Role.CHANGE, Role.TOTAL)
    assert extended.months["maart"] == extended.months["march"] == 3
    assert extended.common["nl"] == {"het", "een"}


def test_a_table_of_the_user_adds_to_a_language_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[amounts]\ntotal = ["damage"]\n[locale]\ncommon = ["cheers"]\n', "utf-8")
    extended = read_tables(tmp_path)
    assert [hit.group for hit in extended.amounts.find("DAMAGE")] == ["total"]
    assert [hit.group for hit in extended.amounts.find("TOTAL")] == ["total"]
    assert extended.common["en"] == tables().common["en"] | {"cheers"}


@pytest.mark.parametrize(
    "content",
    [
        b"[amounts\n",
        b"[amounts]\ntotal = [\n",
        b"\xff\xfe[amounts]\n",
        b"amounts = 3\n",
        b'[amounts]\ntotal = "totaal"\n',
        b"[amounts]\ntotal = [1, 2]\n",
        b'[dates]\nmonths = ["maart"]\n',
    ],
)
def test_a_broken_table_of_the_user_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"mine\.toml"):
        read_tables(tmp_path)


def test_other_files_in_the_users_folder_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("[broken", "utf-8")
    assert read_tables(tmp_path).months == tables().months
