"""Links in codes, taken apart; nothing is ever opened. Hosts are compared exactly, as anybody can print a link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from rpiocr.codes.formats.encodings import text_of

LINK = re.compile(
    r"(?i:https?)://(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::(?:80|443))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?"
)
"""Without user names, which make a link look as if it led to another host, and without other ports."""

MAX_PAIRS = 64
"""Most keys of a query; the longest format of a country has 13."""

LONGEST_START = 96
"""Bytes among which the host of an office ends: the longest, Mexico's, takes 57 of them."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link over HTTP: ``host`` in lower case, the rest as it is written, without its marks (``?`` and ``#``)."""

    host: str
    path: str
    query: str
    fragment: str

    def is_at(self, *domains: str) -> bool:
        """Return whether the host is one of the domains, or within one."""
        return any(self.host == domain or self.host.endswith(f".{domain}") for domain in domains)

    def values(self) -> Mapping[str, str]:
        """Return the keys of the query in lower case with their values; see ``read_pairs``."""
        return read_pairs(self.query)


def read_link(payload: bytes) -> Link | None:
    """Return the link that a code consists of, ``None`` if it is anything else or contains control characters."""
    text = text_of(payload)
    match = LINK.fullmatch(text.strip()) if text else None
    if match is None or not text or not text.strip().isprintable():
        return None
    return Link(match["host"].lower(), match["path"] or "/", match["query"] or "", match["fragment"] or "")


def link_to(payload: bytes, *domains: str) -> Link | None:
    """Return the link that a code consists of if its host is one of the domains or within one, else ``None``.

    All other payloads are told from it before anything is taken apart.
    """
    start = payload[:LONGEST_START].lower()
    if not any(domain.encode() in start for domain in domains):
        return None
    link = read_link(payload)
    return link if link and link.is_at(*domains) else None


def read_pairs(text: str, separator: str = "&") -> Mapping[str, str]:
    """Return ``key=value`` pairs, keys in lower case and percent codes resolved; nothing if a key is there twice.

    A plus stays one; blanks around keys and values go. Pieces without ``=`` are left out.
    """
    pieces = text.split(separator, MAX_PAIRS)
    pairs = [piece.split("=", 1) for piece in pieces if "=" in piece]
    found = {unquote(key).strip().lower(): unquote(value).strip() for key, value in pairs}
    return found if len(found) == len(pairs) and len(pieces) <= MAX_PAIRS else {}
