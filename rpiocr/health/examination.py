"""Runs all checks."""

from __future__ import annotations

from collections.abc import Iterator

from rpiocr.health.clock import clock_finding
from rpiocr.health.cloud import cloud_findings, privacy_findings
from rpiocr.health.engines import engine_findings
from rpiocr.health.fonts import font_finding
from rpiocr.health.machine import machine_findings
from rpiocr.health.page import page_finding
from rpiocr.health.python import format_findings, python_findings
from rpiocr.health.second_engine import second_engine_used
from rpiocr.health.settings import chosen_settings
from rpiocr.health.tesseract import tesseract_findings
from rpiocr.settings import Settings
from rpiocr.system.finding import Finding, bad
from rpiocr.system.packages import reinstall


def examine() -> tuple[Finding, ...]:
    """Examine everything that reading receipts needs; faults become findings, never exceptions."""
    chosen, about_settings = chosen_settings()
    settings = chosen.settings if chosen else Settings()
    return (
        *tesseract_findings(settings.lang),
        second_engine_used(settings),
        *engine_findings(),
        *python_findings(),
        *format_findings(),
        font_finding(),
        page_finding(),
        *machine_findings(),
        clock_finding(),
        *about_settings,
        *(cloud_findings(chosen) if chosen else ()),
        *(privacy_findings(settings) if chosen else ()),
        *(_store_and_service(settings) if chosen else ()),
    )


def _store_and_service(settings: Settings) -> Iterator[Finding]:
    """Examine the store and the service, if their packages are installed."""
    try:
        from rpiocr.health.service import service_findings
        from rpiocr.health.store import store_findings
    except ImportError as error:
        yield bad(f"store: cannot be examined: {error}", reinstall("sqlalchemy", "alembic"))
        return
    yield from store_findings(settings.store)
    yield from service_findings()
