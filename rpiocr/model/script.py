"""Writing systems."""

from __future__ import annotations

from enum import StrEnum


class Script(StrEnum):
    """How a language is written, by the names that Tesseract's script detection uses where it has one."""

    LATIN = "Latin"
    CYRILLIC = "Cyrillic"
    GREEK = "Greek"
    HANGUL = "Hangul"
    JAPANESE = "Japanese"
    HAN = "Han"
    ARABIC = "Arabic"
    HEBREW = "Hebrew"
    THAI = "Thai"
    DEVANAGARI = "Devanagari"
