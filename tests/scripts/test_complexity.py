"""No function has more paths than somebody can keep in mind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from radon.complexity import cc_visit
from radon.visitors import Class

from tests.program import PROJECT

MAXIMUM = 15
"""Decisions and boolean operators of a function, plus one. Ruff's C901, which leaves the operators out, allows 10."""

FOLDERS = ("bench", "fuzz", "generator", "rpiocr", "scripts", "training")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the name and the complexity of every function and method of a module."""
    for block in cc_visit(path.read_text("utf-8")):
        if not isinstance(block, Class):
            yield block.fullname, block.complexity


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_function_is_more_complex_than_it_may_be(folder: str) -> None:
    paths = sorted((PROJECT / folder).rglob("*.py"))
    assert paths
    worst = [
        f"{path.relative_to(PROJECT)}: {name} has {complexity}"
        for path in paths
        for name, complexity in functions(path)
        if complexity > MAXIMUM
    ]
    assert worst == []


def test_a_function_with_too_many_paths_is_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(f"class A:\n    def f(self, a):\n        return {' or '.join(['a'] * 16)}\n", "utf-8")
    assert list(functions(module)) == [("A.f", 16)]
