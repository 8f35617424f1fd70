"""What the documents say of files and folders is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import rpiocr.model.einvoice
from tests.docs.pages import MANUAL, PROJECT

ARCHITECTURE = (PROJECT / "docs" / "ARCHITECTURE.md").read_text("utf-8")

PAGES = (*MANUAL, *(PROJECT / name for name in ("bench/README.md", "tests/fixtures/README.md", "docs/adr/README.md")))

TOP = ("rpiocr", "bench", "docs", "fuzz", "generator", "requirements", "scripts", "tests", "training")
"""Folders of the project by which a path in a document is known; what is below the home of a user is no such path."""


def paths_in(text: str) -> Iterator[str]:
    """Yield what is set in backticks and is a path in the project: below one of its folders, or a Python file."""
    for word in re.findall(r"`([\w./-]+)(?:::\w*)?`", text):
        if word.split("/")[0] in TOP and "/" in word:
            yield word.rstrip("/")
        elif word.endswith(".py"):
            yield f"**/{word}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_files_and_folders_that_a_page_names_exist(page: Path) -> None:
    for path in paths_in(page.read_text("utf-8")):
        assert next(PROJECT.glob(path), None), f"{page.name} names {path}"


def test_every_folder_of_the_program_is_explained_in_the_architecture_and_no_other() -> None:
    table = ARCHITECTURE.partition("\n## The folders\n")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `(rpiocr/[\w/]+)` \| \S", table, re.MULTILINE)
    folders = {path.parent for path in (PROJECT / "rpiocr").rglob("*.*") if "__pycache__" not in path.parts}
    there = {folder.relative_to(PROJECT).as_posix() for folder in folders} - {"rpiocr"}

    assert sorted(explained) == sorted(there)


def test_a_file_that_is_loose_at_the_top_of_the_program_is_named_in_the_architecture() -> None:
    loose = {path.name for path in (PROJECT / "rpiocr").glob("*.py")} - {"__init__.py"}

    assert loose <= {word.removeprefix("**/") for word in paths_in(ARCHITECTURE)}
    assert len(loose) <= 8


def test_the_nouns_of_the_architecture_are_those_of_the_model() -> None:
    table = ARCHITECTURE.partition("\n## The nouns\n")[2].partition("\n## ")[0]
    nouns = re.findall(r"^\| ([A-Z][\w, ]+) \|", table, re.MULTILINE)

    for noun in ", ".join(nouns).split(", "):
        # E-invoices are left out of what is loaded for pictures.
        assert hasattr(rpiocr.model, noun) or hasattr(rpiocr.model.einvoice, noun), noun
