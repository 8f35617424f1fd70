"""Scripts that write no spaces between words."""

from __future__ import annotations

import re

LONE = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Ideographs, kana, bopomofo and Hangul syllables: each is a token of its own, as spaces do not separate words."""

IS_LONE = re.compile(f"[{LONE}]")


def is_dense(word: str) -> bool:
    """Return whether a word begins in a script without spaces between words."""
    return IS_LONE.match(word) is not None
