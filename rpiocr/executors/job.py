"""Reading one file as a job for any process: arguments and results can be pickled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rpiocr.model.records import ReadFile, ReadReceipt, ReadWord
from rpiocr.settings import Settings
from rpiocr.system.usage import child_peak_bytes, cpu_s, own_peak_bytes

if TYPE_CHECKING:
    from rpiocr.model import Line


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read: its name as given, its bytes, and the settings."""

    file: str
    data: bytes
    settings: Settings


def read(job: Job) -> ReadFile:
    """Read a file; raises MissingDependencyError or SettingsError, any other error becomes a failure in the result."""
    from rpiocr.model.image_hash import image_hash
    from rpiocr.output.result import answer, failure
    from rpiocr.reading.outcome import Failure

    before_s = cpu_s()
    receipts, failures = [], []
    for outcome in _outcomes(job):
        if isinstance(outcome, Failure):
            failures.append(failure(job.file, outcome.error, outcome.page))
        else:
            text = "\n".join(line.text for _, reading in outcome.readings for line in reading.lines)
            looks = image_hash(outcome.page.pixels) if outcome.page else None
            first = outcome.receipt.page
            pages = ((None if page == first else page, reading) for page, reading in outcome.readings)
            words = tuple(word for page, reading in pages for word in _words(reading.lines, page))
            receipts.append(ReadReceipt(dict(answer(outcome.receipt)), text, looks, outcome.receipt.warnings, words))
    sha256 = hashlib.sha256(job.data).hexdigest()
    peak_bytes = max(own_peak_bytes(), child_peak_bytes())
    return ReadFile(job.file, sha256, tuple(receipts), tuple(failures), cpu_s() - before_s, peak_bytes)


def _words(lines: Iterable[Line], page: int | None) -> Iterator[ReadWord]:
    """Yield the words that have a place on a picture."""
    from rpiocr.model import NOWHERE

    for word in (word for line in lines for word in line.words if word.box != NOWHERE):
        box = word.box
        place = round(box.left), round(box.top), round(box.width), round(box.height)
        yield ReadWord(word.text, place, word.confidence, page)


def _outcomes(job: Job) -> Iterator[Any]:
    outcomes: Iterator[Any] = _reader(job.settings).read_bytes(job.data, job.file)
    return outcomes


@lru_cache(maxsize=1)
def _reader(settings: Settings) -> Any:  # noqa: ANN401 - the type would load the stages here
    from rpiocr.pipeline import Reader
    from rpiocr.system.memory import limit_arenas

    limit_arenas()
    return Reader(settings)
