"""A systemctl that misbehaves is reported, and never waited for without limit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rpiocr.service.places import Scope
from rpiocr.service.systemctl import ask


def put(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "systemctl").write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    (folder / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("yes", "systemctl was ended: it printed more than 1048576 bytes"),
        ("yes >&2", "systemctl was ended: it printed more than 1048576 bytes"),
        ("echo no such unit >&2; exit 5", "no such unit"),
        (r"printf '\377' >&2; exit 5", "\ufffd"),
    ],
    ids=["floods its output", "floods its errors", "fails", "fails in binary"],
)
def test_its_output_is_bounded(body: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, body, monkeypatch)
    reply = ask(Scope(user=True), "start", "rpiocr.service")
    assert (reply.reached, reply.done, reply.output) == (True, False, said)


def test_a_process_that_it_leaves_with_its_streams_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "echo done; setsid sleep 1000 & exit 0", monkeypatch)
    reply = ask(Scope(user=True), "start", "rpiocr.service")
    assert (reply.done, reply.output) == (True, "done")


def test_its_absence_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    reply = ask(Scope(user=True), "start", "rpiocr.service")
    assert (reply.reached, reply.output) == (False, "systemctl cannot be run: there is no such program")
