"""The only module that writes files: atomically, without following symbolic links or truncating existing files.

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
"""The mode of new files unless the setting ``file_mode`` overrides it."""

PRIVATE_FOLDER = 0o700

READ_WRITE_RUN = 0o777
"""The mode bits that a replacement inherits: without setuid, setgid and the sticky bit."""

MAX_READ = 256 * 1024 * 1024
"""Default maximum size in bytes of a file that is read whole."""

MAX_STEM_BYTES = 200
"""Maximum bytes of a file's name in its temporary name; file systems allow 255."""

OWN_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")
"""Paths of open files of this process: writes there go through their descriptors."""

_making = threading.Lock()


def folder_mode(file_mode: int) -> int:
    """Return the mode of a directory for files of ``file_mode``: users who may read them may also open it."""
    return file_mode | (file_mode & 0o444) >> 2 | PRIVATE_FOLDER


def make_folder(folder: Path, mode: int = PRIVATE_FOLDER) -> None:
    """Create a directory with its parents, each with ``mode`` regardless of the umask; existing ones keep their mode.

    Raises FileExistsError if one of the names belongs to something else, OSError on other failures.
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
    """As ``make_folder``, for a directory that only this program fills: a symbolic link in its place is refused.

    Raises NotADirectoryError for a symbolic link, whatever it leads to.
    """
    if folder.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, "it is a symbolic link, which is not followed", str(folder))
    make_folder(folder, mode)


@contextmanager
def replacing(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes replace the content of ``path`` at the end, unless an exception ends the block.

    A new file gets ``mode``; a replaced regular file passes on its permissions. Raises OSError, immediately if the
    directory is missing or not writable.
    """
    temporary = temporary_for(path)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    stream = os.fdopen(handle, "wb")
    try:
        yield stream
        stream.flush()
        _set_rights(stream.fileno(), path, mode)
        os.fsync(stream.fileno())
        stream.close()
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
        # On a full disk this close fails again, after the error was reported.
        with suppress(OSError):
            stream.close()


@contextmanager
def creating(path: Path, mode: int = PRIVATE, *, sync: bool = True) -> Iterator[BinaryIO]:
    """As ``replacing``, for a file that must not exist yet; raises FileExistsError at the end if it does.

    Without ``sync`` the caller, who writes many files, syncs them all at once by os.sync().
    """
    temporary = temporary_for(path)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            _set_mode(stream.fileno(), mode)
            if sync:
                os.fsync(stream.fileno())
        rename_new(temporary, path)
        if sync:
            sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def rename_new(source: Path, target: Path) -> None:
    """Rename a file to a free name; raises FileExistsError if the name is taken."""
    try:
        # Linking is the only way to name a file that fails if the name is taken.
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
    """As ``replacing``, for a path given by a user: FIFOs, devices and open streams of this process are written to.

    Opening a FIFO waits for its reader.
    """
    if (handle := _special(path)) is None:
        with replacing(path, mode) as stream:
            yield stream
    else:
        with os.fdopen(handle, "wb") as stream:
            yield stream


def write_whole(path: Path, data: bytes | str, mode: int = PRIVATE) -> None:
    """Write a file atomically, even in the event of a power cut; see ``replacing``.

    Text is encoded as UTF-8; bytes of file names that are not UTF-8 become backslash escapes.
    """
    with replacing(path, mode) as stream:
        stream.write(data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data)


def open_regular(path: Path, flags: int, mode: int = PRIVATE) -> int:
    """Open a regular file for locking, appending or reading; returns its descriptor.

    ``flags`` are those of os.open, without O_TRUNC. Symbolic links are not followed, and opening a FIFO does not
    wait. Raises OSError, with ELOOP for a symbolic link and EINVAL for other non-regular files.
    """
    handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return handle


def make_file(path: Path, mode: int = PRIVATE) -> None:
    """Create an empty file for a library that opens it by name, unless it exists already, with any mode.

    An existing file is not opened, as closing it would release the locks that SQLite holds on it in this process.
    Raises OSError, with ELOOP for a symbolic link and EINVAL for other non-regular files.
    """
    with _making:
        if not os.path.lexists(path):
            with suppress(FileExistsError):
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
                _set_mode(handle, mode)
                os.close(handle)
        _require_regular(path)


def read_regular(path: Path, max_bytes: int = MAX_READ) -> bytes:
    """Return the content of a regular file of at most ``max_bytes``; see ``open_regular``.

    Raises OSError, with EFBIG for a larger file.
    """
    with os.fdopen(open_regular(path, os.O_RDONLY), "rb") as stream:
        too_large = os.fstat(stream.fileno()).st_size > max_bytes
        data = b"" if too_large else stream.read(max_bytes + 1)
    if too_large or len(data) > max_bytes:
        raise OSError(errno.EFBIG, f"it has more than {max_bytes} bytes", str(path))
    return data


def temporary_for(path: Path) -> Path:
    """Return a random hidden name next to ``path`` for its future content; see ``sweep``."""
    return path.with_name(f"{_prefix_of(path)}{secrets.token_hex(8)}.part")


def sweep(path: Path) -> None:
    """Remove temporary files left next to ``path`` by killed writers; the caller must be its only writer."""
    ours = re.compile(re.escape(_prefix_of(path)) + r"[0-9a-f]{16}\.part")
    with os.scandir(path.parent) as found:
        for one in found:
            if ours.fullmatch(one.name) and one.is_file(follow_symlinks=False):
                Path(one.path).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Sync the entries of a directory to disk, where its file system supports that."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def _set_folder_mode(folder: Path, mode: int) -> None:
    # By descriptor rather than name, which another user may have replaced with a symbolic link meanwhile.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _set_mode(handle, mode)
    finally:
        os.close(handle)


def _require_regular(path: Path) -> None:
    kind = path.lstat().st_mode
    if stat.S_ISLNK(kind):
        raise OSError(errno.ELOOP, "it is a symbolic link, which is not followed", str(path))
    if not stat.S_ISREG(kind):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))


def _prefix_of(path: Path) -> str:
    stem = os.fsencode(path.name)[:MAX_STEM_BYTES].decode("utf-8", "ignore")
    return f".{stem}."


def _set_rights(handle: int, path: Path, new: int) -> None:
    """Set the mode ``new``, or the owner, group and mode of the regular file that is to be replaced."""
    there = _regular_at(path)
    if there is None:
        _set_mode(handle, new)
        return
    mode = stat.S_IMODE(there.st_mode) & READ_WRITE_RUN
    # Only root can set the owner, and only members of a group that group.
    for owner, group in ((there.st_uid, -1), (-1, there.st_gid)):
        with suppress(OSError):
            os.fchown(handle, owner, group)
    if os.fstat(handle).st_gid != there.st_gid:
        mode &= ~stat.S_IRWXG
    _set_mode(handle, mode)


def _set_mode(handle: int, mode: int) -> None:
    """Set a mode regardless of the umask, on file systems that have modes."""
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
    """Return a descriptor for writing to a path that is not a regular file; None if it is one, or is free."""
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
