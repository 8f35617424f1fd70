"""The process that decodes, from the side of the one that starts it: what it may use, and its end."""

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

LOOK_S = 0.03
"""So often it is looked at what a busy process uses; most pages are there before the first time."""

GRACE_S = 1.0
"""How long a process that closed its output may take to be gone."""

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = resource.getpagesize()

PASSED_ON = ("LD_", "PYTHONHOME")
"""Beginnings of the environment variables that the interpreter may need; keys and passwords are in others."""

ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_TRIM_THRESHOLD_": "1048576"}
"""Have the C library give back what a picture took as soon as it is freed."""


class ChildEndedError(Exception):
    """The process ended by itself; ``status`` is its exit status, or the negative number of a signal."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used: seconds of all cores, and bytes of memory that it holds now."""

    cpu_s: float
    memory: int


class Watch(Protocol):
    """Is told what the process uses while it is waited for; raises to end it."""

    def __call__(self, usage: Usage) -> None:
        """Check it."""


class Child:
    """One process. Whatever raises here leaves it in no state to go on: end it then.

    ``program`` is in Python, with ``{}`` for the descriptor of the pipe that ``put_up`` takes.
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
            message = f"no process that decodes can be started ({error.strerror}): end other programs and try again"
            raise NoDecoderError(message) from error
        finally:
            os.close(lifeline)
        self.files = 0
        self._ended = threading.Lock()
        self._in, self._out = map(_unblocked, (self._process.stdin, self._process.stdout))

    @property
    def lives(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def usage(self) -> Usage:
        """Ask the kernel what the process has used. Raises ChildEndedError where it has ended and was waited for."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_bytes().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            raise ChildEndedError(self._status()) from None
        return Usage((int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * PAGE_BYTES)

    def write(self, data: bytes, watch: Watch) -> None:
        """Give it bytes. Raises ChildEndedError, or what ``watch`` raises."""
        view = memoryview(data)
        try:
            for _ in self._whenever(self._in, select.POLLOUT, watch):
                view = view[os.write(self._in, view) :]
                if not view:
                    return
        except BrokenPipeError:
            raise ChildEndedError(self._status()) from None

    def read_into(self, view: memoryview, watch: Watch) -> None:
        """Fill ``view``, whose items are bytes. Raises ChildEndedError, or what ``watch`` raises."""
        if not view:
            return
        for _ in self._whenever(self._out, select.POLLIN, watch):
            count = os.readv(self._out, [view])
            if not count:
                raise ChildEndedError(self._status())
            view = view[count:]
            if not view:
                return

    def _whenever(self, descriptor: int, event: int, watch: Watch) -> Iterator[None]:
        """Tell whenever something can be read or written, and look at the process meanwhile."""
        poll = select.poll()
        poll.register(descriptor, event)
        look = time.monotonic() + LOOK_S
        while True:
            ready = poll.poll(max(0.0, look - time.monotonic()) * 1000)
            if time.monotonic() >= look:
                watch(self.usage())
                look = time.monotonic() + LOOK_S
            if ready:
                yield

    def _status(self) -> int:
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.end()
            return -signal.SIGKILL

    def end(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()
        self._process.wait()
        self.let_go()

    def let_go(self) -> None:
        """Close what leads to the process, which ends it where this is done by all that have it."""
        with self._ended:
            lifeline, self._lifeline = self._lifeline, -1
        if lifeline < 0:
            return
        os.close(lifeline)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def disown(self) -> None:
        """In a copy of the process that started it: let go of it, without ending it."""
        self._process.returncode = 0
        self.let_go()


def _unblocked(pipe: IO[bytes] | None) -> int:
    """Return the descriptor of a pipe of Popen, which waits for nothing from now on."""
    assert pipe is not None  # noqa: S101 - it was asked for
    os.set_blocking(pipe.fileno(), False)
    return pipe.fileno()


def _search_path() -> list[str]:
    """Where this program lies, then wherever else modules are found; never the folder that is current by chance."""
    own = str(Path(rpiocr.__file__).absolute().parents[1])
    return [own, *(place for place in sys.path if os.path.isabs(place) and place != own)]  # noqa: PTH117


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)} | ALLOCATOR
