"""What a real terminal gets: colours and a bar of our own, and nothing that a name asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.printing.hostile import OWN, STEERING, TEXTS, assert_plain
from tests.store.test_terminal import at_terminal

NAMES = [f"{text.replace('/', '_')}[red].jpg" for text in (*STEERING, "x" * 300)]


def assert_nothing_obeyed(shown: str) -> None:
    """Fail where a terminal would obey something other than our own colours and cursor."""
    assert_plain(OWN.sub("", shown).replace("\r", "").encode())


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (("scan", "--", *NAMES), ExitCode.UNREADABLE_INPUT),
        (("scan", "--format", "csv", "--", *NAMES), ExitCode.UNREADABLE_INPUT),
        (("check", "--", *NAMES), ExitCode.UNREADABLE_INPUT),
        (("batch", "--no-store", "--", *NAMES), ExitCode.UNREADABLE_INPUT),
        (("explain", "--", NAMES[0]), ExitCode.UNREADABLE_INPUT),
        (("scan", "--format", NAMES[0], "x"), ExitCode.USAGE),
        (("list", "--store", f"sqlite:////dev/null/{NAMES[0]}"), ExitCode.STORE),
    ],
    ids=["scan", "csv", "check", "batch", "explain", "usage", "no store"],
)
def test_names_of_files(home: Path, command: tuple[str, ...], status: ExitCode) -> None:
    found, shown = at_terminal(home, *command)
    assert found == status
    assert_nothing_obeyed(shown)


@pytest.mark.parametrize(
    "command",
    [("list",), ("search", "findme"), ("show", len(TEXTS) - 1), ("show", 1), ("stats",), ("prices", "findme")],
    ids=["list", "search", "show long", "show", "stats", "prices"],
)
def test_names_of_shops(home: Path, store: str, command: tuple[object, ...]) -> None:
    status, shown = at_terminal(home, *command, "--store", store)
    assert status == ExitCode.OK
    assert_nothing_obeyed(shown)
    if command[0] in ("list", "search", "prices"):
        assert max(len(OWN.sub("", line)) for line in shown.splitlines()) <= 100
