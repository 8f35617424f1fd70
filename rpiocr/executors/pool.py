"""A pool of local processes: each runs one job at a time, so that a crash can be attributed to its job.

Not ProcessPoolExecutor or loky: there, the death of one process breaks the whole pool with every job in it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager

from rpiocr.errors import system_limit
from rpiocr.executors.base import Function
from rpiocr.executors.errors import NoWorkerError, WorkerLostError
from rpiocr.executors.job import Job, read
from rpiocr.executors.share import passes_each, with_share
from rpiocr.executors.worker import GRACE_S, Worker, hide_signals
from rpiocr.model.records import ReadFile

JOBS_PER_WORKER = 100
"""Number of jobs after which a worker is replaced, to limit leaked memory."""


class Pool:
    """One waiting thread per process; see JobExecutor."""

    def __init__(self, workers: int, jobs_per_worker: int = JOBS_PER_WORKER) -> None:
        self._capacity = workers
        self._jobs_per_worker = jobs_per_worker
        self._passes = passes_each(len(os.sched_getaffinity(0)), workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="rpiocr-job", initializer=hide_signals)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._ended = False

    @property
    def capacity(self) -> int:
        """One job per worker."""
        return self._capacity

    def submit(self, job: Job, function: Function = read) -> Future[ReadFile]:
        """Submit a job."""
        try:
            return self._threads.submit(self._do, function, with_share(job, self._passes))
        except RuntimeError as error:
            raise system_limit(error) or error from error

    def _do(self, function: Function, job: Job) -> ReadFile:
        while True:
            worker = self._take()
            fresh = worker.jobs == 0
            try:
                return worker.do(function, job)
            except NoWorkerError:
                # A worker that was killed while idle is not the job's fault; another one takes the job.
                if fresh:
                    raise
            except WorkerLostError:
                if self._ended:
                    raise CancelledError from None
                raise
            finally:
                self._put_back(worker)

    def _take(self) -> Worker:
        with self._lock:
            if self._ended:
                raise CancelledError
            worker = self._idle.pop() if self._idle else Worker()
            self._busy.add(worker)
            return worker

    def _put_back(self, worker: Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
            keep = worker.lives and worker.jobs < self._jobs_per_worker and not self._ended
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.retire()

    def close(self) -> None:
        """Wait for all jobs, and end the workers."""
        self._threads.shutdown(wait=True)
        for worker in self._idle:
            worker.retire()

    def end(self) -> None:
        """Abort all jobs."""
        with self._lock:
            self._ended = True
            busy = tuple(self._busy)
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in busy:
            worker.end()
        last = time.monotonic() + GRACE_S
        for worker in busy:
            worker.wait(max(0.0, last - time.monotonic()))
            worker.kill()
        self.close()


@contextmanager
def open_pool(workers: int) -> Iterator[Pool]:
    """Open a pool; see open_executor."""
    pool = Pool(workers)
    try:
        yield pool
    except BaseException:
        pool.end()
        raise
    pool.close()
