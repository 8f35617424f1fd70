"""A pool of local processes: each runs one job at a time, so that a crash can be attributed to its job.

Not ProcessPoolExecutor or loky: there, the death of one process breaks the whole pool with every job in it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from rpiocr.errors import system_limit
from rpiocr.executors.base import Function
from rpiocr.executors.errors import NoWorkerError, WorkerLostError
from rpiocr.executors.job import Job, read
from rpiocr.executors.share import passes_each, with_share
from rpiocr.executors.worker import GRACE_S, Worker, hide_signals
from rpiocr.model.records import ReadFile

JOBS_PER_WORKER = 100
"""Number of jobs after which a worker is replaced, to limit leaked memory."""


@dataclass(slots=True)
class _Course:
    """How far a job has come: the worker that has it at this moment, and whether it was abandoned."""

    worker: Worker | None = None
    abandoned: bool = False


class Pool:
    """One waiting thread per process; see JobExecutor."""

    def __init__(self, workers: int, *, niceness: int = 0, jobs_per_worker: int = JOBS_PER_WORKER) -> None:
        self._capacity = workers
        self._niceness = niceness
        self._jobs_per_worker = jobs_per_worker
        self._passes = passes_each(len(os.sched_getaffinity(0)), workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="rpiocr-job", initializer=hide_signals)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._courses: dict[Future[ReadFile], _Course] = {}
        self._ended = False

    @property
    def capacity(self) -> int:
        """One job per worker."""
        return self._capacity

    def submit(self, job: Job, function: Function = read) -> Future[ReadFile]:
        """Submit a job."""
        course = _Course()
        try:
            # No thread takes a worker for the job before it is known here.
            with self._lock:
                if self._ended:
                    raise CancelledError
                future = self._threads.submit(self._do, course, function, with_share(job, self._passes))
                self._courses[future] = course
        except RuntimeError as error:
            raise system_limit(error) or error from error
        future.add_done_callback(self._forget)
        return future

    def _forget(self, future: Future[ReadFile]) -> None:
        with self._lock:
            self._courses.pop(future, None)

    def abandon(self, future: Future[ReadFile]) -> None:
        """End one job."""
        if future.cancel():
            return
        with self._lock:
            course = self._courses.get(future)
            if course is None:
                return
            course.abandoned = True
            worker = course.worker
            if worker:
                # While the lock is held, the worker cannot be given another job.
                worker.end()
        if worker:
            _see_off([worker])

    def _do(self, course: _Course, function: Function, job: Job) -> ReadFile:
        while True:
            worker = self._take(course)
            fresh = worker.jobs == 0
            try:
                return worker.do(function, job)
            except NoWorkerError:
                # A worker that was killed while idle is not the job's fault; another one takes the job.
                if fresh and not self._is_over(course):
                    raise
            except WorkerLostError:
                if self._is_over(course):
                    raise CancelledError from None
                raise
            finally:
                self._put_back(course, worker)

    def _is_over(self, course: _Course) -> bool:
        """Whether a job was abandoned, or all of them."""
        return course.abandoned or self._ended

    def _take(self, course: _Course) -> Worker:
        with self._lock:
            if self._is_over(course):
                raise CancelledError
            course.worker = self._idle.pop() if self._idle else Worker(self._niceness)
            return course.worker

    def _put_back(self, course: _Course, worker: Worker) -> None:
        with self._lock:
            course.worker = None
            # The worker of an abandoned job was told to end, even if it was faster.
            keep = worker.lives and worker.jobs < self._jobs_per_worker and not self._is_over(course)
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
            busy = [course.worker for course in self._courses.values() if course.worker]
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in busy:
            worker.end()
        _see_off(busy)
        self.close()


def _see_off(workers: Sequence[Worker]) -> None:
    """Wait for the end of workers that were told to end, and kill those that take too long."""
    last = time.monotonic() + GRACE_S
    for worker in workers:
        worker.wait(max(0.0, last - time.monotonic()))
        worker.kill()


@contextmanager
def open_pool(workers: int, niceness: int = 0) -> Iterator[Pool]:
    """Open a pool; see open_executor."""
    pool = Pool(workers, niceness=niceness)
    try:
        yield pool
    except BaseException:
        pool.end()
        raise
    pool.close()
