"""Which codes the tills of a country print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from generator.codes import austria, chile, germany, links, payments, portugal, saudi, taiwan, taxcore
from generator.codes.facts import Facts, Payload
from generator.dice import Dice

Encoder = Callable[[Facts, Dice], Sequence[Payload]]

FISCAL: dict[str, Encoder] = {
    "de": germany.encode,
    "at": austria.encode,
    "pt": portugal.encode,
    "rs": taxcore.encode,
    "ru": links.encode_russia,
    "ua": links.encode_ukraine,
    "hr": links.encode_croatia,
    "es": links.encode_spain,
    "tw": taiwan.encode,
    "cl": chile.encode,
    "sa": saudi.encode,
    "br": links.encode_brazil,
    "ar": links.encode_argentina,
}
"""Fiscal codes by country, as the files in ``countries`` are named."""

PAYMENTS: dict[str, Encoder] = {
    "be": payments.encode_epc,
    "nl": payments.encode_epc,
    "fi": payments.encode_epc,
    "ch": payments.encode_swiss,
    "cz": payments.encode_spayd,
    "th": payments.encode_emvco,
    "id": payments.encode_emvco,
    "sg": payments.encode_emvco,
}
"""Codes that ask for a payment by country; only for sales that are to be paid."""

SALES_ONLY = frozenset({*PAYMENTS, "br", "sa"})
"""Countries whose codes are only on sales, or do not tell a refund from one."""

SINCE: dict[str, dt.date] = {
    "de": dt.date(2021, 1, 1),
    "at": dt.date(2017, 4, 1),
    "pt": dt.date(2022, 1, 1),
}
"""The day from which on receipts of a country have codes, if it has receipts from before."""


def encode(country: str, facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the codes of a sale, the one with the total first; none where the till would print none."""
    if country in PAYMENTS:
        return () if facts.total <= 0 else PAYMENTS[country](facts, dice)
    return FISCAL[country](facts, dice)
