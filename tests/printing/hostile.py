"""Two hundred names that somebody might give to a file or a shop to harm whoever looks at them."""

from __future__ import annotations

import re

STEERING = (
    "\x1b]52;c;ZXZpbA==\x07", "\x1b]0;owned\x07", "\x1b]8;;file:///etc/passwd\x1b\\here", "\x1b[2J", "\x1b[5;5H",
    "\x1b[31m", "\x1b[?1049h", "\x1bPq\x1b\\", "\x1bc", "\x9b2J", "\x9d52;c;ZXZpbA==\x9c", "\x90q\x9c", "\x07",
    "\x08\x08\x08", "\x7f", "\x0e", "\u202egpj.", "\u2066a\u2069", "\u200f", "\u061c", "\ufeff", "\u200b",
    "\U000e0041", "\x85", "\x0b", "\x0c", "\x1c", "\u2028", "\u2029", "\r", "\n", "\r\n", "\t", "\udce9", "\udc9b2J",
    "\ufffe", "\ue000",
)  # fmt: skip
"""What a terminal obeys, and what ends a line or a cell to some program."""

SYNTAX = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("x")', "＝1", "＋1", "\u00a0=1", "  =1",
    "[red]x", "[/]", "[link=x]y[/link]", ":smile:", "[bold", "\\[red]", "; x", "a  ; b", "| x", "(code) x", "* x",
    "! x", "=x", "@ 5 EUR", "[2024-99-99]", "{x}", "%s%n", "{0}", "$(x)", "`x`", 'a "b" c', "a 'b", "\\", '"', "'",
    '""', ",", ";", "a,b;c", "<script>alert(1)<", "</title><script>x()<", '"><img src=x onerror=x()>', "&lt;b&gt;",
    "<!--", "]]>", "<a href='javascript:x()'>x<", "--help", "-", "~", "*", "#rpiocr", "^x", "include /etc/passwd",
    "2024-01-01 open A:B",
)  # fmt: skip
"""What spreadsheets, Rich, ledgers, HTML and formatting take for more than text."""

LONG = ("x" * 5000, "語" * 5000, "a b " * 1250, "\x1b[31m" * 1000, "; " * 2500, '"' * 5000, "x\r=1\n" * 800)

TEXTS = tuple(
    dict.fromkeys(
        (
            *(f"{one}shop" for one in STEERING),
            *(f"Corner {one} shop" for one in STEERING),
            *(f"{one}=1+1" for one in STEERING),
            *SYNTAX,
            *(f"Corner{one}" for one in SYNTAX[:30]),
            *LONG,
        )
    )
)

NAMES = tuple(text.replace("/", "_").replace("\0", "")[:60] for text in TEXTS)
"""The same as names of files; some are not UTF-8."""

OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Characters that no output may have; line feeds end the lines of our own."""

OWN = re.compile(r"\x1b\[[0-9;]*[mKA]|\x1b\[\?25[hl]")
"""What Rich and Click write to a terminal: colours, a line cleared, the cursor up or hidden."""


def assert_plain(data: bytes, *, lines: int | None = None) -> str:
    """Fail where a terminal would obey something in ``data``, or it is not of so many lines; returns its text."""
    text = data.decode("utf-8")
    found = OBEYED.search(text)
    assert found is None, repr(text[max(0, found.start() - 60) : found.end() + 20])
    assert lines in (None, text.count("\n")), text.count("\n")
    return text
