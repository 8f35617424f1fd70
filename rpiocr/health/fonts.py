"""Checks that a font has the characters of the languages that are read."""

from __future__ import annotations

from rpiocr.recognise.tesseract_models import INSTALL
from rpiocr.system.finding import Finding, good, tip
from rpiocr.system.fonts import PACKAGE, installed_font


def font_finding() -> Finding:
    """Examine the font of labels on images."""
    path = installed_font()
    if path is None:
        what = "labels on images: no font for letters with accents and other scripts, which are written as escapes"
        return tip(what, f"{INSTALL} {PACKAGE}")
    return good(f"labels on images: {path}")
