"""What follows from a correction, for all commands that make one: contradictions are reported, the file is moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rpiocr.settings import Settings

if TYPE_CHECKING:
    from rpiocr.store.corrections import Change
    from rpiocr.store.database import Database


def contradictions(database: Database, receipt: int, changes: Sequence[Change]) -> Iterator[str]:
    """Yield a message for each value that was kept although the receipt's sums prove another one."""
    from rpiocr.store.details import details
    from rpiocr.store.errors import DamagedRowError
    from rpiocr.store.values import shown

    corrected = [change for change in changes if change.value is not None and change.confirmed is None]
    if not corrected:
        return
    from rpiocr.decide.authority import decide, person_claim, stored_claim

    try:
        with database.snapshot() as connection:
            evidence = details(connection, receipt)["evidence"]
    except DamagedRowError:
        return
    for change in corrected:
        read = evidence.get(change.field)
        if read is None:
            continue
        was_read = stored_claim(shown(change.field, read["value"]), read["checks"])
        notice = decide([person_claim(shown(change.field, change.value)), was_read]).notice(change.field)
        if notice:
            yield notice.message


def refiled(database: Database, receipt: int, settings: Settings) -> Iterator[str]:
    """Move the receipt's file out of review/ if it is certain, and yield messages about that."""
    from rpiocr.errors import RpiocrError
    from rpiocr.watch.refiling import refile

    for outcome in refile(database, receipt, settings):
        if isinstance(outcome, RpiocrError):
            yield str(outcome)
        else:
            yield f"receipt {receipt} is certain now; its file was moved to {outcome}"
