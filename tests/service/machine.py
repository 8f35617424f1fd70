"""A user's machine for the tests: a home of its own, and a systemctl that notes what it is asked to do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.program import Outcome, run_with, surroundings
from tests.recorded import path_with_answers

SYSTEMCTL = """#!/bin/sh
[ "$1" = --version ] && { echo "systemd 252 (252.39)"; exit 0; }
printf '%s\\n' "$*" >> "$NOTES/asked"
[ -e "$NOTES/no-bus" ] && { echo "Failed to connect to bus: No medium found" >&2; exit 1; }
case "$*" in
*restart*|*" start "*) [ -e "$NOTES/broken" ] && { echo "Job for rpiocr.service failed." >&2; exit 1; } ;;
*" show "*) cat "$NOTES/state" ;;
esac
exit 0
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the tests do on it, and look at."""

    home: Path
    notes: Path
    path: str

    @property
    def units(self) -> Path:
        """The folder of the user's units."""
        return self.home / "config" / "systemd" / "user"

    @property
    def inbox(self) -> Path:
        """A folder that is not there yet."""
        return self.home / "receipts" / "inbox"

    def run(self, *arguments: object, **changes: str) -> Outcome:
        """Run ``rpiocr service`` with ``arguments`` to its end."""
        environment = surroundings(self.home, PATH=self.path, NOTES=str(self.notes)) | changes
        environment = {name: value for name, value in environment.items() if value}
        return run_with(environment, "service", *arguments, changed=changes)

    def asked(self) -> list[str]:
        """Return what systemctl was asked since this was called last, without ``--user``."""
        log = self.notes / "asked"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line.removeprefix("--user ") for line in lines]

    def files(self) -> dict[str, bytes]:
        """Return all files below the home, by their path in it."""
        return {str(path.relative_to(self.home)): path.read_bytes() for path in self.home.rglob("*") if path.is_file()}

    def unit(self, name: str = "rpiocr.service") -> str:
        """Return the text of an installed unit."""
        return (self.units / name).read_text("utf-8")


def machine_in(folder: Path) -> Machine:
    """Make a machine below ``folder``."""
    home, notes, programs = (folder / name for name in ("home", "notes", "programs"))
    for each in (home, notes, programs):
        each.mkdir(exist_ok=True)
    systemctl = programs / "systemctl"
    systemctl.write_text(SYSTEMCTL, "utf-8")
    systemctl.chmod(0o755)
    return Machine(home, notes, f"{programs}{os.pathsep}{path_with_answers()}")
