"""Names of items are repaired where a letter was read as a digit; codes, sizes and right names stay as they are."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rpiocr.extract.items.names import repaired_name
from rpiocr.extract.items.spelling import PassWords
from rpiocr.extract.locale.keyword_tables import built_in_lexicon

LANGUAGES = sorted(Path(__file__).parents[3].glob("generator/languages/*.toml"))

ITALIAN = ("PANE", "RISO", "VINO", "ROSSO", "BURRO", "LATTE")


def repaired(name: str, *lines: str) -> str:
    """A name as it is repaired where these lines were read by the passes."""
    return repaired_name(name, built_in_lexicon(), PassWords.of(lines))


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("C0CA C0LA 1.5L", "COCA COLA 1.5L"),
        ("M1LK 3.5% 1L", "MILK 3.5% 1L"),
        ("M|LK", "MILK"),
        ("T0MATEN", "TOMATEN"),
        ("Ch0c0late", "Chocolate"),
        ("B00K", "BOOK"),
        ("МОЛ0КО", "МОЛОКО"),
    ],
)
def test_a_digit_between_letters_is_read_as_the_letter_of_a_usual_spelling(read: str, printed: str) -> None:
    assert repaired(read) == printed


@pytest.mark.parametrize(
    ("read", "lines", "printed"),
    [
        ("5UGAR", ("SUGAR", "5UGAR"), "SUGAR"),
        ("T4ZZA", ("TAZZA",), "TAZZA"),
        ("SPANISH EV00", ("SPANISH EVOO 9.99",), "SPANISH EVOO"),
        ("Wa1nuts", ("Walnuts",), "Walnuts"),
        ("8read", ("Bread",), "Bread"),
        ("|TALIAN", ("ITALIAN",), "ITALIAN"),
        ("3АВТРАК", ("ЗАВТРАК",), "ЗАВТРАК"),
        ("VIN0", ITALIAN, "VINO"),
    ],
)
def test_what_other_passes_have_read_repairs_a_word(read: str, lines: tuple[str, ...], printed: str) -> None:
    assert repaired(read) != printed
    assert repaired(read, *lines) == printed


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("5PACK", ("5PACK", "5PACK", "SPACK")),
        ("H2O", ("HZO",)),
        ("CX5N", ("CXSN",)),
        ("E5", ("ES",)),
        ("LEVEL0", ()),
    ],
)
def test_a_digit_that_is_read_more_often_or_makes_no_word_stays(name: str, lines: tuple[str, ...]) -> None:
    assert repaired(name, *lines) == name


NAMES = (
    "H2O 7UP B12 WD40 A4 2X 500G E10 4x1,5L V8 MP3 Q10 3M COVID19 80's SH0125 CO2 PS4PRO XBOX360 iPhone5S GU10",
    "TL-WN823N MKQ42ZM/A CX5N L11 2IN1 COFFEE2GO JUST4MEN ALL4ONE WIN8PRO A5BOOK A4BLOCK M6SCREW GR8TASTE B2B R2D2",
    "F1CAR MACH3 OMEGA3 VITB12 FFP2 KN95 CR2032 USB2.0 BT5 S8PLUS CORE2DUO UP2DATE 5STAR WD-40 NO1CHOICE CLASS1B",
    "TAKE5OFF RM5OFF SIZE0 0SUGAR 1ST 12CT 16OZ 1l 0,5l 1L5 1L75 0G 90C 3.1Z PG-47BK YE30 RJ45 CAT5E X1CARBON S1BAHN",
    "350Z 4X40 PM2.5 20ST 4ER 5W30 SP95E10 BUY1GET1 O2PREPAID 1Oct 200lm 40/016 4*200MM .10 24MMx7Y M&M C88351#",
    "*Sale* 40%VOL. (BQ)",
)


@pytest.mark.parametrize("name", " ".join(NAMES).split())
def test_codes_sizes_and_names_with_digits_stay(name: str) -> None:
    assert repaired(name) == name
    assert repaired(name, *ITALIAN) == name


def test_a_size_in_inches_keeps_its_sign() -> None:
    assert repaired('1/8"-3/4" SET 10"') == '1/8"-3/4" SET 10"'


@pytest.mark.slow
def test_the_trigrams_are_those_of_the_words_in_the_tables() -> None:
    script = Path(__file__).parents[3] / "scripts" / "trigrams.py"
    run = subprocess.run([sys.executable, script, "--check"], check=False, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "")


def goods() -> Iterator[str]:
    """The goods of all languages of the generator."""
    for file in LANGUAGES:
        for group in tomllib.loads(file.read_text("utf-8"))["items"].values():
            yield from (good[0] for good in group)


def test_no_good_of_any_language_is_changed() -> None:
    names = sorted(set(goods()))
    assert len(names) > 1000
    assert [name for name in names if repaired(name, *names) != name] == []


@pytest.mark.parametrize(("letter", "digit", "least"), [("O", "0", 0.75), ("I", "1", 0.2), ("S", "5", 0.05)])
def test_a_misread_letter_is_repaired_right_or_left_as_it_was_read(letter: str, digit: str, least: float) -> None:
    right = asked = 0
    for name in sorted(set(goods())):
        for match in re.finditer(rf"(?<=[^\W\d_]){letter}(?=[^\W\d_])", name):
            read = name[: match.start()] + digit + name[match.end() :]
            assert repaired(read) in {name, read}
            asked += 1
            right += repaired(read) == name
    assert right >= least * asked > 0


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("RICE 5OOG", "RICE 500G"),
        ("SODA 1.SL", "SODA 1.5L"),
        ("SODA O.5L", "SODA O.5L"),
        ("SWABS 5OCT", "SWABS 50CT"),
        ("OIL 12 0Z", "OIL 12 OZ"),
        ("OIL 8.750Z", "OIL 8.75OZ"),
        ("OIL 80z", "OIL 8oz"),
        ("OIL 48 FL 02", "OIL 48 FL OZ"),
        ("КЕФИР 5ООМЛ", "КЕФИР 500МЛ"),
        ("OIL 1.5oz", "OIL 1.5oz"),
    ],
)
def test_a_size_is_repaired_where_it_can_be_no_other(read: str, printed: str) -> None:
    assert repaired(read) == printed


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("OAT | MILK", "OAT MILK"),
        ("~~OATS", "OATS"),
        (".OATS", "OATS"),
        ("OATS _", "OATS"),
        ('"OATS', "OATS"),
        ('OATS " MILK', "OATS MILK"),
        ("OATS_", "OATS"),
        ("OATS,", "OATS"),
        ("OATS)", "OATS"),
        ("|", "|"),
        ('"OATS" MILK', '"OATS" MILK'),
        ("OATS (LARGE)", "OATS (LARGE)"),
        ("MINT CHOC.", "MINT CHOC."),
        ("TEA / MILK", "TEA / MILK"),
        ("HS_OATS_MILK", "HS_OATS_MILK"),
    ],
)
def test_specks_around_a_name_are_no_part_of_it(read: str, printed: str) -> None:
    assert repaired(read) == printed
