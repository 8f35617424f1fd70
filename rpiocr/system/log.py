"""The log, through the standard library's logging: words for people or JSON for programs, a line for each event."""

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
"""Values that a line of text holds without quotes."""

SILENT = logging.CRITICAL + 1


class Log:
    """Writes events as ``log_format`` asks, text or json; nothing where it is ``quiet``.

    Threads may share one. Without ``stream`` it is what ``sys.stderr`` is at that time; if it cannot be written to,
    nothing happens.
    """

    def __init__(self, log_format: str, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._logger = logging.Logger("rpiocr", SILENT if quiet else logging.INFO)
        self._logger.addHandler(_handler(log_format, stream))

    def event(self, name: str, /, **facts: object) -> None:
        """Write that something happened; facts that are None are left out.

        ``message`` is a sentence for people, the other facts are for programs and searches.
        """
        self._write(logging.INFO, name, facts)

    def warning(self, name: str, /, **facts: object) -> None:
        """Write that something asks for attention; see event."""
        self._write(logging.WARNING, name, facts)

    def error(self, name: str, /, **facts: object) -> None:
        """Write that something went wrong; see event."""
        self._write(logging.ERROR, name, facts)

    def _write(self, level: int, name: str, facts: Mapping[str, object]) -> None:
        known = {key: fact for key, fact in facts.items() if fact is not None}
        self._logger.log(level, "%s", name, extra={"facts": known})


def set_up_logging(level: int, log_format: str = "text") -> None:
    """Have the messages of all modules and libraries from ``level`` on written to standard error."""
    logging.basicConfig(level=level, handlers=[_handler(log_format)])


def _handler(log_format: str, stream: TextIO | None = None) -> logging.Handler:
    handler = _LineHandler(stream)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    return handler


class _LineHandler(logging.Handler):
    """Writes to a stream, or to what standard error is at that time, and never fails."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        stream: TextIO | None = self._stream or sys.stderr
        if stream is not None:  # Python has none where it was started with standard error closed
            with suppress(OSError, ValueError):
                stream.write(f"{self.format(record)}\n")
                stream.flush()


class TextFormatter(logging.Formatter):
    """One line for an event; for a message of a library, it and the traceback below it. Secrets are taken out."""

    def __init__(self) -> None:
        super().__init__("rpiocr: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return what a terminal only shows, see rpiocr.sanitize.text."""
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
    """One JSON object on one line: time, level, event and its facts. Secrets are taken out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a message of a library is the event "log", with its traceback where it has one."""
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
    """Return the facts of an event, None for a message of a library; in quotes a secret may be written otherwise."""
    facts: dict[str, object] | None = getattr(record, "facts", None)
    return facts and {name: redacted(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}


def _shown(fact: object) -> str:
    from rpiocr.system.json_text import dumps

    text = str(round(fact, 3) if isinstance(fact, float) else fact)
    if PLAIN.fullmatch(text) and all(map(is_plain, text)):
        return text
    return dumps(text)
