"""How the tool is called: as users do, but with nothing of this user's settings, and without the cloud."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from rpiocr.settings import PREFIX


def scan_command(options: Sequence[str]) -> list[str]:
    """Return the command line of ``rpiocr scan``, to which the files are added."""
    command = [sys.executable, "-m", "rpiocr", "scan", "--quiet", "--format=ndjson"]
    return [*command, f"--config={os.devnull}", "--cloud=never", *options]


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment without settings, and with Tesseract's threads left as they are."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    kept.pop("OMP_THREAD_LIMIT", None)
    return kept | changes
