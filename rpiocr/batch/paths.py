"""Expands arguments to files: files, folders, patterns not expanded by the shell, and lists of files."""

from __future__ import annotations

import errno
import glob
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rpiocr.errors import InputError, NotPermittedError, RpiocrError
from rpiocr.watch.inbox import is_ignored

RESULTS = ".json"
"""Suffix of results that are kept next to images."""

FILED = ("done", "review", "failed")
"""Folders into which a watch moves processed files."""


class ListError(RpiocrError):
    """A list of files cannot be read."""

    code = "bad_list"
    exit_code = InputError.exit_code


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, or the error of an unreadable folder; ``named`` by the user, or found in a folder."""

    file: str
    named: bool = True
    error: InputError | None = None


Passed = Callable[[str], None]
"""Called with each folder of FILED that is skipped."""


def find(paths: Sequence[str], passed: Passed) -> Iterator[Entry]:
    """Find every file once, in the order of ``paths``, and by name within a folder. Raises ListError.

    Files named explicitly are always included. Within folders and patterns, what ``is_ignored``, files with the suffix
    RESULTS, non-regular files, symbolic links and the folders of FILED are skipped.
    """
    seen: set[bytes] = set()
    for path in paths:
        for entry in _meant_by(path, passed):
            place = os.fsencode(place_of(entry.file))
            if place not in seen:
                seen.add(place)
                yield entry


def place_of(file: str) -> str:
    """Return the absolute path of a file, with symbolic links to its folder resolved."""
    folder, name = os.path.split(file)
    return os.path.join(os.path.realpath(folder or "."), name)  # noqa: PTH118


def _meant_by(path: str, passed: Passed) -> Iterator[Entry]:
    if path.startswith("@"):
        for listed in _listed(path[1:]):
            yield from _named(listed, passed)
    elif os.path.lexists(path) or not glob.has_magic(path):
        yield from _named(path, passed)
    else:
        matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - patterns may be absolute
        if not matches:
            yield Entry(path)
        for match in matches:
            yield from _come_across(match, passed)


def _named(path: str, passed: Passed) -> Iterator[Entry]:
    if os.path.isdir(path):  # noqa: PTH112 - to pathlib, nothing is this folder
        yield from _within(path, passed)
    else:
        yield Entry(path)


def _within(folder: str, passed: Passed) -> Iterator[Entry]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names that are no UTF-8 stay as they are
    except PermissionError:
        error = NotPermittedError(f"{folder} is not readable by this user: change its permissions.")
        yield Entry(folder, error=error)
        return
    except OSError as reason:
        yield Entry(folder, error=InputError(f"{folder} cannot be read ({reason.strerror}): check its disk."))
        return
    for name in names:
        yield from _come_across(os.path.join(folder, name), passed)  # noqa: PTH118


def _come_across(path: str, passed: Passed) -> Iterator[Entry]:
    name = os.path.basename(os.path.normpath(path))  # noqa: PTH119
    if is_ignored(name):
        return
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        yield Entry(path, named=False)  # the error is reported when it is read
        return
    if stat.S_ISDIR(mode) and name in FILED:
        passed(path)
    elif stat.S_ISDIR(mode):
        yield from _within(path, passed)
    elif stat.S_ISREG(mode) and not name.casefold().endswith(RESULTS):
        yield Entry(path, named=False)


def _listed(name: str) -> list[str]:
    """Read a list, - for standard input: one path per line, or NUL-terminated paths."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        why = "standard input is closed" if error.errno == errno.EBADF else error
        message = f"the list @{name} cannot be read ({why}); give @ and the name of a file with one path per line"
        raise ListError(message) from error
    parts = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [os.fsdecode(part) for part in parts if part]
