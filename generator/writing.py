"""Receipts to files: OUT/img/NAME.jpg and OUT/key/NAME.json; for photos OUT/flat/NAME.jpg too."""

from __future__ import annotations

import json
from pathlib import Path

from generator.photo import Shown
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


def write_shown(shown: Shown, out: Path) -> None:
    """Write photo, flat originals and truth below ``out``; several originals are NAME_1.jpg, NAME_2.jpg..."""
    write_pair(
        Receipt(shown.name, shown.picture, shown.truth),
        out / "img" / f"{shown.name}.jpg",
        out / "key" / f"{shown.name}.json",
    )
    for number, flat in enumerate(shown.flats, 1):
        ending = f"_{number}" if len(shown.flats) > 1 else ""
        path = out / "flat" / f"{shown.name}{ending}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(flat)
