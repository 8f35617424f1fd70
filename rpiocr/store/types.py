"""Column types that keep values exactly, on SQLite and PostgreSQL, and reject invalid values.

SQLite accepts anything in any column: values written by another program, a failing card or by hand are detected here,
when they are read.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Dialect, Float, Integer, Numeric, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from rpiocr.store.damage import Damaged, damaged

T = TypeVar("T")

PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
"""The stored form of decimals; a longer one, or one with an exponent, could expand to a huge text."""

HUGE = Decimal(10) ** 30

PAGE_NUMBERS = re.compile(r"[1-9][0-9]{0,8}(,[1-9][0-9]{0,8})*")


class Checked(TypeDecorator[T]):
    """A type that validates values when they are read: invalid ones become Damaged, see ``damage.py``.

    ``column`` is its name in messages; tables set it.
    """

    impl: Any = Text
    cache_ok = True
    column = "a value"
    wanted = "text"

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002
        """Return the function that reads a value."""
        read, wanted = self.read, self.wanted

        def process(value: Any) -> T | Damaged | None:  # noqa: ANN401 - whatever the database has
            if value is None:
                return None
            try:
                return read(value)
            except (ValueError, TypeError, ArithmeticError):
                return damaged(self.column, value, wanted)

        return process

    def read(self, value: Any) -> T:  # noqa: ANN401
        """Read one value that is not NULL; raises ValueError if it is invalid."""
        raise NotImplementedError


class Whole(Checked[int]):
    """An integer."""

    impl = Integer
    cache_ok = True
    wanted = "whole number"

    def read(self, value: Any) -> int:  # noqa: ANN401
        """Reject text and fractions."""
        if type(value) is not int:
            raise ValueError
        return value


class Size(Whole):
    """An integer of 64 bits."""

    impl = BigInteger
    cache_ok = True


class Real(Checked[float]):
    """A finite number."""

    impl = Float
    cache_ok = True
    wanted = "number"

    def read(self, value: Any) -> float:  # noqa: ANN401
        """Reject text and infinity."""
        if type(value) not in (int, float) or not math.isfinite(value):
            raise ValueError
        return float(value)


class PageNumbers(Checked[tuple[int, ...]]):
    """Numbers of pages, as text with commas between them."""

    impl = Text
    cache_ok = True
    wanted = "numbers of pages"

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write them, none as NULL."""
        return ",".join(map(str, value)) if value else None

    def read(self, value: Any) -> tuple[int, ...]:  # noqa: ANN401
        """Reject everything but numbers from 1."""
        if not isinstance(value, str) or not PAGE_NUMBERS.fullmatch(value):
            raise ValueError
        return tuple(map(int, value.split(",")))


class Flag(Checked[bool]):
    """True or false."""

    impl = Boolean
    cache_ok = True
    wanted = "true or false"

    def read(self, value: Any) -> bool:  # noqa: ANN401
        """Read 1 and 0 of SQLite."""
        if type(value) not in (int, bool) or value not in (0, 1):
            raise ValueError
        return bool(value)


class Day(Checked[dt.date]):
    """A day."""

    impl = Date
    cache_ok = True
    wanted = "day"

    def read(self, value: Any) -> dt.date:  # noqa: ANN401
        """Read ISO 8601 of SQLite."""
        if isinstance(value, dt.date):
            return value
        if not isinstance(value, str) or len(value) != len("2024-03-05"):
            raise ValueError
        return dt.date.fromisoformat(value)


class Money(Checked[Decimal]):
    """An exact decimal with its scale: NUMERIC, or text on SQLite, whose numbers are binary fractions."""

    impl = Numeric
    cache_ok = True
    wanted = "amount"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        return dialect.type_descriptor(String(40) if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's signature
        """Write a decimal unchanged."""
        return f"{value:f}" if value is not None and dialect.name == "sqlite" else value

    def read(self, value: Any) -> Decimal:  # noqa: ANN401
        """Reject NaN, infinity and numbers with a huge expansion."""
        if isinstance(value, str) and PLAIN_DECIMAL.fullmatch(value):
            return Decimal(value)
        if isinstance(value, Decimal) and value.is_finite() and abs(value) < HUGE:
            return value
        raise ValueError


class Moment(Checked[dt.datetime]):
    """A time with its zone: TIMESTAMPTZ, or ISO 8601 in UTC as text on SQLite."""

    impl = DateTime
    cache_ok = True
    wanted = "time with its zone"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Write it in UTC."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def read(self, value: Any) -> dt.datetime:  # noqa: ANN401
        """Reject times without a zone, and times that cannot be converted to another zone."""
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
            raise ValueError
        moment.astimezone(dt.UTC)
        return moment


class AnyText(Checked[str]):
    """Text that may contain what databases reject: NUL is removed, invalid UTF-8 is escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write it."""
        return value and value.replace("\0", "").encode("utf-8", "backslashreplace").decode("utf-8")

    def read(self, value: Any) -> str:  # noqa: ANN401
        """Reject binary data and invalid UTF-8, which the store's connections read as surrogates."""
        if not isinstance(value, str):
            raise TypeError
        value.encode("utf-8")
        return value


class Word(Checked[str]):
    """Text of at most ``length`` characters of a certain form: a code, a hash, a time of day.

    It must match ``pattern`` completely; ``wanted`` is its description in messages.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int, pattern: str = r"[^\x00-\x1f]*", wanted: str = "text") -> None:
        super().__init__(length)
        self.length, self.pattern, self.wanted = length, pattern, wanted

    def read(self, value: Any) -> str:  # noqa: ANN401
        """Read text as AnyText does, and check the pattern."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise ValueError
        value.encode("utf-8")
        return value


ESCAPED = re.compile(r"%([0-9A-F]{2})")


def path_to_text(path: str) -> str:
    """Encode a path as text that any database accepts: invalid UTF-8, NUL and % as %XX."""
    pieces = []
    for char in path:
        code = ord(char)
        if char in "%\0":
            pieces.append(f"%{code:02X}")
        elif 0xDC80 <= code <= 0xDCFF:
            pieces.append(f"%{code - 0xDC00:02X}")
        else:
            pieces.append(char)
    return "".join(pieces)


def path_from_text(text: str) -> str:
    """Decode the output of ``path_to_text`` to a path as Python represents it."""
    raw = b"".join(
        bytes([int(piece, 16)]) if number % 2 else piece.encode("utf-8")
        for number, piece in enumerate(ESCAPED.split(text))
    )
    return os.fsdecode(raw)


class PathText(Checked[str]):
    """A path of any bytes."""

    impl = Text
    cache_ok = True
    wanted = "path"

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write it."""
        return None if value is None else path_to_text(value)

    def read(self, value: Any) -> str:  # noqa: ANN401
        """Reject everything that is not a valid path."""
        if not isinstance(value, str) or not value:
            raise ValueError
        path = path_from_text(value)
        if "\0" in path:
            raise ValueError
        return path
