"""Tax numbers within codes, checked by python-stdnum, under the names that extraction gives them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rpiocr.model import TaxId


def is_valid(rule: str, number: str) -> bool:
    """Return whether check digits agree by a module of python-stdnum, such as ``pt.nif``.

    The module ignores blanks and marks, so that the caller sees to the form.
    """
    module: Any = import_module(f"stdnum.{rule}")
    return bool(module.is_valid(number))


def tax_id(kind: str, country: str, number: str, rule: str | None = None) -> TaxId:
    """Return a number with its kind, as in the tables of ``rpiocr.extract``; without a rule its validity is unknown."""
    return TaxId(kind, country, number, is_valid(rule, number) if rule else None)
