"""Finds the date of purchase among all dates on the receipt, in any format."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from rpiocr.extract.bounds import MAX_DATES
from rpiocr.extract.dates.calendars import any_era, calendars_shown, eras_of
from rpiocr.extract.dates.clock import has_time_label, is_range, parse_time, time_after
from rpiocr.extract.dates.orders import Evidence, Orders, Readings, Settled, counted, readings_of
from rpiocr.extract.dates.photo_date import PhotoDate
from rpiocr.extract.dates.ranking import MAX_REPEATED, OTHER_ORDER, REPEATED, features_of, kind_of, score_of
from rpiocr.extract.dates.regimes import regimes_shown
from rpiocr.extract.dates.roles import LABELLED, ON_THAT_DAY, ROLE_OF, Context, contexts, ends_range
from rpiocr.extract.dates.sightings import Sighting, Surroundings, sightings_on
from rpiocr.extract.locale.inference import Locale
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.countries import DateOrder
from rpiocr.extract.text.amounts import LineText
from rpiocr.extract.text.keywords import Tables
from rpiocr.model import Candidate, Check, Provenance
from rpiocr.model.provenance import BY_PHOTO, CLOCK_BEHIND, MAYBE_TIME, DateOrderEvidence

__all__ = ["by_default", "find_dates", "find_time", "has_date", "order_evidence", "other_reading"]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A date on a line of the page."""

    row: ReceiptLine
    sighting: Sighting
    context: Context
    readings: Readings


def find_dates(
    rows: Sequence[ReceiptLine],
    tables: Tables,
    locale: Locale,
    today: dt.date,
    order: DateOrder | None = None,
    photo: PhotoDate | None = None,
) -> tuple[Candidate[dt.date], ...]:
    """Return every date that can be the date of purchase, best first, each once.

    ``order`` is the user's choice; without it a date that can be read in one order only, here or elsewhere on the page,
    decides, then the locale, then when the ``photo`` was taken, then day first. A candidate's order evidence records
    what decided. A date that nothing decides is returned in its other orders too. Dates after ``today`` are returned
    if no other can be the date of purchase: the clock may be behind.
    """
    texts = [row.text.text for row in rows]
    calendars = calendars_shown(texts, locale.country)
    evidence = Evidence(today, locale, calendars, regimes_shown(rows, locale.country), order, photo)
    page = Surroundings(tables, locale.country, eras_of(locale), calendars)
    seen = _without_times(_counted(list(_seen_on(rows, page, evidence)), evidence))
    bought = [one.readings for one in seen if one.context.role in ON_THAT_DAY]
    orders = Orders([one.readings for one in seen], evidence, bought)
    settled = _until_today([(one, found) for one in seen if (found := orders.settle(one.readings))])
    untimed = _is_untimed(rows, seen)
    candidates = [found for one, day in settled for found in _candidates(one, day, photo, untimed=untimed)]
    return _ranked(candidates, Counter(found.day for _, found in settled))


def _until_today(settled: list[tuple[_Seen, Settled]]) -> list[tuple[_Seen, Settled]]:
    """Leave out days after today where another one may be the day of purchase."""
    if not any(_is_clear(one, found) for one, found in settled):
        return settled
    return [(one, found) for one, found in settled if CLOCK_BEHIND not in found.checks]


def _is_untimed(rows: Sequence[ReceiptLine], seen: Sequence[_Seen]) -> bool:
    """Return whether the receipt shows no time of day, neither beside a date nor elsewhere."""
    dated = {id(one.row) for one in seen}
    others = (row for row in rows if id(row) not in dated)
    return not any(one.context.timed for one in seen) and not _has_time(others)


def _seen_on(rows: Sequence[ReceiptLine], page: Surroundings, evidence: Evidence) -> Iterator[_Seen]:
    found = [(row, tuple(islice(sightings_on(row.text, page), MAX_DATES))) for row in rows]
    above = {id(row): before for (before, dates), (row, _) in pairwise(found) if not dates}
    continued = {id(row) for (before, dates), (row, _) in pairwise(found) if dates and ends_range(before, dates)}
    for row, sightings in found:
        if not sightings:
            continue
        known = contexts(row, sightings, above.get(id(row)), page.tables, continued=id(row) in continued)
        for sighting in sightings:
            yield _Seen(row, sighting, known[sighting.start], readings_of(sighting, evidence))


def _counted(seen: Sequence[_Seen], evidence: Evidence) -> list[_Seen]:
    counts = counted([one.readings for one in seen], evidence)
    return [one for one, counts_here in zip(seen, counts, strict=True) if counts_here]


def _without_times(seen: Sequence[_Seen]) -> list[_Seen]:
    """Leave out numbers that are a time of day as well, where another date may be the day of purchase.

    Beside a time of day, they are none themselves.
    """
    clear = any(not one.sighting.may_be_time and one.readings.days and one.context.role in ON_THAT_DAY for one in seen)
    return [
        one for one in seen if one.context.labelled or one.context.timed or not (clear and one.sighting.may_be_time)
    ]


