"""Files that exist only while a request is answered."""

from __future__ import annotations

import secrets
from pathlib import Path

from rpiocr.system.files import make_own_folder

PREFIX = ".rpiocr-scratch-"


def scratch_in(folder: Path) -> Path:
    """Return a free path in a folder, which is made if it is missing."""
    make_own_folder(folder)
    return folder / f"{PREFIX}{secrets.token_hex(8)}"


def sweep_scratch(folder: Path) -> None:
    """Delete what requests of an earlier run have left; no request may be in progress."""
    for left in folder.glob(f"{PREFIX}*"):
        left.unlink(missing_ok=True)
