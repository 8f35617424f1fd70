"""The interface of executors."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from rpiocr.executors.job import Job, read
from rpiocr.model.records import ReadFile

Function = Callable[[Job], ReadFile]


class JobExecutor(Protocol):
    """Runs jobs in other processes, like the executors of concurrent.futures."""

    @property
    def capacity(self) -> int:
        """The number of jobs worth submitting at a time."""

    def submit(self, job: Job, function: Function = read) -> Future[ReadFile]:
        """Run ``function``, which must be importable, on a job.

        The future raises the exception of the function; WorkerLostError if the process of this job was killed;
        CancelledError if the job was abandoned or the executor ended; NoWorkerError or ClusterError if no process
        could run it. CancelledError is raised at once where the executor has ended.
        """

    def abandon(self, future: Future[ReadFile]) -> None:
        """End one job, and no other; no effect if it is done. It is not run if it has not begun.

        Its process on this machine is ended, and killed if it takes too long, which this waits for. A cluster drops
        the result.
        """
