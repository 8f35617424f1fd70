"""Texts and bytes within codes: UTF-8, base64 and hexadecimal digits, each bounded."""

from __future__ import annotations

import base64
import re

from rpiocr.codes.parser import MAX_PAYLOAD

BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")


def text_of(payload: bytes) -> str | None:
    """Return the payload as text, ``None`` if it is too long or no UTF-8; a byte order mark at its start goes."""
    if len(payload) > MAX_PAYLOAD:
        return None
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def base64_bytes(text: str, limit: int = MAX_PAYLOAD) -> bytes | None:
    """Return what a base64 text stands for, ``None`` if it is none or stands for more than ``limit`` bytes.

    Both alphabets are read, with or without padding; a blank is a plus that a link has lost.
    """
    plain = text.replace(" ", "+").replace("-", "+").replace("_", "/")
    if len(plain) > limit * 4 // 3 + 4 or not BASE64.fullmatch(plain):
        return None
    digits = plain.rstrip("=")
    if len(digits) % 4 == 1:
        return None
    found = base64.b64decode(digits + "=" * (-len(digits) % 4))
    return found if len(found) <= limit else None


def hex_bytes(text: str) -> bytes | None:
    """Return the bytes that pairs of hexadecimal digits stand for, ``None`` if there is anything else."""
    return bytes.fromhex(text) if HEX.fullmatch(text) else None
