"""One browser and one service for the tests of a module; each opens a window with a profile of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.serve.pages.browsing import browsers
from tests.serve.serving import Serving, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with browsers() as started:
        yield started


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service with an empty store."""
    with serving(tmp_path_factory.mktemp("served") / "home") as served:
        yield served
