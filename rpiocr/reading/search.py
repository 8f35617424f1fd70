"""The search for the crop of a page and the language models with which it can be read.

A hypothesis is tried by the first stage alone. Its text leads to other hypotheses; the better one is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from rpiocr.model import Stop
from rpiocr.preprocess.crops import Crop
from rpiocr.reading.model_choice import Models
from rpiocr.reading.stages import StagesResult

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A way to read a page: in this crop of it, with these models of Tesseract."""

    crop: Crop
    models: Models

    def reads_as(self, other: Hypothesis) -> bool:
        """Return whether both read the same: only the models that are missing may differ."""
        return self.crop is other.crop and self.models == replace(
            other.models, missing_package=self.models.missing_package
        )


@dataclass(frozen=True, slots=True)
class Attempt(Generic[R]):
    """A hypothesis that was tried, with its reader for further stages, and the result of the first stage.

    ``shows_script`` is whether the models read the script that they were chosen for.
    """

    hypothesis: Hypothesis
    reader: R
    result: StagesResult
    shows_script: bool = True


Propose = Callable[[Attempt[R]], Iterable[Hypothesis]]
"""Infers other hypotheses from an attempt."""


def better(attempt: Attempt[R], current: Attempt[R]) -> bool:
    """Return whether an attempt replaces the current one: its result is worth at least as much.

    The worth is not compared for models of another script than Latin that read it, nor for another crop if the current
    one lacks total or date: text read upside down, or in the wrong script, may look better than it is. Where nothing
    was read in the script that a page is thought to have, the result has to be better than before.
    """
    if attempt.result.understanding is None:
        return False
    other_script = not attempt.hypothesis.models.latin
    if other_script and not attempt.shows_script:
        return attempt.result.worth > current.result.worth
    other_crop = attempt.hypothesis.crop is not current.hypothesis.crop and current.result.lacks_something
    return other_script or other_crop or attempt.result.worth >= current.result.worth


def search(
    first: Attempt[R], proposals: Sequence[Propose[R]], attempt: Callable[[Hypothesis, Attempt[R]], Attempt[R]]
) -> Attempt[R]:
    """Improve on the first attempt by what ``proposals`` infer, one after the other, each from the best so far.

    ``attempt`` tries a hypothesis, given the best attempt so far. A proposal that is listed twice is evaluated again
    only if the best attempt has changed by then. The search ends when the time is over.
    """
    current = first
    asked: dict[Propose[R], StagesResult] = {}
    for propose in proposals:
        if asked.get(propose) is current.result:
            continue
        asked[propose] = current.result
        if current.result.stop is Stop.DEADLINE:
            break
        for hypothesis in propose(current):
            if hypothesis.reads_as(current.hypothesis):
                current = replace(current, hypothesis=hypothesis)
                continue
            other = attempt(hypothesis, current)
            if better(other, current):
                current = other
    return current
