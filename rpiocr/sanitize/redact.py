"""Hides secrets: in settings that may hold one, and in text of other programs that may quote one."""

from __future__ import annotations

import re
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from enum import Enum
from types import TracebackType
from urllib.parse import unquote

from rpiocr.sanitize.text import lines

NOT_SHOWN = "(not shown)"
HIDDEN = "***"

MIN_LENGTH = 4
"""Minimum length of secrets removed from text: shorter ones occur in ordinary words, and protect nothing."""

PLAIN_OPTIONS = frozenset(
    (
        *("host", "hostaddr", "port", "user", "dbname", "service", "options", "sslmode", "sslrootcert", "sslcert"),
        *("sslkey", "passfile", "connect_timeout", "application_name", "client_encoding", "target_session_attrs"),
        *("uri", "mode", "timeout"),
    )
)
"""Options in a database URL that are shown; any other may be a password."""

SQLITE = re.compile(r"(?P<head>sqlite(?:\+\w+)?:///[^?]*)(?P<options>\?.*)?", re.DOTALL)
SERVER = re.compile(
    r"(?P<head>\w[\w+.-]*://(?:[^:@/?]*(?P<password>:[^@]*)?@)?(?:\[[\w:.%]*\]|[^:@/?\[\]]*)(?::[0-9]*)?(?:/[^?@]*)?)"
    r"(?P<options>\?[^@]*)?",
    re.DOTALL,
)
"""URLs as SQLAlchemy parses them; in any other form the password may be anywhere."""

NO_PATH = re.compile(r"\s*[{-]|.*[\r\n]", re.DOTALL)
"""Start of the content of a credentials file, in JSON or PEM."""

_secrets: set[str] = set()


class Secret(Enum):
    """The part of a value that may be secret: all, the password in a URL, the user of a host, anything but a path."""

    WHOLE = "whole"
    URL = "url"
    HOST = "host"
    FILE = "file"


def shown(text: str, kind: Secret) -> str:
    """Return a value for people and logs, with any secret hidden."""
    return NOT_SHOWN if kind is Secret.WHOLE else _SHOWN[kind](text)


def secrets(text: str, kind: Secret) -> Iterator[str]:
    """Yield the secrets in a value, in every form in which other programs may quote them."""
    if kind is Secret.URL:
        yield from secrets_in(text)
    elif shown(text, kind) != text:
        yield text
        user, _, _ = text.rpartition("@")
        yield user.rpartition("//")[2]


def shown_url(url: str) -> str:
    """Return a database URL without passwords; text of any other form that may hold one is hidden."""
    found = SQLITE.fullmatch(url) or SERVER.fullmatch(url)
    if not found:
        return NOT_SHOWN if re.search("[@:?=]", url) else url
    head = found["head"]
    password = found.groupdict().get("password")
    if password:
        start, end = found.span("password")
        head = f"{head[:start]}:{HIDDEN}{head[end:]}"
    return head + "&".join(_shown_options(found["options"] or ""))


def shown_host(endpoint: str) -> str:
    """Return a host or its URL; hidden if it has a user name, which may be a key."""
    return NOT_SHOWN if "@" in endpoint or "?" in endpoint else endpoint


def shown_file(path: str) -> str:
    """Return the path of a file; hidden if it is the content of one."""
    return NOT_SHOWN if NO_PATH.match(path) else path


def secrets_in(url: str) -> Iterator[str]:
    """Yield possible passwords in a URL, both encoded and decoded; the URL may be malformed."""
    authority, at, _ = url.rpartition("@")
    _, _, user = (authority if at else "" if SERVER.fullmatch(url) else url).rpartition("://")
    after_each_colon = (user[colon.end() :] for colon in re.finditer(":", user))
    for part in (*after_each_colon, *_hidden_options(url)):
        yield part
        yield unquote(part)


_SHOWN = {Secret.URL: shown_url, Secret.HOST: shown_host, Secret.FILE: shown_file}


def is_plain_option(name: str) -> bool:
    """Return whether an option in a database URL can be shown."""
    return name in PLAIN_OPTIONS


def hide(secrets: Iterable[str]) -> None:
    """Make ``redacted`` remove these from now on, in the whole process."""
    _secrets.update(filter(_is_long, secrets))


def redacted(text: str) -> str:
    """Return text, such as another program's error, without the secrets given to ``hide``."""
    return without(text, _secrets)


def without(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` without these secrets, except those shorter than MIN_LENGTH."""
    for secret in sorted(filter(_is_long, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def redact_tracebacks() -> None:
    """Make Python print uncaught exceptions without secrets, in all threads."""
    sys.excepthook = _print
    threading.excepthook = _print_of_thread


def _is_long(secret: str) -> bool:
    return len(secret) >= MIN_LENGTH


def _print(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if sys.stderr is not None:
        sys.stderr.write(lines(redacted("".join(traceback.format_exception(kind, error, trace)))))


def _print_of_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
        _print(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _shown_options(options: str) -> Iterator[str]:
    if options:
        for option in options.split("&"):
            name, sign, _ = option.partition("=")
            yield option if is_plain_option(name.removeprefix("?")) else f"{name}{sign}{HIDDEN}"


def _hidden_options(url: str) -> Iterator[str]:
    _, _, options = url.partition("?")
    named = (option.partition("=") for option in options.split("&"))
    return (value for name, _, value in named if value and not is_plain_option(name))
