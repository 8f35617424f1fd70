"""The only module that writes files: nothing that was there is emptied, no link is followed, nobody sees half a file.

Every file is written under a random name in its own directory, created with O_EXCL, synced to the disk and renamed.
A symbolic link at the target is replaced by the file; what the link led to stays as it is.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
"""The mode of new files unless the user's setting ``file_mode`` says otherwise."""

PRIVATE_FOLDER = 0o700

READ_WRITE_RUN = 0o777
"""The bits of a mode that a file passes on to what replaces it: not those that lend its owner's rights."""

MOST_READ = 256 * 1024 * 1024
"""Bytes of a file that is read whole, unless its reader knows that fewer are enough."""

LONGEST_STEM = 200
"""Bytes of a file's name that recur in its temporary name; file systems allow 255."""

OWN_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")
"""Paths that name an open file of this process: what is written there goes through its descriptor."""

_making = threading.Lock()


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
        _set_folder_mode(folder, mode)


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

    A new file gets ``mode``; a regular file that is replaced passes its rights on. Raises OSError, at once where the
    directory is missing or not writable.
    """
    beside = temporary_for(path)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    stream = os.fdopen(handle, "wb")
    try:
        yield stream
        stream.flush()
        _set_rights(stream.fileno(), path, mode)
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
    beside = temporary_for(path)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            _set_mode(stream.fileno(), mode)
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


def make_file(path: Path, mode: int = PRIVATE) -> None:
    """Make an empty file for a library that opens it by its name, unless it is there already, of whatever mode.

    A file that is there is not opened: that would end the locks that SQLite has on it in this process. Raises
    OSError, with ELOOP for a link and EINVAL for what is no regular file.
    """
    with _making:
        if not os.path.lexists(path):
            with suppress(FileExistsError):
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
                _set_mode(handle, mode)
                os.close(handle)
        _require_regular(path)


def read_regular(path: Path, most: int = MOST_READ) -> bytes:
    """Return the content of a regular file of at most ``most`` bytes, found there by that name; see ``open_regular``.

    Raises OSError, with EFBIG for a file that is larger.
    """
    with os.fdopen(open_regular(path, os.O_RDONLY), "rb") as stream:
        too_large = os.fstat(stream.fileno()).st_size > most
        data = b"" if too_large else stream.read(most + 1)
    if too_large or len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", str(path))
    return data


def temporary_for(path: Path) -> Path:
    """Return a random name beside ``path``, hidden and short enough, for what is to become it; see ``sweep``."""
    return path.with_name(f"{_beginning_of(path)}{secrets.token_hex(8)}.part")


def sweep(path: Path) -> None:
    """Remove what writers of ``path`` left beside it that were killed; only for who alone may write it at the time."""
    ours = re.compile(re.escape(_beginning_of(path)) + r"[0-9a-f]{16}\.part")
    with os.scandir(path.parent) as found:
        for one in found:
            if ours.fullmatch(one.name) and one.is_file(follow_symlinks=False):
                Path(one.path).unlink(missing_ok=True)


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


def _set_folder_mode(folder: Path, mode: int) -> None:
    # Not by its name, by which somebody who may rename it could have put a link meanwhile.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _set_mode(handle, mode)
    finally:
        os.close(handle)


def _require_regular(path: Path) -> None:
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        raise OSError(errno.ELOOP, "it is a link, which is not followed", str(path))
    if not stat.S_ISREG(kind):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))


def _beginning_of(path: Path) -> str:
    stem = os.fsencode(path.name)[:LONGEST_STEM].decode("utf-8", "ignore")
    return f".{stem}."


def _set_rights(handle: int, path: Path, new: int) -> None:
    """Give a new file the mode ``new``, or owner, group and mode of the regular file whose place it will take."""
    there = _regular_at(path)
    if there is None:
        _set_mode(handle, new)
        return
    mode = stat.S_IMODE(there.st_mode) & READ_WRITE_RUN
    # Only root can do the first, and the second only members of the group.
    for owner, group in ((there.st_uid, -1), (-1, there.st_gid)):
        with suppress(OSError):
            os.fchown(handle, owner, group)
    if os.fstat(handle).st_gid != there.st_gid:
        mode &= ~stat.S_IRWXG
    _set_mode(handle, mode)


def _set_mode(handle: int, mode: int) -> None:
    """Set a mode whatever the umask, where the file system has modes at all."""
    try:
        os.fchmod(handle, mode)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise


def _regular_at(path: Path) -> os.stat_result | None:
    try:
        there = path.lstat()
    except OSError:
        return None
    return there if stat.S_ISREG(there.st_mode) else None


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
