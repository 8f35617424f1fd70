"""Reports the state of a service to systemd: ready, status text, alive, stopping.

Not the package sdnotify, which is no longer maintained: all it takes is a datagram to a socket.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

PATIENCE_S = 1.0
"""Maximum time for sending a message to a busy manager; then it is dropped, and the service continues."""

MAX_STATUS_LENGTH = 1000
"""Maximum characters of a status: systemd drops messages of more than 4096 bytes."""


class Notifier:
    """Sends messages to the socket in NOTIFY_SOCKET of ``environ``; without one all methods do nothing.

    No method raises if the socket is gone or has no reader: receipts matter more than supervision.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self._interval_s = _interval_s(environ)

    @property
    def interval_s(self) -> float | None:
        """Maximum seconds between two calls of ``alive``; ``None`` without a watchdog.

        Half of the limit of systemd's watchdog, as its manual advises.
        """
        return self._interval_s

    def ready(self) -> None:
        """Report that startup is complete."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """Report a short status text, which ``systemctl status`` shows."""
        # a line break would start another message, and a message with a NUL is dropped
        line = "".join(character if character.isprintable() else " " for character in text[:MAX_STATUS_LENGTH])
        self._send(f"STATUS={line}")

    def alive(self) -> None:
        """Report that the service is alive; see ``interval_s``."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Report that the service is stopping."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(PATIENCE_S)
            channel.sendto(message.encode("utf-8", errors="replace"), self._address)


def _address(name: str) -> bytes:
    """Return the address of a socket in the file system or, if the name starts with @, of an abstract one."""
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
