"""One file as a job that can be done in any process: it takes and gives only plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rpiocr.settings import Settings


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read: its name as it was given, and its bytes."""

    file: str
    data: bytes
    settings: Settings


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """One receipt of a file: its result, as scripts get it, its text, and a hash of what it looks like."""

    answer: Mapping[str, Any]
    text: str
    picture_hash: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What came of a job: its receipts, and results that tell of an error."""

    file: str
    sha256: str
    receipts: tuple[ReadReceipt, ...]
    failures: tuple[Mapping[str, Any], ...]


def read(job: Job) -> ReadFile:
    """Read a file; raises MissingDependencyError or SettingsError, all else becomes a failure in the result."""
    from rpiocr.answer import answer, failure
    from rpiocr.likeness import picture_hash
    from rpiocr.pipeline import Failure

    receipts, failures = [], []
    for outcome in _outcomes(job):
        if isinstance(outcome, Failure):
            failures.append(failure(job.file, outcome.error, outcome.page))
        else:
            text = "\n".join(line.text for line in outcome.reading.lines)
            receipts.append(ReadReceipt(dict(answer(outcome.receipt)), text, picture_hash(outcome.page.pixels)))
    return ReadFile(job.file, hashlib.sha256(job.data).hexdigest(), tuple(receipts), tuple(failures))


def _outcomes(job: Job) -> Iterator[Any]:
    outcomes: Iterator[Any] = _reader(job.settings).read_bytes(job.data, job.file)
    return outcomes


@lru_cache(maxsize=1)
def _reader(settings: Settings) -> Any:  # noqa: ANN401 - the type would load the stages here
    from rpiocr.memory import limit_pools
    from rpiocr.pipeline import Reader

    limit_pools()
    return Reader(settings)
