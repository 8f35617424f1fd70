"""Reads an untrusted backup: everything is checked before use, and members are streamed rather than loaded whole."""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from rpiocr.keep import manifest as manifests
from rpiocr.keep.errors import BadBackupError
from rpiocr.keep.manifest import Manifest, Member

CHUNK = 1 << 20

MAX_MANIFEST_BYTES = 512 * 1024 * 1024
"""Maximum size of a manifest in bytes, enough for a million files."""

MEMBER = re.compile(r"files/[0-9]{1,10}/[A-Za-z0-9._-]+|untold/[0-9]{1,10}\.json|store/receipts\.sqlite|manifest\.json")

ENCRYPTED = 0x1

MALFORMED = (
    BadZipFile,
    EOFError,
    struct.error,
    zlib.error,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
"""Exceptions that Python's zipfile raises for malicious archives."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup whose manifest matches its members; their content is checked while it is read."""

    zip: ZipFile
    manifest: Manifest

    def check(self) -> None:
        """Read all members; raises BadBackupError if one differs from the manifest."""
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
            for member in self.manifest.members():
                self.write_out(member, nowhere)

    def write_out(self, member: Member, target: BinaryIO) -> None:
        """Write a member to a stream; raises BadBackupError if it differs from the manifest."""
        digest, left = hashlib.sha256(), member.size
        with _refusing(), self.zip.open(member.name) as source:
            while data := source.read(min(CHUNK, left + 1)):
                left -= len(data)
                if left < 0:
                    break
                digest.update(data)
                target.write(data)
        if left or digest.hexdigest() != member.sha256:
            message = f"{member.name} in the backup is damaged; use another backup"
            raise BadBackupError(message)


@contextmanager
def opened(stream: BinaryIO) -> Iterator[Archive]:
    """Open a backup; raises BadBackupError if it is not one, is damaged, or is malicious."""
    with _refusing():
        archive = ZipFile(stream)
    with archive:
        _check_members(archive.infolist(), os.fstat(stream.fileno()).st_size)
        manifest = _manifest(archive)
        _check_manifest(archive, manifest)
        yield Archive(archive, manifest)


def verify(stream: BinaryIO) -> None:
    """Read a whole backup; raises BadBackupError if any byte of it is wrong."""
    with opened(stream) as archive:
        archive.check()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except MALFORMED as error:
        message = f"the file is not a backup of rpiocr, or it is damaged ({type(error).__name__}); use another one"
        raise BadBackupError(message) from error


def _check_members(members: list[ZipInfo], size: int) -> None:
    """Refuse unexpected names, duplicate names, and members that unpack to more than their stored size."""
    names = {info.filename for info in members}
    strange = next((info.filename for info in members if not _is_ours(info)), None)
    if strange is not None or len(names) != len(members) or sum(info.compress_size for info in members) > size:
        shown = f": it has a member {strange[:80]!r}" if strange is not None else ""
        message = f"the file is not a backup of rpiocr{shown}; nothing was restored"
        raise BadBackupError(message)


def _is_ours(info: ZipInfo) -> bool:
    if not MEMBER.fullmatch(info.filename) or info.flag_bits & ENCRYPTED:
        return False
    if info.filename == manifests.NAME:
        return info.compress_type == ZIP_DEFLATED and info.file_size <= MAX_MANIFEST_BYTES
    # A member that is stored uncompressed cannot unpack to more than its size.
    return info.compress_type == ZIP_STORED and info.file_size == info.compress_size


def _manifest(archive: ZipFile) -> Manifest:
    try:
        info = archive.getinfo(manifests.NAME)
    except KeyError:
        message = "the file is not a backup of rpiocr: it has no manifest, as after an interrupted copy"
        raise BadBackupError(message) from None
    with _refusing(), archive.open(info) as source:
        return manifests.read(source.read(info.file_size + 1))


def _check_manifest(archive: ZipFile, manifest: Manifest) -> None:
    listed = [member.name for member in manifest.members()]
    there = {info.filename for info in archive.infolist()} - {manifests.NAME}
    sizes = all(
        archive.getinfo(member.name).file_size == member.size for member in manifest.members() if member.name in there
    )
    if len(set(listed)) != len(listed) or set(listed) != there or manifest.store.name != manifests.STORE or not sizes:
        message = "the content of the backup does not match its manifest; use another one"
        raise BadBackupError(message)
