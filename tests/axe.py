"""axe-core, with which tests in a browser examine the accessibility of a page; scripts/test.sh fetches it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / ".venv" / "npm" / "axe.min.js"


def axe_source() -> str:
    """Return the source of axe-core; without it, the test is skipped, or fails where CI is set."""
    if SOURCE.is_file():
        return SOURCE.read_text("utf-8")
    message = f"{SOURCE} is missing: bash scripts/test.sh fetches it, which needs the network once"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
