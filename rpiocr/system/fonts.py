"""Finds a font with the characters of many languages among those that Debian packages install.

The installer runs this module before anything else is installed, so it imports the standard library alone.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = "fonts-wqy-microhei"
"""The smallest package with Latin, Greek, Cyrillic, Hangul, kana and Chinese characters: 5 MB, 1.6 to download."""

FONTS = tuple(
    Path("/usr/share/fonts", name)
    for name in (
        "truetype/wqy/wqy-microhei.ttc",
        "opentype/noto/NotoSansCJK-Regular.ttc",
        "truetype/droid/DroidSansFallbackFull.ttf",
    )
)
"""Where PACKAGE and others install fonts with these characters, the best one first."""


def installed_font() -> Path | None:
    """Return the path of the best font that is installed; None if there is none."""
    return next((path for path in FONTS if path.is_file()), None)
