"""What a document is for, by its type code: those of UNTDID 1001 that invoices, credit notes and orders have."""

from __future__ import annotations

from collections.abc import Mapping

from rpiocr.model.einvoice import Purpose

INVOICES = frozenset(
    map(
        str,
        (
            71,
            80,
            82,
            84,
            102,
            218,
            219,
            295,
            326,
            331,
            380,
            382,
            383,
            385,
            386,
            387,
            388,
            389,
            390,
            393,
            394,
            395,
            456,
            457,
            527,
            553,
            575,
            623,
            633,
            780,
            817,
            870,
            875,
            876,
            877,
            935,
        ),
    )
)
CREDIT_NOTES = frozenset(map(str, (81, 83, 261, 262, 296, 308, 381, 396, 420, 458, 473, 502, 503, 532)))
CORRECTIONS = frozenset(map(str, (384, 471, 472)))
NO_PURCHASES = frozenset(map(str, (130, 202, 203, 204, 211, 220, 230, 231, 325, 751)))
"""Data sheets, payment valuations, orders with their changes and responses, pro-forma invoices, and invoice data for
accounting only, which is no invoice to a tax office."""

PURPOSES: Mapping[str, Purpose] = {
    **dict.fromkeys(INVOICES, Purpose.INVOICE),
    **dict.fromkeys(CREDIT_NOTES, Purpose.CREDIT_NOTE),
    **dict.fromkeys(CORRECTIONS, Purpose.CORRECTION),
    **dict.fromkeys(NO_PURCHASES, Purpose.OTHER),
}
"""What a document is for, by its type code; it is in doubt for all other codes."""
