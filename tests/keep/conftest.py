"""A household's store with its files, made without reading any image."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.keep.household import Household, fill
from tests.store.postgres import database, server, store_url

__all__ = ["database", "home_of_state", "household", "server", "store_url"]


@pytest.fixture(autouse=True)
def home_of_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of its own."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def household(tmp_path: Path, store_url: str) -> Household:
    """Files that were filed, and one that waits, of a store of SQLite and of PostgreSQL in turn."""
    return fill(tmp_path / "receipts", store_url)
