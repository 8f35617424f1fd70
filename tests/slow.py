"""Marks what the quick run (``-m "not slow"``) leaves out of a table of parameters."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def slow_but(quick: Iterable[object], values: Iterable[object]) -> list[object]:
    """Return the values, with the mark ``slow`` on all that are not among the ``quick`` ones, which must be there."""
    every, few = list(values), list(quick)
    assert all(one in every for one in few)
    return [one if one in few else pytest.param(one, marks=pytest.mark.slow) for one in every]
