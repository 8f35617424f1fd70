"""Every sentence of the pages is in one place, in every language."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from rpiocr.serve.pages.rendering import FOLDER
from rpiocr.serve.texts import LANGUAGES, texts_in

TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
SCRIPTS = sorted(one for one in (FOLDER / "static").rglob("*.js") if "vendor" not in one.parts)
ENGLISH = texts_in("en").entries

WHOLE = re.compile(r"""["'`]([a-z]\w*(?:\.\w+)+)["'`](?!\s*~)""")
"""A name of a sentence in the source."""

BEGINNING = re.compile(r"""["'`]([a-z]\w*(?:\.\w+)*\.\w*)(?:\$\{|["'`]\s*~)""")
"""The beginning of names that are put together."""

CALL = re.compile(r"""\bt(?:\.section)?\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)""")

NOT_TEXT = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<script\b.*?</script>|<[^>]*>", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:alt|title|placeholder|aria-label|aria-description)="([^"{]*[A-Za-z]{2}[^"{]*)\"""")
SENTENCE = re.compile(r"""(["'`])(?=[^"'`]*[A-Za-z]{2,} [A-Za-z]{2,})[A-Z][^"'`]*\1""")

NO_WORDS = frozenset(("rpiocr", "openapi.json", "EUR"))
"""What is the same in every language."""


def asked(source: str) -> tuple[set[str], tuple[str, ...]]:
    """Return the names of sentences in a source, and the beginnings of those that are put together."""
    return set(WHOLE.findall(source)), tuple(BEGINNING.findall(source))


def plain(name: str) -> str:
    """Return a name by which one and several are chosen."""
    return name.removesuffix(".one").removesuffix(".other")


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_language_has_every_sentence_with_the_same_values(language: str) -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    other = texts_in(language).entries
    assert list(other) == list(ENGLISH)
    assert {name for name in other if values(other[name]) != values(ENGLISH[name])} == set()


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=lambda path: path.name)
def test_every_sentence_that_is_asked_for_is_there(path: Path) -> None:
    names, beginnings = asked("\n".join(CALL.findall(path.read_text("utf-8"))))
    assert names - set(map(plain, ENGLISH)) == set()
    assert [one for one in beginnings if not any(name.startswith(one) for name in ENGLISH)] == []


def test_every_sentence_is_used() -> None:
    names, beginnings = asked("\n".join(path.read_text("utf-8") for path in [*TEMPLATES, *SCRIPTS]))
    assert [name for name in ENGLISH if plain(name) not in names and not name.startswith(beginnings)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_words_of_its_own(path: Path) -> None:
    source = path.read_text("utf-8")
    words = set(re.findall(r"[A-Za-z]{2,}(?:\.[a-z]+)?", NOT_TEXT.sub(" ", re.sub(r"&\w+;", " ", source))))
    assert words - NO_WORDS == set()
    assert set(SPOKEN.findall(source)) - NO_WORDS == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_has_sentences_of_its_own(path: Path) -> None:
    code = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    assert [found[0] for found in SENTENCE.finditer(code)] == []
