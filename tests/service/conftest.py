"""A user's machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.machine import Machine, machine_in


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing is installed."""
    return machine_in(tmp_path)
