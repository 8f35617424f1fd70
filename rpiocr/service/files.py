"""Unit files on disk: which are ours, and writing and removing only those."""

from __future__ import annotations

import os
from pathlib import Path

from rpiocr.service.errors import ForeignUnitError, UnitFileError
from rpiocr.service.places import Scope
from rpiocr.service.units import is_ours
from rpiocr.system.files import folder_mode, make_folder, write_whole

UNIT_MODE = 0o644
"""Units hold no secret, and systemctl shows them to everybody."""


def unit_files(name: str, scope: Scope) -> tuple[Path, Path]:
    """Return where the timer and the service called ``name`` are, or would be; the timer first, as it is stopped."""
    return scope.folder / f"{name}.timer", scope.folder / f"{name}.service"


def text_of(path: Path) -> str | None:
    """Return the text of a unit, ``None`` where there is no file; raises UnitFileError where it cannot be read."""
    if os.path.lexists(path) and not (path.is_file() or path.is_dir()):
        # a FIFO, at which reading would wait, or a link that leads nowhere is somebody's too
        return ""
    try:
        return path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}; change its rights or give another --name"
        raise UnitFileError(message) from error


def check_free(name: str, scope: Scope) -> None:
    """Raise ForeignUnitError where a unit called ``name`` is somebody else's, here or where a package put it."""
    for path in unit_files(name, scope):
        hidden = [folder / path.name for folder in scope.hidden_by_us if (folder / path.name).exists()]
        text = text_of(path)
        if hidden or (text is not None and not is_ours(text)):
            message = (
                f"{hidden[0] if hidden else path} was not written by rpiocr and is left alone; give another --name"
            )
            raise ForeignUnitError(message)


def write(path: Path, text: str) -> bool:
    """Write a unit in one go, readable by all; returns whether that changed anything. Raises UnitFileError."""
    if text_of(path) == text:
        return False
    try:
        make_folder(path.parent, folder_mode(UNIT_MODE))
        write_whole(path, text, UNIT_MODE)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}; make room or change the rights of its folder"
        raise UnitFileError(message) from error
    return True


def remove(path: Path) -> None:
    """Remove a unit and the links by which it is enabled, where systemd has not done that; raises UnitFileError."""
    try:
        for link in path.parent.glob(f"*.wants/{path.name}"):
            if link.is_symlink() and link.resolve() == path.resolve():
                link.unlink()
        path.unlink()
    except OSError as error:
        message = f"{path} cannot be removed: {error.strerror}; change the rights of its folder"
        raise UnitFileError(message) from error
