"""Reads the tables of languages, countries and currencies, and checks those that users add."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from rpiocr.errors import SettingsError
from rpiocr.extract.tables.lexicon import GROUPS, Table

COMMON = "common.toml"
"""The file of words that belong to no language with a table of its own."""

SECTION = re.compile(r"^(?=\[)", re.MULTILINE)


def read_text(name: str) -> str:
    """Return the text of a file of the built-in tables."""
    return (resources.files("rpiocr.extract") / "tables" / name).read_text("utf-8")


def read_compressed(name: str) -> str:
    """Return the text of a compressed file of the built-in tables."""
    return gzip.decompress((resources.files("rpiocr.extract") / "tables" / name).read_bytes()).decode("utf-8")


def names_in(folder: str) -> tuple[str, ...]:
    """Return the names of the tables in a folder of the built-in tables, sorted and without their ending."""
    files = (resources.files("rpiocr.extract") / "tables" / folder).iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@cache
def built_in_names() -> frozenset[str]:
    """Return the languages with a built-in table."""
    return frozenset(names_in("languages"))


def language_file(name: str) -> str:
    """Return the file of the built-in table of a language."""
    return f"languages/{name}.toml"


@cache
def built_in(name: str) -> Table:
    """Return the whole built-in table of a language."""
    return tomllib.loads(read_text(language_file(name)))


def read_sections(file: str, sections: Iterable[str]) -> Table:
    """Return some sections of a file of the built-in tables, without parsing the thousands of phrases in the others."""
    headings = tuple(f"[{section}]" for section in sections)
    parts = SECTION.split(read_text(file))
    return tomllib.loads("".join(part for part in parts if part.startswith(headings)))


@cache
def document_facts() -> Mapping[str, Any]:
    """Return documents.toml: what belongs to no single language or country."""
    return tomllib.loads(read_text("documents.toml"))


@cache
def country_facts() -> Mapping[str, Mapping[str, Any]]:
    """Return the files of all countries, by ISO 3166 code."""
    return {name.upper(): tomllib.loads(read_text(f"countries/{name}.toml")) for name in names_in("countries")}


@cache
def cldr() -> Mapping[str, Any]:
    """Return what CLDR knows: names of months and weekdays, and territories."""
    raw: Mapping[str, Any] = json.loads(read_text("cldr.json"))
    return raw


@cache
def places() -> Mapping[str, Mapping[str, Any]]:
    """Return places.json: telephones, domains, postcodes, towns and tax rates by ISO 3166 code."""
    raw: Mapping[str, Any] = json.loads(read_text("places.json"))
    countries: Mapping[str, Mapping[str, Any]] = raw["countries"]
    return countries


@cache
def trigrams() -> Mapping[str, Mapping[str, str]]:
    """Return trigrams.json: which letters follow two others, by script."""
    raw: Mapping[str, Any] = json.loads(read_text("trigrams.json"))
    return raw


def read_user_table(path: Path) -> Table:
    """Read a table that a user has added.

    Raises SettingsError if it cannot be parsed, has an unknown section or group, or a value of the wrong type.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"the keyword table {path} cannot be read: {error}; fix or move the file"
        raise SettingsError(message) from error
    for section, groups in table.items():
        _require_known(path, "section", f"[{section}]", [f"[{known}]" for known in GROUPS])
        if not isinstance(groups, dict):
            raise _wrong(path, f"[{section}]", "must be a section with lists of texts")
        for group, value in groups.items():
            _require_known(path, f"list in [{section}]", group, list(GROUPS[section]))
            kind = GROUPS[section][group]
            if not kind.fits(value):
                raise _wrong(path, f"[{section}] {group}", f"must be {kind.value}")
    return table


def _require_known(path: Path, what: str, name: str, known: list[str]) -> None:
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise _wrong(path, name, f"is no known {what}; {hint}allowed are {', '.join(known)}")


def _wrong(path: Path, place: str, problem: str) -> SettingsError:
    return SettingsError(f"the keyword table {path} is wrong at {place}: it {problem}")
