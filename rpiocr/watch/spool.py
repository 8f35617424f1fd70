"""Keeps results on disk that are in the store but have not been published yet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import simplejson

from rpiocr.model import Notice
from rpiocr.model.records import ReadFile
from rpiocr.output.result import warning_text
from rpiocr.settings import state_dir
from rpiocr.store.database import without_password
from rpiocr.store.receipts import Stored
from rpiocr.system.files import make_own_folder, sweep, write_whole
from rpiocr.system.json_text import dumps

Results = Sequence[Mapping[str, Any]]


def results_of(read: ReadFile, stored: tuple[Stored, ...]) -> Results:
    """Return the results of a file, with a warning on each receipt that duplicates a stored one."""
    repeats = {(one.answer["page"], one.answer["part"]): one for one in stored if one.duplicate_of}
    results = []
    for receipt in read.receipts:
        answer = receipt.answer
        again = repeats.get((answer["page"], answer["part"]))
        if again:
            message = f"receipt {again.duplicate_of} of the store is the same ({again.duplicate_why})"
            answer = {**answer, "warnings": [*answer["warnings"], warning_text(Notice("duplicate", message))]}
        results.append(answer)
    return (*results, *read.failures)


class Spool:
    """A directory with one results file per journal entry of one store; ``name`` separates its readers.

    The path depends on the store's URL without the password: changing the password does not hide what was kept, and
    the password cannot be guessed from the path.
    """

    def __init__(self, store_url: str, name: str = "untold") -> None:
        self.folder = state_dir() / name / hashlib.sha256(without_password(store_url).encode()).hexdigest()[:16]

    def put(self, file_id: int, results: Results) -> None:
        """Write the results of a file durably."""
        make_own_folder(self.folder)
        write_whole(self._place(file_id), dumps(list(results)) + "\n")

    def get(self, file_id: int) -> Results:
        """Return the results of a file; empty if they were published or lost."""
        try:
            found = simplejson.loads(self._place(file_id).read_text("utf-8"), use_decimal=True)
        except (OSError, ValueError, RecursionError):
            return ()
        return tuple(found) if isinstance(found, list) and all(map(_is_result, found)) else ()

    def published(self, file_id: int) -> None:
        """Delete results after they were published."""
        self._place(file_id).unlink(missing_ok=True)
        if self.folder.is_dir():
            # The process that publishes holds the claim on the file.
            sweep(self._place(file_id))

    def left(self) -> Iterator[int]:
        """Yield the ids of files with unpublished results, including partly written ones."""
        if self.folder.is_dir():
            names = (path.name.removeprefix(".").partition(".")[0] for path in self.folder.iterdir())
            yield from sorted({int(name) for name in names if re.fullmatch("[0-9]{1,9}", name)})

    def _place(self, file_id: int) -> Path:
        return self.folder / f"{file_id}.json"


NEEDED = frozenset({"verdict", "date", "time", "merchant", "amount", "currency"})
"""Keys that a result must have for its file to be moved to a destination."""


def _is_result(found: object) -> bool:
    """Return whether a value read from disk has the shape of a result."""
    if not isinstance(found, dict):
        return False
    if "error" in found:
        return isinstance(found["error"], dict)
    texts = [found.get(name) for name in ("date", "time", "merchant", "currency")]
    dated = found.get("date") is not None or found.get("verdict") != "ACCEPT"
    return found.keys() >= NEEDED and dated and all(one is None or isinstance(one, str) for one in texts)
