"""Column types that keep values exactly, on SQLite as on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import os
import re
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Numeric, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class Money(TypeDecorator[Decimal]):
    """An exact decimal with its decimals: NUMERIC, or text on SQLite, whose numbers are binary fractions."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        return dialect.type_descriptor(String(40) if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's signature
        """Write a decimal as it is."""
        return f"{value:f}" if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002
        """Read it back."""
        return None if value is None else Decimal(value)


class Moment(TypeDecorator[dt.datetime]):
    """A time with its zone: TIMESTAMPTZ, or ISO 8601 in UTC as text on SQLite."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """Write it in UTC."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:  # noqa: ANN401, ARG002
        """Read it back."""
        return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


class AnyText(TypeDecorator[str]):
    """Text that may hold what no database takes: NUL is left out, bytes that are no UTF-8 are escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write it."""
        return value and value.replace("\0", "").encode("utf-8", "backslashreplace").decode("utf-8")


ESCAPED = re.compile(r"%([0-9A-F]{2})")


def path_to_text(path: str) -> str:
    """Write a path as text that any database takes: bytes that are no UTF-8, NUL and % as %XX."""
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
    """Read back what ``path_to_text`` wrote, as Python writes paths."""
    raw = b"".join(
        bytes([int(piece, 16)]) if number % 2 else piece.encode("utf-8")
        for number, piece in enumerate(ESCAPED.split(text))
    )
    return os.fsdecode(raw)


class PathText(TypeDecorator[str]):
    """A path, whatever bytes it has."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write it."""
        return None if value is None else path_to_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        """Read it back."""
        return None if value is None else path_from_text(value)
