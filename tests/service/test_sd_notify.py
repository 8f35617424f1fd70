"""What systemd hears of a service, on a real socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rpiocr.service.sd_notify import Notifier


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket as systemd opens it, and its name in NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(10)
        if request.param == "file":
            name = str(tmp_path / "notify ü")
            listening.bind(name)
        else:
            name = f"@rpiocr-test-{os.getpid()}-{tmp_path.name}"
            listening.bind(f"\0{name[1:]}")
        yield listening, name


def test_systemd_hears_each_message(manager: tuple[socket.socket, str]) -> None:
    listening, name = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready()
    notifier.status("3 receipts wait")
    notifier.alive()
    notifier.stopping()
    heard = [listening.recv(4096) for _ in range(4)]
    assert heard == [b"READY=1", b"STATUS=3 receipts wait", b"WATCHDOG=1", b"STOPPING=1"]


def test_a_status_is_one_line_whatever_a_file_is_called(manager: tuple[socket.socket, str]) -> None:
    listening, name = manager
    Notifier({"NOTIFY_SOCKET": name}).status("reads a\nREADY=1\0\udcff" + "ü" * 5000)
    heard = listening.recv(65536)
    assert heard.startswith(b"STATUS=reads a READY=1")
    assert b"\n" not in heard
    assert b"\0" not in heard
    assert len(heard) < 4096


@pytest.mark.parametrize("name", ["", "nothing", "vsock:2:1234", "/nowhere/notify", "/" + "x" * 300, "@" + "x" * 300])
def test_without_a_listener_the_work_continues(name: str) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": name})
    notifier.ready()
    notifier.status("alone")
    notifier.alive()
    notifier.stopping()


def test_the_work_goes_on_when_the_one_who_listened_is_gone(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name)
        notifier = Notifier({"NOTIFY_SOCKET": name})
        notifier.ready()
    notifier.alive()


def test_a_manager_that_reads_nothing_does_not_stop_the_work(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.settimeout(0)
            with pytest.raises(BlockingIOError):
                while True:
                    other.sendto(b"x", name)
        Notifier({"NOTIFY_SOCKET": name}).alive()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "300000000"}, 150.0),
        ({"WATCHDOG_USEC": "300000000", "WATCHDOG_PID": str(os.getpid())}, 150.0),
        ({"WATCHDOG_USEC": "300000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_it_is_known_how_often_systemd_wants_to_hear(environment: dict[str, str], seconds: float | None) -> None:
    assert Notifier(environment).interval_s == seconds
