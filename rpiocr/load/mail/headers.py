"""The header fields of mails, each cut to a length at which nothing that reads it takes long."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from contextlib import suppress
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from rpiocr.sanitize.text import one_line

MAX_FIELD = 4000
"""Maximum length of a header field: parameters are searched in time quadratic in it."""

MAX_NAME = 120
"""Maximum length of the name of an attachment."""

CHARSET = re.compile(
    r"us-ascii|ascii|utf-?8|utf-?16(?:le|be)?|iso-?8859-?[0-9]{1,2}|latin-?1|(?:windows-|cp)[0-9]{3,4}|koi8-[ru]|gb2312|"
    r"gbk|gb18030|big5(?:-hkscs)?|shift_jis|euc-(?:jp|kr)|iso-2022-(?:jp|kr)|ks_c_5601-1987|tis-620|macintosh",
    re.IGNORECASE,
)
"""Encodings of text that are used; the others that Python knows include slow and odd ones."""


class CutFields(Compat32):
    """Reads header fields as the module email does, but not beyond MAX_FIELD characters."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return name and value of a field."""
        name, _, value = sourcelines[0].partition(":")
        whole = value.lstrip(" \t")[:MAX_FIELD]
        for line in sourcelines[1:]:
            if len(whole) >= MAX_FIELD:
                break
            whole += line[:MAX_FIELD]
        return name, whole[:MAX_FIELD].rstrip("\r\n")

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - as the others
        """Return the value of a field; bytes that are no ASCII are UTF-8, or else Western."""
        return text_of(value.encode("utf-8", "surrogateescape"), None)


if TYPE_CHECKING:
    AnyMessage: TypeAlias = Message[Any, Any]
else:
    AnyMessage = Message


def decoded(value: str) -> str:
    """Return a value with its encoded words (RFC 2047) resolved."""
    try:
        pieces: Sequence[tuple[Any, str | None]] = decode_header(value)
    except (MessageError, ValueError):
        return value
    return "".join(_piece(piece, charset) for piece, charset in pieces)


def _piece(piece: bytes | str, charset: str | None) -> str:
    return piece if isinstance(piece, str) else text_of(piece, charset)


def text_of(data: bytes, charset: str | None) -> str:
    """Return bytes as text in the encoding that a mail states, if it is a usual one; else UTF-8, or else Western."""
    if charset and CHARSET.fullmatch(charset.strip()):
        with suppress(LookupError):
            return data.decode(charset.strip(), "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def name_of(message: AnyMessage) -> str | None:
    """Return the name of an attachment, without folders and what a terminal would obey; None if it has none."""
    given = message.get_filename()
    if not given:
        return None
    last = re.split(r"[/\\]", decoded(given))[-1]
    return one_line(" ".join(last.split()))[:MAX_NAME].strip() or None


def content_id(message: AnyMessage) -> str | None:
    """Return by what name the text of a mail refers to a part."""
    return str(message.get("Content-ID", "")).strip().strip("<>").strip() or None


def day_of(message: AnyMessage) -> dt.date | None:
    """Return the day on which a mail says that it was sent, where its sender was."""
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return parsedate_to_datetime(str(message.get("Date", ""))[:200]).date()
    return None
