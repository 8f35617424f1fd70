"""Twice as much text takes twice as many steps, whatever it says: no picture keeps the rules busy for minutes."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from types import FrameType
from typing import TYPE_CHECKING

import pytest

import rpiocr
from rpiocr.extract import Extract, Hints, Languages, extract
from rpiocr.extract.bounds import LONGEST_LINE, LONGEST_WORD
from rpiocr.extract.fields.total import find_totals
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import ReceiptLine, Role
from rpiocr.model import Box, Line, Pass, Reading, Word
from rpiocr.model.baseline import Baseline
from rpiocr.recognise.alignment import merge
from rpiocr.recognise.handover import with_labels
from rpiocr.recognise.lines import build_lines
from tests.written import PSM_6, tables, write

if TYPE_CHECKING:
    from _typeshed import TraceFunction

HERE = rpiocr.__path__[0]
LANGUAGES = Languages(named=("en",))
TABLES = LANGUAGES.tables(("en", "de", "ja"))
HINTS = Hints(dt.date(2026, 6, 15))

LINEAR = 2.4
"""Steps for twice the input, in those for the input: two, and a little as text is cut where words end."""


def steps(action: Callable[[], object]) -> int:
    """Count the lines of the program that an action runs; a loop counts each time round, on one line too."""
    count = 0

    def within(_frame: FrameType, event: str, _arg: object) -> TraceFunction:
        nonlocal count
        count += event == "line"
        return within

    def entered(frame: FrameType, _event: str, _arg: object) -> TraceFunction | None:
        return within if frame.f_code.co_filename.startswith(HERE) else None

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


def growth(action: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times as many steps an action takes for twice the size; what it makes once is made before."""
    action(size // 4)()
    once, twice = action(size), action(2 * size)
    return steps(twice) / steps(once)


def seeded(size: int) -> random.Random:
    return random.Random(size)  # noqa: S311 - the same in every run


def amount(dice: random.Random) -> str:
    return f"{dice.randrange(100, 100_000) / 100:.2f}"


def many(piece: Callable[[random.Random], str], between: str = " ") -> Callable[[int], str]:
    """Text of so many characters; no two sizes have the same, as what was seen before is remembered."""

    def text(size: int) -> str:
        dice, pieces = seeded(size), list[str]()
        while sum(map(len, pieces)) + len(pieces) * len(between) < size:
            pieces.append(piece(dice))
        return between.join(pieces)

    return text


def some(letters: str, longest: int) -> Callable[[random.Random], str]:
    return lambda dice: "".join(dice.choices(letters, k=dice.randint(1, longest)))


TEXTS = {
    "one number": many(some("0123456789", 9), ""),
    "numbers": many(some("0123456789", LONGEST_WORD)),
    "letters that look like digits": many(some("OoQDIl|iSsBGZz0.,", 12)),
    "marks": many(some(".,:;-_/'", 9)),
    "masks": many(some("*x#k% 12345", 30)),
    "one word": many(some("abcdefghijklmnop", 9), ""),
    "words": many(some("aeioutlns", 8)),
    "words that look like keywords": many(lambda dice: "".join(dice.sample("TOTALSUM", 7))),
    "ideographs": many(some("合計税込金額小現釣", 40)),
    "amounts on one line": many(amount),
    "amounts with currencies": many(lambda dice: f"EUR {amount(dice)}"),
    "dates on one line": many(lambda dice: f"{dice.randint(1, 28)}/{dice.randint(1, 12)}/20{dice.randint(10, 25)}"),
    "named dates": many(lambda dice: f"{dice.randint(1, 28)} Octubro {dice.randint(10, 25)}"),
    "times": many(lambda dice: f"{dice.randint(0, 23)}.{dice.randint(10, 59)}"),
    "refunds": many(lambda dice: f"REFUND\nREFUND {amount(dice)}", "\n"),
    "roundings": many(lambda dice: f"TOTAL {amount(dice)}\nROUNDING 0.0{dice.randint(1, 9)}", "\n"),
    "tax numbers": many(lambda dice: f"VAT NO: {dice.randrange(10**8, 10**9)}", "\n"),
    "receipt numbers": many(lambda dice: f"RECEIPT NO {dice.randrange(10**6)}", "\n"),
    "yen in columns": many(lambda dice: f"¥{dice.randrange(10**4)} {dice.randrange(10**4)}", "\n"),
    "short lines": many(some("ab 1", 3), "\n"),
}


def read(text: str) -> Extract:
    return extract(Reading(write(text), 1), LANGUAGES, HINTS)


@pytest.mark.parametrize("kind", TEXTS)
def test_twice_the_text_takes_twice_the_steps(kind: str) -> None:
    def reading(size: int) -> Callable[[], object]:
        lines = write(TEXTS[kind](size))
        return lambda: extract(Reading(lines, 1), TABLES, HINTS)

    # Up to the longest word a number is read; behind that nothing is, and little is left to count.
    assert growth(reading, 900) < LINEAR


def rows_with(count: int) -> Iterator[ReceiptLine]:
    """Rows of every role, each with an amount of its own."""
    (like,) = build_receipt_lines(write("TOTAL 1.00"), tables())
    for number in range(count):
        for place, role in enumerate(Role):
            value = Decimal(number * 97 + place * 13 + 5) / (1000 if role is Role.ROUNDING else 100)
            yield replace(like, role=role, amounts=(replace(like.amounts[0], value=value),))


def test_twice_the_amounts_of_every_role_take_twice_the_steps() -> None:
    def adding(size: int) -> Callable[[], object]:
        rows = tuple(rows_with(size))
        return lambda: find_totals(rows)

    # So many of a role that no more sums are tried.
    assert growth(adding, 60) < LINEAR


def strewn(count: int, dice: random.Random, *, wide: float = 30.0, high: float = 20.0) -> list[Word]:
    """Words anywhere on a page that has room for a hundred on a line and for all, some of them narrow or high."""
    words = []
    for _ in range(count):
        left, top = dice.uniform(0, 100 * wide), dice.uniform(0, high * count / 50)
        width, height = dice.uniform(1.0, wide), high * dice.choice((0.1, 1.0, 1.0, 1.0, 3.0))
        words.append(Word("12", Box(left, top, left + width, top + height), 0.5))
    return words


def a_pass(variant: str, words: list[Word]) -> Pass:
    return Pass(PSM_6, variant, tuple(Line((word,)) for word in words), 0.0)


def columns(count: int, dice: random.Random) -> list[Word]:
    """Two hundred words on a line."""
    return [
        Word(
            "12",
            Box(14.0 * (at % 200), 30.0 * (at // 200), 14.0 * (at % 200) + 12, 30.0 * (at // 200) + 20),
            dice.random(),
        )
        for at in range(count)
    ]


def heap(count: int, dice: random.Random) -> list[Word]:
    """All words on the same place."""
    return [Word("12", Box(left, 0.0, left + 30.0, 20.0), 0.5) for left in (dice.uniform(0, 20) for _ in range(count))]


PAGES = {"strewn": strewn, "columns": columns, "heap": heap}
SIZES = {"strewn": 400, "columns": 800, "heap": 160}
"""Words; of a heap so many that more are not looked at."""


@pytest.mark.parametrize("page", PAGES)
def test_twice_the_words_are_set_in_lines_in_twice_the_steps(page: str) -> None:
    def setting(size: int) -> Callable[[], object]:
        words = PAGES[page](size, seeded(size))
        return lambda: build_lines(words, Baseline.at(1.5))

    assert growth(setting, SIZES[page]) < LINEAR


@pytest.mark.parametrize("page", PAGES)
def test_twice_the_words_are_merged_and_lent_in_twice_the_steps(page: str) -> None:
    def merging(size: int) -> Callable[[], object]:
        dice = seeded(size)
        one, two = (a_pass(name, PAGES[page](size, dice)) for name in ("one", "two"))
        words = tuple(Line((replace(word, text="ab"),)) for line in two.lines for word in line.words)
        return lambda: (merge([one, two]), with_labels(one, Reading(words, 1)))

    assert growth(merging, SIZES[page]) < LINEAR


def test_what_stands_on_a_receipt_is_found_in_a_flood_of_digits_and_beside_it() -> None:
    flood = "1234567890" * 400
    found = read(f"CITY BAKEHOUSE\n{flood}\n21/11/2024\nTOTAL 12.50 {flood}\n{'9.99 ' * 500}")
    assert found.amounts[0].value == Decimal("12.50")
    assert found.dates[0].value == dt.date(2024, 11, 21)
    assert found.merchants[0].value == "CITY BAKEHOUSE"


def test_no_rule_looks_at_a_longer_line_or_word_than_any_that_is_printed() -> None:
    rows = build_receipt_lines(write(f"{'TOTAL 12.50 ' * 100}\n{'7' * 4000}\n{'7' * 4000} END"), tables())
    assert all(len(row.text.text) <= LONGEST_LINE for row in rows)
    assert all(len(word.text) <= LONGEST_WORD for row in rows for word in row.line.words)
    assert sum(len(row.amounts) for row in rows) == 100
    assert rows[-1].text.text == "END"


WORST = [
    piece * (LONGEST_LINE // len(piece)) + end
    for piece in (
        "1",
        "1 ",
        "12 ",
        "1.",
        "1,234",
        "1’234",
        "0-12-",
        "12:30 ",
        "a",
        "a ",
        "a.",
        "a-",
        "Ab1",
        "*",
        "* ",
        "*1",
        "x#k%",
    )
    for end in ("", "1234", " 12345", "!", ".", "€", "-")
]
"""Lines that come close to many patterns, over and over, and fit none."""

SEARCH = """
import dataclasses, importlib, inspect, json, pkgutil, re, sys
from collections.abc import Mapping
import rpiocr.extract
from rpiocr.decide import features
from rpiocr.extract.locale.keyword_tables import built_in_lexicon
from rpiocr.recognise import alignment

def patterns_in(found):
    if isinstance(found, re.Pattern):
        yield found
    elif dataclasses.is_dataclass(found) and not isinstance(found, type):
        for field in dataclasses.fields(found):
            yield from patterns_in(getattr(found, field.name))
    elif isinstance(found, (Mapping, tuple, list, set, frozenset)):
        for part in found.values() if isinstance(found, Mapping) else found:
            yield from patterns_in(part)

def made_by(module):
    for made in list(vars(module).values()):
        needs = list(inspect.signature(made).parameters) if hasattr(made, "cache_info") else None
        if needs == []:
            yield made()
        elif needs == ["lexicon"]:
            yield made(built_in_lexicon())

names = [name for _, name, _ in pkgutil.walk_packages(rpiocr.extract.__path__, "rpiocr.extract.")]
modules = [*map(importlib.import_module, names), features, alignment]
patterns = {one for module in modules for holder in (list(vars(module).values()), *made_by(module))
            for one in patterns_in(holder)}
texts = json.load(sys.stdin)
for pattern in patterns:
    for text in texts:
        for _ in pattern.finditer(text):
            pass
        pattern.fullmatch(text)
print(len(patterns))
"""

ENOUGH_S = 120
"""Seconds of processor time, of which three are used: a pattern that goes back and forth would take years."""


@pytest.mark.slow
def test_no_pattern_goes_back_and_forth_over_a_line_without_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SEARCH],
        input=json.dumps(WORST),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (ENOUGH_S, ENOUGH_S)),
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"[0-9]{3}", done.stdout.strip()), "all patterns were found and tried"
