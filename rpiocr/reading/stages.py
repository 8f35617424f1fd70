"""Runs stages of increasing cost, and stops as soon as the result can be accepted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rpiocr.decide.interpret import Understanding
from rpiocr.decide.items import ItemsStanding, standing_of_items
from rpiocr.model import Fields, Judgement, Pass, Rung, Stop, Verdict
from rpiocr.reading.plan import Stage
from rpiocr.reading.standing import Standing, may_more_help, standing_of


class Evidence(Protocol):
    """The passes of one page so far, and a way to run more."""

    @property
    def passes(self) -> tuple[Pass, ...]:
        """Every pass that was run, failed ones included."""

    def run(self, stage: Stage, fields: Fields) -> tuple[str, ...]:
        """Run one stage and return the names of its passes; ``fields`` are those found so far."""


@dataclass(frozen=True, slots=True)
class StagesResult:
    """The best result, None if all passes failed; the stages that were run, and why no more were."""

    understanding: Understanding | None
    rungs: tuple[Rung, ...]
    stop: Stop

    @property
    def worth(self) -> tuple[int, int]:
        """How many of total and date were found, then the quality; larger is better.

        A result that lacks one of them is not compared by quality with one that has both: the judge bounds the quality
        of the first, and may rate a date that few passes read even lower.
        """
        return worth(self.understanding)

    @property
    def lacks_something(self) -> bool:
        """Whether no total or no date was found."""
        return self.worth[0] < 2


def worth(found: Understanding | None) -> tuple[int, int]:
    """Return the worth of one result; see StagesResult."""
    if found is None:
        return -1, -1
    return sum(field is not None for field in (found.fields.amount, found.fields.date)), found.judgement.quality


NOTHING = Judgement(0, Verdict.ESCALATE)
"""The judgement where no pass has succeeded."""


def run_stages(
    stages: Sequence[Stage],
    evidence: Evidence,
    interpret: Callable[[Sequence[Pass]], Understanding],
    time_left: Callable[[], float],
    start: StagesResult | None = None,
) -> StagesResult:
    """Run stages until the result is accepted, more cannot help, all have been run, or the time is over.

    The best result after any stage is returned: passes that only add noise must not lose what was read before.
    ``start`` is the result of earlier stages on the same evidence.
    """
    done = list(start.rungs) if start else []
    best = found = start.understanding if start else None
    standings = _with_standing((), found)
    for stage in stages:
        if time_left() <= 0:
            return StagesResult(best, tuple(done), Stop.DEADLINE)
        started = time.monotonic()
        names = evidence.run(stage, found.fields if found else Fields())
        if not names:
            continue
        if any(one.error is None for one in evidence.passes):
            found = interpret(evidence.passes)
            best = found if worth(found) >= worth(best) else best
        judgement = best.judgement if best else NOTHING
        done.append(Rung(stage.name, names, judgement.quality, time.monotonic() - started))
        if judgement.verdict is Verdict.ACCEPT:
            return StagesResult(best, tuple(done), Stop.SETTLED)
        standings = _with_standing(standings, found, stage)
        if not may_more_help(standings):
            break
    return StagesResult(best, tuple(done), Stop.EXHAUSTED if time_left() > 0 else Stop.DEADLINE)


def _with_standing(
    standings: tuple[Standing, ...], found: Understanding | None, stage: Stage | None = None
) -> tuple[Standing, ...]:
    """Add where a result stands; not after a stage that read single fields again, and no page."""
    return standings if found is None or (stage and stage.fields) else (*standings, standing_of(found))


def run_item_stages(
    stages: Sequence[Stage],
    evidence: Evidence,
    interpret: Callable[[Sequence[Pass]], Understanding],
    time_left: Callable[[], float],
    answer: Understanding,
) -> tuple[Understanding, tuple[Rung, ...]]:
    """Run stages for the items alone until they are settled, all have been run, or the time is over.

    Returns the stages that were run, and the reading in which the items are known best, of equal ones the last: more
    passes may lose a list that was proved. ``answer`` is the reading that the other fields are taken from.
    """
    kept, standing, done = answer, standing_of_items(answer, answer.fields), []
    for stage in stages:
        if standing is ItemsStanding.SETTLED or time_left() <= 0:
            break
        started = time.monotonic()
        names = evidence.run(stage, answer.fields)
        if names:
            found = interpret(evidence.passes)
            now = standing_of_items(found, answer.fields)
            kept, standing = (found, now) if now >= standing else (kept, standing)
            done.append(Rung(stage.name, names, answer.judgement.quality, time.monotonic() - started))
    return kept, tuple(done)
