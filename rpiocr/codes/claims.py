"""From the codes on a receipt to what they state, by the first format that fits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rpiocr.codes.joining import join
from rpiocr.codes.parser import MAX_PAYLOAD, Parser
from rpiocr.model.codes import Code, CodeClaim, FoundCode


def claims_of(found: Sequence[FoundCode]) -> tuple[Code, ...]:
    """Return the codes with what they state, in the order in which they were found.

    A code in several symbols has its claim on the first one. Codes in a mirror image, which are on the back, and
    those in no known format, such as adverts, have none.
    """
    payloads = join(found)
    return tuple(
        Code(code, claim_of(payload) if payload is not None and not code.mirrored else None)
        for code, payload in zip(found, payloads, strict=True)
    )


def claim_of(payload: bytes) -> CodeClaim | None:
    """Return what a payload states, ``None`` if no format fits. Nothing in it is opened or followed."""
    if len(payload) > MAX_PAYLOAD:
        return None
    return next((claim for parse in _parsers() if (claim := parse(payload))), None)


@cache
def _parsers() -> tuple[Parser, ...]:
    """Return all parsers: they are imported when the first code is read."""
    from rpiocr.codes.formats.europe import PARSERS_EUROPE
    from rpiocr.codes.formats.payment import PARSERS_PAYMENT
    from rpiocr.codes.formats.world import PARSERS_WORLD

    return PARSERS_EUROPE + PARSERS_WORLD + PARSERS_PAYMENT
