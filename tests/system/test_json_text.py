"""JSON is written in one place, and is the same JSON for a result, an export, a log and a file of state."""

from __future__ import annotations

import ast
import datetime as dt
import io
import json
from decimal import Decimal

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.sanitize.text import is_plain
from rpiocr.system.json_text import Array, dumps
from tests.program import PROJECT

OTHERS = {
    "rpiocr/system/json_text.py": "the place",
    "rpiocr/load/child.py": "an argument of the decoders' process",
    "rpiocr/decode/side_note.py": "what that process says beside the pixels",
}

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=10,
)


@given(value=VALUES, ascii_only=st.booleans())
def test_what_is_written_is_read_back_and_only_shown_by_a_terminal(value: object, *, ascii_only: bool) -> None:
    document = dumps(value, ascii_only=ascii_only)
    assert json.loads(document) == value
    assert all(map(is_plain, document))
    assert document.isascii() or not ascii_only


def test_money_keeps_its_decimals() -> None:
    assert dumps({"amount": Decimal("12.50")}) == '{"amount": 12.50}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), dt.date(2024, 3, 5)])
def test_what_json_does_not_have_is_refused_but_in_a_log(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        dumps([value])
    assert json.loads(dumps([value], lenient=True)) in ([None], ["2024-03-05"])


@pytest.mark.parametrize("elements", [[], [1], [{"a": Decimal("1.50")}, None, "é"]])
def test_an_array_is_one_document_with_a_line_for_each_element(elements: list[object]) -> None:
    text = io.StringIO()
    array = Array(text)
    for element in elements:
        array.write(element)
    array.close()
    assert simplejson.loads(text.getvalue(), use_decimal=True) == elements
    assert text.getvalue().endswith("]\n")
    assert len(text.getvalue().splitlines()) == (len(elements) + 2 if elements else 1)


@pytest.mark.slow
def test_nothing_else_writes_json() -> None:
    found = set()
    for path in sorted((PROJECT / "rpiocr").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"dump", "dumps", "JSONEncoder"}:
                found.add(path.relative_to(PROJECT).as_posix())
    assert found == set(OTHERS)
