"""The only module that writes files: nothing that was there is emptied, no link is followed, nobody sees half a file.

Every file is written under a random name in its own directory, created with O_EXCL, synced to the disk and renamed.
A symbolic link at the target is replaced by the file; what the link led to stays as it is.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
"""The mode of new files unless the user's setting ``file_mode`` says otherwise."""

PRIVATE_FOLDER = 0o700

LONGEST_STEM = 200
"""Bytes of a file's name that recur in its temporary name; file systems allow 255."""

OWN_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")
"""Paths that name an open file of this process: what is written there goes through its descriptor."""


def folder_mode(file_mode: int) -> int:
    """Return the mode of a directory for files of ``file_mode``: who may read them may also look into it."""
    return file_mode | (file_mode & 0o444) >> 2 | PRIVATE_FOLDER


def make_folder(folder: Path, mode: int = PRIVATE_FOLDER) -> None:
    """Make a directory with its parents, each of ``mode`` whatever the umask; those that exist keep their mode.

    Raises FileExistsError where something that is no directory has one of the names, OSError where that cannot be.
    """
    if folder.is_dir():
        return
    if folder != folder.parent:
        make_folder(folder.parent, mode)
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        # A setting is what its user asked for, and the umask is not about it.
        folder.chmod(mode)


def make_own_folder(folder: Path, mode: int = PRIVATE_FOLDER) -> None:
    """As ``make_folder``, for a directory that only this program fills: a link in its place is refused.

    Raises NotADirectoryError for a link, whatever it leads to.
    """
    if folder.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, "it is a link, which is not followed", str(folder))
    make_folder(folder, mode)


@contextmanager
def replacing(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes become the content of ``path`` at the end, unless an exception ends the block.

    A new file gets ``mode``; a regular file that is replaced passes its mode on. Raises OSError, at once where the
    directory is missing or not writable.
    """
    beside = _temporary_for(path)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    stream = os.fdopen(handle, "wb")
    try:
        yield stream
        stream.flush()
        os.fchmod(stream.fileno(), _mode_of(path, mode))
        os.fsync(stream.fileno())
        stream.close()
        beside.replace(path)
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)
        # A full disk fails again at this close, after it was reported.
        with suppress(OSError):
            stream.close()


@contextmanager
def creating(path: Path, mode: int = PRIVATE, *, sync: bool = True) -> Iterator[BinaryIO]:
    """As ``replacing``, for a file that must not be there yet; raises FileExistsError at the end where something is.

    Without ``sync`` whoever writes many files has the system write them down, once, by os.sync().
    """
    beside = _temporary_for(path)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            if sync:
                os.fsync(stream.fileno())
        rename_new(beside, path)
        if sync:
            sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def rename_new(source: Path, target: Path) -> None:
    """Rename a file to a name that nothing has; raises FileExistsError where something has it."""
    try:
        # Of all ways to name a file only this one fails where something has that name.
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        source.rename(target)
    else:
        source.unlink()


@contextmanager
def output(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """As ``replacing``, for a path that a user names: a FIFO, a device or an open stream of this process as it is.

    Opening a FIFO waits for its reader.
    """
    if (handle := _special(path)) is None:
        with replacing(path, mode) as stream:
            yield stream
    else:
        with os.fdopen(handle, "wb") as stream:
            yield stream


def write_whole(path: Path, data: bytes | str, mode: int = PRIVATE) -> None:
    """Write a file that exists as a whole or not at all, even after a power cut; see ``replacing``.

    Text becomes UTF-8; bytes of file names that are no UTF-8 become backslash escapes.
    """
    with replacing(path, mode) as stream:
        stream.write(data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data)


def open_regular(path: Path, flags: int, mode: int = PRIVATE) -> int:
    """Open a regular file to be locked, appended to or read; returns its descriptor.

    ``flags`` are those of os.open; O_TRUNC is not among them. Links are not followed, and opening a FIFO does not
    wait. Raises OSError, with ELOOP for a link and EINVAL for what is no regular file.
    """
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return handle


def sync_folder(folder: Path) -> None:
    """Have the system write down which files a directory has; nothing where its file system cannot."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def _temporary_for(path: Path) -> Path:
    stem = os.fsencode(path.name)[:LONGEST_STEM].decode("utf-8", "ignore")
    return path.with_name(f".{stem}.{secrets.token_hex(8)}.part")


def _mode_of(path: Path, new: int) -> int:
    """The mode of a regular file at ``path``, ``new`` where there is none."""
    try:
        there = path.lstat().st_mode
    except OSError:
        return new
    return stat.S_IMODE(there) if stat.S_ISREG(there) else new


def _special(path: Path) -> int | None:
    """A descriptor to write to a path that is no regular file; None where one is, or can be made, there."""
    name = os.fspath(path)
    if name.startswith(OWN_STREAMS):
        number = {"/dev/stdout": "1", "/dev/stderr": "2"}.get(name, name.rpartition("/")[2])
        if number.isdecimal():
            return os.dup(int(number))
    if not path.exists() or path.is_file():
        return None
    handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOCTTY)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OSError(errno.EAGAIN, "it changed while it was being opened", str(path))
