"""ONNX Runtime sends nothing, whatever imports it first. Programs in which it may are cut off from every network."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from rpiocr.recognise.rapidocr.engine import is_installed
from tests.program import PATIENCE, PROJECT, SMALL
from tests.recorded import path_with_answers
from tests.tracing import Deeds, namespace, trace

pytestmark = [
    pytest.mark.skipif(not is_installed(), reason="ONNX Runtime is not installed: pip install onnxruntime rapidocr"),
    pytest.mark.skipif(isinstance(namespace(), str), reason=str(namespace())),
]

TELEMETRY = Path(".cache", "Microsoft", "DeveloperTools", ".onnxruntime", "onnxruntime.db")

READ = "print(rpiocr.read_receipt(sys.argv[1]).fields.amount.chosen.value)"

MANY_MODELS = """
from tests.onnx_files import brightness
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
for _ in range(1000):
    onnxruntime.InferenceSession(brightness(), options, providers=["CPUExecutionProvider"])
"""
"""One model in a hundred is reported: the probability that none of these is, is 1 in 20,000."""


def run(folder: Path, *lines: str, **variables: str) -> Deeds:
    """Run Python without the variables of the tester, some of which switch telemetry off."""
    own = {"PATH": path_with_answers(), "HOME": str(folder), "TMPDIR": str(folder), "PYTHONPATH": str(PROJECT)}
    deeds = trace([sys.executable, "-c", "\n".join(("import sys", *lines)), SMALL], own | PATIENCE | variables, folder)
    assert deeds.status == 0, deeds.stderr
    return deeds


def recorded(folder: Path) -> list[bytes]:
    """Return what ONNX Runtime has put down to be sent."""
    if not (folder / TELEMETRY).exists():
        pytest.skip("this ONNX Runtime has no telemetry")
    connection = sqlite3.connect(folder / TELEMETRY)
    try:
        return [payload for (payload,) in connection.execute("SELECT payload FROM events")]
    finally:
        connection.close()


@pytest.mark.slow
def test_models_would_be_reported(tmp_path: Path) -> None:
    run(tmp_path, "import onnxruntime", MANY_MODELS)
    assert any(b"SessionCreation" in message for message in recorded(tmp_path))


@pytest.mark.slow
def test_a_program_that_has_loaded_it_before_reports_none_of_our_models_and_is_warned(tmp_path: Path) -> None:
    deeds = run(tmp_path, "import onnxruntime", "import rpiocr", READ, READ, MANY_MODELS)
    assert deeds.stdout == "63.35\n63.35\n"
    assert [message for message in recorded(tmp_path) if b"ProcessInfo" not in message] == []
    assert deeds.stderr.count("onnxruntime was imported before rpiocr") == 1
    assert "ORT_DISABLE_TELEMETRY=1" in deeds.stderr


@pytest.mark.parametrize(
    ("lines", "variables"),
    [
        (("import rpiocr", "import onnxruntime"), {}),
        (("import rpiocr", "import onnxruntime"), {"ORT_DISABLE_TELEMETRY": "0"}),
        (("import onnxruntime", "import rpiocr"), {"ORT_DISABLE_TELEMETRY": "1"}),
    ],
    ids=["rpiocr first", "against the tester's wish", "switched off before"],
)
def test_where_it_is_switched_off_in_time_nothing_is_recorded_or_reported(
    tmp_path: Path, lines: tuple[str, ...], variables: dict[str, str]
) -> None:
    deeds = run(tmp_path, *lines, "from rpiocr.system.quiet import import_onnxruntime as load; load()", **variables)
    assert (deeds.foreign, deeds.stderr) == ((), "")
    assert {path.name for path in tmp_path.iterdir()} == {"calls"}
