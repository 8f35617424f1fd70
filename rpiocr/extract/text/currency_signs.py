"""How currencies show on a receipt: the table of their signs, and the ones that are printed next to an amount."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def currency_signs() -> Mapping[str, Mapping[str, Any]]:
    """Read currencies.toml, which describes its keys: entries by code, as in ISO 4217."""
    return tomllib.loads((resources.files("rpiocr.extract") / "tables" / "currencies.toml").read_text("utf-8"))


def at_amounts() -> str:
    """Return a regular expression, without groups, for every code and sign in letters that is printed at an amount."""
    entries = currency_signs().items()
    codes = [code for code, entry in entries if entry.get("code_at_amount", True)]
    signs = [sign for _, entry in entries for sign in entry.get("at_amount", ())]
    # A longer one first: USD$ before USD.
    return "|".join(re.escape(text) for text in sorted([*codes, *signs], key=lambda text: (-len(text), text)))
