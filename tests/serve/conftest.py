"""One service for all tests that do not need one of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serve.serving import Serving, serving


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service whose store has what earlier tests sent."""
    with serving(tmp_path_factory.mktemp("served") / "home") as served:
        yield served
