"""A store with its files, as for the tests of backups."""

from __future__ import annotations

from tests.keep.conftest import home_of_state, household, server, store_url

__all__ = ["home_of_state", "household", "server", "store_url"]
