"""What tests of e-invoices share."""

from __future__ import annotations

from tests.watch.conftest import place

__all__ = ["place"]
