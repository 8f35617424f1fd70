"""Executors for reading: processes of this machine or a cluster, behind one interface."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rpiocr.executors.base import JobExecutor
from rpiocr.executors.errors import ClusterError, NoWorkerError, WorkerLostError

__all__ = ["ClusterError", "JobExecutor", "NoWorkerError", "WorkerLostError", "auto_workers", "open_executor"]

WORKER_BYTES = 600 * 1024 * 1024
"""Peak memory of one worker, in bytes, with the programs that it starts.

Both engines on the receipts of the tests used 374 MB in the worker; each pass of Tesseract needs about 60 MB more.
"""


@contextmanager
def open_executor(workers: int, cluster: str = "", *, niceness: int = 0) -> Iterator[JobExecutor]:
    """Open a pool of ``workers`` processes, or the cluster whose scheduler is at the URL ``cluster``.

    ``niceness`` is that of the processes and of the programs that they start; those of a cluster have their own.
    Leaving the context waits for running jobs; an exception ends them at once. Raises ClusterError, or
    MissingDependencyError if the package for clusters is not installed.
    """
    if cluster:
        from rpiocr.executors.cluster import open_cluster

        with open_cluster(cluster) as there:
            yield there
    else:
        from rpiocr.executors.pool import open_pool

        with open_pool(workers, niceness) as here:
            yield here


def auto_workers() -> int:
    """Return the number of workers for this machine: one per core, limited by free memory, at least one."""
    import psutil

    free = psutil.virtual_memory().available // WORKER_BYTES
    return max(1, min(len(os.sched_getaffinity(0)), free))
