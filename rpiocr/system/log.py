"""The log, based on the standard library's logging: one line per event, as text for people or JSON for programs."""

from __future__ import annotations

import datetime as dt
import logging
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

from rpiocr.sanitize.redact import redacted
from rpiocr.sanitize.text import is_plain, lines, one_line

PLAIN = re.compile(r"[^\s\"'=]+")
"""Values that are printed without quotes."""

SILENT = logging.CRITICAL + 1


class Log:
    """Writes events in ``log_format``, text or json; nothing if ``quiet``.

    Thread-safe. ``stream`` defaults to ``sys.stderr`` at the time of writing; failed writes are ignored.
    """

    def __init__(self, log_format: str, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._logger = logging.Logger("rpiocr", SILENT if quiet else logging.INFO)
        self._logger.addHandler(_handler(log_format, stream))

    def event(self, name: str, /, **facts: object) -> None:
        """Log an event; facts that are None are left out.

        ``message`` is a sentence for people, the other facts are for programs and searching.
        """
        self._write(logging.INFO, name, facts)

    def warning(self, name: str, /, **facts: object) -> None:
        """Log something that needs attention; see event."""
        self._write(logging.WARNING, name, facts)

    def error(self, name: str, /, **facts: object) -> None:
        """Log an error; see event."""
        self._write(logging.ERROR, name, facts)

    def _write(self, level: int, name: str, facts: Mapping[str, object]) -> None:
        known = {key: fact for key, fact in facts.items() if fact is not None}
        self._logger.log(level, "%s", name, extra={"facts": known})


def set_up_logging(level: int, log_format: str = "text") -> None:
    """Log messages of all modules and libraries from ``level`` on to standard error."""
    logging.basicConfig(level=level, handlers=[_handler(log_format)])


def _handler(log_format: str, stream: TextIO | None = None) -> logging.Handler:
    handler = _LineHandler(stream)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    return handler


class _LineHandler(logging.Handler):
    """Writes to a stream, by default the current standard error, and never fails."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        stream: TextIO | None = self._stream or sys.stderr
        if stream is not None:  # Python sets None if it was started with standard error closed
            with suppress(OSError, ValueError):
                stream.write(f"{self.format(record)}\n")
                stream.flush()


class TextFormatter(logging.Formatter):
    """Formats an event as one line, a library's message with its traceback below. Secrets are removed."""

    def __init__(self) -> None:
        super().__init__("rpiocr: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return text without control characters, see rpiocr.sanitize.text."""
        facts = _facts(record)
        if facts is None:
            return lines(redacted(super().format(record)))
        time = dt.datetime.fromtimestamp(record.created, dt.UTC).astimezone()
        words = [f"{record.levelname.lower()}:"] if record.levelno != logging.INFO else []
        words.append(record.getMessage())
        words += [f"{key}={_shown(fact)}" for key, fact in facts.items() if key != "message"]
        if "message" in facts:
            words.append(f"- {one_line(str(facts['message']))}")
        return redacted(f"{time:%Y-%m-%d %H:%M:%S} rpiocr: {' '.join(words)}")


class JsonFormatter(logging.Formatter):
    """Formats one JSON object per line: time, level, event and its facts. Secrets are removed."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a library's message is the event "log", with its traceback if it has one."""
        from rpiocr.system.json_text import dumps

        time = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line = {"time": time.replace("+00:00", "Z"), "level": record.levelname.lower()}
        facts = _facts(record)
        if facts is None:
            facts = {"logger": record.name, "message": redacted(record.getMessage())}
            if record.exc_info:
                facts["traceback"] = self.formatException(record.exc_info)
            line["event"] = "log"
        else:
            line["event"] = record.getMessage()
        return redacted(dumps(line | facts, lenient=True))


def _facts(record: logging.LogRecord) -> dict[str, object] | None:
    """Return the redacted facts of an event, as quoting may alter a secret; None for a library's message."""
    facts: dict[str, object] | None = getattr(record, "facts", None)
    return facts and {name: redacted(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}


def _shown(fact: object) -> str:
    from rpiocr.system.json_text import dumps

    text = str(round(fact, 3) if isinstance(fact, float) else fact)
    if PLAIN.fullmatch(text) and all(map(is_plain, text)):
        return text
    return dumps(text)
