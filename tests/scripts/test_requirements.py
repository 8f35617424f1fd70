"""The versions that the installer takes are ones that the project allows, and nothing comes without a hash."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

TOP = Path(__file__).parents[2]
PROJECT: Mapping[str, Any] = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
ENGINE = PROJECT["project"]["optional-dependencies"]["rapidocr"]
EXCEL = PROJECT["project"]["optional-dependencies"]["xlsx"]
PAGE = PROJECT["project"]["optional-dependencies"]["serve"]
WANTED = {
    "base": [*PROJECT["project"]["dependencies"], *EXCEL],
    "rapidocr": [*PROJECT["project"]["dependencies"], *EXCEL, *ENGINE],
    "serve": [*PROJECT["project"]["dependencies"], *EXCEL, *PAGE],
    "build": PROJECT["build-system"]["requires"],
}
EVERYTHING = [
    *WANTED["rapidocr"],
    *WANTED["build"],
    *(one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra),
    *(one for group in PROJECT["dependency-groups"].values() for one in group),
]
PINNED = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)(?: ; [^\\]+)?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)


def entries(name: str) -> list[str]:
    """The entries of a file of requirements, each with its hashes on one line."""
    text = (TOP / "requirements" / f"{name}.txt").read_text("utf-8")
    return [" ".join(entry.split()) for entry in text.replace("\\\n", " ").splitlines() if entry.strip()]


def pinned(name: str) -> dict[str, Version]:
    found = [PINNED.fullmatch(entry) for entry in entries(name)]
    return {match["name"]: Version(match["version"]) for match in found if match}


@pytest.mark.parametrize("name", WANTED)
def test_every_entry_is_one_version_with_hashes_and_says_nothing_of_where_it_comes_from(name: str) -> None:
    strange = [entry for entry in entries(name) if not PINNED.fullmatch(entry)]
    assert strange == []
    assert pinned(name)


@pytest.mark.parametrize("name", WANTED)
def test_every_package_that_is_asked_for_is_there_in_an_allowed_version(name: str) -> None:
    there = pinned(name)
    for wanted in map(Requirement, WANTED[name]):
        version = there[canonicalize_name(wanted.name)]
        assert version in wanted.specifier, f"{wanted}, but requirements/{name}.txt has {version}: run scripts/lock.sh"


@pytest.mark.parametrize(("more", "there"), [("rapidocr", "base"), ("serve", "base"), ("serve", "rapidocr")])
def test_adding_an_extra_changes_no_package_that_is_there(more: str, there: str) -> None:
    before, added = pinned(there), pinned(more)
    shared = before.keys() & added.keys()
    assert {name: added[name] for name in shared} == {name: before[name] for name in shared}
    assert there != "base" or shared == before.keys()


@pytest.mark.parametrize("wanted", EVERYTHING)
def test_every_dependency_has_an_upper_bound(wanted: str) -> None:
    operators = {part.operator for part in Requirement(wanted).specifier}
    assert operators & {"<", "<=", "=="}, wanted
