"""The probability of a currency: by the evidence on the page, bounded by the kind of that evidence.

It is provisional. The probability by the evidence is that of rpiocr/extract/locale, whose weights are set by hand; no
labelled receipts without a sign have been counted so far that would calibrate it. So each kind of evidence has a
maximum, also set by hand, by which one piece of it is never as sure as several, and what countries share is never
enough.
"""

from __future__ import annotations

from collections.abc import Mapping

from rpiocr.model import Field, Kind

LARGEST: Mapping[Kind, float] = {
    Kind.E_INVOICE: 0.999,
    Kind.CURRENCY_SIGN: 0.999,
    Kind.COUNTRY: 0.995,
    Kind.SIGN_AND_COUNTRY: 0.99,
    Kind.SETTING: 0.99,
    Kind.HOME: 0.99,
    Kind.ONE_CLUE: 0.97,
    Kind.LANGUAGE: 0.9,
    Kind.SHARED_SIGN: 0.9,
}
"""Maximum probability by the strongest kind of evidence: what an e-invoice states; a sign or code beside an amount;
several pieces of evidence for the country; a sign that countries share, and one piece; what the user has set, where the
page leaves it open; one piece alone; language, number style and coins, or a shared sign, alone."""


def currency_probability(field: Field[str]) -> float:
    """Return the probability of the chosen currency by the reading that was surest of it."""
    return min(field.chosen.probability or 0.0, LARGEST[field.chosen.provenance.kind])
