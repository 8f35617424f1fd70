"""The sentences of the pages, in each language a file: ``texts/en.toml`` is the list of all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "de")
"""The languages of the pages; the first is used where a browser asks for none of them."""

NAMES = {"en": "English", "de": "Deutsch"}

TAG = re.compile(r"\s*([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?))?\s*")
"""One language that a browser accepts, with its weight (RFC 9110, 12.5.4)."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences in one language, by names such as ``upload.title``."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, name: str, **values: object) -> str:
        """Return a sentence with its values; ``n`` chooses between NAME.one and NAME.other. Raises KeyError."""
        if "n" in values:
            name = f"{name}.{'one' if values['n'] == 1 else 'other'}"
        return self.entries[name].format_map(values) if values else self.entries[name]

    def section(self, *names: str) -> Mapping[str, str]:
        """Return the sentences whose names begin with one of ``names``, for a script."""
        return {name: text for name, text in self.entries.items() if name.startswith(tuple(f"{one}." for one in names))}


@cache
def texts_in(language: str) -> Texts:
    """Return the sentences in one of LANGUAGES."""
    table = tomllib.loads(files("rpiocr.serve").joinpath(f"texts/{language}.toml").read_text("utf-8"))
    return Texts(language, dict(_flat(table, "")))


def _flat(table: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, str):
            yield f"{above}{name}", value
        else:
            yield from _flat(value, f"{above}{name}.")


def language_for(chosen: str, accepted: str) -> str:
    """Return the language of a page: the one that a person chose, otherwise what the browser accepts most."""
    if chosen in LANGUAGES:
        return chosen
    wishes = [found for part in accepted[:500].split(",") if (found := TAG.fullmatch(part))]
    ranked = sorted(wishes, key=lambda found: -float(found[2] or 1))
    known = (found[1].lower() for found in ranked if float(found[2] or 1) > 0)
    return next((tag for tag in known if tag in LANGUAGES), LANGUAGES[0])
