"""Kills a watch again and again while it works, and counts: ``python -m bench.kill --receipts 50 --kills 200``.

Everything must come out once: every file answered, moved, and printed, the store sound.
"""

from __future__ import annotations

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
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click

from bench.report import BENCHMARKS, PROJECT, circumstances, table, write_section
from bench.tool import environment


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one trial."""

    inbox: Path
    output: Path
    environment: dict[str, str]

    @staticmethod
    def under(folder: Path) -> Home:
        """Make them."""
        inbox = folder / "inbox"
        inbox.mkdir()
        places = {"XDG_DATA_HOME": str(folder / "data"), "XDG_STATE_HOME": str(folder / "state")}
        return Home(inbox, folder / "output.ndjson", environment(**places))

    def watch(self) -> subprocess.Popen[bytes]:
        """Start a watch that ends when everything is read; what it prints is added to the output."""
        command = [sys.executable, "-m", "rpiocr", "watch", str(self.inbox), "--once", "--settle=0.1", "--cloud=never"]
        with self.output.open("ab") as output, (self.output.parent / "log").open("ab") as log:
            return subprocess.Popen(
                [*command, f"--config={os.devnull}"], stdout=output, stderr=log, env=self.environment, cwd=PROJECT
            )


def kill_often(home: Home, kills: int, longest_s: float, seed: int) -> tuple[int, int]:
    """Run watches until all is read, the first ``kills`` of them killed; returns how many were, and how many ran."""
    chance = random.Random(seed)  # noqa: S311 - it only has to be the same again
    killed = runs = 0
    while True:
        running = home.watch()
        runs += 1
        if killed < kills:
            try:
                running.wait(chance.uniform(0.0, longest_s))
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                killed += 1
        if running.wait() >= 0 and not any(path.suffix for path in home.inbox.iterdir() if path.name[0] != "."):
            return killed, runs


def outcome(home: Home, files: dict[str, str]) -> dict[str, int]:
    """Count what came of the files, which are names by hash."""
    printed: Counter[str] = Counter()
    for line in home.output.read_text("utf-8").splitlines():
        printed[json.loads(line).get("sha256", "error")] += 1
    placed = [path for name in ("done", "review") for path in (home.inbox.parent / name).rglob("*") if path.is_file()]
    moved = [path for path in placed if path.suffix != ".json"]
    sidecars = [path for path in moved if json.loads(path.with_name(path.name + ".json").read_text("utf-8"))]
    with sqlite3.connect(home.inbox.parent / "data" / "rpiocr" / "receipts.sqlite") as store:
        stored = [sha for (sha,) in store.execute("SELECT sha256 FROM receipts JOIN files ON files.id = file_id")]
        sound = store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return {
        "files": len(files),
        "receipts in the store": len(stored),
        "of different files": len(set(stored) & set(files)),
        "moved, with results beside": len(sidecars),
        "failed": sum(1 for _ in (home.inbox.parent / "failed").glob("*")),
        "lines printed": sum(printed.values()),
        "printed twice": sum(count - 1 for count in printed.values()),
        "store sound": int(sound),
        "half-written files": sum(1 for _ in home.inbox.parent.rglob("*.part")),
    }


def make_receipts(folder: Path, count: int) -> dict[str, str]:
    """Draw receipts into a folder; returns their names by hash."""
    import hashlib

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
        files[hashlib.sha256(path.read_bytes()).hexdigest()] = path.name
        shutil.copy(path, folder / "inbox")
    return files


@click.command()
@click.option("--receipts", default=50, show_default=True)
@click.option("--kills", default=200, show_default=True)
@click.option("--longest", default=4.0, show_default=True, help="Seconds that a watch lives at most.")
@click.option("--seed", default=1, show_default=True)
@click.option("--write", is_flag=True, help=f"Write the table to {BENCHMARKS.relative_to(PROJECT)}.")
def main(receipts: int, kills: int, longest: float, seed: int, *, write: bool) -> None:
    """Kill a watch over generated receipts at random moments, let it go on, and count what came of it."""
    with tempfile.TemporaryDirectory() as name:
        home = Home.under(Path(name))
        files = make_receipts(Path(name), receipts)
        began = time.monotonic()
        killed, runs = kill_often(home, kills, longest, seed)
        counts = {"killed": killed, "runs": runs, **outcome(home, files)}
        click.echo(f"{time.monotonic() - began:.0f} s", err=True)
    text = table(list(counts), [[str(value) for value in counts.values()]])
    click.echo(text)
    if write:
        command = f"python -m bench.kill --receipts {receipts} --kills {kills}"
        write_section(BENCHMARKS, "kill", "\n\n".join(["## Killed while it works", circumstances(command), text]))


if __name__ == "__main__":
    main()
