"""The parent's side of the decoder process: starting it, exchanging bytes with it, and ending it."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import rpiocr
from rpiocr.errors import NoDecoderError

PROGRAM = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from rpiocr.decode.serve import main; main({})"

CHECK_INTERVAL_S = 0.03
"""How often the usage of a busy process is checked; most pages are decoded before the first check."""

GRACE_S = 1.0
"""How long a process may take to exit after it has closed its output."""

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = resource.getpagesize()

PASSED_ON = ("LD_", "PYTHONHOME")
"""Prefixes of the environment variables that are passed on because the interpreter may need them; others may hold keys
and passwords."""

ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_TRIM_THRESHOLD_": "1048576"}
"""Makes the C library return an image's memory to the system as soon as it is freed."""


class ChildEndedError(Exception):
    """The process ended by itself; ``status`` is its exit status, or the negative number of a signal."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Usage:
    """Resource usage of a process: processor time in seconds over all cores, and current memory in bytes."""

    cpu_s: float
    memory: int


class Watch(Protocol):
    """A callback that gets the usage of the process while waiting for it; it raises to stop waiting."""

    def __call__(self, usage: Usage) -> None:
        """Check the usage."""


class Child:
    """A decoder process. After any exception it cannot be used any more and has to be ended.

    ``program`` is Python code with ``{}`` for the descriptor of the pipe that ``enter_sandbox`` takes.
    """

    def __init__(self, program: str = PROGRAM) -> None:
        lifeline, self._lifeline = os.pipe()
        options = ["-I", "-S", "-W", "ignore", *(["-B"] if sys.dont_write_bytecode else [])]
        command = [sys.executable, *options, "-c", program.format(lifeline), json.dumps(_search_path())]
        try:
            self._process = subprocess.Popen(
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(lifeline,),
                cwd="/",
                env=_environment(),
                start_new_session=True,
            )
        except OSError as error:
            os.close(self._lifeline)
            message = f"the decoder process cannot be started ({error.strerror}): close other programs and try again"
            raise NoDecoderError(message) from error
        finally:
            os.close(lifeline)
        self.files = 0
        self._ended = threading.Lock()
        self._in, self._out = map(_unblocked, (self._process.stdin, self._process.stdout))

    @property
    def is_alive(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    def usage(self) -> Usage:
        """Return the resource usage from the kernel. Raises ChildEndedError if the process has ended and was reaped."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_bytes().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            raise ChildEndedError(self._status()) from None
        return Usage((int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * PAGE_BYTES)

    def write(self, data: bytes, watch: Watch) -> None:
        """Write bytes to the process. Raises ChildEndedError, or what ``watch`` raises."""
        view = memoryview(data)
        try:
            for _ in self._when_ready(self._in, select.POLLOUT, watch):
                view = view[os.write(self._in, view) :]
                if not view:
                    return
        except BrokenPipeError:
            raise ChildEndedError(self._status()) from None

    def read_into(self, view: memoryview, watch: Watch) -> None:
        """Fill ``view``, a view of bytes, from the process. Raises ChildEndedError, or what ``watch`` raises."""
        if not view:
            return
        for _ in self._when_ready(self._out, select.POLLIN, watch):
            count = os.readv(self._out, [view])
            if not count:
                raise ChildEndedError(self._status())
            view = view[count:]
            if not view:
                return

    def _when_ready(self, descriptor: int, event: int, watch: Watch) -> Iterator[None]:
        """Yield whenever the descriptor is ready; call ``watch`` in between."""
        poll = select.poll()
        poll.register(descriptor, event)
        next_check = time.monotonic() + CHECK_INTERVAL_S
        while True:
            ready = poll.poll(max(0.0, next_check - time.monotonic()) * 1000)
            if time.monotonic() >= next_check:
                watch(self.usage())
                next_check = time.monotonic() + CHECK_INTERVAL_S
            if ready:
                yield

    def _status(self) -> int:
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.end()
            return -signal.SIGKILL

    def end(self) -> None:
        """Kill the process at once."""
        self._process.kill()
        self._process.wait()
        self.close_pipes()

    def close_pipes(self) -> None:
        """Close all pipes to the process; it ends when every process that holds its lifeline has done so."""
        with self._ended:
            lifeline, self._lifeline = self._lifeline, -1
        if lifeline < 0:
            return
        os.close(lifeline)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def disown(self) -> None:
        """In a forked copy of the parent: close the pipes without ending the process."""
        self._process.returncode = 0
        self.close_pipes()


def _unblocked(pipe: IO[bytes] | None) -> int:
    """Make a pipe of Popen non-blocking, and return its descriptor."""
    assert pipe is not None  # noqa: S101 - PIPE was requested
    os.set_blocking(pipe.fileno(), False)
    return pipe.fileno()


def _search_path() -> list[str]:
    """Return the location of this package, then the absolute entries of sys.path, but not the current directory."""
    own = str(Path(rpiocr.__file__).absolute().parents[1])
    return [own, *(place for place in sys.path if os.path.isabs(place) and place != own)]  # noqa: PTH117


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)} | ALLOCATOR
