"""Kills a watch again and again while it works, and counts: ``python -m bench.kill --receipts 50 --kills 200``.

Everything must come out once: every file answered, moved, and printed, the store sound. With ``--together`` two watches
and a batch are at work on one folder, and any of them may be killed. With ``--swap`` half of the receipts arrive one
after the other under one name, each as soon as the one before is being read, and now and then in its place.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import click

from bench.report import BENCHMARKS, PROJECT, circumstances, table, write_section
from bench.tool import environment
from rpiocr.system.moving import AT_FDCWD, move_new
from rpiocr.watch.aside import left_aside

QUICK = ("--mode=low", "--engine=tesseract", "--retries=0")
WATCH = ("watch", "--once", "--settle=0.1", *QUICK)
BATCH = ("batch", "--resume", "--quiet", *QUICK)

SCAN = "scan.jpg"
"""The one name under which receipts arrive with --swap."""

RENAME_EXCHANGE = 2

MOST_PIXELS = (600, 700)
"""Width and height to which receipts are cut: what they say does not matter, and small ones are read soon."""

PATIENCE = {"RPIOCR_PASS_TIMEOUT": "300", "RPIOCR_RECEIPT_TIMEOUT": "900"}
"""A busy machine is no reason to give a receipt up."""

LONGEST_PAUSE_S = 0.5
"""Between two of them."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one trial, and what is run in it; what each program prints is added to a file of its own."""

    inbox: Path
    programs: dict[str, tuple[str, ...]]
    environment: dict[str, str]

    @staticmethod
    def under(folder: Path, *, together: bool) -> Home:
        """Make them."""
        inbox = folder / "inbox"
        inbox.mkdir()
        places = {"XDG_DATA_HOME": str(folder / "data"), "XDG_STATE_HOME": str(folder / "state"), **PATIENCE}
        several = {"second watch": WATCH, "batch": BATCH} if together else {}
        return Home(inbox, {"watch": WATCH, **several}, environment(**places))

    def output(self, name: str) -> Path:
        """Return the file to which a program's output goes."""
        return self.inbox.parent / f"{name}.ndjson"

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start a program that ends when everything is read."""
        command = [sys.executable, "-m", "rpiocr", *self.programs[name], str(self.inbox), "--cloud=never"]
        with self.output(name).open("ab") as output, (self.inbox.parent / "log").open("ab") as log:
            return subprocess.Popen(
                [*command, f"--config={os.devnull}"], stdout=output, stderr=log, env=self.environment, cwd=PROJECT
            )

    def all_is_read(self) -> bool:
        """Tell whether no receipt is left in the watched folder, be it under a private name."""
        return not any(path.suffix for path in self.inbox.iterdir() if path.name[0] != ".") and not self.claims()

    def claims(self) -> int:
        """Count the files that lie under a private name."""
        return sum(1 for _ in left_aside(self.inbox))


@dataclass(slots=True)
class Swapper:
    """Lets receipts arrive under one name, in a thread of its own.

    One that is there already is exchanged for the next in one step, and arrives again later: so none is lost by it.
    """

    inbox: Path
    waiting: deque[Path]
    random: random.Random
    swaps: int = 0

    def run(self) -> None:
        """Let all of them arrive."""
        while self.waiting:
            time.sleep(self.random.uniform(0.0, LONGEST_PAUSE_S))
            receipt = self.waiting.popleft()
            try:
                move_new(receipt, self.inbox / SCAN)
            except FileExistsError:
                self.waiting.append(receipt)
                if self.random.random() < 0.5 and exchange(receipt, self.inbox / SCAN):
                    self.swaps += 1


def exchange(one: Path, other: Path) -> bool:
    """Let two files have each other's name, in one step; False where one of them is gone."""
    import ctypes

    function = ctypes.CDLL(None).renameat2
    return bool(function(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0)


def kill_often(home: Home, kills: int, longest_s: float, seed: int, swapping: Thread | None = None) -> tuple[int, int]:
    """Run the programs until all is read, and kill one of them ``kills`` times; returns how many were, and ran."""
    dice = random.Random(seed)  # noqa: S311 - it only has to be the same again
    running: dict[str, subprocess.Popen[bytes]] = {}
    killed = runs = 0
    while True:
        for name in home.programs:
            if name not in running or running[name].poll() is not None:
                running[name] = home.start(name)
                runs += 1
        if killed < kills:
            victim = running[dice.choice(list(running))]
            try:
                victim.wait(dice.uniform(0.0, longest_s))
            except subprocess.TimeoutExpired:
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                killed += 1
            continue
        for program in running.values():
            program.wait()
        if home.all_is_read() and not (swapping and swapping.is_alive()):
            return killed, runs


def outcome(home: Home, files: dict[str, str]) -> dict[str, int]:
    """Count what came of the files, which are names by hash."""
    printed: dict[str, Counter[str]] = {"watch": Counter(), "batch": Counter()}
    for name in home.programs:
        for line in home.output(name).read_text("utf-8").splitlines():
            printed[name.split()[-1]][json.loads(line).get("sha256", "error")] += 1
    placed = [path for name in ("done", "review") for path in (home.inbox.parent / name).rglob("*") if path.is_file()]
    moved = [path for path in placed if path.suffix != ".json"]
    sidecars = {path: json.loads(path.with_name(path.name + ".json").read_text("utf-8")) for path in moved}
    with sqlite3.connect(home.inbox.parent / "data" / "rpiocr" / "receipts.sqlite") as store:
        stored = [sha for (sha,) in store.execute("SELECT sha256 FROM receipts JOIN files ON files.id = file_id")]
        sound = store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return {
        "files": len(files),
        "receipts in the store": len(stored),
        "of different files": len(set(stored) & set(files)),
        "moved, with results beside": len(sidecars),
        "beside another's results": sum(hash_of(path) != one["sha256"] for path, one in sidecars.items()),
        "failed": sum(1 for _ in (home.inbox.parent / "failed").glob("*")),
        "lines of watches": printed["watch"].total(),
        "lines of batches": printed["batch"].total(),
        "printed twice by one kind": sum(count - 1 for each in printed.values() for count in each.values()),
        "store sound": int(sound),
        "under a private name": home.claims(),
        "half-written files": sum(1 for _ in home.inbox.parent.rglob("*.part")),
    }


def make_receipts(folder: Path, count: int) -> dict[str, str]:
    """Draw receipts into a folder; returns their names by hash."""
    command = [
        sys.executable,
        "-m",
        "generator",
        "--seed",
        "5050",
        "--count",
        str(count),
        "--out",
        str(folder / "made"),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=PROJECT)
    files = {}
    for path in sorted((folder / "made" / "img").iterdir()):
        cut(path)
        files[hash_of(path)] = path.name
    return files


def cut(path: Path) -> None:
    """Leave the top of a picture."""
    from PIL import Image

    with Image.open(path) as picture:
        width, height = MOST_PIXELS
        part = picture.crop((0, 0, min(width, picture.width), min(height, picture.height)))
    part.save(path)


def hash_of(path: Path) -> str:
    """The hash of a file, as results have it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def arrive(home: Home, made: Sequence[Path], seed: int, *, swap: bool) -> tuple[Thread, Swapper]:
    """Let receipts arrive in the watched folder: all at once, or every other one bit by bit; starts a thread."""
    at_once, later = (made[::2], made[1::2]) if swap else (made, ())
    for path in at_once:
        shutil.copy(path, home.inbox)
    swapper = Swapper(home.inbox, deque(later), random.Random(seed))  # noqa: S311 - it only has to be the same again
    thread = Thread(target=swapper.run, daemon=True)
    thread.start()
    return thread, swapper


@click.command()
@click.option("--receipts", default=50, show_default=True)
@click.option("--kills", default=200, show_default=True)
@click.option("--longest", default=4.0, show_default=True, help="Seconds that a watch lives at most.")
@click.option("--seed", default=1, show_default=True)
@click.option("--together", is_flag=True, help="Two watches and a batch on the same folder, instead of one watch.")
@click.option("--swap", is_flag=True, help="Receipts arrive under one name, while and before the last one is read.")
@click.option("--write", is_flag=True, help=f"Write the table to {BENCHMARKS.relative_to(PROJECT)}.")
def main(receipts: int, kills: int, longest: float, seed: int, *, together: bool, swap: bool, write: bool) -> None:
    """Kill a watch over generated receipts at random moments, let it go on, and count what came of it."""
    with tempfile.TemporaryDirectory() as name:
        home = Home.under(Path(name), together=together)
        # From now on the folder is known as a watched one.
        home.start("watch").wait()
        files = make_receipts(Path(name), receipts)
        began = time.monotonic()
        made = [Path(name) / "made" / "img" / one for one in files.values()]
        swapping, swapper = arrive(home, made, seed, swap=swap)
        killed, runs = kill_often(home, kills, longest, seed, swapping)
        counts = {"killed": killed, "runs": runs, "swapped": swapper.swaps, **outcome(home, files)}
        click.echo(f"{time.monotonic() - began:.0f} s", err=True)
    text = table(list(counts), [[str(value) for value in counts.values()]])
    click.echo(text)
    if write:
        options = f"{' --together' if together else ''}{' --swap' if swap else ''}"
        command = f"python -m bench.kill --receipts {receipts} --kills {kills}{options}"
        name, title = ("kill", "one watch") if not together else ("kill-together", "two watches and a batch")
        if swap:
            name, title = f"{name}-swap", f"{title}, and files are swapped meanwhile"
        parts = [f"## Killed while it works: {title}", circumstances(command), text]
        write_section(BENCHMARKS, name, "\n\n".join(parts))


if __name__ == "__main__":
    main()
