"""``rpiocr review`` at a terminal: single keys, each of which counts at once."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rpiocr.errors import ExitCode
from rpiocr.model.records import ReadWord
from rpiocr.store.database import Database
from rpiocr.store.details import details
from rpiocr.store.review import count_waiting
from tests.batch.waiting import until
from tests.program import Run, command, surroundings
from tests.store.readings import evidence, keep_one
from tests.watch.test_refiling import DATA, FILED_AS, Home

UNSURE: dict[str, Any] = {
    "verdict": "RETRY",
    "verdicts": {"amount": "RETRY", "date": "RETRY", "currency": "RETRY"},
    "confidence": {"amount": 0.6, "date": 0.7, "currency": 0.8},
}
WORDS = (ReadWord("TOTAL", (10, 20, 50, 30), 0.9), ReadWord("12,50", (70, 22, 50, 30), 0.9))
RIVALS = [{"value": Decimal("12.80"), "raw": "12,80", "box": [10, 20, 30, 40]}]
PATIENCE_S = 10.0
ENTER, ESCAPE, BACKSPACE, UP, DOWN = "\r", "\x1b", "\x7f", "\x1b[A", "\x1b[B"


class Terminal:
    """A terminal with a review: what is pressed, and what it shows at last."""

    def __init__(self, home: Path, url: str, **environment: str) -> None:
        self._controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        before = termios.tcgetattr(terminal)
        self.process = subprocess.Popen(
            command("review", "--store", url),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env=surroundings(home, **{"TERM": "xterm", **environment}),
            start_new_session=True,
        )
        self._terminal, self._before = terminal, before
        self._shown = ""

    def press(self, keys: str) -> None:
        """Press keys, without waiting for what comes of them."""
        os.write(self._controller, keys.encode())

    def wait_for(self, wanted: str) -> str:
        """Wait until the screen, without its colours, contains a text; returns the screen."""
        while wanted not in (screen := self._screen()):
            ready, _, _ = select.select([self._controller], [], [], PATIENCE_S)
            assert ready, f"{wanted!r} does not appear in:\n{screen}"
            self._shown += os.read(self._controller, 65536).decode()
        return screen

    def _screen(self) -> str:
        last = self._shown.rpartition("\x1b[H\x1b[J")[2]
        return re.sub(r"\x1b\[[0-9;]*m", "", last).replace("\r\n", "\n")

    def end(self, wanted: str = "left") -> int:
        """Wait for the end; returns the status. The terminal works as before."""
        self.wait_for(wanted)
        status = self.process.wait()
        assert termios.tcgetattr(self._terminal) == self._before
        return status

    def close(self) -> None:
        """Hang up."""
        self.process.kill()
        self.process.wait()
        os.close(self._terminal)
        os.close(self._controller)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty store."""
    url = f"sqlite:///{tmp_path / 'receipts.sqlite'}"
    Database(url).close()
    return url


def store(url: str, count: int = 1, **changes: Any) -> None:  # noqa: ANN401
    """Store receipts that wait, each of another amount."""
    with closing(Database(url)) as database:
        for number in range(1, count + 1):
            read = {"amount": evidence("12,50", rivals=RIVALS)}
            plain = {"amount": Decimal(number) + Decimal("0.50"), "words": WORDS, "evidence": read}
            keep_one(database, **UNSURE | plain | changes)


@pytest.fixture
def terminal(home: Path, url: str) -> Iterator[Terminal]:
    """A review of a receipt of 1.50 that may be one of 12.80."""
    store(url)
    with closing(Terminal(home, url)) as started:
        yield started


def known(url: str, receipt_id: int = 1) -> dict[str, Any]:
    with closing(Database(url)) as database, database.snapshot() as connection:
        return details(connection, receipt_id)


def test_without_a_terminal_it_names_the_command_that_needs_none(run: Run, url: str) -> None:
    refused = run("review", "--store", url)
    assert refused.status == ExitCode.USAGE
    assert "rpiocr fix" in refused.stderr


