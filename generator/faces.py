"""Selects the typefaces for a country's receipts: those that have glyphs for all of its characters.

The coverage of the narrow faces is stored in ``coverage.toml``, so that receipts can be drafted, with the same result,
on machines without the fonts. ``python -m generator.faces`` writes that file from the installed fonts.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from unicodedata import category

from PIL import ImageFont

from generator.fonts import FACES, WIDE_FACES, Face
from generator.locales import characters, load_country
from generator.sheet import is_wide

COVERAGE = Path(__file__).parent / "coverage.toml"

BLOCKS = range(0x20, 0x2500)
"""Latin, Greek and Cyrillic letters, punctuation and signs: characters that take one cell."""


@cache
def faces_for(country: str) -> tuple[Face, ...]:
    """Return the faces for a country code in a fixed order. Raises ValueError if none has all of its characters.

    Currency signs do not count, because printers take them from a fallback font.
    """
    used = characters(country)
    needed = frozenset(ord(c) for c in used if not is_wide(c) and category(c) != "Sc")
    language = load_country(country).language.code
    if any(map(is_wide, used)):
        found = tuple(face for face in WIDE_FACES if language in face.languages and needed <= covered(face.file))
    else:
        found = tuple(face for face in FACES if needed <= covered(face.file))
    if not found:
        raise ValueError(f"no face has all characters of {country}: use others in its file, or add a face to fonts.py")
    return found


@cache
def covered(file: str) -> frozenset[int]:
    """Return the code points of BLOCKS that the font in ``file`` covers."""
    table: dict[str, str] = tomllib.loads(COVERAGE.read_text(encoding="utf-8"))
    spans = (span.split("-") for span in table[file].split())
    return frozenset(code for span in spans for code in range(int(span[0], 16), int(span[-1], 16) + 1))


def has_glyph(font: ImageFont.FreeTypeFont, character: str) -> bool:
    """Return whether a font has a glyph for a character: one that differs from that of a noncharacter."""
    mask, nothing = (font.getmask(text, "1") for text in (character, "\U0010fffe"))
    return (mask.size, bytes(mask)) != (nothing.size, bytes(nothing))


def _spans(codes: list[int]) -> str:
    """Write sorted code points as ranges of hexadecimal numbers."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and code == spans[-1][1] + 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in spans)


def main() -> None:
    """Write COVERAGE from the installed fonts. Raises OSError if one is missing."""
    rows = []
    for file, face in sorted({face.file: face for face in (*FACES, *WIDE_FACES)}.items()):
        font = ImageFont.truetype(face.path, face.size)
        codes = [code for code in BLOCKS if chr(code).isprintable() and has_glyph(font, chr(code))]
        rows.append(f'"{file}" = "{_spans(codes)}"\n')
    COVERAGE.write_text("# Code points that each font has; written by python -m generator.faces\n" + "".join(rows))


if __name__ == "__main__":
    main()
