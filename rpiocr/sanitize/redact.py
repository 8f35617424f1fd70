"""Secrets stay secret: what is shown of a value that holds one, and text of others from which ours are taken out."""

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

LEAST = 4
"""Shorter secrets are not looked for in text: they occur in other words, and guard nothing."""

PLAIN_OPTIONS = frozenset(
    (
        *("host", "hostaddr", "port", "user", "dbname", "service", "options", "sslmode", "sslrootcert", "sslcert"),
        *("sslkey", "passfile", "connect_timeout", "application_name", "client_encoding", "target_session_attrs"),
        *("uri", "mode", "timeout"),
    )
)
"""Options in the URL of a database that are shown; whatever else stands there may be a password."""

SQLITE = re.compile(r"(?P<head>sqlite(?:\+\w+)?:///[^?]*)(?P<options>\?.*)?", re.DOTALL)
SERVER = re.compile(
    r"(?P<head>\w[\w+.-]*://(?:[^:@/?]*(?P<password>:[^@]*)?@)?(?:\[[\w:.%]*\]|[^:@/?\[\]]*)(?::[0-9]*)?(?:/[^?@]*)?)"
    r"(?P<options>\?[^@]*)?",
    re.DOTALL,
)
"""URLs that are understood, as SQLAlchemy would: what has another form may have its password anywhere."""

NO_PATH = re.compile(r"\s*[{-]|.*[\r\n]", re.DOTALL)
"""How the content of a file of credentials begins, in JSON or PEM."""

_secrets: set[str] = set()


class Secret(Enum):
    """What of a value may be secret: all of it, the password in a URL, the user of a host, what is no path."""

    WHOLE = "whole"
    URL = "url"
    HOST = "host"
    FILE = "file"


def shown(text: str, kind: Secret) -> str:
    """Return a value that may hold a secret as people and logs may see it."""
    return NOT_SHOWN if kind is Secret.WHOLE else _SHOWN[kind](text)


def secrets(text: str, kind: Secret) -> Iterator[str]:
    """Yield what must not be seen of a value, in each way in which others may quote it."""
    if kind is Secret.URL:
        yield from secrets_in(text)
    elif shown(text, kind) != text:
        yield text
        user, _, _ = text.rpartition("@")
        yield user.rpartition("//")[2]


def shown_url(url: str) -> str:
    """Return the URL of a database without passwords; what has another form and may hold one is not shown."""
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
    """Return a host, or the URL of one; not shown where it names a user, who may be a key."""
    return NOT_SHOWN if "@" in endpoint or "?" in endpoint else endpoint


def shown_file(path: str) -> str:
    """Return the path of a file; not shown where it is the content of one."""
    return NOT_SHOWN if NO_PATH.match(path) else path


def secrets_in(url: str) -> Iterator[str]:
    """Yield what may be a password in a URL, as it stands there and as it is meant; the URL may be malformed."""
    authority, at, _ = url.rpartition("@")
    _, _, user = (authority if at else "" if SERVER.fullmatch(url) else url).rpartition("://")
    after_each_colon = (user[colon.end() :] for colon in re.finditer(":", user))
    for part in (*after_each_colon, *_hidden_options(url)):
        yield part
        yield unquote(part)


_SHOWN = {Secret.URL: shown_url, Secret.HOST: shown_host, Secret.FILE: shown_file}


def is_plain_option(name: str) -> bool:
    """Whether an option in the URL of a database can be shown."""
    return name in PLAIN_OPTIONS


def hide(secrets: Iterable[str]) -> None:
    """Have ``redacted`` take these out from now on, in the whole process."""
    _secrets.update(filter(_is_long, secrets))


def redacted(text: str) -> str:
    """Return text that may quote a secret, such as another program's error, without those given to ``hide``."""
    return without(text, _secrets)


def without(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with these secrets taken out of it, but for those shorter than LEAST."""
    for secret in sorted(filter(_is_long, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def redact_tracebacks() -> None:
    """Have Python print exceptions that nobody caught without secrets, those of threads too."""
    sys.excepthook = _print
    threading.excepthook = _print_of_thread


def _is_long(secret: str) -> bool:
    return len(secret) >= LEAST


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
