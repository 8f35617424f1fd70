"""Who reads: processes of this machine, or a cluster of several, behind one interface."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rpiocr.executors.base import JobExecutor
from rpiocr.executors.errors import ClusterError, NoWorkerError, WorkerLostError

__all__ = ["ClusterError", "JobExecutor", "NoWorkerError", "WorkerLostError", "auto_workers", "open_executor"]

WORKER_BYTES = 600 * 1024 * 1024
"""What one worker may need at its peak, with the programs that it starts.

Both engines over the receipts of the tests came to 374 MB in the worker; each pass of Tesseract needs some 60 more.
"""


@contextmanager
def open_executor(workers: int, cluster: str = "") -> Iterator[JobExecutor]:
    """Open a pool of so many processes, or the cluster with a scheduler at this URL.

    Leaving the context waits for what runs; leaving it by an exception ends that at once. Raises ClusterError, or
    MissingDependencyError where the package for clusters is not installed.
    """
    if cluster:
        from rpiocr.executors.cluster import open_cluster

        with open_cluster(cluster) as there:
            yield there
    else:
        from rpiocr.executors.pool import open_pool

        with open_pool(workers) as here:
            yield here


def auto_workers() -> int:
    """Return how many workers this machine bears: one for each core, as far as free memory goes, at least one."""
    import psutil

    free = psutil.virtual_memory().available // WORKER_BYTES
    return max(1, min(len(os.sched_getaffinity(0)), free))
