"""The formats of Europe and Central Asia, and of the systems that countries elsewhere took over from there."""

from __future__ import annotations

from rpiocr.codes.formats import (
    austria,
    bulgaria,
    croatia,
    czechia,
    germany,
    greece,
    kazakhstan,
    kyrgyzstan,
    montenegro_albania,
    named_only,
    poland,
    portugal,
    russia,
    slovakia,
    slovenia,
    spain,
    taxcore,
    turkey,
    ukraine,
)
from rpiocr.codes.parser import Parser

PARSERS_EUROPE: tuple[Parser, ...] = (
    germany.parse,
    austria.parse,
    portugal.parse,
    taxcore.parse,
    russia.parse,
    ukraine.parse,
    croatia.parse,
    spain.parse_ticketbai,
    spain.parse_verifactu,
    slovenia.parse,
    montenegro_albania.parse,
    greece.parse_till,
    greece.parse_invoice,
    slovakia.parse_offline,
    slovakia.parse_online,
    czechia.parse_sale,
    czechia.parse_invoice,
    bulgaria.parse,
    poland.parse,
    turkey.parse,
    kazakhstan.parse,
    kyrgyzstan.parse,
    named_only.parse_uzbekistan,
    named_only.parse_azerbaijan,
    named_only.parse_north_macedonia,
    named_only.parse_quebec,
)
"""In the order in which they are tried. No payload is in two of these formats."""
