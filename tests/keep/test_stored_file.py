"""A stored receipt leads back to its file, as long as that is what was read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from rpiocr.keep.stored_file import OriginalMissingError, StoredFile, stored_file
from rpiocr.store.database import Database
from rpiocr.store.errors import NoSuchReceiptError
from rpiocr.store.journal import Journal
from tests.store.postgres import database, server, store_url
from tests.store.readings import claimed, keep, reading

__all__ = ["database", "server", "store_url"]

DATA = b"a picture"


def test_a_receipt_leads_to_its_file_page_and_place_on_it(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(DATA)
    _, second = keep(database, {"page": 1}, {"page": 1, "part": 2, "time": "10:00"}, file=str(file), data=DATA)
    assert stored_file(database, second) == StoredFile(file, 1, 2, hashlib.sha256(DATA).hexdigest())


def test_a_file_that_was_moved_is_found_at_its_present_path(database: Database, tmp_path: Path) -> None:
    read = reading({}, file=str(tmp_path / "inbox.jpg"), data=DATA)
    journal, claim = Journal(database), claimed(database, read)
    (stored,) = journal.answered(claim, read)
    journal.meant_for(claim, str(tmp_path / "done.jpg"))
    journal.filed(claim)
    (tmp_path / "done.jpg").write_bytes(DATA)
    (tmp_path / "inbox.jpg").write_bytes(b"the next picture of that name")
    assert stored_file(database, stored.receipt_id).path == tmp_path / "done.jpg"


@pytest.mark.parametrize(
    ("now", "said"), [(None, "its file is no longer at"), (b"other", "has changed since it was read")]
)
def test_what_is_missing_is_named(database: Database, tmp_path: Path, now: bytes | None, said: str) -> None:
    file = tmp_path / "a.jpg"
    (receipt_id,) = keep(database, {}, file=str(file), data=DATA)
    if now is not None:
        file.write_bytes(now)
    with pytest.raises(OriginalMissingError, match=said) as caught:
        stored_file(database, receipt_id)
    assert str(file) in str(caught.value)


def test_a_receipt_that_is_not_there_is_named(database: Database) -> None:
    with pytest.raises(NoSuchReceiptError, match="there is no receipt 7"):
        stored_file(database, 7)
