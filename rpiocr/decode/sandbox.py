"""Restrictions that the decoder process puts on itself before it receives the first file."""

from __future__ import annotations

import fcntl
import os
import resource
import select
import signal

MAX_DESCRIPTORS = 64
"""Maximum number of open files; some are needed because PDFium opens fonts."""

LEFT_TO_PARENT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that `timeout`, systemd and terminals send to all processes; only the parent handles them."""


def enter_sandbox(lifeline: int) -> None:
    """Forbid writing files and core dumps, ignore signals meant for the parent, and make this process end with it.

    ``lifeline`` is a pipe of which only the parent holds the other end. When that closes, however the parent ends, the
    kernel sends SIGKILL, even while a library is busy. PR_SET_PDEATHSIG depends on the thread that started the process.
    """
    for number in LEFT_TO_PARENT:
        signal.signal(number, signal.SIG_IGN)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_NOFILE, MAX_DESCRIPTORS)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        os._exit(0)  # the parent has already ended


def limit_memory(size: int) -> None:
    """Limit private memory to ``size`` bytes; beyond it, Python raises MemoryError, and libraries fail in some way."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def lower(what: int, maximum: int) -> None:
    """Lower a resource limit irreversibly."""
    hard = resource.getrlimit(what)[1]
    allowed = maximum if hard == resource.RLIM_INFINITY else min(maximum, hard)
    resource.setrlimit(what, (allowed, allowed))
