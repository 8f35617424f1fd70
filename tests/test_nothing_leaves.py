"""Nothing leaves the machine, and nothing is written but where docs/PRIVACY.md says: told by the system calls."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from rpiocr.recognise.rapidocr.engine import RECOGNISER, is_installed
from tests.program import PATIENCE, PROJECT, SMALL
from tests.tracing import Deeds, namespace, trace

pytestmark = pytest.mark.skipif(isinstance(namespace(), str), reason=str(namespace()))

needs_second_engine = pytest.mark.skipif(
    not is_installed(), reason="the second engine is not installed: pip install onnxruntime rapidocr"
)

SINK = "/dev/null"

IMPORT_PAGE = """
import os
os.environ |= {"FASTAPI_OTEL_AUTO_CONFIGURE": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://receipts.invalid:4318"}
import fastapi, jinja2, python_multipart, uvicorn
"""

READ = "import sys, rpiocr; print(rpiocr.read_receipt(sys.argv[1]).fields.amount.chosen.value)"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what may be touched, by which commands (none named: by all), and whether it stays."""

    patterns: tuple[str, ...]
    commands: frozenset[str]
    stays: bool

    def allows(self, path: str, command: str) -> bool:
        """Whether a command may touch a path."""
        known = not self.commands or command in self.commands
        return known and any(fnmatchcase(path, pattern) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class User:
    """A user without any settings: what the names in the tables mean for that one."""

    root: Path

    @property
    def inbox(self) -> Path:
        """The watched folder."""
        return self.root / "receipts" / "inbox"

    @property
    def output(self) -> Path:
        """What is asked for by name."""
        return self.root / "wanted" / "output"

    @property
    def temporary(self) -> Path:
        """The folder for what does not stay."""
        return self.root / "tmp"

    @property
    def notices(self) -> Path:
        """The socket of what would be systemd."""
        return self.root / "notify"

    def run(self, *command: object) -> Deeds:
        """Run a program that sees none of the tester's variables: some of them switch telemetry off."""
        own = {"HOME": str(self.root / "home"), "TMPDIR": str(self.temporary), "NOTIFY_SOCKET": str(self.notices)}
        python = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "LC_ALL": "C.UTF-8"}
        deeds = trace([sys.executable, *command], own | python | PATIENCE, self.root)
        shutil.rmtree(self.root / "calls")
        return deeds

    def rows(self, heading: str) -> tuple[Row, ...]:
        """The rows of the table of docs/PRIVACY.md whose first column is called ``heading``."""
        lines = (PROJECT / "docs" / "PRIVACY.md").read_text("utf-8").partition(f"| {heading} |")[2].splitlines()[2:]
        return tuple(self._row(line) for line in lines[: lines.index("")])

    def _row(self, line: str) -> Row:
        first, _, commands, *stays = (cell.strip() for cell in line.strip("|").split("|"))
        named = frozenset(re.findall(r"`(\w+)`|(library)", commands))
        patterns = [self._meant(pattern) for pattern in re.findall("`([^`]+)`", first)]
        both = [each for pattern in patterns for each in (pattern.rstrip("/"), pattern + "*" * pattern.endswith("/"))]
        return Row(tuple(both), frozenset("".join(each) for each in named), stays == ["yes"])

    def _meant(self, pattern: str) -> str:
        names = {
            "~": self.root / "home",
            "$TMPDIR": self.temporary,
            "$NOTIFY_SOCKET": self.notices,
            "INBOX": self.inbox,
            "OUTPUT": self.output,
        }
        first, slash, rest = pattern.partition("/")
        meant = f"{names[first]}{slash}{rest}" if first in names else pattern
        return os.path.normpath(meant) + slash * pattern.endswith("/")


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    """Somebody with a receipt, an inbox that holds another copy of it, and a systemd that listens."""
    user = User(tmp_path)
    for folder in (tmp_path / "home", user.temporary, user.inbox, user.output.parent):
        folder.mkdir(parents=True)
    shutil.copy(SMALL, tmp_path / "receipt.jpg")
    arrived = shutil.copy(SMALL, user.inbox)
    os.utime(arrived, (1_700_000_000, 1_700_000_000))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(os.fspath(user.notices))
        yield user


def faults(user: User, command: str, deeds: Deeds) -> set[str]:
    """Return what a command did that the tables do not list: calls about foreign sockets, and paths."""
    sockets, rows = user.rows("Socket"), user.rows("Path")
    touched = deeds.changed - {SINK}
    return (
        set(deeds.foreign)
        | {path for path in deeds.sockets if not _allowed(path, command, sockets)}
        | {path for path in touched if not _allowed(path, command, rows)}
        | {path for path in deeds.made if not _allowed(path, command, rows) and not _leads_to_any(path, rows)}
        | {path for path in touched if os.path.lexists(path) and not _may_stay(path, command, rows)}
        | {str(path) for path in user.temporary.iterdir()}
    )


def _allowed(path: str, command: str, rows: tuple[Row, ...]) -> bool:
    return any(row.allows(path, command) for row in rows)


def _may_stay(path: str, command: str, rows: tuple[Row, ...]) -> bool:
    return any(row.stays and row.allows(path, command) for row in rows)


def _leads_to_any(path: str, rows: tuple[Row, ...]) -> bool:
    """Whether a directory is on the way to something that is listed."""
    return any(pattern.startswith(f"{path}/") for row in rows for pattern in row.patterns)


def read_by_both_engines(deeds: Deeds) -> bool:
    """Whether the second engine was loaded, whose library would send something."""
    return any(path.endswith(f"/{RECOGNISER}") for path in deeds.loaded)


@pytest.mark.parametrize(
    "arguments", [("schema",), ("doctor",), ("check", "receipt.jpg"), ("--version",)], ids="{0[0]}".format
)
def test_a_command_that_reads_nothing_sends_and_writes_nothing(user: User, arguments: tuple[str, ...]) -> None:
    deeds = user.run("-m", "rpiocr", *arguments)
    assert deeds.status == 0, deeds.stderr
    assert faults(user, arguments[0], deeds) == set()


@needs_second_engine
@pytest.mark.slow
def test_the_doctor_loads_the_second_engine_and_sends_nothing(user: User) -> None:
    assert read_by_both_engines(user.run("-m", "rpiocr", "doctor"))


@needs_second_engine
@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("scan", lambda user: ("receipt.jpg", "--debug", user.output)),
        ("explain", lambda user: ("receipt.jpg", "--html", user.output)),
        ("watch", lambda user: (user.inbox, "--once", "--settle", "0.1")),
    ],
    ids=["scan", "explain", "watch"],
)
def test_a_receipt_is_read_by_both_engines_and_nothing_leaves(
    user: User, command: str, arguments: Callable[[User], tuple[object, ...]]
) -> None:
    deeds = user.run("-m", "rpiocr", command, *arguments(user))
    assert deeds.status == 0, deeds.stderr
    assert read_by_both_engines(deeds)
    assert faults(user, command, deeds) == set()


