"""The tables of docs/RELIABILITY.md name tests that exist."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from tests.faults.faults import FAULTS
from tests.faults.inputs import INPUTS
from tests.program import PROJECT

SINGLE = tomllib.loads((PROJECT / "tests" / "faults" / "single.toml").read_text("utf-8"))
NAMED = [row["test"] for part in SINGLE.values() for row in part["rows"]]


def _tests_of(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_is_named_begins_so_in_that_file(named: str) -> None:
    file, _, beginning = named.partition("::")
    assert [name for name in _tests_of(PROJECT / file) if name.startswith(beginning)]


def test_the_matrix_has_at_least_two_hundred_cells() -> None:
    assert len(INPUTS) * len(FAULTS) >= 200