@pytest.mark.slow
def test_thirty_receipts_whose_first_or_second_reading_is_right_take_at_most_120_keys(home: Path, url: str) -> None:
    store(url, 30)
    keys = "".join(("1" if number % 3 == 0 else "") + ENTER + ENTER + ENTER for number in range(1, 31))
    assert len(keys) <= 120
    with closing(Terminal(home, url)) as terminal:
        terminal.press(keys)  # faster than anybody types: none is lost
        assert terminal.end("30 reviewed; none left") == ExitCode.OK
    with closing(Database(url)) as database:
        assert count_waiting(database) == 0
    assert [known(url, number)["amount"] for number in (1, 2, 3)] == [
        Decimal("1.50"),
        Decimal("2.50"),
        Decimal("12.80"),
    ]
    assert all(known(url, number)["sure"] for number in range(1, 31))


@pytest.mark.slow
def test_a_receipt_is_shown_with_its_alternatives_and_the_line_of_its_value(terminal: Terminal) -> None:
    screen = terminal.wait_for("amount: ")
    assert "receipt 1, 1 of 1" in screen
    assert re.search(r"> +amount +1\.50 +60% +printed 12,50\b", screen)
    assert "1: 12.80, printed 12,80\n" in screen
    assert re.search(r"date +2024-03-05 +70% +printed 2024-03-05", screen)
    assert re.search(r"merchant +Corner Shop +sure", screen)
    assert "TOTAL 12,50" in screen


@pytest.mark.slow
def test_what_is_typed_corrects_as_fix_does_and_what_is_wrong_can_be_typed_on(terminal: Terminal, url: str) -> None:
    terminal.press("9,x" + ENTER)
    assert "amount is '9,x'" in terminal.wait_for("give a plain number")
    terminal.press(BACKSPACE + "75" + ENTER)
    terminal.wait_for("date: ")
    terminal.press(" 23.12.2023" + ENTER)
    terminal.wait_for("currency: ")
    terminal.press(" sgd" + ENTER)
    assert terminal.end("1 reviewed; none left") == ExitCode.OK
    found = known(url)
    assert (found["amount"], found["date"], found["currency"]) == (Decimal("9.75"), "2023-12-23", "SGD")


@pytest.mark.slow
def test_an_amount_that_begins_with_the_number_of_an_alternative_can_be_typed(terminal: Terminal, url: str) -> None:
    terminal.press("1")
    assert "amount: 12.80" in terminal.wait_for("amount: 12.80")
    terminal.press("3.45" + ENTER)
    terminal.wait_for("date: ")
    terminal.press("q")
    assert terminal.end("0 reviewed; 1 left") == ExitCode.OK
    assert known(url)["amount"] == Decimal("13.45")


@pytest.mark.slow
def test_escape_drops_what_was_typed_and_arrows_choose_the_field(terminal: Terminal, url: str) -> None:
    terminal.press("99")
    terminal.wait_for("amount: 99")
    terminal.press(ESCAPE)
    terminal.press(UP)
    terminal.wait_for("merchant: ")
    terminal.press(" quick shop" + ENTER)
    terminal.wait_for("amount: ")
    terminal.press("q")
    assert terminal.end("0 reviewed; 1 left") == ExitCode.OK
    assert (known(url)["merchant"], known(url)["amount"]) == ("quick shop", Decimal("1.50"))


@pytest.mark.slow
def test_undo_returns_to_the_receipt_that_was_changed_last(home: Path, url: str) -> None:
    store(url, 2)
    with closing(Terminal(home, url)) as terminal:
        terminal.press("u")
        terminal.wait_for("nothing was changed")
        terminal.press("1" + ENTER + ENTER + ENTER)
        terminal.wait_for("receipt 2, 2 of 2")
        terminal.press("u")
        terminal.wait_for("undone: currency of receipt 1")
        terminal.press("uu")
        screen = terminal.wait_for("undone: amount of receipt 1")
        assert "receipt 1, 1 of 2" in screen
        terminal.press("sq")
        assert terminal.end("0 reviewed; 2 left") == ExitCode.OK
    assert known(url)["corrections"] == known(url)["confirmations"] == []


