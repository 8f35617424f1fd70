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

from tests.shared import folder

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


def start(shared: Path) -> None:
    """Keep answers below the folder that the processes of this run of the tests share."""
    programs, answers = shared / "bin", shared / "answers"
    for path in (programs, answers):
        path.mkdir()
        path.chmod(0o755)
    found = shutil.which("tesseract")
    if found is None:
        return
    mortal = shutil.which("setpriv")
    real = f"{mortal} --pdeathsig KILL {found}" if mortal else found
    program = programs / "tesseract"
    program.write_text(PROGRAM.format(real=real, folder=answers), "utf-8")
    program.chmod(0o755)


@cache
def path_with_answers() -> str:
    """Return a PATH on which that Tesseract comes first, if there is one."""
    usual = os.environ["PATH"]
    return usual if os.environ.get("COLD_STARTS") else f"{folder()}/bin{os.pathsep}{usual}"
