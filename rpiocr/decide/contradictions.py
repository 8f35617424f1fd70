"""What a person says of a receipt although its own sums prove something else: it counts, and the person is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rpiocr.decide.authority import decide, person_claim, stored_claim
from rpiocr.store.corrections import Change
from rpiocr.store.database import Database
from rpiocr.store.details import details
from rpiocr.store.errors import DamagedRowError
from rpiocr.store.values import shown


def contradictions(database: Database, receipt_id: int, changes: Sequence[Change]) -> Iterator[str]:
    """Yield a message for each value that was set although the receipt's sums prove another one."""
    corrected = [change for change in changes if change.value is not None and change.confirmed is None]
    if not corrected:
        return
    try:
        with database.snapshot() as connection:
            evidence = details(connection, receipt_id)["evidence"]
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
