"""A Tesseract that answers what it was asked before as it did then.

The program reads the same few pictures hundreds of times in the tests, in the same way. The answers are those of the
real Tesseract to exactly these pixels, options and models, from this run of the tests. ``COLD_STARTS=1`` in the
tester's environment has Tesseract read every time.
"""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

FOLDER = "TESTS_RECORDED_ANSWERS"
"""The environment variable with the folder of the answers, which all processes of one run of the tests share."""

PROGRAM = """#!/bin/sh
[ -f "$1" ] || exec {real} "$@"
picture=$1 base=$2
shift 2
hash=$({{ cat "$picture" && echo "$* $TESSDATA_PREFIX"; }} | sha256sum) || exec {real} "$picture" "$base" "$@"
answer={folder}/${{hash%% *}}
[ -f "$answer" ] && exec cp "$answer" "$base.tsv"
{real} "$picture" "$base" "$@" || exit
cp "$base.tsv" "$answer.$$" && mv "$answer.$$" "$answer"
exit 0
"""


def start(folder: Path) -> None:
    """Keep answers in ``folder`` from now on, in this process and in those that it starts."""
    programs = folder / "bin"
    programs.mkdir()
    for path in (folder, programs):
        path.chmod(0o755)
    found = shutil.which("tesseract")
    if found is None:
        return
    mortal = shutil.which("setpriv")
    real = f"{mortal} --pdeathsig KILL {found}" if mortal else found
    program = programs / "tesseract"
    program.write_text(PROGRAM.format(real=real, folder=folder), "utf-8")
    program.chmod(0o755)
    os.environ[FOLDER] = str(folder)


@cache
def path_with_answers() -> str:
    """Return a PATH on which that Tesseract comes first, if there is one."""
    usual = os.environ["PATH"]
    folder = os.environ.get(FOLDER)
    return f"{folder}/bin{os.pathsep}{usual}" if folder and not os.environ.get("COLD_STARTS") else usual
