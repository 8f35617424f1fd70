"""A store with many receipts, quickly made: rows like those of the journal, without its steps."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from rpiocr.store.database import Database
from rpiocr.store.tables import FILES, RECEIPTS

MERCHANTS = ("Corner Shop", "Café Müller", "Fuel & Go", "Bäckerei Groß", "Super Market")
VERDICTS = ("ACCEPT", "ACCEPT", "ACCEPT", "RETRY", "ESCALATE")
FIRST = dt.date(2015, 1, 1)
AT_ONCE = 5000


def fill(database: Database, count: int) -> None:
    """Store ``count`` receipts: one in seven has no date, one in ten repeats another one; one holds "unicorn"."""
    for start in range(1, count + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count + 1))
        with database.transaction() as connection:
            connection.execute(insert(FILES), list(_files(numbers)))
            connection.execute(insert(RECEIPTS), list(_receipts(numbers)))
    if not database.is_sqlite:
        database.tidy()


def _files(numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        yield {
            "path": f"/inbox/{number}.jpg",
            "sha256": f"{number:064x}",
            "size_bytes": 1000,
            "state": "filed",
            "attempts": 1,
            "seen_at": dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        }


def _receipts(numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        day = FIRST + dt.timedelta(days=number * 7919 % 3650)
        yield {
            "file_id": number,
            "page": 1,
            "part": 1,
            "read_at": dt.datetime.combine(day, dt.time(12), dt.UTC),
            "merchant": MERCHANTS[number % 5],
            "date": day if number % 7 else None,
            "day": day,
            "amount": Decimal(number) / 100,
            "currency": "EUR" if number % 9 else "SEK",
            "verdict": VERDICTS[number * 31 % 5],
            "quality": 80,
            "source": "local",
            "passes": 2,
            "elapsed_s": 1.0,
            "duplicate_of": number - 1 if number % 10 == 0 else None,
            "text": f"{_goods(number)}\ntotal {number} thank you" + (" unicorn" if number == 777 else ""),
        }


def _goods(number: int) -> str:
    """Some words, few of which are on many receipts and most on few."""
    chance = random.Random(number)  # noqa: S311 - no secret
    return " ".join(f"good{int(chance.paretovariate(0.6)) % 5000}" for _ in range(12))
