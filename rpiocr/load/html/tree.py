"""The elements of HTML that are shown, as a tree of bounded size and depth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from rpiocr.load.html.styles import Style, declarations, inherited, is_dropped
from rpiocr.load.html.tokens import End, Start, tokens

MAX_CHARACTERS = 4_000_000
"""Maximum length of HTML that is looked at: that of mails is a tenth, unless it has pictures within."""

MAX_TOKENS = 100_000
MAX_NODES = 30_000
"""Maximum number of tags and texts, and of those that are shown: receipts have a few thousand."""

MAX_DEPTH = 120
"""Maximum depth of elements; what is nested deeper is taken as content of the deepest. Mails have up to 60."""

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)

NO_TEXT = frozenset(
    {"head", "svg", "math", "object", "select", "datalist", "audio", "video", "canvas", "s", "del", "strike"}
)
"""Elements without text of the page, or whose text is struck out."""

CLOSED_BY: Mapping[str, frozenset[str]] = {
    "tr": frozenset({"tr", "td", "th"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "li": frozenset({"li"}),
    "p": frozenset({"p"}),
    "tbody": frozenset({"tr", "td", "th", "tbody", "thead", "tfoot"}),
    "tfoot": frozenset({"tr", "td", "th", "tbody", "thead", "tfoot"}),
}
"""The open elements that a start tag ends, up to the table that it is in."""

UNLIMITED = frozenset({"table"})


@dataclass(slots=True)
class Node:
    """An element that is shown, with its inline style; ``text`` is the style that its text has."""

    tag: str
    attributes: Mapping[str, str]
    style: Mapping[str, str]
    text: Style
    children: list[Node | str] = field(default_factory=list)


def tree_of(html: str) -> Node:
    """Return the root of the elements of a page that are shown."""
    return _Builder().build(html[:MAX_CHARACTERS])


class _Builder:
    def __init__(self) -> None:
        self._root = Node("body", {}, {}, Style())
        self._open: list[Node] = [self._root]
        self._nodes = 0
        self._dropped: list[str] = []
        """The open elements from the first that is not shown."""
        self._counts: Counter[str] = Counter()
        """How many elements of each name are open, so that an end tag of none is not searched for."""

    def build(self, html: str) -> Node:
        for token in islice(tokens(html), MAX_TOKENS):
            if self._nodes >= MAX_NODES:
                break
            if isinstance(token, Start):
                self._start(token)
            elif isinstance(token, End):
                self._end(token.name)
            elif not self._dropped and self._open[-1].text.is_seen:
                self._add(token)
        return self._root

    def _add(self, child: Node | str) -> None:
        self._nodes += 1
        self._open[-1].children.append(child)

    def _start(self, token: Start) -> None:
        if self._dropped:
            if token.name not in VOID:
                self._drop(token.name)
            return
        self._close_before(token.name)
        style = declarations(token.attributes)
        if is_dropped(token.attributes, style) or token.name in NO_TEXT:
            if token.name not in VOID:
                self._drop(token.name)
            return
        parent = self._open[-1]
        node = Node(token.name, token.attributes, style, inherited(parent.text, token.name, token.attributes, style))
        self._add(node)
        if token.name not in VOID and len(self._open) < MAX_DEPTH:
            self._open.append(node)
            self._counts[node.tag] += 1

    def _drop(self, name: str) -> None:
        self._dropped.append(name)
        self._counts[name] += 1

    def _close_before(self, name: str) -> None:
        closed = CLOSED_BY.get(name, frozenset())
        while len(self._open) > 1 and self._open[-1].tag in closed:
            self._counts[self._open.pop().tag] -= 1

    def _end(self, name: str) -> None:
        if not self._counts[name]:
            return
        if self._dropped:
            self._end_dropped(name)
            return
        for depth in range(len(self._open) - 1, 0, -1):
            tag = self._open[depth].tag
            if tag == name:
                self._counts.subtract(node.tag for node in self._open[depth:])
                del self._open[depth:]
                return
            if tag in UNLIMITED:
                return

    def _end_dropped(self, name: str) -> None:
        """End an element that is not shown; an end tag within it that nothing opened is ignored."""
        for depth in range(len(self._dropped) - 1, max(-1, len(self._dropped) - MAX_DEPTH), -1):
            if self._dropped[depth] == name:
                self._counts.subtract(self._dropped[depth:])
                del self._dropped[depth:]
                return
