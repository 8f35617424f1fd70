"""What a process that decodes gives up before it sees the first file."""

from __future__ import annotations

import fcntl
import os
import resource
import select
import signal

MOST_DESCRIPTORS = 64
"""PDFium opens fonts."""

LEFT_TO_PARENT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""`timeout`, systemd and terminals send these to all processes; the parent decides what comes of them."""


def put_up(lifeline: int) -> None:
    """Give up writing files and dumping core, ignore signals that mean the parent, and end with it.

    ``lifeline`` is a pipe whose other end the parent alone holds. When that closes, however the parent ends, the kernel
    sends SIGKILL, whatever a library is busy with. PR_SET_PDEATHSIG would go by the thread that started this process.
    """
    for number in LEFT_TO_PARENT:
        signal.signal(number, signal.SIG_IGN)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_NOFILE, MOST_DESCRIPTORS)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        os._exit(0)  # the parent has ended meanwhile


def limit_memory(size: int) -> None:
    """Allow so many bytes of private memory from now on; what exceeds them is a MemoryError, or a library's failure."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    soft = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def lower(what: int, most: int) -> None:
    """Lower a limit for good."""
    hard = resource.getrlimit(what)[1]
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (allowed, allowed))
