"""What README.md shows of the answer to the sample receipt.

Versions of Tesseract differ in what they read, so an answer that is shown stays, and is not checked, until it is
removed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import simplejson

from rpiocr.settings import PREFIX
from rpiocr.system.json_text import dumps

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE = "tests/fixtures/sample.jpg"

TABLE_WIDTH = 116
"""Columns; the usual 80 would fold the name of the sample."""


def table(shown: str) -> str:
    """Return the answer as a table: the one that is shown, or if there is none, one read now."""
    return shown or _table()


def result(shown: str) -> str:
    """Return the answer as JSON: the one that is shown, or if there is none, one read now."""
    return shown or _result()


def _table() -> str:
    lines = [line.rstrip() for line in _scan("table").splitlines()]
    return "```\n" + "\n".join(lines).strip("\n") + "\n```"


def _result() -> str:
    (read,) = simplejson.loads(_scan("json"), use_decimal=True)
    for timed in (read, *read["rungs"]):
        timed["elapsed_s"] = 0
    return "```json\n{\n" + ",\n".join(_packed(read)) + "\n}\n```"


def _packed(read: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of an object: values share one of at most TABLE_WIDTH, those over several lines do not."""
    line = ""
    for name, value in read.items():
        written = f"{dumps(name)}: {_nested(value)}"
        joined = f"{line}, {written}" if line else f"  {written}"
        if line and ("\n" in joined or len(joined) > TABLE_WIDTH):
            yield line
            joined = f"  {written}"
        line = joined
    yield line


def _nested(value: object) -> str:
    """Break an object or a list of objects over lines, one each; all else stays on one line."""
    if isinstance(value, list) and value and all(isinstance(inner, dict) for inner in value):
        return "[\n" + ",\n".join(f"    {dumps(inner)}" for inner in value) + "\n  ]"
    if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
        return "{\n" + ",\n".join(f"    {dumps(name)}: {dumps(inner)}" for name, inner in value.items()) + "\n  }"
    return dumps(value)


def _scan(output: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with tempfile.TemporaryDirectory() as empty:
        # Neither this user's settings nor an earlier answer of the cloud may show in the document.
        own = {"XDG_CONFIG_HOME": empty, "XDG_STATE_HOME": empty, "COLUMNS": str(TABLE_WIDTH)}
        command = [sys.executable, "-m", "rpiocr", "scan", "--format", output, "--cloud", "never", SAMPLE]
        done = subprocess.run(command, cwd=PROJECT, env=kept | own, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout
