"""Plain words for the names by which the program calls its rules, sums, passes and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.model import CheckName, EngineId, Kind, Provenance, Source, Stop, Verdict
from rpiocr.model.currency import without_loss
from rpiocr.preprocess import VARIANT_NAME
from rpiocr.recognise.line_sheet import LINES_SET_APART
from rpiocr.recognise.rapidocr.engine import ALL_LINES, SOME_LINES
from rpiocr.recognise.tesseract import Psm, with_psm

KINDS: Mapping[Kind, str] = {
    Kind.TOTAL_SURE: "beside words that name what is to be paid",
    Kind.TOTAL: "beside a word for the total",
    Kind.TOTAL_WEAK: "beside a word that often means the total",
    Kind.SUBTOTAL: "beside a word for the subtotal",
    Kind.CARD: "beside a word for payment by card",
    Kind.CASH: "beside a word for cash",
    Kind.UNNAMED: "an amount without a word that says what it is",
    Kind.WORKED_OUT: "worked out from other amounts, not read itself",
    Kind.DATE_LABEL: "on a line that says it holds the date",
    Kind.DATE: "written as a date",
    Kind.OTHER_DATE: "written as a date, beside words that say it is another day than that of the purchase",
    Kind.LOST_MARKS: "digits that make a date if its marks were lost",
    Kind.HEAD: "a line at the head of the receipt",
    Kind.PAYMENT: "on a line about the payment",
    Kind.LABEL: "beside “{label}”",
    Kind.FORM: "recognised by its form",
}

CHECKS: Mapping[CheckName, str] = {
    CheckName.CASH_LESS_CHANGE: "The cash given less the change is {value}.",
    CheckName.SUBTOTAL_AND_TAX: "Subtotal and tax, with any tip, charge, discount or rounding, come to {value}.",
    CheckName.NET_AND_TAX: "Net and tax of the tax table come to {value}.",
    CheckName.ITEMS: "The item lines, with any tax, tip, charge, discount or rounding, come to {value}.",
    CheckName.CARD: "The card was charged with {value}.",
    CheckName.ROUNDING: "{value} is what is paid after rounding to coins.",
}

NOTES: Mapping[CheckName, str] = {
    CheckName.REFUND: "The receipt says that it is a refund, so the amount is negative.",
    CheckName.MAYBE_REFUND: "A line may say that it is a refund, but was not read clearly: the sign is open.",
    CheckName.DIGIT_REPAIRED: "One digit was misread, or a part not read; the sums leave only this value.",
    CheckName.TWO_CURRENCIES: "The total is printed in two currencies, and nothing tells which of them was paid.",
}
"""Checks that are no sums by themselves."""

VERDICTS: Mapping[Verdict, str] = {
    Verdict.ACCEPT: "sure enough to be used without a look",
    Verdict.RETRY: "in doubt: compare it with the receipt",
    Verdict.ESCALATE: "not to be trusted: somebody has to look at the receipt",
}

STOPS: Mapping[Stop, str] = {
    Stop.SETTLED: "No more was read, because the answer was sure enough.",
    Stop.EXHAUSTED: "No more was read, because nothing was left to try.",
    Stop.DEADLINE: "No more was read, because the time was over; with a longer limit the answer may be surer.",
}

SOURCES: Mapping[Source, str] = {
    Source.LOCAL: "Read on this machine, in one step.",
    Source.LOCAL_RETRY: "Read on this machine; the first step left doubt, so more was read.",
    Source.HYBRID: "What this machine found was kept, and what was missing comes from the cloud.",
    Source.CLOUD: "This machine was in doubt, so the cloud was asked, and its reading comes first.",
    Source.LOCAL_LOW_CONFIDENCE: "Read on this machine; doubt is left, and no cloud engine gave an answer.",
}

TONES: Mapping[str, str] = {
    "default": "light contrast",
    "high_contrast": "strong contrast",
    "threshold": "black and white",
    "sharpen": "sharpened",
    "denoise": "smoothed",
    "plain": "tones as they are",
    "page": "the page as it is",
}

ENGINES: Mapping[EngineId, str] = {
    with_psm(Psm.AUTO): "Tesseract, text in areas that it finds itself",
    with_psm(Psm.SINGLE_COLUMN): "Tesseract, text as one column",
    with_psm(Psm.UNIFORM_BLOCK): "Tesseract, text as one block",
    with_psm(Psm.SPARSE): "Tesseract, scattered words",
    with_psm(Psm.RAW_LINE): "Tesseract, one line by itself",
    LINES_SET_APART: "Tesseract, lines set apart",
    SOME_LINES: "RapidOCR, the lines that matter",
    ALL_LINES: "RapidOCR, all lines",
    EngineId(GOOGLE_VISION): "Google Vision",
}


def file_in_words(file: str) -> str:
    """Name a file as it was given; ``-`` is standard input."""
    return "standard input" if file == "-" else file


def money(value: Decimal, currency: str | None) -> str:
    """Write an amount with the decimals of its currency, with more where it has more."""
    fitting = without_loss(value, currency)
    return f"{value if fitting is None else fitting:f}"


def chance(probability: float) -> str:
    """Write a probability of 0 to 1 as a percentage, never as certain."""
    if probability > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if probability < 0.001 else f"{100 * probability:.1f} %"


def provenance_in_words(provenance: Provenance) -> str:
    """Return how a value was recognised, in words."""
    return KINDS[provenance.kind].format(label=provenance.label)


def pass_in_words(engine: EngineId, variant: str) -> str:
    """Say how a pass reads, such as ``Tesseract, text as one block, light contrast``."""
    who = ENGINES.get(engine, str(engine))
    named = VARIANT_NAME.fullmatch(variant)
    if not named or named["tone"] not in TONES:
        return f"{who}, {variant}"
    turned = f", turned by {float(named['turn']):+g}°" if named["turn"] else ""
    return f"{who}, {TONES[named['tone']]}{turned}"
