"""The interface of whatever does jobs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from rpiocr.executors.job import Job, read
from rpiocr.model.records import ReadFile

Function = Callable[[Job], ReadFile]


class JobExecutor(Protocol):
    """Does jobs elsewhere, as executors of concurrent.futures do."""

    @property
    def capacity(self) -> int:
        """How many jobs are worth handing in at once."""

    def submit(self, job: Job, function: Function = read) -> Future[ReadFile]:
        """Have ``function``, which must be importable, do a job.

        Its future raises what the function raised; WorkerLostError if the process that did this job was killed;
        NoWorkerError or ClusterError if none could do it.
        """
