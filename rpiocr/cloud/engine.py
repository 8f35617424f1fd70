"""The remote engines."""

from __future__ import annotations

from rpiocr.model import EngineFamily, EngineKind

GOOGLE_VISION = EngineFamily("google-vision", EngineKind.REMOTE)
