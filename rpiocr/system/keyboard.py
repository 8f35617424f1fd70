"""Keys pressed at the terminal, one by one, without waiting for the end of a line."""

from __future__ import annotations

import codecs
import os
import re
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ENTER, ESCAPE, BACKSPACE, UP, DOWN = "enter", "escape", "backspace", "up", "down"
"""Names of keys that type no character."""

NAMES = {
    **{"\r": ENTER, "\n": ENTER, "\x1b": ESCAPE, "\x7f": BACKSPACE, "\x08": BACKSPACE},
    **{"\x1b[A": UP, "\x1bOA": UP, "\x1b[B": DOWN, "\x1bOB": DOWN},
}

KEY = re.compile(r"\x1b\[[0-9;?]*[A-Za-z~]|\x1bO[A-Za-z]|.", re.DOTALL)
"""A character, or the sequence that a terminal sends for a key without one."""

AT_ONCE = 1024


@contextmanager
def pressed_keys() -> Iterator[Iterator[str]]:
    """Yield the keys pressed on standard input: a character, or the name of a key; they end with the input.

    Meanwhile the terminal shows nothing of them, and keeps those that are pressed before they are asked for. Keys that
    have no name here are skipped; Ctrl-C interrupts as ever.
    """
    stream = sys.stdin.fileno()
    before = termios.tcgetattr(stream)
    try:
        tty.setcbreak(stream, termios.TCSADRAIN)
        yield _keys(stream)
    finally:
        with suppress(termios.error):  # the terminal is gone
            termios.tcsetattr(stream, termios.TCSADRAIN, before)


def _keys(stream: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while data := _pressed(stream):
        for key in KEY.findall(decoder.decode(data)):
            if key in NAMES:
                yield NAMES[key]
            elif key.isprintable():
                yield key


def _pressed(stream: int) -> bytes:
    """Wait for keys; none if the terminal is gone."""
    try:
        return os.read(stream, AT_ONCE)
    except OSError:
        return b""
