"""Runs the program in forks of a process that has loaded its modules already.

Each run is a process of its own, with its own arguments, streams, environment, folder and rights, which ends as the
program ends. What it does not repeat is the start of Python and the import of OpenCV, SQLAlchemy and the rest: half a
second of processor time each. ``COLD_STARTS=1`` in the tester's environment starts Python for each run instead.

``python -m tests.warm N M`` is the process that is forked; it takes requests from the socket with descriptor N, and
from those who connect to that with descriptor M.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from tests.shared import folder
from tests.warm_client import request

LOADED_LATER = ("rpiocr.__main__", "rpiocr.cloud.", "rpiocr.executors.cluster", "rpiocr.store.migrations")
"""What is not loaded before a fork: the program's beginning, what starts threads, and what only Alembic can load."""

LIBRARIES = ("cv2", "PIL.Image", "pytesseract", "rich.console", "rich.table", "sqlalchemy.dialects.sqlite")

READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "OMP_", "OPENBLAS_", "ORT_")
"""Beginnings of environment variables that Python or a library reads when it starts."""

MOST_BYTES = 100_000
"""Longest request; a longer one does not fit into a message of a socket."""


class Running:
    """A run of the program, to be used like a ``subprocess.Popen`` with pipes and text in UTF-8."""

    def __init__(self, reply: socket.socket, stdin: int, stdout: int, stderr: int) -> None:
        self._reply = reply
        self.pid = int(reply.recv(100))
        self.returncode: int | None = None
        self._stdin = stdin
        self.stdout, self.stderr = (os.fdopen(one, encoding="utf-8", newline="") for one in (stdout, stderr))
        self._read: dict[str, str] = {}
        self._threads: list[threading.Thread] = []

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        return self._look(wait=False)

    def wait(self) -> int:
        """Wait for the end; returns the exit status."""
        status = self._look(wait=True)
        assert status is not None
        return status

    def _look(self, *, wait: bool) -> int | None:
        if self.returncode is None:
            self._reply.setblocking(wait)
            with suppress(BlockingIOError):
                self.returncode = int(self._reply.recv(100))
                self._reply.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Have it end at once."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, stdin: bytes = b"", timeout: float | None = None) -> tuple[str, str]:
        """Wait for the end; returns what it wrote. Raises TimeoutExpired, after which this may be called again."""
        if not self._threads:
            tasks = (lambda: self._feed(stdin), lambda: self._drain("out"), lambda: self._drain("err"))
            self._threads = [threading.Thread(target=task, daemon=True) for task in tasks]
            for thread in self._threads:
                thread.start()
        end = None if timeout is None else time.monotonic() + timeout
        for thread in self._threads:
            thread.join(None if end is None else max(0.0, end - time.monotonic()))
            if thread.is_alive():
                raise subprocess.TimeoutExpired("rpiocr", timeout or 0)
        self.wait()
        return self._read["out"], self._read["err"]

    def _feed(self, data: bytes) -> None:
        with os.fdopen(self._stdin, "wb", buffering=0) as stream, suppress(BrokenPipeError):
            stream.write(data)

    def _drain(self, name: str) -> None:
        with self.stdout if name == "out" else self.stderr as stream:
            self._read[name] = stream.read()


class Warm:
    """A process that runs the program in forks of itself."""

    def __init__(self, prefix: Sequence[str], environment: Mapping[str, str]) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.address = str(folder() / f"warm-{os.getpid()}")
        with other, socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            door.bind(self.address)
            door.listen()
            descriptors = (other.fileno(), door.fileno())
            self._process = subprocess.Popen(
                [*prefix, sys.executable, "-W", "error", "-m", "tests.warm", *map(str, descriptors)],
                env={**environment, "OPENBLAS_NUM_THREADS": "1"},
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.wait()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], *, session: bool = False) -> Running:
        """Start ``rpiocr``, as the leader of a session of its own where ``session`` is set."""
        wanted = request(arguments, environment, session=session)
        (their_in, our_in), (our_out, their_out), (our_err, their_err) = (os.pipe() for _ in range(3))
        reply, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            socket.send_fds(self._socket, [wanted], [their_in, their_out, their_err, other.fileno()])
        for descriptor in (their_in, their_out, their_err):
            os.close(descriptor)
        return Running(reply, our_in, our_out, our_err)

    def run(self, arguments: Sequence[str], environment: Mapping[str, str], stdin: bytes) -> tuple[int, str, str]:
        """Run ``rpiocr`` to its end; returns its exit status and what it wrote."""
        running = self.start(arguments, environment)
        stdout, stderr = running.communicate(stdin)
        return running.wait(), stdout, stderr


def can_run(arguments: Sequence[str], changed: Iterable[str] = ()) -> bool:
    """Whether a run with these arguments and changed variables differs in nothing from one from the start."""
    if os.environ.get("COLD_STARTS") or any(name.startswith(READ_AT_START) for name in changed):
        return False
    return sum(map(len, arguments)) < MOST_BYTES // 10


def serve(control: socket.socket, door: socket.socket) -> None:
    """Start what is asked for, and report how it ended, until nobody can ask any more."""
    running: dict[int, tuple[int, socket.socket]] = {}
    while True:
        ready, _, _ = select.select([control.fileno(), door.fileno(), *running], [], [])
        for ended in running.keys() & set(ready):
            _report(ended, *running.pop(ended))
        if door.fileno() in ready:
            reply, _ = door.accept()
            message, streams, _, _ = socket.recv_fds(reply, MOST_BYTES, 3)
        elif control.fileno() in ready:
            message, descriptors, _, _ = socket.recv_fds(control, MOST_BYTES, 4)
            if not message:
                return
            streams, reply = descriptors[:3], socket.socket(fileno=descriptors[3])
        else:
            continue
        process = os.fork()
        if not process:
            _become((control, door, reply, *(one for _, one in running.values())), running, streams)
            os._exit(_run_program(json.loads(message)))
        for stream in streams:
            os.close(stream)
        reply.send(str(process).encode())
        running[os.pidfd_open(process)] = process, reply


def _report(descriptor: int, process: int, reply: socket.socket) -> None:
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(descriptor)
    with reply, suppress(BrokenPipeError):
        reply.send(str(status).encode())


def _become(sockets: Iterable[socket.socket], others: Iterable[int], streams: Sequence[int]) -> None:
    """Give this process the streams of the program, and nothing of the process that it was forked from."""
    for one in sockets:
        one.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for descriptor in (*others, *streams):
        os.close(descriptor)
    sys.stdin = os.fdopen(0, closefd=False)


def _run_program(wanted: dict[str, Any]) -> int:
    """Run the program and what Python does at the end but for taking itself apart, which copies all that is shared."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if wanted["session"]:
        os.setsid()
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    os.chdir(wanted["folder"])
    os.umask(wanted["umask"])
    sys.argv = ["rpiocr", *wanted["arguments"]]
    status = 1
    try:
        runpy.run_module("rpiocr", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - as Python itself
        traceback.print_exc()
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    return status


def load() -> None:
    """Load what the program loads."""
    import rpiocr

    for name in LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(rpiocr.__path__, "rpiocr."):
        if not f"{module.name}.".startswith(LOADED_LATER):
            importlib.import_module(module.name)
    importlib.import_module("rpiocr.extract.locale.keyword_tables").Languages().tables_of(["TOTAL 3.50"])


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ours, entrance = (socket.socket(fileno=int(number)) for number in sys.argv[1:])
    with ours, entrance:
        load()
        gc.freeze()
        serve(ours, entrance)
