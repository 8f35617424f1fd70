"""One service for the tests of a module that do not need one of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serve.serving import Serving, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A service with an empty store."""
    with serving(tmp_path_factory.mktemp("served") / "home") as served:
        yield served
