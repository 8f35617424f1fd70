"""Limits of the cloud for the tests: patient, and with room in the budget."""

from __future__ import annotations

from typing import Any

LIMITS: dict[str, Any] = {"timeout_s": 20.0, "attempts": 3, "daily_cap": 100, "monthly_cap": 1000}
