"""What a command costs with all processes that it starts: CPU time, wall time, peak memory."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_EVERY_S = 0.05
"""Shortest pause between two samples of memory; one Tesseract pass takes several times as long."""

SAMPLING_SHARE = 0.02
"""Share of the time that sampling may take: it must not be what a second core is missing for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one command.

    ``cpu_s`` is user and system time in seconds of the process and of all descendants that were waited for.
    ``peak_mb`` is the highest sampled sum of the proportional set sizes (PSS: a page shared by n processes
    counts 1/n in each) of the process and its descendants, in MB of 2**20 bytes. ``status`` is the exit
    status, negative for a signal.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float
    status: int
    stdout: str


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path, limit_s: float) -> Cost:
    """Run a command in ``folder`` and measure it; after ``limit_s`` seconds it and its group are killed."""
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        limit = threading.Timer(limit_s, os.killpg, (child.pid, signal.SIGKILL))
        limit.start()
        sampler = _Sampler(child.pid)
        sampler.start()
        # wait4 gives the usage of this one child with its descendants, whatever else runs here.
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.monotonic() - started
        limit.cancel()
        sampler.stop()
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", errors="replace")
    return Cost(usage.ru_utime + usage.ru_stime, wall_s, sampler.peak / 2**20, child.returncode, text)


class _Sampler(threading.Thread):
    """Samples the memory of a process and its descendants, in bytes, until stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            began = time.thread_time()
            self.peak = max(self.peak, tree_memory(self._pid))
            spent = time.thread_time() - began
            self._stopped.wait(max(SAMPLE_EVERY_S, spent / SAMPLING_SHARE))

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def tree_memory(pid: int) -> int:
    """Return the PSS in bytes of a process and its descendants; those that end meanwhile count nothing."""
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(_pss(process.pid) for process in processes)


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
