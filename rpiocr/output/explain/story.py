"""Turns the evidence for a receipt into an explanation in plain English, whatever the output format."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from rpiocr.decide.confidence import ACCEPT_OVER, ESCALATE_UNDER
from rpiocr.model import NOWHERE, Ballot, Box, Candidate, CheckName, Field, Fields, Pass, Receipt, Rung, Verdict
from rpiocr.model.fields import JUDGED, FieldSpec, ValueKind
from rpiocr.output.explain.codes import codes_story
from rpiocr.output.explain.items import ItemsStory, items_story
from rpiocr.output.explain.words import (
    CHECKS,
    MEMORIES,
    NOTES,
    SOURCES,
    STOPS,
    VERDICTS,
    file_in_words,
    money,
    pass_in_words,
    percentage,
    provenance_in_words,
)
from rpiocr.output.page_numbers import numbered_pages
from rpiocr.output.result import order_reason

T = TypeVar("T", bound=Hashable)

MAX_ALTERNATIVES = 5
"""Maximum number of alternatives shown; those beyond never come near to being chosen."""

SAME_PLACE = 0.3
"""Minimum overlap of two boxes around the same text, as a share of the smaller one's area."""


@dataclass(frozen=True, slots=True)
class Vote:
    """The vote of one pass on a field, and the text that it read where the chosen value is located (``here``).

    ``value`` is None if the pass found none; ``raw`` is None if ``here`` or ``value`` already shows the same text.
    ``agrees`` is whether the value is the chosen one, ``elsewhere`` whether it is located elsewhere on the page,
    ``error`` why the pass failed.
    """

    source: str
    here: str
    value: str | None
    raw: str | None
    agrees: bool
    elsewhere: bool
    error: str | None

    @property
    def same(self) -> str:
        """Whether the value is the chosen one, in words; empty if the pass found none."""
        if self.value is None:
            return ""
        return ("yes" if self.agrees else "no") + (", elsewhere on the page" if self.elsewhere else "")


@dataclass(frozen=True, slots=True)
class Alternative:
    """A value that was not chosen; ``votes`` passes voted for it, and ``sums`` agree with it.

    ``raw`` is None if ``value`` already shows the same text, ``box`` if it is on no picture.
    """

    value: str
    raw: str | None
    rule: str
    votes: int
    sums: tuple[str, ...]
    box: Box | None


@dataclass(frozen=True, slots=True)
class FieldStory:
    """How the value of one field was chosen: ``key`` is its name in results, ``title`` its name for people.

    If no value was found, ``value``, ``raw``, ``box``, ``verdict`` and ``probability`` are None and ``reasons`` states
    so. ``sums`` has a sentence for each sum that agrees with the value. ``page`` is the page of the file that all boxes
    are on.
    """

    key: str
    title: str
    value: str | None
    raw: str | None
    box: Box | None
    verdict: Verdict | None
    probability: str | None
    reasons: tuple[str, ...]
    sums: tuple[str, ...]
    votes: tuple[Vote, ...]
    alternatives: tuple[Alternative, ...]
    more_alternatives: int
    page: int


