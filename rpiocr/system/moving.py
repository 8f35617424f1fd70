"""Moves files without ever overwriting another one."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from rpiocr.system.files import PRIVATE, open_regular, sync_folder, temporary_for

NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES)
"""Error numbers of file systems without hard links."""

NO_FLAG = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)
"""Error numbers of kernels and file systems without RENAME_NOREPLACE, such as NFS."""

RENAME_NOREPLACE = 1
AT_FDCWD = -100

CHUNK_BYTES = 1024 * 1024


def move_new(source: Path, target: Path) -> None:
    """Rename a file, symbolic link or directory within its file system, atomically where supported.

    Raises FileExistsError if the name is taken, even since a moment ago; OSError on other failures, with EXDEV for
    another file system. The source stays where it was then.
    """
    if _rename_unless_taken(source, target):
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "the name is taken", str(target)) from error
        source.rename(target)
    else:
        source.unlink()


def copy_new(source: Path, target: Path) -> None:
    """Copy a regular file, with its mode and times, to a free path.

    The copy is complete and synced before it gets its name. Raises as ``move_new``.
    """
    temporary = temporary_for(target)
    try:
        with open(open_regular(source, os.O_RDONLY), "rb") as old:  # noqa: PTH123 - it is a descriptor
            _copy(old.fileno(), temporary)
        move_new(temporary, target)
    finally:
        with suppress(OSError):
            temporary.unlink()
    sync_folder(target.parent)


def digest_of(handle: int) -> str:
    """Return the SHA-256, in hexadecimal, of the whole open file ``handle``; its position is unchanged."""
    digest = hashlib.sha256()
    for chunk in _chunks(handle):
        digest.update(chunk)
    return digest.hexdigest()


def _copy(old: int, temporary: Path) -> None:
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    with os.fdopen(handle, "wb") as new:
        new.writelines(_chunks(old))
        new.flush()
        status = os.fstat(old)
        # Some file systems do not support modes.
        with suppress(PermissionError, NotImplementedError):
            os.fchmod(handle, stat.S_IMODE(status.st_mode))
        os.utime(handle, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.fsync(handle)


def _chunks(handle: int) -> Iterator[bytes]:
    offset = 0
    while chunk := os.pread(handle, CHUNK_BYTES, offset):
        yield chunk
        offset += len(chunk)


def _rename_unless_taken(source: Path, target: Path) -> bool:
    """Rename atomically; False if that is not supported."""
    function = _renameat2()
    if function is None:
        return False
    import ctypes

    if function(AT_FDCWD, os.fsencode(source), AT_FDCWD, os.fsencode(target), RENAME_NOREPLACE) == 0:
        return True
    code = ctypes.get_errno()
    if code in NO_FLAG:
        return False
    raise OSError(code, os.strerror(code), str(source), None, str(target))


@cache
def _renameat2() -> Any:  # noqa: ANN401 - ctypes has no name for the class of functions
    """Return the function of the C library; None if it is missing, as before glibc 2.28."""
    import ctypes

    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
