"""Asks a process that has loaded the program for a run, and ends as that run does; see ``tests/warm.py``.

As a script it takes the address of that process and then the arguments of ``rpiocr``. It loads little, so that it
starts in no time.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence


def request(arguments: Sequence[str], environment: Mapping[str, str], *, session: bool = False) -> bytes:
    """Return what asks for a run with the directory and the umask of this process."""
    mask = os.umask(0)
    os.umask(mask)
    wanted = {
        "arguments": list(arguments),
        "environment": dict(environment),
        "folder": os.getcwd(),  # noqa: PTH109 - pathlib is not loaded
        "umask": mask,
        "session": session,
    }
    return json.dumps(wanted).encode("ascii")


def run(address: str, arguments: Sequence[str]) -> int:
    """Run ``rpiocr`` with the streams of this process, and pass signals on to it; returns its status."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
        asked.connect(address)
        socket.send_fds(asked, [request(arguments, os.environ)], [0, 1, 2])
        process = int(asked.recv(100))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: os.kill(process, number))
        return int(asked.recv(100))


if __name__ == "__main__":
    status = run(sys.argv[1], sys.argv[2:])
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)
