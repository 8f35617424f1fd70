"""Runs other programs with limits on time, output and file size; none outlives its caller.

A program gets its own process group and a mark in its environment, so that it can be killed with all its descendants.
If this process is killed, the kernel kills the program: ``setpriv`` arranges that, as Python could only do so between
fork and exec, which is not safe in a process with threads.
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

MAX_PRINTED = 1024 * 1024
"""Default maximum of bytes that a program may print on each of its streams."""

CHUNK = 64 * 1024

SLICE_S = 0.25
"""Interval of the check whether it has ended, as a process that it left behind may keep its streams open."""

GRACE_S = 5.0
"""Maximum time until a killed process has ended."""

PROBE_S = 5.0

SHORTEST_NAP_S, LONGEST_NAP_S = 0.0005, 0.05
"""Interval of the check whether a program that has closed its streams has ended."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a program: seconds, bytes printed on each stream, and bytes of each file that it writes."""

    seconds: float
    printed: int = MAX_PRINTED
    written: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The outcome of a program: its exit status, or the negative signal number, and its output."""

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
    """Run a program to completion with empty standard input; processes that it leaves running are killed.

    ``environment`` defaults to that of this process. ``mark`` identifies the processes of this run, for callers that
    have to find them. Raises ChildNotStartedError, ChildTimeoutError, ChildFloodError, and EngineCancelledError if
    ``cancellation`` ends it.
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
    """Start a program; on exit, kill its process group, and after an exception all processes with its mark."""
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
    # Located here, since setpriv would report a missing program in its own words.
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        message = f"{command[0]} cannot be run: there is no such program"
        raise ChildNotStartedError(message)
    try:
        return subprocess.Popen(
            [*_kill_with_parent(), program, *command[1:]],
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
def _kill_with_parent() -> tuple[str, ...]:
    """Return a command prefix by which the kernel kills the program when the thread that started it ends.

    Empty if a trial shows that it does not work: setpriv fails in systemd units without privileged system calls, whose
    processes are ended by systemd.
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


def _limit_files(pid: int, max_bytes: int | None) -> None:
    """Limit the size of files that a process writes; from outside, so that no Python runs between fork and exec."""
    if max_bytes is None:
        return
    with suppress(OSError):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        limit = max_bytes if hard == resource.RLIM_INFINITY else min(max_bytes, hard)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, limit))


def _kill_group(pid: int) -> None:
    """Kill the process group of a process that was not reaped yet, so that its number cannot have been reused."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class _Child:
    """A started program with its name and limits; ``deadline`` is on the monotonic clock."""

    process: subprocess.Popen[bytes]
    name: str
    mark: str
    bounds: Bounds
    deadline: float

    def listen(self) -> tuple[bytes, bytes]:
        """Return its output until its streams are closed, or until it has ended and another process holds them."""
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
        """Wait until it has ended without reaping it, so that its number is not reused for another process."""
        nap = SHORTEST_NAP_S
        while not self._has_ended():
            time.sleep(min(nap, self._left()))
            nap = min(2 * nap, LONGEST_NAP_S)

    def _has_ended(self) -> bool:
        try:
            return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # children cannot be waited for if SIGCHLD is ignored
            return True

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            message = f"{self.name} was ended after {self.bounds.seconds:.1f} s"
            raise ChildTimeoutError(message)
        return left
