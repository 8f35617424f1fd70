"""Receipts to files: OUT/img/NAME.jpg and OUT/key/NAME.json."""

from __future__ import annotations

import json
from pathlib import Path

from generator.receipt import Receipt


def write_receipt(receipt: Receipt, out: Path) -> None:
    """Write picture and truth below ``out``, over what is there."""
    write_pair(receipt, out / "img" / f"{receipt.name}.jpg", out / "key" / f"{receipt.name}.json")


def write_pair(receipt: Receipt, picture: Path, key: Path) -> None:
    """Write picture and truth to two paths, making their folders."""
    for path in (picture, key):
        path.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(receipt.picture)
    key.write_text(json.dumps(receipt.truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
