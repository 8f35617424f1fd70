"""Runs the program as its user does: in a process of its own, with a home of its own."""

from __future__ import annotations

import atexit
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.recorded import path_with_answers
from tests.warm import Running, Warm, can_run

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT / "tests" / "fixtures" / "sample.jpg"
RECEIPTS = PROJECT / "tests" / "fixtures" / "receipts"
SMALL = RECEIPTS / "img" / "sg_service.jpg"
OTHER_SMALL = RECEIPTS / "img" / "us_fuel.jpg"

ALONE = ("--engine", "tesseract")
"""Without the second engine, which looks at a receipt that is in doubt for some seconds."""

LOW = ("--mode", "low", "--retries", "0")
"""Two passes of Tesseract, whatever they come to; the second engine is asked whether a page is turned."""

QUICK = (*LOW, *ALONE, "--items", "auto")
"""Two passes of Tesseract, and nothing else."""

PRIVATE = (
    *("RPIOCR_", "_RPIOCR_", "GOOGLE_", "CLOUDSDK_", "XDG_", "OMP_", "TESSDATA_", "PYTHON", "GRPC_", "LC_", "LANG"),
    "ORT_",
)
"""Beginnings of environment variables that must not leak from the tester's surroundings into a test."""

HUMBLE = (
    (
        shutil.which("setpriv") or "setpriv",
        "--bounding-set=-dac_override,-dac_read_search",
        "--inh-caps=-dac_override,-dac_read_search",
    )
    if os.geteuid() == 0
    else ()
)
"""Begins a command line that is to run without root's right to read and write whatever it likes."""

PATIENCE = {"RPIOCR_PASS_TIMEOUT": "300", "RPIOCR_RECEIPT_TIMEOUT": "900"}
"""A busy machine is no reason to fail, except where a test is about time limits."""

ALWAYS = {"PYTHONPATH": str(PROJECT), "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of the program gave."""

    status: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The NDJSON lines; numbers with a point are Decimal, as they stand in the text."""
        return [json.loads(line, parse_float=Decimal) for line in self.stdout.splitlines()]

    @property
    def only(self) -> dict[str, Any]:
        """The one line of a run over one page."""
        (line,) = self.lines
        return line

    def of_id(self, receipt_id: int) -> dict[str, Any]:
        """The one line of a stored receipt."""
        (line,) = (line for line in self.lines if line["id"] == receipt_id)
        return line

    def of(self, file: object) -> dict[str, Any]:
        """The one line of a file."""
        (line,) = (line for line in self.lines if line["file"] == str(file))
        return line


def timeless(line: dict[str, Any]) -> dict[str, Any]:
    """An answer with its times set to 0, to compare it with another."""
    return line | {"elapsed_s": 0, "rungs": [rung | {"elapsed_s": 0} for rung in line["rungs"]]}


Started = Running | subprocess.Popen[str]
"""A run that has not ended yet."""

Run = Callable[..., Outcome]
"""``run(*arguments, stdin=b"", **environment)`` runs ``rpiocr`` to its end."""


def surroundings(home: Path, **changes: str) -> dict[str, str]:
    """Make the environment of a user whose folders are all below ``home``, which exists."""
    temporary = home / "tmp"
    temporary.mkdir(exist_ok=True)
    own = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "TMPDIR": str(temporary),
    }
    return _inherited() | own | ALWAYS | PATIENCE | changes


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(PRIVATE)}


def command(*arguments: object, python: Sequence[str] = ()) -> list[str]:
    """Return the command line of ``rpiocr`` with these arguments; any Python warning ends it.

    Root has no more rights than anybody else. ``python`` are options of the interpreter.
    """
    return [*HUMBLE, sys.executable, *python, "-W", "error", "-m", "rpiocr", *map(str, arguments)]


def run_in(home: Path, *arguments: object, stdin: bytes = b"", **changes: str) -> Outcome:
    """Run ``rpiocr`` to its end; Tesseract may answer as it did to the same picture before."""
    answers = {"PATH": path_with_answers()}
    return run_with(surroundings(home, **(answers | changes)), *arguments, stdin=stdin, changed=changes)


def run_with(
    environment: Mapping[str, str], *arguments: object, stdin: bytes = b"", changed: Iterable[str] = ()
) -> Outcome:
    """Run ``rpiocr`` to its end in this environment; ``changed`` are variables that are not the usual ones."""
    words = list(map(str, arguments))
    if can_run(words, changed):
        return Outcome(*warm().run(words, environment, stdin))
    done = subprocess.run(command(*words), input=stdin, env=environment, capture_output=True, check=False)
    return Outcome(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def start_with(environment: Mapping[str, str], *arguments: object, session: bool = False) -> Started:
    """Start ``rpiocr`` in this environment, as the leader of a session of its own where ``session`` is set."""
    words = list(map(str, arguments))
    if can_run(words):
        return warm().start(words, environment, session=session)
    return subprocess.Popen(
        command(*words),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=session,
    )


def script() -> str:
    """Return a command for a shell that runs ``rpiocr`` with the arguments that follow it."""
    if os.environ.get("COLD_STARTS"):
        return shlex.join([sys.executable, "-W", "error", "-m", "rpiocr"])
    return shlex.join([sys.executable, "-ISE", str(PROJECT / "tests" / "warm_client.py"), warm().address])


@cache
def warm() -> Warm:
    """Return the process that runs the program in forks of itself."""
    started = Warm(HUMBLE, _inherited() | {"HOME": "/nonexistent", **ALWAYS})
    atexit.register(started.close)
    return started


def fake_tesseract(folder: Path, body: str, when: str = "--psm ") -> str:
    """Make a ``tesseract`` that does ``body`` (shell) where its arguments hold ``when``, then what the real one does.

    Returns a PATH on which it comes first. In ``body``, ``$2`` is the path of the answer without its ``.tsv``.
    """
    real = shutil.which("tesseract", path=path_with_answers())
    assert real
    folder.mkdir()
    script = folder / "tesseract"
    script.write_text(f'#!/bin/sh\ncase "$* " in *"{when}"*)\n{body}\n;; esac\nexec {real} "$@"\n', "utf-8")
    script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