def _is_clear(one: _Seen, settled: Settled) -> bool:
    """Return whether a date until today may be the day of purchase; the others need the clock to be behind."""
    return CLOCK_BEHIND not in settled.checks and one.context.role in ON_THAT_DAY


def _has_time(rows: Iterable[ReceiptLine]) -> bool:
    return any(parse_time(row.text.text, row.lexicon) for row in rows)


def _candidates(
    one: _Seen, settled: Settled, photo: PhotoDate | None, *, untimed: bool
) -> Iterator[Candidate[dt.date]]:
    """Yield a date as candidates: its day, then the days that nothing on the receipt excludes."""
    if CLOCK_BEHIND in settled.checks and one.context.role not in ON_THAT_DAY:
        return
    sighting, context = one.sighting, one.context
    if sighting.may_be_time and untimed and not context.labelled:
        settled = replace(settled, checks=(*settled.checks, MAYBE_TIME))
    confidence = one.row.text.confidence(sighting.start, sighting.end)
    for day in (settled.day, *settled.others):
        dated = replace(settled, day=day, checks=(*settled.checks, *_photo_checks(day, one, settled, photo)))
        yield Candidate(
            day,
            sighting.raw,
            one.row.text.box(sighting.start, sighting.end),
            confidence,
            Provenance(kind_of(sighting, context), role=context.role),
            score_of(features_of(sighting, context, dated), confidence) + (OTHER_ORDER if day != settled.day else 0.0),
            sighting.corrected,
            dated.checks,
        )


def _photo_checks(day: dt.date, one: _Seen, settled: Settled, photo: PhotoDate | None) -> tuple[Check, ...]:
    """Return what when the photo was taken tells about a day of purchase; other days may well be after it."""
    if photo is None or one.context.role not in ON_THAT_DAY:
        return ()
    by_photo = any(check.order.reason in BY_PHOTO for check in settled.checks if check.order)
    return photo.checks_of(day, by_photo=by_photo)


def _ranked(candidates: Iterable[Candidate[dt.date]], counts: Counter[dt.date]) -> tuple[Candidate[dt.date], ...]:
    best: dict[dt.date, Candidate[dt.date]] = {}
    for candidate in candidates:
        if candidate.value not in best or candidate.score > best[candidate.value].score:
            best[candidate.value] = candidate
    repeated = {day: REPEATED * min(MAX_REPEATED, max(0, counts[day] - 1)) for day in best}
    ranked = [replace(candidate, score=candidate.score + repeated[day]) for day, candidate in best.items()]
    return tuple(sorted(ranked, key=lambda candidate: -candidate.score))


def has_date(line: LineText, tables: Tables) -> bool:
    """Return whether a line contains a date, or a word that labels one."""
    if next(sightings_on(line, Surroundings(tables, eras=any_era())), None):
        return True
    return any(ROLE_OF[hit.group] in LABELLED for hit in tables.dates.find(line.text))


def order_evidence(candidate: Candidate[dt.date]) -> DateOrderEvidence | None:
    """Return what decided the order of a date; None if it can be read in one order only."""
    return next((check.order for check in candidate.checks if check.order), None)


def by_default(candidate: Candidate[dt.date]) -> bool:
    """Return whether a date could be another day, and only the default order decided."""
    evidence = order_evidence(candidate)
    return evidence is not None and evidence.reason.is_default


def other_reading(candidate: Candidate[dt.date]) -> dt.date | None:
    """Return the date with its numbers in another order, if the text as read allows it."""
    evidence = order_evidence(candidate)
    return evidence.alternative if evidence else None


TIMELESS = 10.0
"""Distance of a time from the date where there is no date, in heights of a line."""

TOO_FAR = 15.0
"""Maximum distance of a time from the date, in heights of a line; a word for the time makes up for two, and opening
hours are as far away as the end of a receipt."""

NAMED_TIME, OPENING_HOURS = -2.0, 20.0


def find_time(rows: Sequence[ReceiptLine], date: Candidate[dt.date] | None) -> dt.time | None:
    """Return the time of day nearest to the date, on its line, or next to a word for the time."""
    best: tuple[float, dt.time] | None = None
    for row in rows:
        text, value = row.text.text, None
        if date and row.box.top <= date.box.middle[1] <= row.box.bottom:
            _, found, behind = text.partition(date.raw)
            value = time_after(behind) if found else None
            text = text.replace(date.raw, " ")
        value = value or parse_time(text, row.lexicon)
        if value is None:
            continue
        distance = _distance(row, text, date)
        if best is None or distance < best[0]:
            best = distance, value
    return best[1] if best and best[0] < TOO_FAR else None


def _distance(row: ReceiptLine, text: str, date: Candidate[dt.date] | None) -> float:
    """Return how far a time of day on a line is from the date, by its distance and by the words beside it."""
    distance = abs(row.box.middle[1] - date.box.middle[1]) / max(1.0, row.box.height) if date else TIMELESS
    distance += NAMED_TIME * has_time_label(text, row.lexicon)
    return distance + OPENING_HOURS * is_range(text, row.lexicon)
