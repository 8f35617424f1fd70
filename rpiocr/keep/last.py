"""Records when and where each store was last backed up, in the state directory."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from rpiocr.settings import state_dir
from rpiocr.system.files import make_own_folder, write_whole
from rpiocr.system.json_text import dumps


@dataclass(frozen=True, slots=True)
class LastBackup:
    """A backup that was written and verified."""

    made_at: dt.datetime
    file: str
    receipts: int


def note(store_url: str, backup: LastBackup) -> None:
    """Record a backup; raises OSError."""
    place = _place(store_url)
    make_own_folder(place.parent)
    known = {"made_at": backup.made_at.isoformat(), "file": backup.file, "receipts": backup.receipts}
    write_whole(place, dumps(known, ascii_only=True) + "\n")


def last_backup(store_url: str) -> LastBackup | None:
    """Return the last recorded backup of a store, if any."""
    try:
        known = json.loads(_place(store_url).read_bytes())
        return LastBackup(dt.datetime.fromisoformat(known["made_at"]), str(known["file"]), int(known["receipts"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _place(store_url: str) -> Path:
    # A URL may contain a password, so its hash is used instead.
    return state_dir() / "backups" / f"{hashlib.sha256(store_url.encode()).hexdigest()[:16]}.json"
