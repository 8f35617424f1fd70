"""A real browser on a running service. Whatever a page asks another host for is noted, and goes nowhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serve.serving import Serving

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"),
    *("--disable-component-update", "--disable-default-apps", "--disable-domain-reliability"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
)
"""Nothing of the browser itself goes out either, and no name but localhost leads anywhere."""

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

HARMFUL = ("serious", "critical")

PATIENCE_MS = 60_000


@dataclass(slots=True)
class Visit:
    """A person's browser with one tab; ``foreign`` are requests to other hosts, ``errors`` complaints of its pages."""

    page: Page
    context: BrowserContext
    address: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page of the service."""
        self.page.goto(self.address + path)
        return self.page

    def note(self, url: str) -> None:
        """Note a request if it is one to another host."""
        if not url.startswith((f"{self.address}/", "data:", "blob:")):
            self.foreign.append(url)


@contextmanager
def browsers() -> Iterator[Browser]:
    """Start Chromium, headless, with a new profile."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.skip("Chromium is not installed: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, served: Serving, **options: Any) -> Iterator[Visit]:  # noqa: ANN401 - of a context
    """Open a window on a service; afterwards nothing may have been asked of another host, and no script failed."""
    context = browser.new_context(**({**DESKTOP, "locale": "en-GB"} | options))
    context.set_default_timeout(PATIENCE_MS)
    visiting = Visit(context.new_page(), context, served.address)
    context.on("request", lambda request: visiting.note(request.url))
    visiting.page.on("pageerror", lambda error: visiting.errors.append(str(error)))
    visiting.page.on(
        "console",
        lambda message: visiting.errors.append(message.text) if "Content Security Policy" in message.text else None,
    )
    try:
        yield visiting
        assert not visiting.foreign, f"asked of other hosts: {visiting.foreign}"
        assert not visiting.errors, f"complaints of the pages: {visiting.errors}"
    finally:
        context.close()


def barriers(page: Page, script: str) -> list[str]:
    """Return what axe-core finds on a page that keeps people out."""
    page.evaluate(script)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in found["violations"]
        if one["impact"] in HARMFUL
        for node in one["nodes"]
    ]


def overflows(page: Page) -> bool:
    """Whether a page has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
