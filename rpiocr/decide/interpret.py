"""From passes to judged fields: merge, extract, vote, judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rpiocr.decide.confidence import Judge
from rpiocr.decide.features import Facts, text_quality
from rpiocr.decide.vote import vote
from rpiocr.decide.vote_document import vote_payment, vote_tax_ids
from rpiocr.extract import Extract, Hints, Languages, extract
from rpiocr.extract.locale.inference import Locale
from rpiocr.model import Fields, Judgement, Pass, PassId, Reading
from rpiocr.model.fields import SPECS
from rpiocr.recognise.alignment import merge
from rpiocr.recognise.handover import handed_over, script_of_page, with_labels, words_of
from rpiocr.recognise.lines import build_lines

USUAL_AMOUNT_SCORE = 10.0
USUAL_SCORE = 6.0
"""Scores of a plainly labelled total, and of a plain date or name: the unit of a vote."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """The merged reading, what it says, how far that can be trusted, what else the judge went by, and the languages."""

    reading: Reading
    fields: Fields
    judgement: Judgement
    facts: Facts
    languages: tuple[str, ...]


Seen = dict[tuple[PassId, Locale], Extract]
"""What was extracted from a pass, by the pass and the locale that it was read with."""


def understand(
    passes: Sequence[Pass],
    skew_deg: float,
    languages: Languages,
    hints: Hints,
    judge: Judge,
    seen: Seen | None = None,
    *,
    mixed: bool = False,
    photo: bool = False,
) -> Understanding:
    """Make one answer of all passes that succeeded, of which there is at least one.

    Every pass votes with what it found by itself; where its engine does not know the script of the page, that is its
    numbers with the labels of the merged reading. The merged reading votes too, and gives what is not voted on. All
    passes together decide which languages the page is taken to be in. ``mixed`` and ``photo`` are as in Facts.
    ``seen`` is filled, so that a retry on the same page does not extract again from passes it already has.
    """
    raw = [one for one in passes if one.error is None]
    tables = languages.tables_of(line.text for one in raw for line in one.lines)
    script = script_of_page(tables.shown)
    good = [handed_over(one, script) for one in raw]
    reading = merge(good, skew_deg)
    merged = extract(reading, tables, hints)
    seen = {} if seen is None else seen
    for one in good:
        has_labels = one.engine.family.knows(script)
        # The labels of the merged reading change with every pass.
        if not has_labels or (one.id, merged.locale) not in seen:
            words = words_of(one) if has_labels else with_labels(one, reading)
            alone = Reading(build_lines(words, skew_deg), 1)
            seen[one.id, merged.locale] = extract(alone, tables, hints, merged.locale)
    fields = fields_of(merged, [(one, seen[one.id, merged.locale]) for one in good])
    facts = Facts(
        text_quality(
            reading,
            has_total=fields.amount is not None and fields.amount.chosen.provenance.names_total,
            has_date=fields.date is not None,
        ),
        merged.unread_total,
        mixed,
        photo,
        script,
    )
    fields, judgement = judge.judge(fields, facts)
    return Understanding(reading, fields, judgement, facts, tables.shown)


VOTERS: Mapping[str, Callable[..., Any]] = {
    "amount": partial(vote, usual_score=USUAL_AMOUNT_SCORE),
    "tax_ids": vote_tax_ids,
    "payment": vote_payment,
}
"""How passes vote on a field, given what each found and what the merged reading has, where it is not as usual."""

USUAL_VOTE = partial(vote, usual_score=USUAL_SCORE)


def fields_of(merged: Extract, single: Sequence[tuple[Pass, Extract]]) -> Fields:
    """Return the fields on which the passes agree; ``single`` has what each pass found by itself."""
    values = {}
    for spec in SPECS:
        if spec.voted:
            ballots = [(one.id, alone.found[spec.name]) for one, alone in single if one.field in (None, spec.name)]
            values[spec.name] = VOTERS.get(spec.name, USUAL_VOTE)(ballots, merged.found[spec.name])
        else:
            values[spec.name] = merged.found.get(spec.name)
    return Fields(**values)
