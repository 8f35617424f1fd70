"""Reports the registered engines and the languages of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rpiocr.system.finding import Finding, good

if TYPE_CHECKING:
    from rpiocr.recognise.engine import EngineProfile


def engine_findings() -> Iterator[Finding]:
    """Report every registered engine; nothing if a required package is missing, which is reported elsewhere."""
    try:
        from rpiocr.cloud.engine import ENGINES

        described = [_description(profile) for profile in ENGINES]
    except ImportError:
        return
    yield good(f"engines: {', '.join(described)}")


def _description(profile: EngineProfile) -> str:
    price = f", up to {profile.price_usd} USD a page" if profile.price_usd else ""
    readable = f"{len(profile.languages())} languages" if profile.is_installed() else "not installed"
    return f"{profile.family.name} ({profile.family.kind}{price}, {readable})"
