"""Plain English for rules, arithmetic checks, OCR passes and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.model import CheckName, EngineId, Kind, Provenance, Source, Stop, Verdict
from rpiocr.model.currency import without_loss
from rpiocr.preprocess import VARIANT_NAME
from rpiocr.recognise.line_sheet import LINES_SET_APART
from rpiocr.recognise.pdf_text import PDF_TEXT
from rpiocr.recognise.rapidocr.engine import ALL_LINES, SOME_LINES
from rpiocr.recognise.tesseract import Psm, with_psm
from rpiocr.recognise.written import E_INVOICE, TEXT

KINDS: Mapping[Kind, str] = {
    Kind.TOTAL_SURE: "next to words for the amount due",
    Kind.TOTAL: "next to a word for the total",
    Kind.TOTAL_WEAK: "next to a word that often means the total",
    Kind.SUBTOTAL: "next to a word for the subtotal",
    Kind.CARD: "next to a word for payment by card",
    Kind.CASH: "next to a word for cash",
    Kind.UNNAMED: "an amount without a label",
    Kind.WORKED_OUT: "computed from other amounts, not read itself",
    Kind.DATE_LABEL: "on a line labelled as the date",
    Kind.DATE: "printed as a date",
    Kind.OTHER_DATE: "printed as a date, next to words for another day than that of the purchase",
    Kind.LOST_MARKS: "digits that form a date if the separators were lost",
    Kind.HEAD: "a line at the top of the receipt",
    Kind.SENTENCE: "in a sentence that names the shop",
    Kind.BRAND: "a brand that the receipt names",
    Kind.DOMAIN: "the domain of an address of the web or of mail",
    Kind.PAYMENT: "on a line about the payment",
    Kind.LABEL: "next to “{label}”",
    Kind.FORM: "recognised by its format",
    Kind.CURRENCY_SIGN: "its own sign or code beside an amount",
    Kind.SIGN_AND_COUNTRY: "a sign that several currencies share, and one piece of evidence for the country",
    Kind.COUNTRY: "several pieces of evidence for the country",
    Kind.ONE_CLUE: "one piece of evidence for the country",
    Kind.SHARED_SIGN: "a sign that several currencies share",
    Kind.LANGUAGE: "the language, and how numbers are written",
    Kind.SETTING: "the setting currency, as the receipt leaves it open",
    Kind.HOME: "the setting home, as the receipt leaves it open",
    Kind.E_INVOICE: "stated by an e-invoice",
    Kind.CODE: "stated by a code on the receipt",
    Kind.REMEMBERED: "remembered: a person named the shop with {label} so",
}

CHECKS: Mapping[CheckName, str] = {
    CheckName.CASH_LESS_CHANGE: "The cash tendered minus the change is {value}.",
    CheckName.SUBTOTAL_AND_TAX: "Subtotal and tax, with any tip, charge, discount or rounding, add up to {value}.",
    CheckName.NET_AND_TAX: "Net and tax in the tax table add up to {value}.",
    CheckName.ITEMS: "The line items, with any tax, tip, charge, discount or rounding, add up to {value}.",
    CheckName.CARD: "The card was charged {value}.",
    CheckName.E_INVOICE: "Lines, taxes and totals of the e-invoice add up to {value}.",
    CheckName.ROUNDING: "{value} is the amount paid after cash rounding.",
    CheckName.REPEATED: "{value} is printed on another line, too.",
    CheckName.TAX_RATE: "The tax on the receipt is what its rate makes of {value}.",
    CheckName.PARTS: "Subtotals of parts of the receipt add up to {value}.",
    CheckName.PAYMENTS: "Several payments add up to {value}.",
    CheckName.SETTLED: "{value} follows from the total by what is printed below it, or is the share of a split bill.",
}

NOTES: Mapping[CheckName, str] = {
    CheckName.REFUND: "The receipt is marked as a refund, so the amount is negative.",
    CheckName.MAYBE_REFUND: "A line, or the sign of an amount, may mark it as a refund, so the sign is uncertain.",
    CheckName.DIGIT_REPAIRED: "One digit was misread, or part of it was not read; only this value fits the sums.",
    CheckName.CLOCK_BEHIND: "It is after today by this machine's clock, so that the clock or the date is wrong.",
    CheckName.TAX_RATES: "The tax rates or taxes of the receipt were not in force on that day.",
    CheckName.WEEKDAY: "The day of the week beside it is that of another day.",
    CheckName.MAYBE_TIME: "Its numbers may be a time of day, and the receipt shows no other.",
    CheckName.AFTER_PHOTO: "It is after the day on which the photo was taken, so that one of them is wrong.",
    CheckName.LONG_BEFORE_PHOTO: "It is ten years or more before the photo was taken.",
    CheckName.CODE: "A code on the receipt states the same.",
    CheckName.PROVED_CODE: "A code on the receipt states the same, and proves that it was read without error.",
    CheckName.DECIMALS: "Its mark may be before decimals or between thousands, and nothing indicates which.",
    CheckName.TWO_CURRENCIES: "The total is printed in two currencies, and nothing indicates which one was paid.",
    CheckName.OTHER_PAYMENT: "A payment on the receipt has another amount, and nothing explains the difference.",
    CheckName.OTHER_DUE: "Another amount is next to words for money owed or paid, and nothing explains the difference.",
    CheckName.THOUSANDS: "A space in the number may separate thousands, or a number of articles from the amount.",
}
"""Checks other than sums."""

MEMORIES: Mapping[CheckName, str] = {
    CheckName.REMEMBERED: "Remembered: on another receipt, a person named the shop with {1} “{0}”.",
    CheckName.MAYBE_REMEMBERED: "A person named a shop with {1} “{0}”, but this receipt shows another name.",
}
"""Checks of what people said about the merchant: what they said, and by what the merchant was identified."""

VERDICTS: Mapping[Verdict, str] = {
    Verdict.ACCEPT: "reliable enough to use without review",
    Verdict.RETRY: "uncertain: compare it with the receipt",
    Verdict.ESCALATE: "unreliable: the receipt has to be reviewed",
}

STOPS: Mapping[Stop, str] = {
    Stop.SETTLED: "Reading stopped because the result was reliable enough.",
    Stop.EXHAUSTED: "Reading stopped because nothing was left to try.",
    Stop.DEADLINE: "Reading stopped at the time limit; a longer limit may give a more reliable result.",
}

SOURCES: Mapping[Source, str] = {
    Source.LOCAL: "Read on this machine, in a single stage.",
    Source.LOCAL_RETRY: "Read on this machine; the first stage was not conclusive, so more passes were run.",
    Source.HYBRID: "The fields found on this machine were kept; the cloud supplied the missing ones.",
    Source.CLOUD: "The result on this machine was uncertain, so the cloud was asked, and its reading takes precedence.",
    Source.LOCAL_LOW_CONFIDENCE: "Read on this machine; the result is uncertain, and no cloud engine gave an answer.",
}

TONES: Mapping[str, str] = {
    "default": "light contrast",
    "high_contrast": "strong contrast",
    "threshold": "black and white",
    "sharpen": "sharpened",
    "denoise": "smoothed",
    "plain": "original grey values",
    "page": "the page without preprocessing",
}

ENGINES: Mapping[EngineId, str] = {
    with_psm(Psm.AUTO): "Tesseract, automatic page segmentation",
    with_psm(Psm.SINGLE_COLUMN): "Tesseract, single column",
    with_psm(Psm.UNIFORM_BLOCK): "Tesseract, single block",
    with_psm(Psm.SPARSE): "Tesseract, sparse text",
    with_psm(Psm.RAW_LINE): "Tesseract, single line",
    LINES_SET_APART: "Tesseract, detected lines arranged as one block",
    SOME_LINES: "RapidOCR, relevant lines",
    ALL_LINES: "RapidOCR, all lines",
    PDF_TEXT: "text of the PDF",
    EngineId(GOOGLE_VISION): "Google Vision",
    EngineId(TEXT): "Text as it was written",
    EngineId(E_INVOICE): "E-invoice",
}


def file_in_words(file: str) -> str:
    """Return the name of a file as it was given, ``standard input`` for ``-``."""
    return "standard input" if file == "-" else file


def money(value: Decimal, currency: str | None) -> str:
    """Format an amount with the decimals of its currency, or with all of its own if it has more."""
    fitting = without_loss(value, currency)
    return f"{value if fitting is None else fitting:f}"


def percentage(probability: float) -> str:
    """Format a probability, 0 to 1, as a percentage; never as 0 or 100 %."""
    if probability > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if probability < 0.001 else f"{100 * probability:.1f} %"


def provenance_in_words(provenance: Provenance) -> str:
    """Return how a value was recognised, in words."""
    return KINDS[provenance.kind].format(label=provenance.label)


def _engine_in_words(engine: EngineId) -> str:
    if engine.scripts is None:
        return ENGINES.get(engine, str(engine))
    usual, _, codes = engine.configuration.partition("-")
    return f"{_engine_in_words(EngineId(engine.family, usual))}, model {codes}"


def pass_in_words(engine: EngineId, variant: str) -> str:
    """Return how a pass reads, such as ``Tesseract, single block, light contrast``."""
    name = _engine_in_words(engine)
    named = VARIANT_NAME.fullmatch(variant)
    if not named or named["tone"] not in TONES:
        return f"{name}, {variant}"
    rotated = f", rotated by {float(named['turn']):+g}°" if named["turn"] else ""
    return f"{name}, {TONES[named['tone']]}{rotated}"
