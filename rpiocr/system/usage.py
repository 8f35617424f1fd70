"""What this process has used so far, with the programs that it started."""

from __future__ import annotations

import resource
from contextlib import suppress
from pathlib import Path

KIB = 1024


def cpu_s() -> float:
    """Return the CPU seconds of this process and of its ended children."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def own_peak_bytes() -> int:
    """Return the peak memory of this process; getrusage would include that of its parent at the fork."""
    with suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) * KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB


def child_peak_bytes() -> int:
    """Return the peak memory of the largest ended child of this process."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIB


def cpu_of_all_s() -> float:
    """Return the CPU seconds of this process, of its ended children, and of those that are running, as the decoder."""
    import psutil

    running = [child.cpu_times() for child in psutil.Process().children()]
    return cpu_s() + sum(one.user + one.system for one in running)
