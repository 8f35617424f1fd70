"""Completion, in the shells themselves: commands, options, files, receipts and fields."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from rpiocr.commands.completing import FIELDS, KINDS_OF_ITEMS, OF_ITEM
from rpiocr.model import ItemKind
from rpiocr.store.database import Database
from rpiocr.store.item_fields import DELETE, PARTS
from rpiocr.store.values import KINDS
from tests.program import SMALL, Run, surroundings
from tests.store.readings import keep

LINES = {
    "rpiocr expl": "rpiocr explain",
    "rpiocr ite": "rpiocr items",
    "rpiocr items --items fu": "rpiocr items --items full",
    "rpiocr scan --mode hi": "rpiocr scan --mode high",
    "rpiocr scan rece": "rpiocr scan receipt.jpg",
    "rpiocr explain --html out.html rece": "rpiocr explain --html out.html receipt.jpg",
    "rpiocr show ": "rpiocr show 1",
    "rpiocr fix 1 merchant=Tea dat": "rpiocr fix 1 merchant=Tea date=",
    "rpiocr fix 1 --undo rec": "rpiocr fix 1 --undo receipt_number",
    "rpiocr service inst": "rpiocr service install",
}
"""What is typed before TAB, and the line that it becomes."""

SCRIPTS = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
}
SET_UP = {
    "bash": 'PS1="> "; bind "set enable-bracketed-paste off"; eval "$(rpiocr completion bash)"',
    "zsh": 'PS1="> "; unsetopt zle_bracketed_paste; unset zle_bracketed_paste; bindkey -e; '
    'autoload -Uz compinit; compinit -D -u; eval "$(rpiocr completion zsh)"',
}


@pytest.fixture
def place(home: Path) -> Path:
    """A directory with one file, in the home of a user whose store has one receipt; rpiocr is on the PATH."""
    place = home / "place"
    place.mkdir()
    shutil.copy(SMALL, place / "receipt.jpg")
    program = home / "bin" / "rpiocr"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m rpiocr "$@"\n', "utf-8")
    program.chmod(0o755)
    (home / "share" / "rpiocr").mkdir(parents=True)
    with closing(Database(f"sqlite:///{home / 'share' / 'rpiocr' / 'receipts.sqlite'}")) as database:
        keep(database, {"merchant": "Corner: a 'Shop'"})
    return place


def environment(home: Path) -> dict[str, str]:
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return surroundings(home, PATH=path, XDG_DATA_HOME=str(home / "share"), TERM="dumb", COLUMNS="200")


def require(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")


def completed(shell: str, place: Path, home: Path) -> list[str]:
    """Type every line of LINES and TAB into a shell on a terminal; returns what the lines have become."""
    ours, theirs = pty.openpty()
    typed = "".join(f"{line}\t\x01echo '<<' \x05 '>>'\n" for line in LINES)
    with subprocess.Popen(
        SCRIPTS[shell],
        cwd=place,
        env=environment(home),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        os.write(ours, f"{SET_UP[shell]}\n{typed}exit\n".encode())
        seen = bytearray()
        with suppress(OSError):
            while data := os.read(ours, 65536):
                seen.extend(data)
        process.wait()
    os.close(ours)
    return [line.strip() for line in re.findall(r"^<< (.*?) >>", seen.decode().replace("\r", "\n"), re.MULTILINE)]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_tab_completes_the_line(shell: str, place: Path, home: Path) -> None:
    require(shell)
    assert completed(shell, place, home) == list(LINES.values())


def test_fish_offers_what_completes_the_line(place: Path, home: Path) -> None:
    require("fish")
    script = "rpiocr completion fish | source; " + "; echo; ".join(f"complete -C '{line}'" for line in LINES)
    done = subprocess.run(
        ["fish", "--no-config", "-c", script],
        cwd=place,
        env=environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    offered = [part.split("\t")[0].strip() for part in done.stdout.split("\n\n")]
    assert offered == [line.split(" ")[-1] for line in LINES.values()]
    assert "1\t2024" in done.stdout
    assert "Corner: a 'Shop'" in done.stdout
    assert done.stderr == ""


def offered(run: Run, words: str, **changes: str) -> list[str]:
    """What bash would be offered after these words and a space."""
    count = str(len(words.split()))
    outcome = run(_RPIOCR_COMPLETE="bash_complete", COMP_WORDS=f"{words} ", COMP_CWORD=count, **changes)
    assert outcome.stderr == ""
    return [line.partition(",")[2] for line in outcome.stdout.splitlines() if line]


def test_receipts_that_were_given_already_are_not_offered_again(run: Run, home: Path, place: Path) -> None:
    assert place.is_dir()
    data = {"XDG_DATA_HOME": str(home / "share")}
    assert offered(run, "rpiocr delete", **data) == ["1"]
    assert offered(run, "rpiocr delete 1", **data) == []


@pytest.mark.parametrize(
    "store",
    ["sqlite:////dev/null/none.sqlite", "postgresql://127.0.0.1:1/receipts", "nonsense", "sqlite:///{damaged}"],
)
def test_a_store_that_cannot_be_read_is_not_an_error_while_something_is_typed(run: Run, home: Path, store: str) -> None:
    damaged = home / "damaged.sqlite"
    damaged.write_text("no database at all, though long enough to be taken for one" * 99, "utf-8")
    assert offered(run, "rpiocr show", RPIOCR_STORE=store.format(damaged=damaged)) == []
    assert offered(run, "rpiocr show", RPIOCR_MODE="nonsense") == []


def test_completing_a_receipt_makes_no_store_and_nothing_next_to_one(run: Run, home: Path, place: Path) -> None:
    assert place.is_dir()
    store = home / "share" / "rpiocr"
    before = sorted(path.name for path in store.iterdir())
    assert offered(run, "rpiocr show", XDG_DATA_HOME=str(home / "share")) == ["1"]
    assert sorted(path.name for path in store.iterdir()) == before
    assert offered(run, "rpiocr show", XDG_DATA_HOME=str(home / "elsewhere")) == []
    assert not (home / "elsewhere").exists()


def test_the_fields_that_are_offered_are_those_that_the_store_lets_a_person_correct() -> None:
    assert set(FIELDS) == set(KINDS)
    assert {one.removesuffix("=") for one in OF_ITEM} == {*PARTS, DELETE}
    assert tuple(ItemKind) == KINDS_OF_ITEMS


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("items", ["items.add="]),
        ("items.3.", [f"items.3.{part}" for part in OF_ITEM]),
        ("items.12.un", ["items.12.unit_price="]),
        ("items.3.kind=d", ["items.3.kind=discount", "items.3.kind=deposit"]),
    ],
)
def test_what_can_be_corrected_of_an_item_is_offered(run: Run, typed: str, offers: list[str]) -> None:
    outcome = run(_RPIOCR_COMPLETE="bash_complete", COMP_WORDS=f"rpiocr fix 1 {typed}", COMP_CWORD="3")
    assert [line.partition(",")[2] for line in outcome.stdout.splitlines()] == offers


def test_confirming_offers_fields_without_a_value(run: Run) -> None:
    assert "amount=" in offered(run, "rpiocr fix 1")
    assert "amount=" not in offered(run, "rpiocr fix 1 amount=12.30")