def test_the_packages_of_the_page_send_nothing_when_they_are_imported_even_where_telemetry_is_asked_for(
    user: User,
) -> None:
    deeds = user.run("-c", IMPORT_PAGE)
    assert deeds.status == 0, deeds.stderr
    assert faults(user, "serve", deeds) == set()


@needs_second_engine
@pytest.mark.slow
def test_a_python_program_reads_a_receipt_and_nothing_leaves(user: User) -> None:
    deeds = user.run("-c", READ, "receipt.jpg")
    assert deeds.stdout == "63.35\n"
    assert read_by_both_engines(deeds)
    assert faults(user, "library", deeds) == set()


@needs_second_engine
@pytest.mark.slow
def test_a_batch_in_processes_of_its_own_and_whoever_asks_the_store_send_nothing(user: User) -> None:
    deeds = user.run("-m", "rpiocr", "batch", "receipt.jpg")
    assert deeds.status == 0, deeds.stderr
    assert read_by_both_engines(deeds)
    assert faults(user, "batch", deeds) == set()
    for command in (
        ("list",),
        ("show", "1"),
        ("search", "bistro"),
        ("stats",),
        ("prices", "tea"),
        ("export", "--format", "csv", "--out", user.output),
        ("doctor",),
        ("fix", "1", "amount=63.36"),
        ("delete", "1", "--yes"),
        ("clean", "--yes"),
    ):
        deeds = user.run("-m", "rpiocr", *command)
        assert deeds.status == 0, deeds.stderr
        assert faults(user, str(command[0]), deeds) == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)", "AF_INET6"),
        ("import socket\ntry: socket.getaddrinfo('receipts.invalid', 1)\nexcept OSError: pass", ""),
        ("import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).connect('notify')", "notify"),
        ("import pathlib; pathlib.Path.home().joinpath('.kept').mkdir()", "home/.kept"),
        ("open('receipt.jpg', 'r+')", "receipt.jpg"),
        ("import os; os.rename('receipt.jpg', 'other.jpg')", "other.jpg"),
        ("import tempfile; tempfile.mkstemp(prefix='rpiocr-')", "tmp/rpiocr-"),
        ("import subprocess; subprocess.run(['touch', 'left'])", "left"),
    ],
    ids=["socket", "name", "socket of another", "folder", "writing", "renaming", "left over", "by a child"],
)
def test_a_program_that_sends_or_writes_something_is_found(user: User, code: str, found: str) -> None:
    deeds = user.run("-c", code)
    assert deeds.status == 0, deeds.stderr
    assert any(found in fault for fault in faults(user, "schema", deeds))
