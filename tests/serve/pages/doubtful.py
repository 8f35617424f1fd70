"""A book with receipts that wait for a look, with their pictures, and without the time that reading them takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from rpiocr.model.records import ReadWord
from rpiocr.store.database import Database
from rpiocr.store.journal import Journal
from tests.store.readings import evidence, found, reading

FIRST_DAY = dt.date(2024, 3, 1)

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is printed on a receipt, and the keys by which a person says so: a field after the other."""

    merchant: str
    date: str
    amount: Decimal
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with the boxes of its lines and words."""

    picture: Image.Image
    lines: tuple[Box, ...]
    words: tuple[ReadWord, ...]


def truth_of(number: int) -> Truth:
    """Return what receipt ``number`` says: in turn the date, the total, and both are in doubt."""
    day = FIRST_DAY + dt.timedelta(days=number)
    keys = {0: ("Enter",), 1: ("1", "Enter"), 2: ("1", "Enter", "Enter")}[number % 3]
    return Truth(f"Corner Shop {number}", day.isoformat(), Decimal(1250 + number).scaleb(-2), keys)


def drawn(truth: Truth, scale: int) -> Drawn:
    """Draw a receipt, ``scale`` times as large as 300 by 400 pixels."""
    picture = Image.new("L", (300 * scale, 400 * scale), 245)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(14 * scale)
    lines, words = [], []
    for number, text in enumerate((truth.merchant, truth.date, f"TOTAL {truth.amount} EUR", "THANK YOU")):
        left, top = 40 * scale, (40 + 60 * number) * scale
        pen.text((left, top), text, font=font, fill=20)
        lines.append(_box(pen.textbbox((left, top), text, font=font)))
        for word in text.split():
            start = left + pen.textlength(text[: text.index(word)], font=font)
            words.append(ReadWord(word, _box(pen.textbbox((start, top), word, font=font)), 0.9))
    return Drawn(picture, tuple(lines), tuple(words))


def _box(corners: tuple[float, float, float, float]) -> Box:
    left, top, right, bottom = map(int, corners)
    return left, top, right - left, bottom - top


def keep_doubtful(database: Database, inbox: Path, count: int, *, first: int = 0, scale: int = 2) -> list[Truth]:
    """Store ``count`` receipts that wait, with their pictures in review/; returns what is printed on them."""
    numbers = range(first, first + count)
    truths = [truth_of(number) for number in numbers]
    review = inbox.parent / "review"
    review.mkdir(parents=True, exist_ok=True)
    for number, truth in zip(numbers, truths, strict=True):
        _keep(database, inbox / f"{number}.jpg", review / f"{number}.jpg", truth, drawn(truth, scale))
    return truths


def _keep(database: Database, arrived: Path, place: Path, truth: Truth, seen: Drawn) -> None:
    seen.picture.save(place, "JPEG")
    _file(database, arrived, place, dict(_as_read(truth, seen)))


def _file(database: Database, arrived: Path, place: Path, values: dict[str, Any]) -> None:
    read = reading(values, file=str(arrived), data=place.read_bytes())
    journal = Journal(database)
    claim = journal.claim(found(read))
    journal.answered(claim, read)
    journal.meant_for(claim, str(place))
    journal.filed(claim)


def _as_read(truth: Truth, seen: Drawn) -> Iterator[tuple[str, Any]]:
    """Yield the values of a reading: a doubtful total is misread, with the right one as its rival."""
    merchant, date, amount, _ = seen.lines
    is_misread = "1" in truth.keys
    doubtful = ["amount"] * is_misread + ["date"] * (truth.keys.count("Enter") > is_misread)
    read = truth.amount + 70 if is_misread else truth.amount
    rivals = [{"value": truth.amount, "raw": str(truth.amount)}] if is_misread else []
    yield from (("merchant", truth.merchant), ("date", truth.date), ("amount", read), ("verdict", "RETRY"))
    yield "quality", 50
    yield "confidence", dict.fromkeys(doubtful, 0.6)
    yield "verdicts", dict.fromkeys(doubtful, "RETRY")
    yield "words", seen.words
    yield (
        "evidence",
        {
            "merchant": evidence(truth.merchant, box=list(merchant)),
            "date": evidence(truth.date, box=list(date)),
            "currency": evidence("EUR", box=list(amount)),
            "amount": evidence(str(read), box=list(amount), rivals=rivals),
        },
    )


def keep_doubtful_of_two_pages(database: Database, inbox: Path) -> Truth:
    """Store a receipt that waits, of a file of two pages: its total, misread, is on the second; return the truth."""
    first, second = truth_of(0), truth_of(1)
    one, two = drawn(first, 2), drawn(second, 2)
    place = inbox.parent / "review" / "two.tiff"
    place.parent.mkdir(parents=True, exist_ok=True)
    one.picture.save(place, "TIFF", save_all=True, append_images=[two.picture], compression="tiff_lzw")
    values, later = dict(_as_read(first, one)), dict(_as_read(second, two))
    of_amount = evidence("12.51", box=list(two.lines[2]), page=2)
    values |= {"pages": [1, 2], "amount": later["amount"], "confidence": {"amount": 0.6}}
    values |= {"verdicts": {"amount": "RETRY"}, "evidence": values["evidence"] | {"amount": of_amount}}
    values["words"] = (*one.words, *(replace(word, page=2) for word in two.words))
    _file(database, inbox / "two.tiff", place, values)
    return second
