"""Reads, writes and removes unit files; only those written by rpiocr are changed."""

from __future__ import annotations

import os
from pathlib import Path

from rpiocr.service.errors import ForeignUnitError, UnitFileError
from rpiocr.service.places import Scope
from rpiocr.service.units import is_ours
from rpiocr.system.files import folder_mode, make_folder, write_whole

UNIT_MODE = 0o644
"""Units contain no secret, and systemctl shows them to all users."""


def unit_files(name: str, scope: Scope) -> tuple[Path, Path]:
    """Return the paths of the timer and service called ``name``, in the order in which they are stopped."""
    return scope.folder / f"{name}.timer", scope.folder / f"{name}.service"


def text_of(path: Path) -> str | None:
    """Return the text of a unit, ``None`` if it does not exist; raises UnitFileError if it cannot be read."""
    if os.path.lexists(path) and not (path.is_file() or path.is_dir()):
        # a FIFO, on which reading would block, or a dangling link is foreign, too
        return ""
    try:
        return path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}; change its permissions or give another --name"
        raise UnitFileError(message) from error


def check_free(name: str, scope: Scope) -> None:
    """Raise ForeignUnitError if a unit called ``name`` was not written by rpiocr, here or in a package's directory."""
    for path in unit_files(name, scope):
        hidden = [folder / path.name for folder in scope.hidden_by_us if (folder / path.name).exists()]
        text = text_of(path)
        if hidden or (text is not None and not is_ours(text)):
            message = (
                f"{hidden[0] if hidden else path} was not written by rpiocr and is left unchanged; give another --name"
            )
            raise ForeignUnitError(message)


def write(path: Path, text: str) -> bool:
    """Write a unit atomically, readable by all; returns whether it changed. Raises UnitFileError."""
    if text_of(path) == text:
        return False
    try:
        make_folder(path.parent, folder_mode(UNIT_MODE))
        write_whole(path, text, UNIT_MODE)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}; free some space or change the permissions of its folder"
        raise UnitFileError(message) from error
    return True


def remove(path: Path) -> None:
    """Remove a unit and any links by which it is still enabled; raises UnitFileError."""
    try:
        for link in path.parent.glob(f"*.wants/{path.name}"):
            if link.is_symlink() and link.resolve() == path.resolve():
                link.unlink()
        path.unlink()
    except OSError as error:
        message = f"{path} cannot be removed: {error.strerror}; change the permissions of its folder"
        raise UnitFileError(message) from error
