"""Reads the receipts stored last, quickly and without SQLAlchemy, for shell completion."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rpiocr.store.sqlite_file import ReadOnlyFile, default_path, is_readable

SQLITE = re.compile(r"sqlite(?:\+\w+)?:///(?P<path>[^?]+)(?:\?.*)?", re.DOTALL)

BUSY_S = 0.2
"""Maximum time to wait for a writer, as a person waits for the completion."""

QUERY = """
SELECT id, day, merchant, amount, currency FROM receipts
WHERE CAST(id AS TEXT) LIKE ? || '%' ORDER BY id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Recent:
    """The number of a receipt, and a description: day, merchant and amount."""

    id: int
    summary: str


def recent_receipts(url: str, beginning: str = "", limit: int = 50) -> list[Recent]:
    """Return the receipts stored last whose numbers start with ``beginning``, the last one first.

    ``url`` is that of the store, empty for the user's own. Returns nothing for a store in PostgreSQL or a missing one:
    it is neither connected to nor created. Raises OSError, StoreError or sqlite3.Error if it cannot be read.
    """
    path = _path_of(url)
    if path is None or (beginning and not beginning.isdecimal()) or not is_readable(path):
        return []
    file = ReadOnlyFile(path)
    try:
        with closing(sqlite3.connect(file.uri(), uri=True, timeout=BUSY_S)) as database:
            rows = database.execute(QUERY, (beginning, limit)).fetchall()
    finally:
        file.close()
    return [Recent(number, " ".join(str(one) for one in known if one is not None)) for number, *known in rows]


def _path_of(url: str) -> Path | None:
    if not url:
        return default_path()
    found = SQLITE.fullmatch(url)
    return Path(found["path"]) if found else None
