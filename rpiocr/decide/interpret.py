"""Turns passes into judged fields: merge, extract, vote, judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rpiocr.decide.codes import with_codes
from rpiocr.decide.confidence import Judge
from rpiocr.decide.date_vetoes import with_roles_beside
from rpiocr.decide.features import Facts, text_quality
from rpiocr.decide.page_vetoes import held_back
from rpiocr.decide.vetoes import SEVERAL
from rpiocr.decide.vote import vote
from rpiocr.decide.vote_document import vote_payment, vote_tax_ids
from rpiocr.extract import Extract, Hints, Languages, extract
from rpiocr.extract.locale.inference import Locale
from rpiocr.model import Code, Fields, Judgement, Line, Pass, PassId, Reading
from rpiocr.model.baseline import Baseline, baseline_of
from rpiocr.model.fields import SPECS, ValueKind
from rpiocr.recognise.alignment import merge
from rpiocr.recognise.handover import handed_over, script_of_page, with_labels, words_of
from rpiocr.recognise.lines import build_lines
from rpiocr.recognise.tesseract_models import Script

USUAL_AMOUNT_SCORE = 10.0
USUAL_SCORE = 6.0
"""Scores of a clearly labelled total, and of a clear date or name: the unit of a vote's weight."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """The merged reading, its fields and their judgement, the facts that the judge used, and the page's languages.

    ``merged`` is what was extracted from the merged reading, ``alone`` what was from each pass by itself. ``baseline``
    is the shape of the lines of the merged reading.
    """

    reading: Reading
    fields: Fields
    judgement: Judgement
    facts: Facts
    languages: tuple[str, ...]
    merged: Extract
    alone: tuple[Extract, ...]
    baseline: Baseline


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of a receipt's image besides its text.

    ``mixed`` and ``photo`` are as in Facts; ``codes`` are those on the receipt, with boxes in the pixels of the passes.
    """

    mixed: bool = False
    photo: bool = False
    codes: tuple[Code, ...] = ()


Seen = dict[tuple[PassId, Locale], Extract]
"""What was extracted from a pass, by the pass and the locale that it was read with."""


def understand(
    passes: Sequence[Pass],
    skew_deg: float,
    languages: Languages,
    hints: Hints,
    judge: Judge,
    seen: Seen | None = None,
    scene: Scene | None = None,
) -> Understanding:
    """Combine all passes that succeeded, at least one, into one result.

    ``skew_deg`` was measured on the image; lines follow the boxes of words where these show another shape.

    Every pass votes with the fields found in its text alone; if its engine does not know the script of the page, that
    text is its numbers with the labels of the merged reading. The merged reading votes too, and provides the fields
    that are not voted on. The languages of the page are inferred from all passes with the present models. ``seen`` is
    filled, so that a later stage on the same page does not extract again from passes of stages before.
    """
    scene = scene or Scene()
    raw = [one for one in passes if one.error is None]
    tables = languages.tables_of(line.text for line in _lines_of(_with_present_models(raw)))
    script = script_of_page(tables.shown)
    good = [handed_over(one, script) for one in raw]
    baseline = baseline_of(_lines_of(good), skew_deg)
    reading = merge(good, baseline)
    merged = extract(reading, tables, hints)
    seen = {} if seen is None else seen
    for one in good:
        has_labels = one.engine.knows(script)
        # The labels of the merged reading change with every pass.
        if not has_labels or (one.id, merged.locale) not in seen:
            words = words_of(one) if has_labels else with_labels(one, reading)
            alone = Reading(build_lines(words, baseline_of(one.lines, skew_deg)), 1)
            seen[one.id, merged.locale] = extract(alone, tables, hints, merged.locale, voted_only=True)
    single = [(one, seen[one.id, merged.locale]) for one in good]
    fields = fields_of(merged, single)
    facts = _facts(reading, fields, merged, scene, script)
    fields, judgement = judge.judge(fields, facts)
    fields, judgement = _with_codes(fields, judgement, [merged, *(alone for _, alone in single)], scene, judge)
    extracts = tuple(alone for one, alone in single if one.field is None)
    return Understanding(reading, fields, judgement, facts, tables.shown, merged, extracts, baseline)


def _with_codes(
    fields: Fields, judgement: Judgement, read: Sequence[Extract], scene: Scene, judge: Judge
) -> tuple[Fields, Judgement]:
    """Return judged fields with what the codes on the receipt add; of several receipts none settles the total."""
    if not scene.codes:
        return fields, judgement
    changed = with_codes(fields, read, scene.codes)
    if scene.mixed and changed.amount and SEVERAL not in changed.amount.vetoes:
        changed = held_back(changed, SEVERAL)
    return judge.rate(changed)


def _facts(reading: Reading, fields: Fields, merged: Extract, scene: Scene, script: Script | None) -> Facts:
    has_total = fields.amount is not None and fields.amount.chosen.provenance.names_total
    quality = text_quality(reading, has_total=has_total, has_date=fields.date is not None)
    return Facts(quality, merged.unread_total, scene.mixed, scene.photo, script)


def _lines_of(passes: Sequence[Pass]) -> Iterator[Line]:
    return (line for one in passes for line in one.lines)


def _with_present_models(passes: Sequence[Pass]) -> Sequence[Pass]:
    return [one for one in passes if not one.is_earlier] or passes


VOTERS: Mapping[str, Callable[..., Any]] = {
    "amount": partial(vote, usual_score=USUAL_AMOUNT_SCORE),
    "tax_ids": vote_tax_ids,
    "payment": vote_payment,
}
"""Fields with a vote of their own, a function of the candidates of each pass and those of the merged reading."""

USUAL_VOTE = partial(vote, usual_score=USUAL_SCORE)


def fields_of(merged: Extract, single: Sequence[tuple[Pass, Extract]]) -> Fields:
    """Return the fields by the votes of the passes; ``single`` holds what was extracted from each pass alone."""
    values = {}
    for spec in SPECS:
        if spec.voted:
            ballots = [(one.id, alone.found[spec.name]) for one, alone in single if one.field in (None, spec.name)]
            if spec.kind is ValueKind.DATE:
                ballots = with_roles_beside(ballots, {one.id for one, _ in single if one.field})
            values[spec.name] = VOTERS.get(spec.name, USUAL_VOTE)(ballots, merged.found[spec.name])
        else:
            values[spec.name] = merged.found.get(spec.name)
    return Fields(**values)
