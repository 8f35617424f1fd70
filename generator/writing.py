"""Writes receipts to OUT/img/NAME.jpg and OUT/key/NAME.json; for photos, OUT/flat/NAME.jpg as well."""

from __future__ import annotations

import json
from pathlib import Path

from generator.photo import Sample
from generator.receipt import Receipt


def write_receipt(receipt: Receipt, out: Path) -> None:
    """Write image and ground truth below ``out``, overwriting existing files."""
    write_pair(receipt, out / "img" / f"{receipt.name}.jpg", out / "key" / f"{receipt.name}.json")


def write_pair(receipt: Receipt, image: Path, key: Path) -> None:
    """Write image and ground truth to two paths, creating their directories."""
    for path in (image, key):
        path.parent.mkdir(parents=True, exist_ok=True)
    image.write_bytes(receipt.image)
    key.write_text(json.dumps(receipt.truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_sample(sample: Sample, out: Path) -> None:
    """Write photo, flat originals and ground truth below ``out``; several originals are NAME_1.jpg, NAME_2.jpg..."""
    write_pair(
        Receipt(sample.name, sample.image, sample.truth),
        out / "img" / f"{sample.name}.jpg",
        out / "key" / f"{sample.name}.json",
    )
    for number, flat in enumerate(sample.flats, 1):
        ending = f"_{number}" if len(sample.flats) > 1 else ""
        path = out / "flat" / f"{sample.name}{ending}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(flat)
