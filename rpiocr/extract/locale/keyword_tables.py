"""Selects the keyword tables for a page by its languages, and merges them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from rpiocr.extract.locale.language_detection import ALWAYS, Detector
from rpiocr.extract.tables.files import (
    COMMON,
    built_in,
    built_in_names,
    cldr,
    language_file,
    read_sections,
    read_user_table,
)
from rpiocr.extract.tables.lexicon import SECTIONS, Lexicon, Table, merge
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.phrases import Phrases, spellings

MAX_MERGED = 24
"""Maximum number of combinations of languages whose tables are cached: a process that runs for months would collect
megabytes of them."""


class Languages:
    """All keyword tables: the built-in ones, and every ``*.toml`` in the directory ``extra``, which always apply.

    ``named`` are languages whose tables always apply too. Safe to share between threads. Raises SettingsError for a
    file in ``extra`` that cannot be parsed or is not a table of a language, see ``read_user_table``.
    """

    def __init__(self, extra: Path | None = None, named: Iterable[str] = ()) -> None:
        self._extra = {path.stem: read_user_table(path) for path in (sorted(extra.glob("*.toml")) if extra else ())}
        self._named = tuple(related().get(name, name) for name in named)
        self._lexicon = merge((*_on_every_page(), *self._extra.values())) if self._extra else built_in_lexicon()
        self._merged: dict[tuple[str, ...], Tables] = {}
        self._lock = Lock()

    def languages_of(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the languages that lines of text show, best first; none if nothing indicates one."""
        return self._detector.languages_of(texts)

    def tables_of(self, texts: Iterable[str]) -> Tables:
        """Return the tables for a page with these lines of text."""
        return self.tables(self.languages_of(texts))

    def tables(self, shown: Sequence[str] = ()) -> Tables:
        """Return the tables for a page in these languages: theirs, English, the named ones, and the user's."""
        shown = tuple(shown)
        with self._lock:
            if shown not in self._merged:
                if len(self._merged) >= MAX_MERGED:
                    del self._merged[next(iter(self._merged))]
                names = dict.fromkeys((ALWAYS, *self._named, *shown))
                self._merged[shown] = self._merge([name for name in names if name in built_in_names()], shown)
            return self._merged[shown]

    def _merge(self, names: Sequence[str], shown: tuple[str, ...]) -> Tables:
        tables = [*map(built_in, names), *self._extra.values()]
        known = [*names, *(name for name in self._extra if name in cldr()["months"])]
        months = [
            *(table.get("dates", {}).get("months", ()) for table in tables),
            *(cldr()["months"][n] for n in known),
        ]
        return Tables(
            amounts=Phrases(_joined(tables, "amounts", "modifiers")),
            dates=Phrases(_joined(tables, "dates", leave_out=("months",))),
            months=_numbered(months),
            weekdays=_every_number([cldr()["weekdays"][name] for name in known]),
            merchant=Phrases(_joined(tables, "merchant")),
            shown=shown,
            lexicon=self._lexicon,
            point_after_blanks=any(map(self._has_point_after_blanks, shown)),
        )

    def _has_point_after_blanks(self, name: str) -> bool:
        tables = (page_sections(name) if name in built_in_names() else {}, self._extra.get(name, {}))
        return any(table.get("numbers", {}).get("point_after_blanks", False) for table in tables)

    @property
    def _detector(self) -> Detector:
        with self._lock:
            return self._made_detector

    @cached_property
    def _made_detector(self) -> Detector:
        own = {name: page_sections(name)["locale"] for name in built_in_names()}
        tables = [*own.items(), *((name, table.get("locale", {})) for name, table in self._extra.items())]
        common: dict[str, list[str]] = {}
        letters: dict[str, list[str]] = {}
        for name, section in tables:
            common.setdefault(name, []).extend(section.get("common", ()))
            letters.setdefault(name, []).extend(section.get("letters", ()))
        return Detector(common, letters, self._keywords_of)

    def _keywords_of(self, name: str) -> Iterator[str]:
        tables = [*([built_in(name)] if name in built_in_names() else []), self._extra.get(name, {})]
        return (phrase for table in tables for phrases in table.get("amounts", {}).values() for phrase in phrases)


ON_EVERY_PAGE = ("locale", "numbers", *SECTIONS)


@cache
def page_sections(name: str) -> Table:
    """Return the sections of a built-in table that are needed before the languages of a page are known."""
    return read_sections(language_file(name), ON_EVERY_PAGE)


@cache
def built_in_lexicon() -> Lexicon:
    """Return the words of all built-in tables."""
    return merge(_on_every_page())


def _on_every_page() -> Iterator[Mapping[str, Any]]:
    yield from map(page_sections, sorted(built_in_names()))
    yield read_sections(COMMON, SECTIONS)


@cache
def related() -> Mapping[str, str]:
    """Return the languages without a table of their own whose words are in the table of another, by that one."""
    return {other: name for name in sorted(built_in_names()) for other in page_sections(name)["locale"].get("also", ())}


def _joined(tables: Iterable[Table], *sections: str, leave_out: tuple[str, ...] = ()) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for table in tables:
        for section in sections:
            for group, phrases in table.get(section, {}).items():
                if group not in leave_out:
                    groups.setdefault(group, []).extend(phrases)
    return groups


def _every_number(lists: Iterable[Sequence[Iterable[str]]]) -> dict[str, set[int]]:
    numbers: dict[str, set[int]] = {}
    for names in lists:
        for number, kinds in enumerate(names, 1):
            for spelled in (spelled for name in kinds for spelled in spellings(name)):
                numbers.setdefault(spelled, set()).add(number)
    return numbers


def _numbered(lists: Iterable[Sequence[Iterable[str]]]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for names in lists:
        for number, kinds in enumerate(names, 1):
            for name in kinds:
                for spelled in spellings(name):
                    numbers.setdefault(spelled, number)
    return numbers
