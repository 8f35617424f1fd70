"""Runs other programs within limits of time, of what they print and of what they write; none outlives its caller.

A program gets a process group of its own and a mark in its environment, by which it is ended with all that it has
started. Where this process is killed, the kernel kills the program: ``setpriv`` asks for that, as Python could only do
so between fork and exec, which is not safe in a process with threads.
"""

from __future__ import annotations

import os
import resource
import selectors
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import IO

from rpiocr.errors import ChildFloodError, ChildNotStartedError, ChildTimeoutError, system_limit
from rpiocr.system.cancellation import Cancellation
from rpiocr.system.descendants import MARK, kill_marked

MOST_PRINTED = 1024 * 1024
"""Bytes that a program may print on each of its streams, unless it is told otherwise."""

CHUNK = 64 * 1024

SLICE_S = 0.25
"""Its streams may be held by a process that it left behind: so often it is looked whether it has ended."""

GRACE_S = 5.0
"""How long the system may take to end a process that was killed."""

PROBE_S = 5.0

SHORTEST_NAP_S, LONGEST_NAP_S = 0.0005, 0.05
"""How long to wait between two looks whether a program has ended that has closed its streams."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program may take: seconds, bytes printed on each stream, and bytes of each file that it writes."""

    seconds: float
    printed: int = MOST_PRINTED
    written: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its status, or the negative number of the signal that ended it, and what it printed."""

    status: int
    out: bytes
    err: bytes


def run(
    command: Sequence[str],
    bounds: Bounds,
    *,
    environment: Mapping[str, str] | None = None,
    cancellation: Cancellation | None = None,
    mark: str = "",
) -> Ended:
    """Run a program to its end, its standard input empty; what it has left running then is killed.

    ``environment`` is that of this process unless given. ``mark`` is what the processes of this run are known by, if
    anybody else has to find them. Raises ChildNotStartedError, ChildTimeoutError, ChildFloodError, and
    EngineCancelledError if ``cancellation`` ends it.
    """
    deadline = time.monotonic() + bounds.seconds
    mark = mark or uuid.uuid4().hex
    with _started(command, dict(os.environ if environment is None else environment), mark) as process:
        _limit_files(process.pid, bounds.written)
        child = _Child(process, Path(command[0]).name, mark, bounds, deadline)
        with (cancellation or Cancellation()).ended_by(partial(_kill_group, process.pid)):
            out, err = child.listen()
            child.wait()
    return Ended(process.returncode, out, err)


@contextmanager
def _started(command: Sequence[str], environment: dict[str, str], mark: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program; on leaving, end what is left of it, with all that bears its mark if it is by an exception."""
    process = _start(command, environment | {MARK: mark})
    try:
        yield process
    except BaseException:
        _kill_group(process.pid)
        kill_marked(mark)
        raise
    finally:
        _kill_group(process.pid)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
        for stream in _streams(process):
            stream.close()


def _start(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # Looked for here, since setpriv would say in words of its own that there is none.
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        message = f"{command[0]} cannot be run: there is no such program"
        raise ChildNotStartedError(message)
    try:
        return subprocess.Popen(
            [*_dies_with_us(), program, *command[1:]],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
        )
    except (OSError, ValueError) as error:
        if limit := system_limit(error):
            raise limit from error
        message = f"{command[0]} cannot be run: {error}"
        raise ChildNotStartedError(message) from error


@cache
def _dies_with_us() -> tuple[str, ...]:
    """Return what begins a command so that the kernel kills its program when the thread that started it ends.

    Nothing where that does not work, which is tried: setpriv fails in systemd's units without privileged system calls,
    whose processes systemd ends.
    """
    found = shutil.which("setpriv")
    if found is None:
        return ()
    command = (found, "--pdeathsig", "KILL")
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, timeout=PROBE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return () if tried.returncode else command


def _streams(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], ...]:
    return tuple(stream for stream in (process.stdout, process.stderr) if stream)


def _limit_files(pid: int, most: int | None) -> None:
    """Limit the files that a process writes; from outside, so that no code of ours runs between fork and exec."""
    if most is None:
        return
    with suppress(OSError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (least, least))


def _kill_group(pid: int) -> None:
    """Kill a process that was not waited for yet, so that its number is still its own, with its process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class _Child:
    """A program that was started, what it is called, and its limits; ``deadline`` is of the monotonic clock."""

    process: subprocess.Popen[bytes]
    name: str
    mark: str
    bounds: Bounds
    deadline: float

    def listen(self) -> tuple[bytes, bytes]:
        """Return what it prints until its streams are closed, or it has ended and left them to another process."""
        printed = (bytearray(), bytearray())
        with selectors.PollSelector() as selector:
            for stream, into in zip(_streams(self.process), printed, strict=True):
                selector.register(stream, selectors.EVENT_READ, into)
            while selector.get_map():
                ready = selector.select(min(SLICE_S, self._left()))
                for key, _ in ready:
                    if not self._take(key.fd, key.data):
                        selector.unregister(key.fileobj)
                if not ready and self._has_ended():
                    kill_marked(self.mark)
                    break
        return bytes(printed[0]), bytes(printed[1])

    def _take(self, handle: int, into: bytearray) -> bool:
        chunk = os.read(handle, CHUNK)
        into += chunk
        if len(into) > self.bounds.printed:
            message = f"{self.name} was ended: it printed more than {self.bounds.printed} bytes"
            raise ChildFloodError(message)
        return bool(chunk)

    def wait(self) -> None:
        """Wait until it has ended, but leave its number to it, so that nobody else can be killed by that."""
        nap = SHORTEST_NAP_S
        while not self._has_ended():
            time.sleep(min(nap, self._left()))
            nap = min(2 * nap, LONGEST_NAP_S)

    def _has_ended(self) -> bool:
        try:
            return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # children are not waited for where SIGCHLD is ignored
            return True

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            message = f"{self.name} was ended after {self.bounds.seconds:.1f} s"
            raise ChildTimeoutError(message)
        return left
