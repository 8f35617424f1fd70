"""The manifest of a backup: written as its last member, and validated before it is used."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rpiocr.keep.errors import BadBackupError
from rpiocr.system.json_text import dumps

FORMAT = 1
"""The version of this layout; readers refuse a later one."""

NAME = "manifest.json"
STORE = "store/receipts.sqlite"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the archive: its name, size and hash."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the user: ``place`` is its original path, as ``path_to_text`` writes it.

    ``moved`` if that is where it was filed rather than where it was read. ``changed`` if its content differs from
    what was read.
    """

    file_id: int
    place: str
    moved: bool
    changed: bool
    modified_ns: int
    member: Member
    sidecar: Member | None


@dataclass(frozen=True, slots=True)
class KeptResults:
    """Results that were in the store and not published yet."""

    file_id: int
    member: Member


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a backup; field names are the keys of its JSON.

    ``schema`` is the schema version of the store, ``untold`` are unpublished results, ``missing`` files were not
    found.
    """

    program: str
    schema: str
    made_at: str
    receipts: int
    store: Member
    files: tuple[KeptFile, ...]
    untold: tuple[KeptResults, ...]
    missing: tuple[int, ...]

    def members(self) -> Iterator[Member]:
        """Yield all members except the manifest itself."""
        yield self.store
        for file in self.files:
            yield file.member
            if file.sidecar:
                yield file.sidecar
        yield from (results.member for results in self.untold)


def written(manifest: Manifest) -> str:
    """Return a manifest as JSON."""
    return dumps({"rpiocr_backup": FORMAT, **asdict(manifest)}, ascii_only=True, indent=1)


def read(document: bytes) -> Manifest:
    """Parse the output of ``written``; raises BadBackupError for anything else."""
    try:
        found = json.loads(document)
        made_by = found["rpiocr_backup"]
        if not isinstance(made_by, int) or made_by > FORMAT:
            message = "the backup was made by a newer rpiocr; update this one, then restore"
            raise BadBackupError(message)
        return Manifest(
            _text(found["program"]),
            _text(found["schema"]),
            _text(found["made_at"]),
            _number(found["receipts"]),
            _member(found["store"]),
            tuple(_file(one) for one in found["files"]),
            tuple(KeptResults(_number(one["file_id"]), _member(one["member"])) for one in found["untold"]),
            tuple(_number(one) for one in found["missing"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        message = "the file is not a backup of rpiocr, or its manifest is damaged"
        raise BadBackupError(message) from error


def _file(found: Mapping[str, Any]) -> KeptFile:
    sidecar = found["sidecar"]
    return KeptFile(
        _number(found["file_id"]),
        _text(found["place"]),
        found["moved"] is True,
        found["changed"] is True,
        _number(found["modified_ns"]),
        _member(found["member"]),
        _member(sidecar) if sidecar is not None else None,
    )


def _member(found: Mapping[str, Any]) -> Member:
    return Member(_text(found["name"]), _number(found["size"]), _text(found["sha256"]))


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError
    return found


def _number(found: object) -> int:
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 2**63:
        raise ValueError
    return found
