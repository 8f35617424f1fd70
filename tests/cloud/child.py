"""Reads pages in a process of its own: options as JSON in argv[1], names of pages after it; prints JSON."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from rpiocr.cloud.engine import VISION
from rpiocr.cloud.options import CloudOptions
from rpiocr.cloud.reader import CloudReader
from rpiocr.errors import RpiocrError
from rpiocr.model import Page


def read(reader: CloudReader, name: str) -> str:
    """First line's text, or the error's code and message."""
    pixels = np.full((100, 200), 255, np.uint8)
    page = Page(pixels, name, 1, hashlib.sha256(name.encode()).hexdigest())
    try:
        return reader.read(page).lines[0].text
    except RpiocrError as exc:
        return f"{exc.code}: {exc}"


def main() -> None:
    settings = json.loads(sys.argv[1])
    settings["state_dir"] = Path(settings["state_dir"])
    reader = CloudReader(VISION, CloudOptions(**settings))
    print(json.dumps([read(reader, name) for name in sys.argv[2:]]))  # noqa: T201


if __name__ == "__main__":
    main()
