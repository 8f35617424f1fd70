"""The languages of keyword tables: which of them a page shows, and their tables merged."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import Any

from rpiocr.errors import SettingsError
from rpiocr.extract.locale.language_detection import ALWAYS, Detector
from rpiocr.extract.text.fuzzy_phrases import Phrases, Tables, spellings

Table = Mapping[str, Mapping[str, list[str]]]

RELATED = {"ms": "id"}
"""Languages whose words stand in the table of another."""


MOST_MERGED = 24
"""Combinations of languages whose tables are kept: a process that reads for months would gather megabytes of them."""


class Languages:
    """All keyword tables: the built-in ones, and every ``*.toml`` of the folder ``extra``, which always apply.

    ``named`` are languages whose tables always apply too. Threads may share it. Raises SettingsError for a file in
    ``extra`` that cannot be parsed or is no table of lists.
    """

    def __init__(self, extra: Path | None = None, named: Iterable[str] = ()) -> None:
        self._extra = {path.stem: _user_table(path) for path in (sorted(extra.glob("*.toml")) if extra else ())}
        self._named = tuple(RELATED.get(name, name) for name in named)
        self._merged: dict[tuple[str, ...], Tables] = {}
        self._lock = Lock()

    def languages_of(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The languages that lines of text show, best first; none where nothing tells."""
        return self._detector.languages_of(texts)

    def tables_of(self, texts: Iterable[str]) -> Tables:
        """The tables for a page with these lines of text."""
        return self.tables(self.languages_of(texts))

    def tables(self, shown: Sequence[str] = ()) -> Tables:
        """The tables for a page that shows these languages: theirs, English, those that were named, the user's."""
        shown = tuple(shown)
        with self._lock:
            if shown not in self._merged:
                if len(self._merged) >= MOST_MERGED:
                    del self._merged[next(iter(self._merged))]
                names = dict.fromkeys((ALWAYS, *self._named, *shown))
                self._merged[shown] = _merged([name for name in names if name in built_in_names()], self._extra, shown)
            return self._merged[shown]

    @property
    def _detector(self) -> Detector:
        with self._lock:
            return self._made_detector

    @cached_property
    def _made_detector(self) -> Detector:
        common = {name: list(common_words(name)) for name in built_in_names()}
        for name, table in self._extra.items():
            common.setdefault(name, []).extend(table.get("locale", {}).get("common", ()))
        return Detector(common, self._keywords_of)

    def _keywords_of(self, name: str) -> Iterator[str]:
        tables = [*([built_in(name)] if name in built_in_names() else []), self._extra.get(name, {})]
        return (phrase for table in tables for phrases in table.get("amounts", {}).values() for phrase in phrases)


IS_TABLE = re.compile(r"[a-z]{2}(?:-[A-Z][a-z]{3})?\.toml")
LOCALE_SECTION = re.compile(r"^\[locale\]$.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


@cache
def built_in_names() -> frozenset[str]:
    """The languages that there are built-in tables for."""
    names = (file.name for file in (resources.files("rpiocr.extract") / "tables").iterdir())
    return frozenset(name.removesuffix(".toml") for name in names if IS_TABLE.fullmatch(name))


@cache
def built_in(name: str) -> Table:
    """Read the built-in table of a language."""
    return tomllib.loads(_text(name))


def common_words(name: str) -> Iterable[str]:
    """The common words of a language with a built-in table, without reading all of it."""
    section = LOCALE_SECTION.search(_text(name))
    return tomllib.loads(section[0])["locale"]["common"] if section else ()


def _text(name: str) -> str:
    return (resources.files("rpiocr.extract") / "tables" / f"{name}.toml").read_text("utf-8")


@cache
def cldr() -> Mapping[str, Any]:
    """Read what CLDR knows: names of months and weekdays, and territories."""
    raw: Mapping[str, Any] = json.loads((resources.files("rpiocr.extract") / "tables" / "cldr.json").read_text("utf-8"))
    return raw


def _merged(names: Sequence[str], extra: Mapping[str, Table], shown: tuple[str, ...]) -> Tables:
    tables = [*map(built_in, names), *extra.values()]
    known = [*names, *(name for name in extra if name in cldr()["months"])]
    return Tables(
        amounts=Phrases(_joined(tables, "amounts", "modifiers")),
        dates=Phrases(_joined(tables, "dates", leave_out=("months", "weekdays"))),
        months=_numbered(
            [*(table.get("dates", {}).get("months", ()) for table in tables), *(cldr()["months"][n] for n in known)]
        ),
        weekdays=_numbered([cldr()["weekdays"][name] for name in known]),
        merchant=Phrases(_joined(tables, "merchant")),
        shown=shown,
    )


def _joined(tables: Iterable[Table], *sections: str, leave_out: tuple[str, ...] = ()) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for table in tables:
        for section in sections:
            for group, phrases in table.get(section, {}).items():
                if group not in leave_out:
                    groups.setdefault(group, []).extend(phrases)
    return groups


def _numbered(lists: Iterable[Sequence[Iterable[str]]]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for names in lists:
        for number, kinds in enumerate(names, 1):
            for name in kinds:
                for spelled in spellings(name):
                    numbers.setdefault(spelled, number)
    return numbers


def _user_table(path: Path) -> Table:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"the keyword table {path} cannot be read: {error}; mend or move the file"
        raise SettingsError(message) from error
    for section, groups in table.items():
        for group, phrases in groups.items() if isinstance(groups, dict) else [("", None)]:
            months = (section, group) == ("dates", "months")
            if not _is_list_of_texts(phrases, nested=months):
                wanted = "a list of lists of texts" if months else "a list of texts"
                message = f"the keyword table {path} is wrong at [{section}] {group}: it must be {wanted}"
                raise SettingsError(message)
    return table


def _is_list_of_texts(value: object, *, nested: bool) -> bool:
    if not isinstance(value, list):
        return False
    if nested:
        return all(_is_list_of_texts(part, nested=False) for part in value)
    return all(isinstance(part, str) for part in value)
