"""What tests of the watch share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.postgres import server
from tests.watch.places import Place

__all__ = ["place", "server"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty watched folder."""
    (tmp_path / "inbox").mkdir()
    return Place(tmp_path)
