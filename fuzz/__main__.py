"""Runs the targets: ``python -m fuzz --seconds 90``, or one of its findings: ``--target png --input FILE``."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import click

from fuzz.mutate import mutated
from fuzz.targets import TARGETS, prepare
from rpiocr.errors import RpiocrError

CORPUS = Path(__file__).parent / "corpus"

HANG_S = 60.0
"""Seconds; what decodes a file ends by itself before."""

FORK = multiprocessing.get_context("fork")
"""The process that starts others has no threads, and has loaded what the targets need."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that did what none may do."""

    target: str
    what: str
    data: bytes

    def keep(self, folder: Path) -> Path:
        """Write the input and what became of it below ``folder``, and return where."""
        place = folder / f"{self.target}-{hashlib.sha256(self.data).hexdigest()[:12]}"
        folder.mkdir(parents=True, exist_ok=True)
        place.write_bytes(self.data)
        again = f"python -m fuzz --target {self.target} --input {place}"
        place.with_suffix(".txt").write_text(f"{self.what}\n\nTo see it again: {again}\n", "utf-8")
        return place


def fault_of(name: str, data: bytes, folder: Path) -> str | None:
    """Run a target on an input; return what it raised that it must not, None where all is well."""
    try:
        TARGETS[name](data, folder)
    except RpiocrError:
        return None
    except Exception:  # noqa: BLE001 - that is what is looked for
        return traceback.format_exc()
    return None


def _inputs(seeds: Sequence[bytes], seed: str) -> Iterator[bytes]:
    yield from seeds
    chance = random.Random(seed)  # noqa: S311 - the same inputs for the same seed
    while True:
        yield mutated(seeds, chance)


def _work(name: str, seeds: Sequence[bytes], seed: str, end: float, pipe: Connection) -> None:
    """Run inputs until the time is over; tell each one before it is run, and what was found at the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Decoders complain about each picture.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    with tempfile.TemporaryDirectory() as folder:
        for data in _inputs(seeds, seed):
            if time.monotonic() > end:
                break
            pipe.send_bytes(b"i" + data)
            fault = fault_of(name, data, Path(folder))
            if fault:
                pipe.send_bytes(b"f" + fault.encode("utf-8", "backslashreplace"))
    pipe.send_bytes(b"e")


def run_target(name: str, seed: int, seconds: float) -> tuple[int, list[Finding]]:
    """Run a target for some seconds; return how many inputs it took, and what was found.

    The worker is started again where an input ended or hung it.
    """
    seeds = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
    end, runs, round_, findings = time.monotonic() + seconds, 0, 0, list[Finding]()
    while time.monotonic() < end:
        ours, theirs = FORK.Pipe(duplex=False)
        worker = FORK.Process(target=_work, args=(name, seeds, f"{seed}-{name}-{round_}", end, theirs), daemon=True)
        worker.start()
        theirs.close()
        done, found = _listen(name, ours)
        worker.kill()
        worker.join()
        runs, round_ = runs + done, round_ + 1
        findings += found
    return runs, findings


def _listen(name: str, pipe: Connection) -> tuple[int, list[Finding]]:
    """Hear what a worker tells until it ends, dies or hangs."""
    runs, findings, data = 0, list[Finding](), b""
    with suppress(EOFError):
        while pipe.poll(HANG_S):
            told = pipe.recv_bytes()
            if told == b"e":
                return runs, findings
            if told[:1] == b"i":
                runs, data = runs + 1, told[1:]
            else:
                findings.append(Finding(name, told[1:].decode(), data))
        return runs, [*findings, Finding(name, f"it took more than {HANG_S:.0f} s", data)]
    return runs, [*findings, Finding(name, "the process died", data)]


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    """One finding, the shortest input, for each last line of code that raised."""
    best: dict[tuple[str, ...], Finding] = {}
    for finding in sorted(findings, key=lambda one: -len(one.data)):
        places = [line for line in finding.what.splitlines() if line.lstrip().startswith("File ")]
        best[finding.target, places[-1] if places else finding.what] = finding
    return list(best.values())


@click.command()
@click.option("--seconds", type=click.FloatRange(1), default=90.0, show_default=True, help="For all targets together.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same inputs for the same seed.")
@click.option("--target", "names", multiple=True, type=click.Choice([*TARGETS]), help="Only this one; repeatable.")
@click.option("--input", "again", type=click.Path(path_type=Path, exists=True), help="Run one target on this file.")
@click.option("--keep", type=click.Path(path_type=Path), default=Path("fuzz/findings"), show_default=True)
def main(seconds: float, seed: int, names: Sequence[str], again: Path | None, keep: Path) -> None:
    """Run the targets on inputs made of the corpus; ends with status 1 where something was found."""
    names = names or [*TARGETS]
    if again:
        with tempfile.TemporaryDirectory() as folder:
            fault = fault_of(names[0], again.read_bytes(), Path(folder))
        sys.exit(fault)
    prepare()
    total, findings = 0, list[Finding]()
    for name in names:
        runs, found = run_target(name, seed, seconds / len(names))
        total += runs
        click.echo(f"{name}: {runs} inputs, {len(_distinct(found))} findings")
        findings += _distinct(found)
    click.echo(f"all: {total} inputs, {len(findings)} findings")
    for finding in findings:
        click.echo(f"\n{finding.keep(keep)}\n{finding.what.strip()[-2000:]}", err=True)
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
