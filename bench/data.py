"""Folders of labelled receipts: SET/img/ID.jpg with SET/key/ID.json, see README.md in this folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Label:
    """What is right; ``None``, and an empty set of totals, mean that it is not scored.

    ``totals`` are the amounts that count as right, to the cent; ``date`` is ISO 8601. ``twin`` is the id of
    another picture of the same receipt. ``names`` are all that count as the merchant's name; none if it is not scored.
    """

    totals: frozenset[Decimal]
    date: str | None
    company: str | None
    currency: str | None
    twin: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled receipt; ``picture`` is an absolute path."""

    set_name: str
    id: str
    picture: Path
    label: Label


def cents(value: object) -> Decimal | None:
    """Round an amount to the cent; ``None`` for what is no amount."""
    try:
        return Decimal(str(value)).quantize(CENT)
    except InvalidOperation:
        return None


def read_label(raw: dict[str, Any]) -> Label:
    """Read one label file's object; keys that are absent are not scored."""
    total = raw.get("total")
    named = [] if total is None else [total, *(raw.get("alt_totals") or [])]
    totals = frozenset(amount for one in named if (amount := cents(one)) is not None)
    return Label(
        totals,
        raw.get("date"),
        raw.get("company") or None,
        raw.get("currency") or None,
        raw.get("same_receipt_as"),
        tuple(raw["names"] or () if "names" in raw else filter(None, [raw.get("company")])),
    )


def read_set(folder: Path) -> tuple[Example, ...]:
    """Read one set, sorted by id; raises ClickException when a label has no picture."""
    folder = folder.resolve()
    pictures = {path.stem: path for path in sorted((folder / "img").iterdir())}
    examples = []
    for key in sorted((folder / "key").glob("*.json")):
        if key.stem not in pictures:
            message = f"{key} has no picture in {folder / 'img'}"
            raise click.ClickException(message)
        label = read_label(json.loads(key.read_text("utf-8")))
        examples.append(Example(folder.name, key.stem, pictures[key.stem], label))
    return tuple(examples)


def read_data(folders: Iterable[Path]) -> tuple[Example, ...]:
    """Read sets, or folders of sets; raises ClickException for a folder that holds none."""
    examples: list[Example] = []
    for folder in folders:
        sets = [folder] if (folder / "key").is_dir() else sorted(one.parent for one in folder.glob("*/key"))
        if not sets:
            message = f"{folder} holds neither key/ nor folders with key/ in them"
            raise click.ClickException(message)
        for one in sets:
            examples.extend(read_set(one))
    return tuple(examples)


def spread(examples: Sequence[Example], count: int | None) -> tuple[Example, ...]:
    """Take ``count`` examples evenly from the whole list, so that every set is there in proportion."""
    if count is None or count >= len(examples):
        return tuple(examples)
    step = len(examples) / count
    return tuple(examples[int((index + 0.5) * step)] for index in range(count))
