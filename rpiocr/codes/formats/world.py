"""The parsers of the codes of countries outside Europe, in the order in which they are tried: no two claim one code."""

from __future__ import annotations

from rpiocr.codes.formats import (
    argentina,
    bolivia,
    brazil,
    chile,
    china,
    colombia,
    dominican_republic,
    ecuador,
    egypt,
    el_salvador,
    india,
    mexico,
    number_links,
    panama,
    paraguay,
    peru,
    saudi_arabia,
    taiwan,
    uruguay,
)
from rpiocr.codes.parser import Parser

PARSERS_WORLD: tuple[Parser, ...] = (
    taiwan.parse,
    chile.parse,
    china.parse,
    saudi_arabia.parse,
    india.parse,
    brazil.parse,
    argentina.parse,
    mexico.parse,
    peru.parse,
    colombia.parse,
    uruguay.parse,
    paraguay.parse,
    dominican_republic.parse,
    egypt.parse,
    el_salvador.parse,
    bolivia.parse,
    panama.parse,
    ecuador.parse,
    number_links.parse,
)
