"""Runs jobs on a Dask cluster: several machines running ``dask worker``, without shared files."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from rpiocr import __version__
from rpiocr.executors.base import Function
from rpiocr.executors.errors import ClusterError, ClusterPackageMissingError, ClusterVersionError, WorkerLostError
from rpiocr.executors.job import Job, read
from rpiocr.executors.share import passes_each, with_share, without_store
from rpiocr.model.records import ReadFile
from rpiocr.system.packages import install_extra

PATIENCE_S = 5.0
"""Maximum time for the scheduler, and the first worker, to answer."""

ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d+")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A job on its way: the future of Dask, and the one that was returned for it."""

    remote: Any
    done: Future[ReadFile]


class Cluster:
    """A connected cluster whose workers passed the version check; see JobExecutor."""

    def __init__(self, client: Any, passes: int) -> None:  # noqa: ANN401 - distributed has no types
        self._client = client
        self._passes = passes
        self._waiting: dict[str, _Waiting] = {}
        self._ended = False

    @property
    def capacity(self) -> int:
        """One job per connected worker."""
        try:
            return max(1, len(self._client.nthreads()))
        except (OSError, TypeError) as error:
            raise _lost(self._client) from error

    def submit(self, job: Job, function: Function = read) -> Future[ReadFile]:
        """Submit a job."""
        if self._ended:
            raise CancelledError
        key = f"rpiocr-{uuid.uuid4().hex}"
        done: Future[ReadFile] = Future()
        done.set_running_or_notify_cancel()
        lean = without_store(with_share(job, self._passes))
        remote = self._client.submit(_run_job, __version__, function, lean, key=key, pure=False)
        # Dask drops a job whose future is garbage-collected.
        self._waiting[key] = _Waiting(remote, done)
        remote.add_done_callback(lambda it: self._forward(key, it, job.file))
        return done

    def abandon(self, future: Future[ReadFile]) -> None:
        """Drop one job; a worker that is running it cannot be interrupted, but its result is not awaited."""
        for key, waiting in tuple(self._waiting.items()):
            if waiting.done is future:
                self._drop(key)

    def end(self) -> None:
        """Drop all jobs, and take no more."""
        self._ended = True
        for key in tuple(self._waiting):
            self._drop(key)

    def _drop(self, key: str) -> None:
        # Whoever removes the entry, this or _forward, completes the future.
        waiting = self._waiting.pop(key, None)
        if waiting:
            waiting.done.set_exception(CancelledError())
            with suppress(OSError):
                waiting.remote.cancel()

    def _forward(self, key: str, remote: Any, file: str) -> None:  # noqa: ANN401
        waiting = self._waiting.pop(key, None)
        if waiting is None:
            return
        try:
            result = remote.result()
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - it is raised again where the job came from
            waiting.done.set_exception(_translated(error, file, self._client))
        else:
            waiting.done.set_result(result)


def _run_job(version: str, function: Function, job: Job) -> ReadFile:
    """Run a job on a worker."""
    if version != __version__:
        raise ClusterVersionError(_other_version(socket.gethostname(), __version__, version))
    return function(job)


def _translated(error: BaseException, file: str, client: Any) -> BaseException:  # noqa: ANN401
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        deaths = error.allowed_failures + 1
        message = f"{file}: {deaths} workers of the cluster ended while reading it; it may need too much memory"
        return WorkerLostError(message)
    if isinstance(error, CancelledError | asyncio.CancelledError | OSError):
        return _lost(client)
    return error


def _lost(client: Any) -> ClusterError:  # noqa: ANN401
    address = client.scheduler.address if client.scheduler else "the scheduler"
    return ClusterError(f"the cluster was lost: {address} no longer answers; restart it")


@contextmanager
def open_cluster(url: str) -> Iterator[Cluster]:
    """Connect to a scheduler; see open_executor."""
    try:
        import dask
        from distributed import Client
    except ModuleNotFoundError as error:
        message = f"--cluster needs a package that is not installed: {install_extra('cluster')}"
        raise ClusterPackageMissingError(message) from error
    # Dask also prints to standard error what is reported as errors here.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
        client = _connect(Client, url)
        try:
            there = Cluster(client, _passes(_ask_workers(client, url)))
            try:
                yield there
            finally:
                there.end()
        finally:
            with suppress(OSError):
                client.close()


def _connect(client_class: Any, url: str) -> Any:  # noqa: ANN401
    if not ADDRESS.fullmatch(url):
        message = f"{url!r} is not the address of a scheduler; it must look like tcp://192.168.1.10:8786"
        raise ClusterError(message)
    try:
        return client_class(url, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        message = (
            f"no scheduler answers at {url}: check the address, as in tcp://192.168.1.10:8786, and that"
            " `dask scheduler` runs there"
        )
        raise ClusterError(message) from error


def _ask_workers(client: Any, url: str) -> Mapping[str, tuple[str, str, int]]:  # noqa: ANN401
    """Return the version, host and cores of every worker; raises ClusterError unless all can read receipts."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError as error:
        message = f"the cluster at {url} has no workers: run `dask worker {url} --nworkers 2 --nthreads 1` on the Pis"
        raise ClusterError(message) from error
    found: Mapping[str, tuple[str, str, int] | Exception] = client.run(_about, on_error="return")
    fit = {}
    for worker, about in found.items():
        if isinstance(about, Exception):
            message = f"the worker {worker} of the cluster cannot load rpiocr ({about}); install rpiocr {__version__}"
            raise ClusterVersionError(message) from about
        if about[0] != __version__:
            raise ClusterVersionError(_other_version(worker, about[0], __version__))
        fit[worker] = about
    return fit


def _other_version(worker: str, there: str, here: str) -> str:
    return f"the worker {worker} of the cluster has rpiocr {there}, here it is {here}; install the same everywhere"


def _about() -> tuple[str, str, int]:
    return __version__, socket.gethostname(), len(os.sched_getaffinity(0))


def _passes(workers: Mapping[str, tuple[str, str, int]]) -> int:
    """Return the passes that each worker may run in parallel, for the machine with the fewest cores per worker."""
    crowds = Counter(host for _, host, _ in workers.values())
    return min(passes_each(cores, crowds[host]) for _, host, cores in workers.values())
