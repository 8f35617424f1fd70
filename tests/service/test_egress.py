"""What may leave the machine is derived from the settings, and no secret is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rpiocr.service.egress import local_sockets, ways_out
from rpiocr.settings import Settings

KEY = {"vision_api_key": "secret"}


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"cloud": "always"},
        {"cloud": "never", **KEY},
        {"vision_endpoint": "eu-vision.googleapis.com"},
        {"store": "sqlite:////home/pi/receipts.sqlite"},
        {"store": "postgresql:///receipts"},
        {"store": "postgresql://pi:secret@/receipts"},
        {"store": "postgresql://pi@/receipts?host=/var/run/postgresql"},
        {"store": "postgresql+psycopg:///receipts?host=/run/one,/run/two"},
        {"store": "postgresql:///receipts?host=@abstract"},
        {"store": "no store at all"},
    ],
    ids=str,
)
def test_nothing_leaves_by_settings_that_name_no_other_machine(chosen: dict[str, Any]) -> None:
    assert ways_out(Settings(**chosen)) == ()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (KEY, "images of uncertain receipts, to vision.googleapis.com"),
        ({"vision_credentials": "default"}, "images of uncertain receipts, to vision.googleapis.com"),
        (
            {"cloud": "always", "vision_endpoint": "eu-vision.googleapis.com", **KEY},
            "images of every receipt, to eu-vision.googleapis.com",
        ),
        ({"store": "postgresql://pi:secret@server/receipts"}, "everything stored, to the database at server"),
        ({"store": "postgresql://pi:secret@127.0.0.1/receipts"}, "everything stored, to the database at 127.0.0.1"),
        ({"store": "postgresql://[2001:db8::1]/receipts"}, "everything stored, to the database at 2001:db8::1"),
        ({"store": "postgresql:///receipts?host=server:5433"}, "everything stored, to the database at server:5433"),
        ({"store": "postgresql:///receipts?host=/run/here,there"}, "everything stored, to the database at there"),
        ({"store": "postgresql:///receipts?host=/run&host=there"}, "everything stored, to the database at there"),
        ({"store": "postgresql:///receipts?hostaddr=192.0.2.1"}, "everything stored, to the database at 192.0.2.1"),
        ({"store": "postgresql:///receipts?service=mine"}, "everything stored, to the database at mine"),
    ],
    ids=str,
)
def test_what_leaves_and_its_recipient_are_reported(chosen: dict[str, Any], said: str) -> None:
    assert ways_out(Settings(**chosen)) == (said,)


def test_the_folder_of_a_named_socket_is_known() -> None:
    store = "postgresql:///receipts?host=/tmp/one,there,/run/two"
    assert local_sockets(Settings(store=store)) == (Path("/tmp/one"), Path("/run/two"))  # noqa: S108 - only a name
    assert local_sockets(Settings()) == local_sockets(Settings(store="sqlite:////tmp/x")) == ()
