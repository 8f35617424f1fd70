"""The warnings on one receipt: how its picture was read, what another photo would need, what its answer leaves open."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rpiocr.decide.cloud_policy import Answer
from rpiocr.extract.fields.date import by_default, order_evidence, other_reading
from rpiocr.model import Field, Fields, Notice, Page, Pass, Source, Verdict, VetoKind
from rpiocr.model.provenance import CLOCK_BEHIND, OrderReason
from rpiocr.preprocess.capture_advice import NO_RECEIPT, advise
from rpiocr.recognise.tesseract_models import INSTALL

OF_ANSWERS = frozenset({"verify_by_hand", "date_ambiguous", "clock_behind"})
"""Codes of the warnings that ``warnings_on`` derives from an answer."""


def depends_on_judgement(warning: Notice, answer: Answer) -> bool:
    """Return whether a warning is made anew, or is only for an answer that is not accepted."""
    accepted = answer.judgement.verdict is Verdict.ACCEPT
    return warning.code in OF_ANSWERS or (accepted and warning.code.startswith(("retake_", "language_")))


def rotation_warning(quarters: int) -> tuple[Notice, ...]:
    """Return a note on an image that was rotated for reading, by ``quarters`` of a full turn."""
    how = {
        1: "rotated to the left, and was rotated to the right",
        2: "upside down, and was rotated",
        3: "rotated to the right, and was rotated to the left",
    }
    return (Notice("turned", f"the image was {how[quarters]} for reading"),) if quarters else ()


def language_warning(answer: Answer, package: str | None) -> tuple[Notice, ...]:
    """Return a note on the ``package`` with a model for the language, if the answer is in doubt without it."""
    if package is None or answer.judgement.verdict is Verdict.ACCEPT:
        return ()
    message = f"Tesseract has no model for what seems to be the language of this receipt: {INSTALL} {package}"
    return (Notice("language_missing", message),)


def retake_warnings(answer: Answer, page: Page, crop_page: Page) -> tuple[Notice, ...]:
    """Return advice for retaking the photo, unless the result is accepted, or only its meaning is in doubt.

    ``crop_page`` is the page as it was read: print that runs sideways is not found on the page as it was given.
    """
    if answer.judgement.verdict is Verdict.ACCEPT or _is_only_ambiguous(answer.fields):
        return ()
    advices = advise(page)
    if NO_RECEIPT in advices and NO_RECEIPT not in advise(crop_page):
        advices = tuple(advice for advice in advices if advice is not NO_RECEIPT)
    return tuple(Notice(advice.code, advice.message) for advice in advices)


def _is_only_ambiguous(fields: Fields) -> bool:
    """Return whether total and date were found, and only what they mean is in doubt: another photo shows the same."""
    found: tuple[Field[Any] | None, ...] = (fields.amount, fields.date)
    doubted = [field for field in found if field and field.verdict is not Verdict.ACCEPT]
    vetoes = [{veto.kind for veto in field.vetoes} for field in doubted]
    return None not in found and bool(doubted) and all(kinds == {VetoKind.MEANING} for kinds in vetoes)


def warnings_on(answer: Answer, passes: tuple[Pass, ...]) -> tuple[Notice, ...]:
    """Return the warnings that follow from an answer, and from the passes that failed."""
    warnings = [Notice("pass_failed", f"{one.name}: {one.error}") for one in passes if one.error]
    date = answer.fields.date
    if date and by_default(date.chosen) and (other := other_reading(date.chosen)):
        message = (
            f"{date.chosen.raw} could be {other.isoformat()}; nothing on the receipt indicates the order of day, month"
            " and year, see --date-order"
        )
        warnings.append(Notice("date_ambiguous", message))
    warnings += _against_the_receipt(date)
    warnings += _after_today(date)
    if answer.source is Source.LOCAL_LOW_CONFIDENCE:
        warnings.append(Notice("verify_by_hand", f"{_doubt(answer)}; compare it with the receipt"))
    return tuple(warnings)


def _against_the_receipt(date: Field[dt.date] | None) -> tuple[Notice, ...]:
    """Warn if the date was read as the setting, or the photo, says although the receipt indicates another order."""
    evidence = order_evidence(date.chosen) if date else None
    if date is None or evidence is None or evidence.against is None or evidence.alternative is None:
        return ()
    decided = "--date-order" if evidence.reason is OrderReason.SETTING else "the day on which the photo was taken"
    message = (
        f"{date.chosen.raw} was read as {date.chosen.value.isoformat()} because of {decided}; the receipt indicates"
        f" {evidence.alternative.isoformat()} ({evidence.basis or 'another date on it'})"
    )
    return (Notice("date_ambiguous", message),)


def _after_today(date: Field[dt.date] | None) -> tuple[Notice, ...]:
    """Warn if the date is after today by the clock of this machine."""
    if date is None or CLOCK_BEHIND not in date.chosen.checks:
        return ()
    message = (
        f"{date.chosen.raw} is after today by this machine's clock; set the clock, see rpiocr doctor, or check the date"
    )
    return (Notice("clock_behind", message),)


def _doubt(answer: Answer) -> str:
    fields = answer.fields
    found = {"total": fields.amount, "date": fields.date, "currency": fields.currency}
    missing = [name for name, field in found.items() if field is None]
    if missing:
        return f"no {' and no '.join(missing)} was found"
    whys = [
        f"the {name} is in doubt, because " + ", and because ".join(veto.why for veto in field.vetoes)
        for name, field in found.items()
        if field and field.vetoes
    ]
    return " and ".join(whys) or "the reading is uncertain"
