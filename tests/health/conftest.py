"""A store with its files, as for the tests of backups."""

from __future__ import annotations

from tests.keep.conftest import household

__all__ = ["household"]
