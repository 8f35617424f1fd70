"""What happens, a line for each event on standard error: words for people, or JSON for programs."""

from __future__ import annotations

import datetime as dt
import re
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

from rpiocr.sanitize.text import is_plain, one_line

PLAIN = re.compile(r"[^\s\"'=]+")
"""Values that can stand in a line of text without quotes."""


class Log:
    """Writes events as ``log_format`` says, text or json; nothing where it is ``quiet``.

    Threads may share one. Without ``stream`` it is what ``sys.stderr`` is at that time; that nobody reads it, or its
    disk is full, hinders nobody.
    """

    def __init__(self, log_format: str, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._write_line = _as_json if log_format == "json" else _as_text
        self._stream = stream
        self._quiet = quiet
        self._lock = threading.Lock()

    def event(self, name: str, /, **facts: object) -> None:
        """Write that something happened; facts that are None are left out.

        ``message`` is a sentence for people, the other facts are for whoever searches.
        """
        self._write("info", name, facts)

    def warning(self, name: str, /, **facts: object) -> None:
        """Write that something asks for attention; see event."""
        self._write("warning", name, facts)

    def error(self, name: str, /, **facts: object) -> None:
        """Write that something went wrong; see event."""
        self._write("error", name, facts)

    def _write(self, level: str, name: str, facts: Mapping[str, object]) -> None:
        if self._quiet:
            return
        known = {key: fact for key, fact in facts.items() if fact is not None}
        line = self._write_line(dt.datetime.now(dt.UTC), level, name, known)
        with self._lock, suppress(OSError, ValueError):
            stream = self._stream or sys.stderr
            if stream is not None:  # it is closed where a program was started so
                stream.write(f"{line}\n")
                stream.flush()


def _as_json(now: dt.datetime, level: str, name: str, facts: Mapping[str, object]) -> str:
    from rpiocr.system.json_text import dumps

    time = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return dumps({"time": time, "level": level, "event": name, **facts}, lenient=True)


def _as_text(now: dt.datetime, level: str, name: str, facts: Mapping[str, object]) -> str:
    where = now.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    words = [f"{level}:"] if level != "info" else []
    words.append(name)
    words += [f"{key}={_shown(fact)}" for key, fact in facts.items() if key != "message"]
    if "message" in facts:
        words.append(f"- {one_line(str(facts['message']))}")
    return f"{where} rpiocr: {' '.join(words)}"


def _shown(fact: object) -> str:
    from rpiocr.system.json_text import dumps

    text = str(round(fact, 3) if isinstance(fact, float) else fact)
    if PLAIN.fullmatch(text) and all(map(is_plain, text)):
        return text
    return dumps(text)
