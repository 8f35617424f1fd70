"""What follows from a correction, for all commands that make one: the file is moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rpiocr.settings import Settings

if TYPE_CHECKING:
    from rpiocr.store.database import Database


def refiled(database: Database, receipt: int, settings: Settings) -> Iterator[str]:
    """Move the receipt's file out of review/ if it is certain, and yield messages about that."""
    from rpiocr.errors import RpiocrError
    from rpiocr.watch.refiling import refile

    for outcome in refile(database, receipt, settings):
        if isinstance(outcome, RpiocrError):
            yield str(outcome)
        else:
            yield f"receipt {receipt} is certain now; its file was moved to {outcome}"
