"""Makes what a watch leaves behind: files in done, review and failed, their results, and the rows of the store."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import signal
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from rpiocr.model.records import ReadWord
from rpiocr.store.archiving import archive
from rpiocr.store.corrections import correct
from rpiocr.store.database import Database
from rpiocr.store.journal import Claim, Found, Journal
from rpiocr.store.merchants import key_from, set_by_hand
from rpiocr.store.tables import UPLOADS
from rpiocr.system.files import PRIVATE
from rpiocr.watch.filing import Places, document_of, folder_for, free_place, put
from rpiocr.watch.naming import name_for
from rpiocr.watch.spool import Results, Spool, results_of
from tests.store.readings import CODE, UNKNOWN_CODE, item, reading


@dataclass(frozen=True, slots=True)
class Household:
    """A store, and the parent of its watched folder."""

    url: str
    folder: Path

    @property
    def inbox(self) -> Path:
        """Where receipts arrive."""
        return self.folder / "inbox"

    def files(self) -> dict[str, bytes]:
        """All files by their paths below the folder."""
        return files_below(self.folder)


def files_below(folder: Path) -> dict[str, bytes]:
    """The content of all files by their paths."""
    return {os.path.relpath(path, folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Clerk:
    """Does with files what a watch does, but knows what is on them."""

    def __init__(self, database: Database, inbox: Path) -> None:
        self._database = database
        self._inbox = inbox
        self._journal = Journal(database)
        self._spool = Spool(database.url)

    def arrive(self, name: str, data: bytes) -> Path:
        """A file comes into the watched folder."""
        path = self._inbox / name
        path.write_bytes(data)
        return path

    def answer(self, path: Path, *receipts: Mapping[str, Any]) -> Claim:
        """It is read, and its receipts are stored."""
        data = path.read_bytes()
        read = reading(*map(dict, receipts), file=str(path), data=data)
        claim = self._journal.claim(Found(str(path), read.sha256, len(data)))
        self._spool.put(claim.file_id, results_of(read, ()))
        stored = self._journal.answered(claim, read)
        self._spool.put(claim.file_id, results_of(read, stored))
        return claim

    def file(self, claim: Claim, path: Path) -> Path:
        """It is moved to its destination, and its results are published."""
        results = self._spool.get(claim.file_id)
        folder = folder_for(Places.next_to(self._inbox), results)
        place = free_place(folder, name_for("{date}_{merchant}_{amount}", results, path.name))
        self._journal.meant_for(claim, str(place))
        self._put(path, place, results)
        self._journal.filed(claim)
        self._spool.published(claim.file_id)
        return place

    def fail(self, path: Path) -> None:
        """It cannot be read."""
        data = path.read_bytes()
        claim = self._journal.claim(Found(str(path), hashlib.sha256(data).hexdigest(), len(data)))
        place = free_place(Places.next_to(self._inbox).failed, path.name)
        self._journal.meant_for(claim, str(place))
        self._put(path, place, ({"file": str(path), "error": {"code": "unknown_format", "message": "no picture"}},))
        self._journal.failed(claim, "unknown_format", "no picture")

    def _put(self, path: Path, place: Path, results: Results) -> None:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        put(path, place, sha256, document_of(results), top=self._inbox.parent, mode=PRIVATE)


def fill(folder: Path, url: str) -> Household:
    """Make a household with three accepted receipts, one to be looked at, one that failed, and one on its way."""
    made = Household(url, folder)
    made.inbox.mkdir(parents=True)
    with closing(Database(url)) as database:
        clerk = Clerk(database, made.inbox)
        for number in range(3):
            path = clerk.arrive(f"scan ü {number}.jpg", f"picture {number} ".encode() * 500)
            clerk.file(clerk.answer(path, accepted(number), accepted(number + 100)), path)
        path = clerk.arrive("doubtful.jpg", b"doubtful")
        clerk.file(clerk.answer(path, {"verdict": "RETRY", "amount": None, "text": "unclear words"}), path)
        clerk.fail(clerk.arrive("letter.txt", b"no picture at all"))
        clerk.answer(clerk.arrive("waiting.jpg", b"waiting"), accepted(7))
        _watch(database, made.inbox)
        _upload(database)
        archive(database, [1])
        correct(database, 1, [("merchant", "Café Eins")])
        set_by_hand(database, key_from("domain:cafe.example"), {"account": "Expenses:Coffee"})
    return made


def accepted(number: int) -> dict[str, Any]:
    """A receipt with most that one can have."""
    return {
        "amount": Decimal(f"{number}.50"),
        "date": f"2024-03-{number % 28 + 1:02}",
        "merchant": f"Café {number}",
        "text": f"Café {number}\ntotal {number}.50",
        "items": [item("tea", f"{number}.50", quantity=Decimal(2), unit_price=Decimal("1.25"))],
        "words": (ReadWord("Café", (10, 20, 80, 30), 0.93), ReadWord(str(number), (100, 20, 20, 30), 0.5)),
        "tax_ids": [{"kind": "vat", "country": "DE", "number": "136695976", "valid": True}],
        "codes": [CODE | {"total": Decimal(f"{number}.50"), "seller": f"Kiosk {number}"}, UNKNOWN_CODE],
    }


def _watch(database: Database, inbox: Path) -> None:
    """Leave the entry of a watch that has ended."""
    from rpiocr.watch.heartbeat import heartbeat
    from rpiocr.watch.problems import Progress

    with heartbeat(database, inbox, Progress(), lambda: 0):
        pass


def _upload(database: Database) -> None:
    """Leave the entry of a file that a client of the web server sent."""
    with database.transaction() as connection:
        sent = {"name": "scan ü.jpg", "sha256": "ab" * 32, "size_bytes": 7, "received_at": dt.datetime.now(dt.UTC)}
        connection.execute(insert(UPLOADS).values(id=secrets.token_hex(16), request_key=secrets.token_hex(16), **sent))


def keep_filing(url: str, inbox: Path, start: int, count: int) -> None:
    """File receipts one after the other, as fast as it goes; SIGTERM ends it after the one at hand."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with closing(Database(url)) as database:
        clerk = Clerk(database, inbox)
        for number in takewhile(lambda _: not stop.is_set(), range(start, start + count)):
            path = clerk.arrive(f"new {number}.jpg", f"new {number} ".encode() * 1000)
            clerk.file(clerk.answer(path, accepted(number)), path)


if __name__ == "__main__":
    keep_filing(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
