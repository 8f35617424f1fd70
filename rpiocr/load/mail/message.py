"""Takes a mail apart, within bounds on its size, its lines, and the number and depth of its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from typing import Any

from rpiocr.decode.formats import Format, recognise
from rpiocr.errors import EncryptedFileError, InputError, PictureTooLargeError, TooManyPartsError
from rpiocr.load.mail.headers import AnyMessage, CutFields, content_id, day_of, name_of, text_of
from rpiocr.load.mail.kinds import ENCRYPTED, IGNORED, PGP_START, note_on

MAX_BYTES = 64 * 1024 * 1024
"""Maximum size of a mail: servers accept half of that."""

MAX_LINES = 1_500_000
"""Maximum number of lines, which is that of 100 MB of attachments."""

MAX_WORK = 10_000_000
"""Maximum product of lines and of parts that may be nested: each line is compared with the boundary of each."""

MAX_PARTS = 50
MAX_DEPTH = 8
"""Maximum number of parts, those that only hold others included, and how deep they are nested."""


MAX_ORNAMENT = 40_000
"""Size in bytes below which a picture in the text is likely a logo; photos have ten times that."""

MIN_PICTURE = 8_000
"""Minimum size in bytes of a picture in the text that may be a receipt."""


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment or a picture in the text: its name, its bytes and their format.

    ``in_text``: it is a picture that the text shows, such as a logo or a photo.
    """

    name: str | None
    data: bytes
    format: Format
    in_text: bool

    @property
    def is_ornament(self) -> bool:
        """Whether it is likely a logo, an icon or a tracker."""
        return self.in_text and len(self.data) < MAX_ORNAMENT


@dataclass(frozen=True, slots=True)
class Body:
    """What one message says, as HTML, as plain text, or as both; ``name`` is that of an attachment, if it is one."""

    html: str
    text: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail: its parts and texts in order, why others were left out, and the day on which it says it was sent.

    ``encrypted``: a part of it is.
    """

    parts: tuple[Part, ...]
    bodies: tuple[Body, ...]
    left_out: tuple[str, ...]
    sent: dt.date | None
    encrypted: bool

    @property
    def files(self) -> tuple[Part, ...]:
        """The parts that may be receipts."""
        return tuple(part for part in self.parts if not part.is_ornament)

    @property
    def ornaments(self) -> tuple[Part, ...]:
        """The small pictures in the text that are not too small to be receipts."""
        return tuple(part for part in self.parts if part.is_ornament and len(part.data) >= MIN_PICTURE)


def read_mail(data: bytes, name: str) -> Mail:
    """Take a mail apart; messages refer to it as ``name``. Nothing that it links to is fetched.

    Raises PictureTooLargeError, TooManyPartsError, and EncryptedFileError if nothing of it can be read without a key.
    """
    taken = _Taken(name)
    top = taken.parsed(data)
    taken.message(top, 0)
    found = taken.mail(day_of(top))
    if found.encrypted and not found.parts and not found.bodies:
        message = f"{name} is encrypted, or wrapped in a signature: open it in a mail program, and save what it holds."
        raise EncryptedFileError(message)
    return found


@dataclass(slots=True)
class _Text:
    """The texts of one message."""

    html: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)

    @property
    def body(self) -> Body | None:
        html, plain = "\n".join(self.html), "\n".join(self.plain)
        return Body(html, plain) if html.strip() or plain.strip() else None


@dataclass(slots=True)
class _Taken:
    name: str
    parts: list[tuple[Part, str | None]] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    count: int = 0
    encrypted: bool = False

    def mail(self, sent: dt.date | None) -> Mail:
        """Return what was taken; pictures that a text refers to are part of it."""
        html = "".join(body.html for body in self.bodies)
        parts = (
            Part(part.name, part.data, part.format, part.in_text or bool(key and f"cid:{key}" in html))
            for part, key in self.parts
        )
        return Mail(tuple(parts), tuple(self.bodies), tuple(self.left_out), sent, self.encrypted)

    def parsed(self, data: bytes) -> AnyMessage:
        """Return the message that bytes hold; raises an InputError if it exceeds a bound."""
        lines = data.count(b"\n") + data.count(b"\r")
        if len(data) > MAX_BYTES or lines > 2 * MAX_LINES:
            message = f"{self.name} is too large for a mail: save the receipt in it as a file."
            raise PictureTooLargeError(message)
        if lines * min(data.count(b"boundary"), MAX_PARTS) > MAX_WORK:
            raise self._too_many()
        self.count -= 1  # the parser makes a message that it does not use
        try:
            return BytesParser(self._new_message, policy=CutFields()).parsebytes(data)
        except (MessageError, RecursionError, ValueError, LookupError) as error:
            message = f"{self.name} cannot be read as a mail: save the receipt in it as a file."
            raise InputError(message) from error

    def _new_message(self, *_: object, **given: Any) -> AnyMessage:  # noqa: ANN401 - what the parser passes
        self.count += 1
        if self.count > MAX_PARTS:
            raise self._too_many()
        return Message(**given)

    def _too_many(self) -> TooManyPartsError:
        return TooManyPartsError(
            f"{self.name} has more than {MAX_PARTS} parts, or more than {MAX_DEPTH} within each other: save the receipt"
            " in it as a file."
        )

    def message(self, message: AnyMessage, depth: int) -> None:
        """Take what a message holds; its text is a body of its own."""
        text = _Text()
        self._part(message, text, depth)
        if body := text.body:
            self.bodies.append(body)

    def _part(self, part: AnyMessage, text: _Text, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self._too_many()
        kind = part.get_content_type()
        if kind in ENCRYPTED:
            self.encrypted = True
        elif part.is_multipart():
            for inner in _inner(part):
                if kind == "message/rfc822":
                    self.message(inner, depth + 1)
                else:
                    self._part(inner, text, depth + 1)
        elif kind not in IGNORED:
            self._leaf(part, kind, text, depth)

    def _leaf(self, part: AnyMessage, kind: str, text: _Text, depth: int) -> None:
        payload = part.get_payload(decode=True)
        data, name = payload if isinstance(payload, bytes) else b"", name_of(part)
        is_attached = part.get_content_disposition() == "attachment"
        if kind in ("text/html", "text/plain") and not data.startswith(b"%PDF-"):
            self._text(text_of(data, part.get_content_charset()), kind, name if is_attached else None, text)
            return
        found = recognise(data)
        if found is Format.MAIL:
            self.message(self.parsed(data), depth + 1)
        elif found is not None:
            is_shown = part.get_content_disposition() == "inline" and kind.startswith("image/")
            self.parts.append((Part(name, data, found, is_shown), content_id(part)))
        elif data and (note := note_on(data, kind, name)):
            self.left_out.append(note)

    def _text(self, written: str, kind: str, name: str | None, text: _Text) -> None:
        if written.lstrip().startswith(PGP_START):
            self.encrypted = True
        elif name is not None:
            is_html = kind == "text/html"
            self.bodies.append(Body(written if is_html else "", "" if is_html else written, name))
        else:
            (text.html if kind == "text/html" else text.plain).append(written)


def _inner(part: AnyMessage) -> Iterator[AnyMessage]:
    payload = part.get_payload()
    return (one for one in payload if isinstance(one, Message)) if isinstance(payload, list) else iter(())
