"""The commands on the store as a person at a terminal has them."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from tests.program import QUICK, SMALL, Run, command, surroundings
from tests.store.readings import keep, keep_one


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with three receipts."""
    url = f"sqlite:///{tmp_path / 'receipts.sqlite'}"
    with closing(Database(url)) as database:
        keep_one(database, file="/inbox/new\nline.jpg", text="a \x1b[2Jb", receipt_number="17")
        keep_one(database, date="2024-04-01", amount=Decimal("-3.10"), verdict="ESCALATE")
        keep_one(database)
    return url


def at_terminal(home: Path, *arguments: object, typed: str = "", **changes: str) -> tuple[int, str]:
    """Run ``rpiocr`` on a terminal, with what is typed there; returns its status and all that the terminal shows."""
    controller, terminal = pty.openpty()
    environment = surroundings(home, **{"TERM": "xterm", "COLUMNS": "100", "PAGER": "cat", **changes})
    os.write(controller, typed.encode())
    process = subprocess.Popen(
        command(*arguments), stdin=terminal, stdout=terminal, stderr=terminal, env=environment, start_new_session=True
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            more = os.read(controller, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
    os.close(controller)
    return process.wait(), shown.decode("utf-8").replace("\r\n", "\n")


def without_colours(shown: str) -> str:
    """What a terminal shows, without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that prints that it was started, with the options of less, and shows the rest."""
    script = tmp_path / "pager"
    script.write_text('#!/bin/sh\necho "PAGED WITH $LESS"\ncat\n', "utf-8")
    script.chmod(0o755)
    return str(script)


def test_a_list_that_fits_is_a_table_without_a_pager(home: Path, url: str, pager: str) -> None:
    status, shown = at_terminal(home, "list", "--store", url, PAGER=pager)
    assert "PAGED" not in shown
    lines = [line.split() for line in without_colours(shown).splitlines() if line.strip()]
    assert status == ExitCode.OK
    assert lines[0] == ["id", "date", "amount", "merchant", "verdict", "note"]
    assert lines[2:] == [
        ["2", "2024-04-01", "-3.10", "EUR", "Corner", "Shop", "ESCALATE", "90"],
        ["3", "2024-03-05", "12.50", "EUR", "Corner", "Shop", "ACCEPT", "90", "repeats", "1"],
        ["1", "2024-03-05", "12.50", "EUR", "Corner", "Shop", "ACCEPT", "90"],
    ]


@pytest.mark.slow
def test_a_list_that_does_not_fit_is_paged_and_the_screen_is_not_cleared(home: Path, url: str, pager: str) -> None:
    _, shown = at_terminal(home, "list", "--store", url, PAGER=pager, LINES="5")
    assert shown.startswith("PAGED WITH -FRX\n")
    assert "Corner Shop" in shown
    _, shown = at_terminal(home, "list", "--store", url, PAGER=pager, LINES="5", LESS="-R")
    assert shown.startswith("PAGED WITH -R\n")


def test_a_confirmed_receipt_is_shown_as_confirmed(home: Path, run: Run, url: str) -> None:
    assert run("fix", 2, "--ok", "--store", url).status == ExitCode.OK
    _, shown = at_terminal(home, "list", "--store", url)
    (line,) = (line for line in without_colours(shown).splitlines() if "2024-04-01" in line)
    assert line.split()[-1] == "confirmed"


@pytest.mark.parametrize("command", [("list",), ("search", "x"), ("stats",), ("export", "--format", "ledger")])
def test_an_empty_store_names_the_next_step(home: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    status, shown = at_terminal(home, *command, "--store", f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert status == ExitCode.OK
    assert "the store is empty; `rpiocr batch FOLDER` reads receipts into it" in shown


@pytest.mark.slow
def test_a_batch_is_a_table_in_a_terminal_and_json_in_a_pipe(home: Path, run: Run) -> None:
    status, shown = at_terminal(home, "batch", *QUICK, "--quiet", SMALL)
    assert status == ExitCode.OK
    plain = without_colours(shown)
    assert plain.split()[:5] == ["file", "date", "amount", "merchant", "verdict"]
    assert "63.35 SGD" in plain
    assert run("batch", *QUICK, "--no-store", SMALL).only["part"] == 1
    _, shown = at_terminal(home, "batch", *QUICK, "--quiet", "--format", "csv", "--no-store", "missing.jpg")
    assert shown.startswith("file,page,part,")


@pytest.mark.slow
def test_a_pager_that_is_left_early_ends_a_long_list_without_an_error(home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'many.sqlite'}"
    with closing(Database(url)) as database:
        keep(database, *({"date": None, "amount": Decimal(number)} for number in range(600)))
    reader = tmp_path / "reader"
    reader.write_text("#!/bin/sh\nhead -n 5\n", "utf-8")
    reader.chmod(0o755)
    status, shown = at_terminal(home, "list", "--store", url, PAGER=str(reader))
    assert status == ExitCode.OK
    assert len(shown.splitlines()) < 20
    assert "Traceback" not in shown


@pytest.mark.slow
def test_a_receipt_is_shown_in_full_with_nothing_that_moves_the_cursor(home: Path, url: str) -> None:
    status, shown = at_terminal(home, "show", 1, "--store", url)
    plain = without_colours(shown)
    assert status == ExitCode.OK
    assert "\x1b[2J" not in shown
    for words in ("12.50 EUR", "2024-03-05", "Corner Shop", r"/inbox/new\nline.jpg", "repeated by", r"a \x1b[2Jb"):
        assert words in plain


@pytest.mark.parametrize(("typed", "left"), [("n\n", [3, 2, 1]), ("y\n", [3, 2])])
def test_deleting_asks_first(home: Path, run: Run, url: str, typed: str, left: list[int]) -> None:
    status, shown = at_terminal(home, "delete", 1, "--store", url, typed=typed)
    assert status == ExitCode.OK
    assert "Delete 1 receipt from the store? [y/N]" in shown
    assert ("nothing was deleted" in shown) == (typed == "n\n")
    assert sorted(line["id"] for line in run("list", "--store", url).lines) == sorted(left)


def test_a_correction_is_reported_in_words(home: Path, url: str) -> None:
    status, shown = at_terminal(home, "fix", 2, "amount=4.00", "receipt_number=A1", "--store", url)
    assert (status, shown) == (ExitCode.OK, "amount: -3.10 became 4.00\nreceipt_number: nothing became A1\n")


def test_sums_are_a_chart(home: Path, url: str) -> None:
    status, shown = at_terminal(home, "stats", "--store", url)
    assert status == ExitCode.OK
    assert "EUR by month" in shown
    assert "█" in shown


def test_in_a_pipe_every_list_is_ndjson_and_the_store_is_that_of_the_user(run: Run, home: Path) -> None:
    with closing(Database(f"sqlite:///{home / '.local' / 'share' / 'rpiocr' / 'receipts.sqlite'}")) as database:
        receipt_id = keep_one(database, file="/inbox/caf\udce9.jpg")
    for arguments in (("list",), ("search", "corner")):
        outcome = run(*arguments)
        assert (outcome.status, outcome.only["id"]) == (ExitCode.OK, receipt_id)
        assert outcome.only["file"] == "/inbox/caf\udce9.jpg"
    assert run("show", receipt_id).only["now_at"] is None


def test_a_store_that_cannot_be_opened_has_a_status_of_its_own(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database " * 1000)
    outcome = run("list", "--store", f"sqlite:///{broken}")
    assert (outcome.status, outcome.stdout) == (ExitCode.STORE, "")
    assert outcome.stderr.startswith("rpiocr: the store ")
