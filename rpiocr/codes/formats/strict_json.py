"""JSON within codes, bounded, with numbers as their text; and objects that lost some of their marks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

MAX_JSON = 4000
"""Most characters: the base64 of more does not fit into a code, whose largest holds 2,953 bytes."""

MAX_DEPTH = 8
"""Most brackets that open, within strings too; the formats have two."""

LOOSE_PAIR = re.compile(
    r"""\s*["']?(?P<key>[A-Za-z][A-Za-z0-9_]{0,39})["']?\s*:\s*"""
    r"""(?:"(?P<double>[^"\\{}\[\]]{0,200})"|'(?P<single>[^'\\{}\[\]]{0,200})'|(?P<bare>[^"':,{}\[\]\\]{0,200}))\s*"""
)
"""A key and its value, either without its quotation marks."""


def strict_object(text: str) -> Mapping[str, object] | None:
    """Return the object that a JSON text is, ``None`` if it is none, is too large or too deep, or repeats a key.

    Numbers are strings, as they are written, so that their form can be checked and no digit is lost.
    """
    if len(text) > MAX_JSON or text.count("{") + text.count("[") > MAX_DEPTH:
        return None
    try:
        found = json.loads(
            text, parse_float=str, parse_int=str, parse_constant=_refused, object_pairs_hook=_without_repeats
        )
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def flat_object(text: str) -> Mapping[str, str]:
    """Return the texts and numbers of a JSON object, or of one that lost marks; nothing if it repeats a key.

    Lost may be quotation marks, the comma before the closing bracket, or a zero too much stand before a number; one
    that holds lists or objects in such a text is refused.
    """
    strict = strict_object(text)
    if strict is not None:
        return {key: value for key, value in strict.items() if isinstance(value, str)}
    body = text.strip()
    if len(body) > MAX_JSON or not (body.startswith("{") and body.endswith("}")):
        return {}
    return _loose_pairs(body[1:-1].strip().removesuffix(","))


def _loose_pairs(body: str) -> Mapping[str, str]:
    pairs: dict[str, str] = {}
    start = 0
    while match := LOOSE_PAIR.match(body, start):
        key, value = match["key"], next((match[name] for name in ("double", "single", "bare") if match[name]), "")
        if key in pairs:
            return {}
        pairs[key] = value.strip()
        if match.end() == len(body):
            return pairs
        if body[match.end()] != ",":
            return {}
        start = match.end() + 1
    return {}


def _refused(constant: str) -> object:
    message = f"{constant} is no number"
    raise ValueError(message)


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key is there twice"
        raise ValueError(message)
    return found
