"""Words of misleading receipts, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"


@cache
def load_phrases(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the wordings of a language by key; those of ``es-MX`` are those of ``es``, unless it has a file.

    Raises FileNotFoundError if there is none.
    """
    path = WORDS / f"{language}.toml"
    if not path.exists():
        path = WORDS / f"{language.partition('-')[0]}.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: tuple(values) for key, values in table.items()}
