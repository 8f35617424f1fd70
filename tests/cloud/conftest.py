"""A server per script, a page, and options that point at both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from rpiocr.cloud.options import CloudOptions
from rpiocr.model import Page

from .limits import LIMITS
from .server import Behaviour, VisionServer

KEY = "AIza-not-a-real-key-7f3a"

StartServer = Callable[..., VisionServer]
MakeOptions = Callable[..., CloudOptions]


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    running: list[VisionServer] = []

    def start(*script: Behaviour, port: int = 0) -> VisionServer:
        running.append(VisionServer(*script, port=port))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def options(tmp_path: Path) -> MakeOptions:
    """Options with a key, a local endpoint and a long timeout; each can be overridden."""

    def make(endpoint: str, **changes: object) -> CloudOptions:
        chosen: dict[str, object] = {"api_key": KEY, "state_dir": tmp_path / "state"} | LIMITS
        return CloudOptions(endpoint=endpoint, **(chosen | changes))  # type: ignore[arg-type]

    return make


def make_page(name: str = "receipt", width: int = 200, height: int = 100, number: int = 1) -> Page:
    pixels = np.full((height, width), 255, np.uint8)
    cv2.putText(pixels, "TOTAL $12.34", (10, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0,), 1)
    return Page(pixels, f"{name}.png", number, hashlib.sha256(name.encode()).hexdigest())
