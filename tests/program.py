"""Runs the program as its user does: in a process of its own, with a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT / "tests" / "fixtures" / "sample.jpg"
RECEIPTS = PROJECT / "tests" / "fixtures" / "receipts"
SMALL = RECEIPTS / "img" / "sg_service.jpg"
OTHER_SMALL = RECEIPTS / "img" / "us_fuel.jpg"

QUICK = ("--mode", "low", "--retries", "0")
"""Two passes of Tesseract, whatever they come to."""

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


Run = Callable[..., Outcome]
"""``run(*arguments, stdin=b"", **environment)`` runs ``rpiocr`` to its end."""


def surroundings(home: Path, **changes: str) -> dict[str, str]:
    """Make the environment of a user whose folders are all below ``home``, which exists."""
    temporary = home / "tmp"
    temporary.mkdir(exist_ok=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PRIVATE)}
    own = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(PROJECT),
        "LC_ALL": "C.UTF-8",
    }
    return inherited | own | PATIENCE | changes


def command(*arguments: object, python: Sequence[str] = ()) -> list[str]:
    """Return the command line of ``rpiocr`` with these arguments; any Python warning ends it.

    Root has no more rights than anybody else. ``python`` are options of the interpreter.
    """
    return [*HUMBLE, sys.executable, *python, "-W", "error", "-m", "rpiocr", *map(str, arguments)]


def run_in(home: Path, *arguments: object, stdin: bytes = b"", **changes: str) -> Outcome:
    """Run ``rpiocr`` to its end."""
    done = subprocess.run(
        command(*arguments), input=stdin, env=surroundings(home, **changes), capture_output=True, check=False
    )
    return Outcome(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def fake_tesseract(folder: Path, body: str, when: str = "--psm ") -> str:
    """Make a ``tesseract`` that does ``body`` (shell) where its arguments hold ``when``, then what the real one does.

    Returns a PATH on which it comes first. In ``body``, ``$2`` is the path of the answer without its ``.tsv``.
    """
    real = shutil.which("tesseract")
    assert real
    folder.mkdir()
    script = folder / "tesseract"
    script.write_text(f'#!/bin/sh\ncase "$* " in *"{when}"*)\n{body}\n;; esac\nexec {real} "$@"\n', "utf-8")
    script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"
