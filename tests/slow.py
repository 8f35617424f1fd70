"""Marks what the quick run (``-m "not slow"``) leaves out of a table of parameters."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

CHEAP = frozenset(
    (
        *("cloud", "decide", "extract", "faults", "model", "preprocess"),
        *("scripts", "service", "system", "training"),
    )
)
"""Folders whose tables of parameters the quick run takes as they are: a line costs next to nothing, or has its mark."""


def slow_but(quick: Iterable[object], values: Iterable[object]) -> list[object]:
    """Return the values, with the mark ``slow`` on all that are not among the ``quick`` ones, which must be there."""
    every, few = list(values), list(quick)
    assert all(one in every for one in few)
    return [one if one in few else pytest.param(one, marks=pytest.mark.slow) for one in every]


def keep_one_of_each(items: Iterable[pytest.Item]) -> None:
    """Mark all but the first line of each table as slow, unless it has marks of its own or lies in a cheap folder.

    A line costs a run of the program, a picture or a store there, and makes the claim of the first one again.
    """
    tables: dict[str, list[pytest.Item]] = {}
    for item in items:
        if "[" in item.name and _folder(item.path) not in CHEAP:
            tables.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for table in tables.values():
        if not any(item.get_closest_marker("slow") for item in table):
            for item in table[1:]:
                item.add_marker(pytest.mark.slow)


def leave_out_whole_set(items: Iterable[pytest.Item]) -> None:
    """Mark what needs one run over all committed receipts as slow: the run takes half a minute."""
    for item in items:
        if "whole_set" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


def _folder(path: Path) -> str:
    return path.relative_to(Path(__file__).parent).parts[0]
