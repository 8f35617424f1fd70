"""Reports to systemd how a service is doing: that it is ready, what it does, that it is alive.

Not the package sdnotify, which is no longer maintained: a datagram to a socket is all there is to it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

PATIENCE_S = 1.0
"""How long a message may wait for a manager that is busy; then it is dropped, and the service goes on."""

LONGEST_STATUS = 1000
"""Characters of a status: systemd drops messages of more than 4096 bytes as a whole."""


class Notifier:
    """Sends messages to the socket in NOTIFY_SOCKET of ``environ``; without one all of it does nothing.

    Nothing here raises when the socket is gone or nobody reads from it: receipts matter more than being watched.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._interval_s = _interval_s(environ)

    @property
    def interval_s(self) -> float | None:
        """How many seconds may pass at most between two calls of ``alive``; ``None`` when nobody counts them.

        Half of the limit of systemd's watchdog, as its manual advises.
        """
        return self._interval_s

    def ready(self) -> None:
        """Say that the start is over and the work begins."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """Say in a few words what is being done, as ``systemctl status`` shows it."""
        # a line break would begin another message, and one with a NUL is dropped
        line = "".join(character if character.isprintable() else " " for character in text[:LONGEST_STATUS])
        self._send(f"STATUS={line}")

    def alive(self) -> None:
        """Say that the work goes on; see ``interval_s``."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the service is about to end."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(PATIENCE_S)
            channel.sendto(message.encode("utf-8", errors="replace"), self._address)


def _address(name: str) -> bytes:
    """Return the address of a socket in the file system or, where the name begins with @, of an abstract one."""
    if name.startswith("@"):
        return b"\0" + os.fsencode(name[1:])
    return os.fsencode(name) if name.startswith("/") else b""


def _interval_s(environ: Mapping[str, str]) -> float | None:
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        limit_us = int(environ.get("WATCHDOG_USEC", ""))
    except ValueError:
        return None
    return limit_us / 2 / 1_000_000 if limit_us > 0 else None
