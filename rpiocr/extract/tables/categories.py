"""The categories of purchases: those of categories.toml, and what a user's file changes about them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from rpiocr.errors import SettingsError
from rpiocr.extract.tables.files import read_text
from rpiocr.extract.tables.lexicon import Words

NAME = re.compile(r"\w(?:[\w &/.-]{0,38}[\w.])?")
"""A name of a category: it is stored and exported, so it is short and has no signs that mean something there."""

RENAME = "rename"
CATEGORIES = "categories"
LISTS = ("words", "merchants")


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """The categories that a purchase may have.

    ``of_kind`` maps tags of OpenStreetMap to built-in ids. ``renamed`` maps ids to the names that the user gave them,
    ``words`` and ``merchants`` ids and names of categories to what else indicates them.
    """

    of_kind: Mapping[str, str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)
    merchants: Mapping[str, Words] = field(default_factory=dict)

    def shown(self, category: str) -> str:
        """Return the name of a category in results."""
        return self.renamed.get(category, category)


@cache
def built_in_categories() -> Categories:
    """Return the categories without changes of a user."""
    return Categories({kind: name for name, about in _table().items() for kind in about["kinds"]})


@cache
def category_ids() -> tuple[str, ...]:
    """Return the ids of the built-in categories, in the order in which words of several count."""
    return tuple(_table())


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(read_text("categories.toml"))


def read_categories(path: Path) -> Categories:
    """Read a user's file of categories.

    ``[rename]`` maps built-in ids to other names. ``[categories.NAME]`` adds a category, or adds to a built-in one, by
    lists ``words`` and ``merchants``. Raises SettingsError if the file cannot be read, renames an id that is not known,
    or has a value of the wrong type.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"the categories {path} cannot be read: {error}; fix the file, or correct the setting categories"
        raise SettingsError(message) from error
    for section, value in table.items():
        _require(path, f"[{section}]", section in (RENAME, CATEGORIES), f"use [{RENAME}] or [{CATEGORIES}.NAME]")
        _require(path, f"[{section}]", isinstance(value, dict), "write it as a section")
    renamed = table.get(RENAME, {})
    for name, other in renamed.items():
        _require(path, f"[{RENAME}] {name}", name in category_ids(), _known(name))
        _require_name(path, f"[{RENAME}] {name}", other)
    added = table.get(CATEGORIES, {})
    for name, about in added.items():
        _check_category(path, name, about)
    return Categories(
        built_in_categories().of_kind,
        renamed,
        {name: tuple(about.get("words", ())) for name, about in added.items()},
        {name: tuple(about.get("merchants", ())) for name, about in added.items()},
    )


def _check_category(path: Path, name: str, about: object) -> None:
    place = f"[{CATEGORIES}.{name}]"
    _require_name(path, place, name)
    if not isinstance(about, dict) or not about:
        raise _wrong(path, place, "give it words = [...] or merchants = [...]")
    for group, values in about.items():
        _require(path, f"{place} {group}", group in LISTS, f"it may have {' and '.join(LISTS)}")
        fits = isinstance(values, list) and all(isinstance(value, str) and value.strip(" *") for value in values)
        _require(path, f"{place} {group}", fits, 'write a list of texts, such as ["garage"]')


def _require_name(path: Path, place: str, name: object) -> None:
    fits = isinstance(name, str) and NAME.fullmatch(name) is not None
    _require(path, place, fits, "use up to 40 letters, digits, spaces and . - & / for the name, as text")


def _known(name: str) -> str:
    close = get_close_matches(name, category_ids(), n=1)
    return (f"did you mean {close[0]}? " if close else "") + f"there are {', '.join(category_ids())}"


def _require(path: Path, place: str, fits: bool, remedy: str) -> None:  # noqa: FBT001 - the condition
    if not fits:
        raise _wrong(path, place, remedy)


def _wrong(path: Path, place: str, remedy: str) -> SettingsError:
    return SettingsError(f"the categories {path} are wrong at {place}: {remedy}")
