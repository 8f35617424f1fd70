"""Links to the office of one country, told from all other payloads before anything is taken apart."""

from __future__ import annotations

from rpiocr.codes.formats.links import Link, read_link

LONGEST_START = 96
"""Bytes among which the host of an office ends: the longest, Mexico's, takes 57 of them."""


def link_to(payload: bytes, *domains: str) -> Link | None:
    """Return the link that a code consists of if its host is one of the domains or within one, else ``None``."""
    start = payload[:LONGEST_START].lower()
    if not any(domain.encode() in start for domain in domains):
        return None
    link = read_link(payload)
    return link if link and link.is_at(*domains) else None