@pytest.mark.slow
def test_skipped_receipts_are_left_and_a_value_that_was_not_read_has_to_be_typed(home: Path, url: str) -> None:
    store(url, 1)
    store(url, 1, amount=None, date="2024-04-01", evidence={"amount": None})
    with closing(Terminal(home, url)) as terminal:
        terminal.press("s" + ENTER)
        assert "not read" in terminal.wait_for("there is no amount to confirm")
        terminal.press("3" + ENTER)
        terminal.wait_for("date: ")
        terminal.press(ENTER * 2)
        assert terminal.end("1 reviewed; 1 left") == ExitCode.OK
    assert (known(url, 2)["amount"], known(url, 2)["sure"]) == (Decimal(3), True)


@pytest.mark.slow
def test_after_ctrl_c_all_that_was_confirmed_is_there_and_the_terminal_works(terminal: Terminal, url: str) -> None:
    terminal.wait_for("amount: ")
    terminal.press(ENTER)
    terminal.wait_for("date: ")
    terminal.press("2024-")
    terminal.wait_for("date: 2024-")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end("interrupted") == ExitCode.INTERRUPTED
    assert [one["field"] for one in known(url)["confirmations"]] == ["amount"]


@pytest.mark.slow
def test_the_file_of_a_confirmed_receipt_is_moved_at_once(home: Path, tmp_path: Path) -> None:
    (tmp_path / "receipts").mkdir()
    files = Home(tmp_path / "receipts")
    store(files.url, date="2024-04-01")
    files.put_in_review(UNSURE)
    with closing(Terminal(home, files.url)) as terminal:
        terminal.press("s" + ENTER * 3)
        assert FILED_AS in terminal.wait_for("1 reviewed; 1 left")
    assert files.files() == {FILED_AS: DATA}


@pytest.mark.slow
def test_a_receipt_that_others_deleted_meanwhile_is_left_out(home: Path, url: str, run: Run) -> None:
    store(url, 2)
    with closing(Terminal(home, url)) as terminal:
        terminal.wait_for("receipt 1, 1 of 2")
        run("delete", "--store", url, "--yes", "1")
        terminal.press(ENTER)
        assert "receipt 2, " in terminal.wait_for("there is no receipt 1")


@pytest.mark.slow
def test_without_a_desktop_it_says_where_the_picture_is(home: Path, url: str, tmp_path: Path) -> None:
    picture = tmp_path / "scan.jpg"
    picture.touch()
    store(url, file=str(picture))
    with closing(Terminal(home, url)) as terminal:
        terminal.press("o")
        assert str(picture) in terminal.wait_for("there is no desktop here").replace("\n", "")


@pytest.mark.slow
def test_the_picture_is_opened_in_the_program_of_the_desktop(home: Path, url: str, tmp_path: Path) -> None:
    picture, opened, programs = tmp_path / "scan.jpg", tmp_path / "opened", tmp_path / "programs"
    picture.touch()
    programs.mkdir()
    (programs / "xdg-open").write_text(f'#!/bin/sh\necho "$1" >{opened}.part && mv {opened}.part {opened}\n', "utf-8")
    (programs / "xdg-open").chmod(0o755)
    store(url, file=str(picture))
    desktop = {"DISPLAY": ":0", "PATH": f"{programs}:{os.environ['PATH']}"}
    with closing(Terminal(home, url, **desktop)) as terminal:
        terminal.press("o")
        until(opened.exists, "the program of the desktop")
    assert opened.read_text("utf-8") == f"{picture}\n"
