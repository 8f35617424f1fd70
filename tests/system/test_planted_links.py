"""Whatever is at a path that the program is about to write: nothing is truncated, overwritten or waited for."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.program import SMALL, Outcome, command, start_with, surroundings
from tests.service.machine import machine_in
from tests.tracing import namespace, trace

PATIENCE_S = 300
"""A program that takes longer waits for a FIFO that no process opens."""

PASS = ("--variant", "default", "--psm", "6", "--retries", "0")
COMMANDS = (
    ("scan", *PASS, "--debug", "debug", SMALL),
    ("explain", *PASS, "--html", "page.html", SMALL),
    ("batch", *PASS, SMALL),
    ("export", "--out", "receipts.csv"),
    ("export", "--format", "xlsx", "--out", "receipts.xlsx", "--zip", "receipts.zip"),
    ("service", "install", "receipts/inbox"),
)
"""One of each kind that writes, with paths in the current directory; a watch has tests of its own."""

RANDOM = re.compile(r"[0-9a-f]{16}\.part|/rpiocr-\w{8}|/tmp/")
"""Paths that no one can predict, or that are in a directory with such a name."""

BESIDE = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite creates next to a database."""

NAMED = frozenset(("page.html", "receipts.csv", "receipts.xlsx", "receipts.zip"))
"""Paths that the user names: a FIFO there is meant, and waited for."""

EXPECTED = {
    *("debug/", *NAMED),
    *("home/.local/share/rpiocr/receipts.sqlite", "home/config/systemd/user/rpiocr.service"),
}
"""Some of what has to be seen, or the recording misses what is written."""


@dataclass(frozen=True, slots=True)
class Place:
    """A user's home and current directory, and a systemctl that does nothing."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: object) -> Outcome:
        """Run the program to its end."""
        with chdir(self.folder):
            running = start_with(self.environment, *arguments)
        out, err = running.communicate(timeout=PATIENCE_S)
        return Outcome(running.wait(), out, err)


def place_in(folder: Path) -> Place:
    """Make one."""
    folder.mkdir(exist_ok=True)
    machine = machine_in(folder)
    return Place(folder, surroundings(machine.home, PATH=machine.path, NOTES=str(machine.notes)))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, frozenset[str]]:
    """Where all commands ran, and the paths that they wrote, as seen by the system, relative to the directory."""
    if isinstance(reason := namespace(), str):
        pytest.fail(reason)
    place = place_in(tmp_path_factory.mktemp("recorded"))
    changed: set[str] = set()
    for number, arguments in enumerate(COMMANDS):
        work = place.folder / f"calls-{number}"
        work.mkdir()
        deeds = trace(command(*arguments), place.environment | {"PWD": str(place.folder)}, work)
        assert deeds.status == ExitCode.OK, deeds.stderr
        changed |= {path.replace(f"{work}/", f"{place.folder}/") for path in deeds.changed}
    below = {str(Path(path).relative_to(place.folder)) for path in changed if path.startswith(f"{place.folder}/")}
    return place, frozenset(below)


@pytest.fixture(scope="module")
def predictable(recorded: tuple[Place, frozenset[str]]) -> frozenset[str]:
    """Those of them that another user can predict."""
    found = frozenset(path for path in recorded[1] if not RANDOM.search(f"/{path}") and not path.startswith("notes/"))
    assert all(any(path.startswith(one) for path in found) for one in EXPECTED), found
    return found


def plant_file(path: Path, victims: Path) -> None:
    """A link to a file."""
    path.symlink_to(victims / "file")


def plant_nothing(path: Path, victims: Path) -> None:
    """A link that leads nowhere, yet."""
    path.symlink_to(victims / "nothing")


def plant_folder(path: Path, victims: Path) -> None:
    """A link to a directory."""
    path.symlink_to(victims / "folder", target_is_directory=True)


def plant_fifo(path: Path, _victims: Path) -> None:
    """A FIFO without a reader."""
    os.mkfifo(path)


Plant = Callable[[Path, Path], None]


@pytest.fixture
def victims(tmp_path: Path) -> Iterator[Path]:
    """What must stay as it is: a file, and a directory with files; checked at the end."""
    folder = tmp_path / "victims"
    (folder / "folder").mkdir(parents=True)
    for path in (folder / "file", folder / "folder" / "file"):
        path.write_bytes(b"precious\n")
        path.chmod(0o640)
    yield folder
    found = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    assert found == {"file", "folder", "folder/file"}
    for path in (folder / "file", folder / "folder" / "file"):
        assert path.read_bytes() == b"precious\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.slow
@pytest.mark.parametrize("beside", [False, True], ids=["own names", "names of SQLite"])
@pytest.mark.parametrize("plant", [plant_file, plant_nothing, plant_folder, plant_fifo])
def test_whatever_is_planted_where_the_program_writes_nothing_of_the_user_is_changed(
    predictable: frozenset[str], victims: Path, tmp_path: Path, plant: Plant, *, beside: bool
) -> None:
    place = place_in(tmp_path / "planted")
    planted = {path for path in predictable if path.endswith(BESIDE) == beside}
    if plant is plant_fifo:
        planted -= NAMED
    assert planted
    for path in planted:
        target = place.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        plant(target, victims)
    # What SQLite makes is asked for by any command that opens the store.
    for arguments in COMMANDS[3:4] if beside else COMMANDS:
        done = place.run(*arguments)
        assert done.status != ExitCode.DEFECT, done.stderr
        assert "Traceback" not in done.stderr, done.stderr


@pytest.mark.slow
def test_what_the_program_makes_is_for_its_user_only(recorded: tuple[Place, frozenset[str]]) -> None:
    folder = recorded[0].folder
    made = [path for number in range(len(COMMANDS)) for path in (folder / f"calls-{number}").rglob("*")]
    made = [path for path in made if "calls" not in path.relative_to(folder).parts]
    made += [folder / "home" / ".local" / "share" / "rpiocr", *(folder / "home" / ".local").rglob("*")]
    files, folders = ({path for path in made if kind(path)} for kind in (Path.is_file, Path.is_dir))
    assert {"overlay.png", "page.html", "receipts.csv", "receipts.sqlite", "receipts.zip"} <= {
        one.name for one in files
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