@dataclass(frozen=True, slots=True)
class StageStory:
    """One stage of reading: its name, the names of its passes, the quality after it, and its time in seconds.

    The names of stages and passes end with the page of the file for pages that continue the receipt.
    """

    name: str
    passes: tuple[str, ...]
    quality: int
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class PassStory:
    """One pass: how it reads, in words, and all lines it read; ``confidence`` is the mean of its words', 0 to 1."""

    name: str
    how: str
    elapsed_s: float
    confidence: float | None
    lines: tuple[str, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class PageStory:
    """How one receipt was read; ``why`` explains the verdict, ``facts`` are labels and values.

    ``items`` is None if items were not looked for; ``codes`` has a text about each code.
    """

    file: str
    pages: tuple[int, ...]
    title: str
    verdict: Verdict
    quality: int
    why: tuple[str, ...]
    warnings: tuple[str, ...]
    fields: tuple[FieldStory, ...]
    items: ItemsStory | None
    codes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    stages: tuple[StageStory, ...]
    passes: tuple[PassStory, ...]


def story_of(receipt: Receipt) -> PageStory:
    """Return how a receipt was read. Its text is as read: every output format escapes it."""
    stories = tuple(_field(spec, receipt) for spec in JUDGED)
    title = numbered_pages(receipt.pages).capitalize()
    return PageStory(
        file=file_in_words(receipt.file),
        pages=receipt.pages,
        title=title + (f", receipt {receipt.part}" if receipt.part > 1 else ""),
        verdict=receipt.judgement.verdict,
        quality=receipt.judgement.quality,
        why=tuple(_why(receipt)),
        warnings=tuple(warning.message for warning in receipt.warnings),
        fields=stories,
        items=items_story(receipt),
        codes=codes_story(receipt),
        facts=tuple(_facts(receipt)),
        stages=tuple(map(_stage, receipt.rungs)),
        passes=tuple(map(_pass, receipt.passes)),
    )


def _with_currency(value: Decimal, currency: str | None) -> str:
    return f"{money(value, currency)} {currency or ''}".strip()


def _why(receipt: Receipt) -> Iterator[str]:
    quality, verdict = receipt.judgement.quality, receipt.judgement.verdict
    range_ = {
        Verdict.ACCEPT: f"over {ACCEPT_OVER}",
        Verdict.RETRY: f"{ESCALATE_UNDER} to {ACCEPT_OVER}",
        Verdict.ESCALATE: f"under {ESCALATE_UNDER}",
    }[verdict]
    yield f"Quality {quality} of 100 ({verdict.value} is {range_}): {VERDICTS[verdict]}."
    yield from _doubt(receipt.fields)
    yield SOURCES[receipt.source]
    yield STOPS[receipt.stop]


def _doubt(fields: Fields) -> Iterator[str]:
    """Yield what the quality of the receipt depends on: its total, its date and its currency."""
    amount, date, currency = fields.amount, fields.date, fields.currency
    for name, field in (("total", amount), ("date", date), ("currency", currency)):
        if field is None:
            yield f"No {name} was found, and a result without one is never accepted."
    if amount and date:
        yield (
            f"The total is correct with a probability of {percentage(amount.probability)}, the date with one of"
            f" {percentage(date.probability)}; the quality combines both. The merchant does not count."
        )
    if currency:
        yield (
            f"The currency is correct with a probability of {percentage(currency.probability)}, and the quality is not"
            " higher than that allows."
        )


def _facts(receipt: Receipt) -> Iterator[tuple[str, str]]:
    fields = receipt.fields
    for spec, value in fields.values():
        if value is not None and not spec.voted and spec.kind in (ValueKind.TIME, ValueKind.TEXT, ValueKind.MONEY):
            yield spec.title, _shown(spec, value, fields.currency_code)
    yield "Source", receipt.source.value
    yield "Passes", str(len(receipt.passes))
    yield "Time taken", f"{receipt.elapsed_s:.1f} s"
    yield "SHA-256", receipt.sha256


def _stage(rung: Rung) -> StageStory:
    return StageStory(_on_page(rung.name, rung.page), rung.passes, rung.quality, rung.elapsed_s)


def _on_page(name: str, page: int | None) -> str:
    return name if page is None else f"{name}, page {page}"


def _pass(one: Pass) -> PassStory:
    confidences = [word.confidence for line in one.lines for word in line.words]
    return PassStory(
        name=_on_page(one.name, one.page),
        how=pass_in_words(one.engine, one.variant),
        elapsed_s=one.elapsed_s,
        confidence=sum(confidences) / len(confidences) if confidences else None,
        lines=tuple(line.text for line in one.lines),
        error=one.error if one.error else None,
    )


def _shown(spec: FieldSpec, value: Any, currency: str | None) -> str:  # noqa: ANN401 - a value of the field's kind
    """Format a value for people."""
    match spec.kind:
        case ValueKind.MONEY:
            return _with_currency(value, currency)
        case ValueKind.DATE:
            return str(value.isoformat())
        case ValueKind.TIME:
            return str(value.isoformat("seconds" if value.second else "minutes"))
        case _:
            return str(value)


def _field(spec: FieldSpec, receipt: Receipt) -> FieldStory:
    key, title = spec.name, spec.title
    field: Field[Any] | None = getattr(receipt.fields, key)
    show = partial(_shown, spec, currency=receipt.fields.currency_code)
    if field is None:
        reason = f"No pass found a {title.lower()}."
        return FieldStory(key, title, None, None, None, None, None, (reason,), (), (), (), 0, receipt.page)
    chosen = field.chosen
    votes = tuple(_votes(field, show, [one for one in receipt.passes if one.page == field.page]))
    return FieldStory(
        key=key,
        title=title,
        value=show(chosen.value),
        raw=chosen.raw,
        box=chosen.box if chosen.raw and chosen.box != NOWHERE else None,
        verdict=field.verdict,
        probability=percentage(field.probability),
        reasons=(
            *_whereabouts(field.page),
            *_reasons(chosen, votes),
            *_readings(chosen),
            *(f"It is uncertain, because {veto.why}." for veto in field.vetoes),
            f"{field.verdict.value}: {VERDICTS[field.verdict]}.",
        ),
        sums=_sums(chosen, show),
        votes=votes,
        alternatives=tuple(_alternative(other, field.ballots, show) for other in field.rivals[:MAX_ALTERNATIVES]),
        more_alternatives=max(0, len(field.rivals) - MAX_ALTERNATIVES),
        page=receipt.page if field.page is None else field.page,
    )


def _whereabouts(page: int | None) -> Iterator[str]:
    if page is not None:
        yield f"It was read on page {page} of the file, which belongs to the same receipt."


def _reasons(chosen: Candidate[T], votes: Sequence[Vote]) -> Iterator[str]:
    yield _count(votes)
    yield f"Where it was found: {provenance_in_words(chosen.provenance)}."
    yield f"The engine's confidence in its characters: {100 * chosen.confidence:.0f} %."
    if chosen.corrected:
        yield f"Misread characters were corrected: the engine read “{chosen.raw}”."
    yield from (NOTES[check.name] for check in chosen.checks if check.name in NOTES)
    evidence = [check.said for check in chosen.checks if check.said and check.name is CheckName.EVIDENCE]
    if evidence:
        yield f"Evidence: {'; '.join(map(': '.join, evidence))}."
    yield from (
        MEMORIES[check.name].format(*check.said) for check in chosen.checks if check.said and check.name in MEMORIES
    )


def _count(votes: Sequence[Vote]) -> str:
    asked = [vote for vote in votes if vote.error is None]
    counts = (
        (sum(vote.value is not None and not vote.agrees for vote in asked), "found another value"),
        (sum(vote.value is None for vote in asked), "found none"),
        (len(votes) - len(asked), "failed"),
    )
    agreeing = f"{sum(vote.agrees for vote in asked)} of {len(votes)} passes found this value"
    return "; ".join([agreeing, *(f"{count} {what}" for count, what in counts if count)]) + "."


def _readings(chosen: Candidate[Any]) -> Iterator[str]:
    """Yield both readings of a date whose order is ambiguous, and what decided between them."""
    for check in chosen.checks:
        if check.order and check.order.alternative:
            value, other = chosen.value.isoformat(), check.order.alternative.isoformat()
            yield (
                f"“{chosen.raw}” can be read as {value} or as {other}; {value} was chosen; deciding factor:"
                f" {order_reason(check.order)}."
            )


def _sums(candidate: Candidate[T], show: Callable[[T], str]) -> tuple[str, ...]:
    value = show(candidate.value).removeprefix("-")
    return tuple(CHECKS[check.name].format(value=value) for check in candidate.checks if check.name in CHECKS)


def _votes(field: Field[T], show: Callable[[T], str], passes: Sequence[Pass]) -> Iterator[Vote]:
    """Yield the text and the vote of each pass; a failed pass has no vote, and a vote may lack its pass."""
    ballots = {str(ballot.source): ballot.candidate for ballot in field.ballots}
    by_name = {one.name: one for one in passes}
    for name in dict.fromkeys((*by_name, *ballots)):
        one, candidate = by_name.get(name), ballots.get(name)
        here = _read_here(field.chosen.box, one, candidate)
        value, raw = (show(candidate.value), candidate.raw) if candidate else (None, None)
        yield Vote(
            source=name,
            here=here,
            value=value,
            raw=raw if raw and value and raw != here and raw not in value else None,
            agrees=candidate is not None and candidate.value == field.chosen.value,
            elsewhere=candidate is not None and _is_elsewhere(field.chosen.box, candidate.box),
            error=one.error if one and one.error else None,
        )


def _read_here(box: Box, one: Pass | None, candidate: Candidate[Any] | None) -> str:
    """Return what a pass read in a place; where there is no picture, the text of its vote."""
    if box == NOWHERE:
        return candidate.raw if candidate else ""
    return words_at(box, one) if one else ""


def _is_elsewhere(chosen: Box, other: Box) -> bool:
    return NOWHERE not in (chosen, other) and not _same_place(chosen, other)


def _alternative(other: Candidate[T], ballots: Sequence[Ballot[T]], show: Callable[[T], str]) -> Alternative:
    value, raw = show(other.value), other.raw
    return Alternative(
        value=value,
        raw=None if raw in value else raw,
        rule=provenance_in_words(other.provenance),
        votes=sum(ballot.candidate is not None and ballot.candidate.value == other.value for ballot in ballots),
        sums=_sums(other, show),
        box=None if other.box == NOWHERE else other.box,
    )


def words_at(box: Box, one: Pass) -> str:
    """Return the words that a pass read inside ``box``, in reading order; empty if there are none."""
    return " ".join(word.text for line in one.lines for word in line.words if _same_place(box, word.box))


def _same_place(one: Box, other: Box) -> bool:
    width, height = one.shared(other)
    smaller = min(one.width * one.height, other.width * other.height)
    return width > 0 and height > 0 and math.isfinite(smaller) and width * height >= SAME_PLACE * smaller
