"""Checks memory, scratch space, cores and system settings."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from rpiocr.system.finding import Finding, bad, good
from rpiocr.system.packages import reinstall
from rpiocr.system.scratch import ROOM_NEEDED, SHARED_MEMORY, scratch_parent

MIN_MEMORY = 512 * 1024 * 1024
"""Minimum available bytes: the program with its passes takes up to 500 MB for a 12-megapixel photo."""

MOVE_SCRATCH = 'export TMPDIR="$HOME"'


def machine_findings() -> Iterator[Finding]:
    """Examine memory, scratch space and cores."""
    yield _memory()
    yield _scratch()
    yield good(f"cores: {len(os.sched_getaffinity(0))}, one pass on each")
    threads = os.environ.get("OMP_THREAD_LIMIT", "1")
    if threads != "1":
        what = f"OMP_THREAD_LIMIT is {threads}: the threads of a pass slow each other down, up to five times"
        yield bad(what, "unset OMP_THREAD_LIMIT")


def _memory() -> Finding:
    try:
        import psutil
    except ImportError as error:
        return bad(f"memory: cannot be examined: {error}", reinstall("psutil"))
    memory = psutil.virtual_memory()
    return memory_finding(memory.available, memory.total)


def _scratch() -> Finding:
    try:
        parent = scratch_parent()
        return scratch_finding(parent, shutil.disk_usage(parent).free)
    except OSError as error:
        return bad(f"scratch space: none: {error}", MOVE_SCRATCH)


def memory_finding(available: int, total: int) -> Finding:
    """Examine the memory, in bytes."""
    what = f"memory: {_megabytes(available)} available of {_megabytes(total)}"
    if available >= MIN_MEMORY:
        return good(what)
    what += f"; under {_megabytes(MIN_MEMORY)} large photos may not fit"
    return bad(what, "export RPIOCR_WORKERS=1 RPIOCR_MODE=low")


def scratch_finding(parent: Path, free: int) -> Finding:
    """Examine the directory in which images are exchanged with Tesseract; ``free`` in bytes."""
    kind = "shared memory" if parent == SHARED_MEMORY else "temporary directory"
    what = f"scratch space: {parent} ({kind}), {_megabytes(free)} free"
    if free < ROOM_NEEDED:
        return bad(f"{what}; {_megabytes(ROOM_NEEDED)} are needed", MOVE_SCRATCH)
    if not os.access(parent, os.W_OK | os.X_OK):
        return bad(f"{what}; it is not writable", f"sudo chmod 1777 {shlex.quote(str(parent))}")
    return good(what)


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:.0f} MB"
