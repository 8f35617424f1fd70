"""Parses XML within bounds, by expat: no document type, no entities, nothing fetched.

Not lxml: expat is part of Python, so that e-invoices need nothing installed, it is told to stop at the first
declaration, and elements can be counted while they arrive and not only once all are in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_BYTES = 5 * 1024 * 1024
"""Maximum size of a document: invoices of thousands of lines have 2 MB."""

MAX_DEPTH = 60
"""Maximum depth of elements; invoices have less than 20, signatures in them a few more."""

MAX_ELEMENTS = 300_000
"""Maximum number of elements; a line of an invoice has about 30."""

MAX_LINES = 10_000
"""Maximum number of lines of an invoice."""

MAX_TEXT = 4000
"""Maximum length of a text that is kept: what is longer is an enclosed file in base64."""

NAMESPACE_END = " "


class XmlError(Exception):
    """The bytes are not XML that is accepted; the message says why, for people."""


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, that namespace, its attributes, and its own text without its margins."""

    namespace: str
    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[Element]:
        """Yield the elements at a path of names below this one, in the order of the document."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> Element | None:
        """Return the first element at a path, None if there is none."""
        return next(self.all(*path), None)

    def value(self, *path: str) -> str | None:
        """Return the text of the first element at a path that has any."""
        return next((one.text for one in self.all(*path) if one.text), None)


class _Builder:
    """Builds the tree as expat reports it; raises XmlError as soon as a bound is exceeded."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._lengths: list[int] = []
        self._elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._open) >= MAX_DEPTH:
            message = f"its elements are nested more than {MAX_DEPTH} deep"
            raise XmlError(message)
        if self._elements > MAX_ELEMENTS:
            message = f"it has more than {MAX_ELEMENTS} elements"
            raise XmlError(message)
        namespace, _, local = name.rpartition(NAMESPACE_END)
        element = Element(namespace, local, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])
        self._lengths.append(0)

    def end(self, _name: str) -> None:
        self._lengths.pop()
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def text(self, data: str) -> None:
        if self._lengths[-1] < MAX_TEXT:
            self._texts[-1].append(data[: MAX_TEXT - self._lengths[-1]])
            self._lengths[-1] += len(data)

    def declared(self, *_: object) -> None:
        message = "it declares a document type or entities, which an invoice has no use for"
        raise XmlError(message)


def parse_xml(data: bytes) -> Element:
    """Return the root of a document; raises XmlError if it is not well-formed, or exceeds a bound.

    Encodings are UTF-8, UTF-16 and those with one byte a character. A document type declaration is refused before
    anything in it is looked at, so that no entity is ever expanded.
    """
    if len(data) > MAX_BYTES:
        message = f"it is larger than {MAX_BYTES // 1024**2} MiB"
        raise XmlError(message)
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=NAMESPACE_END)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.declared
    parser.EntityDeclHandler = builder.declared
    try:
        parser.Parse(data.lstrip(b" \t\r\n"), True)  # noqa: FBT003 - the last piece; expat takes no names
    except expat.ExpatError as error:
        message = f"it is not well-formed: {expat.ErrorString(error.code)} in line {error.lineno}"
        raise XmlError(message) from error
    except (LookupError, ValueError) as error:
        message = "its encoding is none that is supported; UTF-8 is"
        raise XmlError(message) from error
    if builder.root is None:
        message = "it has no element"
        raise XmlError(message)
    return builder.root
