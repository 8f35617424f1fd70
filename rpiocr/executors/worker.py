"""A process that runs jobs one by one: the parent's and the child's side. It ends with its parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, NoReturn

from rpiocr.executors.errors import NoWorkerError, WorkerLostError
from rpiocr.executors.job import Job
from rpiocr.model.records import ReadFile

if TYPE_CHECKING:
    from types import FrameType

    from rpiocr.executors.base import Function

LEFT_TO_PARENT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Terminals, `timeout` and systemd send these to all processes; only the parent handles them."""

END = signal.SIGUSR1
"""Ends a worker at once; it still removes its files and kills its programs."""

GRACE_S = 5.0
"""Time to end voluntarily before a worker is killed."""


def hide_signals() -> None:
    """Block signals in this thread. Child processes inherit the mask until they install their own handlers."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (*LEFT_TO_PARENT, END))


class Worker:
    """The parent's side; ``niceness`` is that of the process and of all that it starts.

    Raises NoWorkerError if no process can be started; call ``hide_signals`` before.
    """

    def __init__(self, niceness: int = 0) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, niceness), name="rpiocr-worker")
        try:
            self._process.start()
        except OSError as error:
            message = f"no more processes can be started ({error.strerror}); have fewer receipts read in parallel"
            raise NoWorkerError(message) from error
        finally:
            theirs.close()
        self.jobs = 0

    @property
    def lives(self) -> bool:
        """Whether the process is running."""
        return self._process.is_alive()

    def do(self, function: Function, job: Job) -> ReadFile:
        """Run a job. Raises NoWorkerError if the process ended before it received the job, WorkerLostError if later."""
        try:
            self._pipe.send((function, job))
            self._pipe.recv()  # the worker confirms receipt, as a pipe accepts data even if its reader is gone
        except (EOFError, OSError) as gone:
            raise NoWorkerError(self._end_message("a worker was ended before it received a job,")) from gone
        self.jobs += 1
        try:
            result, failure = self._pipe.recv()
        except (EOFError, OSError) as gone:
            message = self._end_message(f"{job.file}: the process that read it was ended")
            raise WorkerLostError(f"{message}; it may need more memory than is available") from gone
        if failure is not None:
            raise failure
        answer: ReadFile = result
        return answer

    def _end_message(self, what: str) -> str:
        self._process.join(GRACE_S)
        code = self._process.exitcode
        if code is None:
            return what
        return f"{what} by {signal.Signals(-code).name}" if code < 0 else f"{what} with status {code}"

    def retire(self) -> None:
        """Let the process finish its job and end, and wait for that."""
        self._pipe.close()
        self._process.join(GRACE_S)
        self.kill()

    def end(self) -> None:
        """Ask the process to abort its job and end."""
        with suppress(OSError):
            if self._process.pid and self.lives:
                os.kill(self._process.pid, END)

    def kill(self) -> None:
        """Kill the process with all its children; no effect if it has ended."""
        if self._process.pid and self.lives:
            _kill_children(self._process.pid)
            self._process.kill()
        self._process.join()

    def wait(self, seconds: float) -> None:
        """Wait at most ``seconds`` for its end."""
        self._process.join(seconds)


def _serve(pipe: Connection, niceness: int) -> None:
    """The child's side: run jobs from the pipe until it is closed."""
    # A user may not be allowed to undo the niceness that the parent was started with.
    with suppress(OSError):
        if niceness:
            os.setpriority(os.PRIO_PROCESS, 0, niceness)
    # OpenBLAS would start one spinning, unused thread per core; this must be set before NumPy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for number in LEFT_TO_PARENT:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(END, _end)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (*LEFT_TO_PARENT, END))
        threading.Thread(target=_end_with_parent, name="rpiocr-parent", daemon=True).start()
        while True:
            _do_next(pipe)
    except (EOFError, OSError):
        return
    except KeyboardInterrupt:
        # A program may have been started at this moment, and threads of engines may still be running.
        _kill_children(os.getpid())
        os._exit(0)


def _do_next(pipe: Connection) -> None:
    function, job = pipe.recv()
    pipe.send("begun")
    answer: tuple[ReadFile | None, Exception | None]
    try:
        answer = (function(job), None)
    except Exception as error:  # noqa: BLE001 - it is raised again where the job came from
        error.add_note(traceback.format_exc())
        answer = (None, error)
    try:
        pipe.send(answer)
    except (AttributeError, TypeError, ValueError) as unsendable:
        pipe.send((None, RuntimeError(f"{answer[1] or unsendable!r}")))


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    os.kill(os.getpid(), END)
    time.sleep(GRACE_S)
    _kill_children(os.getpid())
    os._exit(1)


def _kill_children(pid: int) -> None:
    import psutil

    with suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with suppress(psutil.Error):
                child.kill()
