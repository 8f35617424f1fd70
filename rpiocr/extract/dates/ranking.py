"""Ranks the dates of a page as the day of purchase, by named features with a weight each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from rpiocr.extract.dates.orders import Settled
from rpiocr.extract.dates.roles import FEW_WORDS, ON_THAT_DAY, PROSE, Context
from rpiocr.extract.dates.sightings import Sighting
from rpiocr.model import Kind
from rpiocr.model.provenance import AFTER_PHOTO, CLOCK_BEHIND, LONG_BEFORE_PHOTO, MAYBE_TIME, TAX_RATES, DateRole

USUAL = 5.0
"""Score of a date without any feature; that of a clear one, with a label or a time of day, is about 6 to 7."""

USUAL_CONFIDENCE = 0.8
"""Confidence of a word that is usually read right: the score changes by the difference."""

LONG = 8
"""Minimum number of characters of a date with a year of four digits, or with separators on both sides of two."""


class Feature(Enum):
    """What raises or lowers the rank of a date."""

    LABELLED = "words beside it name the day of purchase"
    REPRINTED = "words beside it name the day of printing, which may be that of a copy"
    OPENED = "words beside it name the beginning: the day of purchase is that of the payment"
    ANOTHER_DAY = "words beside it name another day"
    TIMED = "a time of day is on its line"
    UTC = "a timestamp in universal time, whose day may differ"
    LONG = "it has its separators or a long year"
    CORRECTED = "characters were replaced"
    WEAK = "separators were lost"
    PROSE = "it is in a sentence"
    AMONG_WORDS = "words that do not label it are on its line"
    AFTER_TODAY = "it is after today"
    AFTER_PHOTO = "it is after its photo"
    LONG_BEFORE_PHOTO = "it is long before its photo"
    WRONG_YEARS = "the taxes of the receipt are of other years"
    MAYBE_TIME = "it may be a time of day"


WEIGHTS: Mapping[Feature, float] = {
    Feature.LABELLED: 2.0,
    Feature.REPRINTED: -0.5,
    Feature.OPENED: -1.0,
    Feature.ANOTHER_DAY: -3.0,
    Feature.TIMED: 1.5,
    Feature.UTC: -2.0,
    Feature.LONG: 0.5,
    Feature.CORRECTED: -1.0,
    Feature.WEAK: -3.0,
    Feature.PROSE: -1.5,
    Feature.AMONG_WORDS: -0.5,
    Feature.AFTER_TODAY: -4.0,
    Feature.AFTER_PHOTO: -3.0,
    Feature.LONG_BEFORE_PHOTO: -1.0,
    Feature.WRONG_YEARS: -2.0,
    Feature.MAYBE_TIME: -1.0,
}
"""Weights, set by hand: each kept the day of purchase before the other days on receipts where both are printed."""

REPEATED = 0.7
"""For each further time that a day is printed, twice at most."""

MAX_REPEATED = 2

OTHER_ORDER = -2.0
"""For the same numbers in another order, where nothing decides between the two."""


def features_of(sighting: Sighting, context: Context, settled: Settled) -> frozenset[Feature]:
    """Return the features of a date."""
    role = context.role
    prose = context.letters > PROSE
    holds = {
        Feature.LABELLED: role in (DateRole.PURCHASE, DateRole.CLOSED),
        Feature.REPRINTED: role is DateRole.PRINTED,
        Feature.OPENED: role is DateRole.OPENED,
        Feature.ANOTHER_DAY: role not in ON_THAT_DAY,
        Feature.TIMED: context.timed,
        Feature.UTC: context.is_utc,
        Feature.LONG: len(sighting.raw) >= LONG,
        Feature.CORRECTED: sighting.corrected,
        Feature.WEAK: sighting.weak,
        Feature.PROSE: prose,
        Feature.AMONG_WORDS: not prose and not context.labelled and context.beside > FEW_WORDS,
        Feature.AFTER_TODAY: CLOCK_BEHIND in settled.checks,
        Feature.AFTER_PHOTO: AFTER_PHOTO in settled.checks,
        Feature.LONG_BEFORE_PHOTO: LONG_BEFORE_PHOTO in settled.checks,
        Feature.WRONG_YEARS: TAX_RATES in settled.checks,
        Feature.MAYBE_TIME: MAYBE_TIME in settled.checks,
    }
    return frozenset(feature for feature, true in holds.items() if true)


def score_of(features: frozenset[Feature], confidence: float) -> float:
    """Return the rank of a date among the others, from its features and how surely its characters were read."""
    return USUAL + sum(WEIGHTS[feature] for feature in features) + confidence - USUAL_CONFIDENCE


def kind_of(sighting: Sighting, context: Context) -> Kind:
    """Return how a date was recognised; one next to words such as "valid until" is only chosen if there is no other."""
    if sighting.weak:
        return Kind.LOST_MARKS
    if context.labelled:
        return Kind.DATE_LABEL
    return Kind.DATE if context.role in ON_THAT_DAY else Kind.OTHER_DATE
