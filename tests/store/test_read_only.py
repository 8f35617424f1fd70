"""A store that cannot be written can be read: on a full disk, on a locked stick, or owned by another user."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from tests.program import PROJECT, Outcome
from tests.store.readings import item, keep_one

RUN = """
import json, sys
from tests.store.program import run_command
for arguments in json.loads(sys.argv[2]):
    done = run_command(sys.argv[1], *arguments)
    print(json.dumps([done.status, done.stdout, done.stderr]))
"""

READING = (
    ("list",),
    ("search", "tea"),
    ("search", "item:tea"),
    ("prices", "tea"),
    ("show", "1"),
    ("stats", "--format", "ndjson"),
    ("export", "--format", "ndjson"),
)
WRITING = (("fix", "1", "amount=1.00"), ("delete", "1", "--yes"))

LEAVE_A_LOG = """
import os, sys
from rpiocr.store.database import Database
from tests.store.readings import item, keep_one
database = Database(sys.argv[1])
keep_one(database, text="tea", merchant="Tea House", items=[item("tea")])
os._exit(0)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter, which those of pytest are not."""
    made = Path(tempfile.mkdtemp(prefix="rpiocr-read-only-"))
    made.chmod(0o755)
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


def run_as_nobody(file: Path, *commands: tuple[str, ...]) -> list[Outcome]:
    """Run commands on a store without root's right to write whatever it likes."""
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if subprocess.run([*become, sys.executable, "-c", ""], cwd=PROJECT, capture_output=True, check=False).returncode:
        pytest.skip("an ordinary user cannot read the project")
    words = [sys.executable, "-B", "-c", RUN, f"sqlite:///{file}", json.dumps(commands)]
    surroundings = os.environ | {"HOME": "/nowhere", "XDG_CONFIG_HOME": "/nowhere"}
    done = subprocess.run([*become, *words], cwd=PROJECT, env=surroundings, capture_output=True, text=True, check=True)
    return [Outcome(*json.loads(line)) for line in done.stdout.splitlines()]


def lock(folder: Path, file: Path) -> None:
    """Take away the right to write, as on a stick that is locked."""
    for path in folder.iterdir():
        path.chmod(0o444)
    file.chmod(0o444)
    folder.chmod(0o555)


def test_a_store_that_may_not_be_written_is_listed_searched_shown_and_exported(folder: Path) -> None:
    file = folder / "receipts.sqlite"
    with closing(Database(f"sqlite:///{file}")) as database:
        keep_one(database, text="tea", merchant="Tea House", items=[item("tea")])
    lock(folder, file)
    done = run_as_nobody(file, *READING, *WRITING)
    assert [one.status for one in done] == [ExitCode.OK] * len(READING) + [ExitCode.STORE] * len(WRITING)
    assert all("Tea House" in one.stdout for one in done[: len(READING)])
    assert all("cannot be written, and nothing was changed" in one.stderr for one in done[len(READING) :])
    assert [path.name for path in folder.iterdir()] == [file.name]


@pytest.mark.slow
def test_what_a_crash_left_in_the_log_is_read_where_nothing_can_be_written(folder: Path) -> None:
    file = folder / "receipts.sqlite"
    subprocess.run([sys.executable, "-c", LEAVE_A_LOG, f"sqlite:///{file}"], cwd=PROJECT, check=True)
    file.with_name(f"{file.name}-shm").unlink()
    assert file.with_name(f"{file.name}-wal").stat().st_size > 0
    lock(folder, file)
    (listed,) = run_as_nobody(file, ("list",))
    assert [line["merchant"] for line in listed.lines] == ["Tea House"]
    assert sorted(path.name for path in folder.iterdir()) == [file.name, f"{file.name}-wal"]


@pytest.mark.slow
def test_a_writer_that_lives_is_read_with_what_it_has_written_last(folder: Path) -> None:
    file = folder / "receipts.sqlite"
    with closing(Database(f"sqlite:///{file}")) as database:
        keep_one(database, text="tea", merchant="Tea House", items=[item("tea")])
        lock(folder, file)
        (listed,) = run_as_nobody(file, ("list",))
    assert [line["merchant"] for line in listed.lines] == ["Tea House"]


FULL = """
import json, resource, sys
from tests.store.program import run_command
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
for arguments in json.loads(sys.argv[2]):
    done = run_command(sys.argv[1], *arguments)
    print(json.dumps([done.status, done.stdout, done.stderr]))
"""


@pytest.mark.slow
def test_a_store_on_a_full_disk_is_listed_and_exported(folder: Path) -> None:
    assert resource.RLIM_INFINITY in resource.getrlimit(resource.RLIMIT_FSIZE)
    file = folder / "receipts.sqlite"
    with closing(Database(f"sqlite:///{file}")) as database:
        keep_one(database, text="tea", merchant="Tea House", items=[item("tea")])
    commands = json.dumps((*READING, *WRITING))
    # No file may grow by a byte: SQLite is told the same as on a full disk.
    words = [sys.executable, "-B", "-c", FULL, f"sqlite:///{file}", commands]
    ran = subprocess.run(words, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    done = [Outcome(*json.loads(line)) for line in ran.stdout.splitlines()]
    assert [one.status for one in done] == [ExitCode.OK] * len(READING) + [ExitCode.STORE] * len(WRITING)
    assert all("Tea House" in one.stdout for one in done[: len(READING)])
    assert all("cannot be written" in one.stderr for one in done[len(READING) :])


def test_a_store_of_another_version_that_cannot_be_brought_up_to_date_reports_it(folder: Path) -> None:
    file = folder / "receipts.sqlite"
    with closing(Database(f"sqlite:///{file}")) as database, database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    lock(folder, file)
    (listed,) = run_as_nobody(file, ("list",))
    assert listed.status == ExitCode.STORE
    assert "cannot be written" in listed.stderr
