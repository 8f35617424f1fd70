"""What a parser of one format is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from rpiocr.model.codes import CodeClaim

Parser: TypeAlias = Callable[[bytes], CodeClaim | None]
"""From the payload of a code to its claim; ``None`` if the payload is not exactly of this format. Never raises."""

MAX_PAYLOAD = 8192
"""Longest payload in bytes that is parsed: twice what any symbology holds, so that two joined codes fit."""
