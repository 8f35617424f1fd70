"""Both engines together, as a user runs them: what one loses the other makes good, and the result says so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from PIL import Image

from rpiocr.errors import ExitCode
from rpiocr.recognise.rapidocr.engine import DETECTOR, RECOGNISER, is_installed, model_folder
from rpiocr.settings import SPECS
from tests import onnx_files
from tests.program import (
    LOW,
    OTHER_SMALL,
    PROJECT,
    SMALL,
    Outcome,
    Run,
    command,
    fake_tesseract,
    run_in,
    surroundings,
)

pytestmark = pytest.mark.skipif(
    not is_installed(), reason="the second engine is not installed: pip install onnxruntime rapidocr"
)

EASY = ("--accept-risk", str(SPECS["accept_risk"].maximum))
"""Little is read until it is accepted, so that no test takes longer than it needs."""

TESSERACT = "tesseract-psm6/default"
LINES = "rapidocr-lines/plain"
PAGE = "rapidocr-page/plain"

Content = Callable[[bytes], bytes | None]
"""Makes the content of a model's file from the good one, None for no file."""


def lost(line: dict[str, Any]) -> list[str]:
    """What the result says of passes that failed, without the words that say so."""
    return [warning.partition(": ")[2] for warning in line["warnings"] if warning.startswith("pass_failed: ")]


def packages_first(folder: Path) -> dict[str, str]:
    """The environment in which packages of a folder are found before the installed ones."""
    return {"PYTHONPATH": f"{folder}{os.pathsep}{PROJECT}"}


def spoiled(folder: Path, name: str, content: Content) -> dict[str, str]:
    """Make a package rapidocr of which one model is spoiled; returns the environment in which it is used."""
    models = folder / "rapidocr" / "models"
    models.mkdir(parents=True)
    (models.parent / "__init__.py").touch()
    for good in (DETECTOR, RECOGNISER):
        if good != name:
            (models / good).symlink_to(model_folder() / good)
    data = content((model_folder() / name).read_bytes())
    if data is not None:
        (models / name).write_bytes(data)
    return packages_first(folder)


@pytest.fixture
def undatable(tmp_path: Path) -> Path:
    """A receipt without its upper third, where the date stands: no answer is ever accepted."""
    path = tmp_path / "undatable.png"
    with Image.open(SMALL) as picture:
        picture.crop((0, 350, picture.width, picture.height)).save(path)
    return path


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A receipt that both engines read."""
    return run_in(tmp_path_factory.mktemp("home"), "scan", "--mode", "auto", *EASY, SMALL)


# With both engines at work.


def test_a_result_says_which_rungs_were_climbed_and_why_no_more(settled: Outcome) -> None:
    line = settled.only
    assert settled.status == ExitCode.OK
    assert (str(line["amount"]), line["date"]) == ("63.35", "2022-10-02")
    assert line["warnings"] == []
    assert (line["verdict"], line["stop"]) == ("ACCEPT", "settled")
    assert line["rungs"][0]["passes"] == [TESSERACT, LINES]
    assert line["rungs"][-1]["quality"] == line["quality"]


def test_every_field_has_a_verdict_and_alternatives_with_other_values(settled: Outcome) -> None:
    line = settled.only
    for name in ("amount", "date", "merchant"):
        assert line["verdicts"][name] in {"ACCEPT", "RETRY", "ESCALATE"}
        assert line[name] not in [rival["value"] for rival in line["evidence"][name]["rivals"]]
        assert line["evidence"][name]["votes"] <= line["evidence"][name]["passes"]
    assert line["evidence"]["amount"]["rivals"]


def test_a_result_of_both_engines_follows_the_printed_schema(settled: Outcome, run: Run) -> None:
    schema = jsonschema.Draft202012Validator(json.loads(run("schema").stdout))
    answer = json.loads(settled.stdout)
    schema.validate(answer)
    for key in ("rungs", "stop", "verdicts"):
        assert not schema.is_valid(answer | {key: "nonsense"}), f"the schema does not care for {key}"
    answer["evidence"]["amount"]["rivals"] = [{"value": 63.33}]
    assert not schema.is_valid(answer)


def test_both_engines_vote_on_the_total(settled: Outcome) -> None:
    evidence = settled.only["evidence"]["amount"]
    assert 2 <= evidence["votes"] <= evidence["passes"] <= settled.only["passes"]


@pytest.mark.slow
def test_a_fixed_mode_stops_when_its_passes_are_exhausted_and_asks_tesseract_alone(run: Run, undatable: Path) -> None:
    line = run("scan", *LOW, undatable).only
    assert line["stop"] == "exhausted"
    assert [rung["passes"] for rung in line["rungs"]] == [[TESSERACT, "tesseract-psm6/high_contrast"]]
    assert line["verdict"] != "ACCEPT"
    assert line["verdicts"]["date"] is None


# The second engine is lost.


DAMAGE: dict[str, tuple[Content, str]] = {
    "missing": (lambda _: None, "engine_missing: the second engine's model "),
    "empty": (lambda _: b"", "engine_failed: the second engine's model "),
    "text": (lambda _: b"<html>404 not found</html>", "engine_failed: the second engine's model "),
    "random": (lambda _: bytes(np.random.default_rng(1).bytes(50_000)), "engine_failed: the second engine's model "),
    "cut off": (lambda good: good[: len(good) // 2], "engine_failed: the second engine's model "),
    "other shapes": (lambda _: onnx_files.echo(), "engine_failed: the second engine's answer has the shape "),
    "no numbers": (lambda _: onnx_files.no_numbers(), "engine_failed: the second engine's answer is not a number"),
}


@pytest.mark.parametrize(
    ("model", "kind"),
    [*((DETECTOR, kind) for kind in DAMAGE), *((RECOGNISER, kind) for kind in ("missing", "other shapes"))],
    ids=lambda value: str(value).replace(DETECTOR, "detector").replace(RECOGNISER, "recogniser"),
)
@pytest.mark.slow
def test_with_a_damaged_model_tesseract_carries_on_and_the_result_reports_what_was_lost(
    model: str, kind: str, run: Run, tmp_path: Path
) -> None:
    content, said = DAMAGE[kind]
    outcome = run("scan", *EASY, SMALL, **spoiled(tmp_path / "packages", model, content))
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "63.35")
    failed = lost(outcome.only)
    assert failed
    assert failed[0].startswith(f"{LINES}: {said}")
    assert all(one.startswith("rapidocr-") for one in failed)
    if said.endswith("model "):
        assert str(tmp_path / "packages" / "rapidocr" / "models" / model) in failed[0]
        assert "see rpiocr doctor" in failed[0]
    assert outcome.only["evidence"]["amount"]["passes"] <= outcome.only["passes"] - len(failed)
    assert outcome.stderr == ""


@pytest.mark.slow
def test_a_folder_of_models_that_may_not_be_read_is_as_good_as_none(home: Path, tmp_path: Path) -> None:
    environment = spoiled(tmp_path / "packages", DETECTOR, lambda good: good)
    models = tmp_path / "packages" / "rapidocr" / "models"
    models.chmod(0)
    try:
        done = subprocess.run(
            command("scan", *EASY, SMALL),
            env=surroundings(home, **environment),
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        models.chmod(0o755)
    line = json.loads(done.stdout)
    assert line["amount"] == 63.35
    (failed,) = lost(line)
    assert failed.startswith(
        f"{LINES}: engine_missing: the second engine's model {models / DETECTOR} is missing or not"
    )


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise ImportError('libgomp.so.1 is not there')", "libgomp.so.1 is not there"),
        ("", "has no attribute"),
    ],
    ids=["a library is missing", "is empty"],
)
@pytest.mark.slow
def test_an_onnx_runtime_that_does_not_run_here_costs_the_second_engine_only(
    module: str, said: str, run: Run, tmp_path: Path
) -> None:
    package = tmp_path / "packages" / "onnxruntime"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(module, "utf-8")
    outcome = run("scan", *EASY, SMALL, **packages_first(package.parent))
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "63.35")
    (failed,) = lost(outcome.only)
    assert failed.startswith(f"{LINES}: engine_failed: ")
    assert said in failed


@pytest.mark.slow
def test_a_detector_that_takes_paper_for_text_does_not_cost_the_answer(run: Run, tmp_path: Path) -> None:
    environment = spoiled(tmp_path / "packages", DETECTOR, lambda _: onnx_files.brightness())
    outcome = run("scan", *EASY, SMALL, **environment)
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "63.35")


@pytest.mark.slow
def test_a_damaged_second_engine_that_is_switched_off_is_not_even_loaded(run: Run, tmp_path: Path) -> None:
    environment = spoiled(tmp_path / "packages", DETECTOR, lambda _: None)
    package = tmp_path / "packages" / "onnxruntime"
    package.mkdir()
    (package / "__init__.py").write_text("import os; os._exit(77)", "utf-8")
    outcome = run("scan", "--engine", "tesseract", *EASY, SMALL, **environment)
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "63.35")
    assert lost(outcome.only) == []
    assert {name for rung in outcome.only["rungs"] for name in rung["passes"] if "rapidocr" in name} == set()


@pytest.mark.slow
def test_a_second_engine_that_hangs_is_ended_at_the_limit_of_a_pass(run: Run, tmp_path: Path) -> None:
    environment = spoiled(tmp_path / "packages", DETECTOR, lambda _: onnx_files.endless())
    outcome = run("scan", *EASY, "--pass-timeout", "4", SMALL, **environment)
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "63.35")
    assert lost(outcome.only) == [f"{LINES}: engine_timeout: the second engine was ended at its time limit"]
    assert outcome.stderr == ""


@pytest.mark.slow
def test_ctrl_c_ends_a_second_engine_that_hangs(home: Path, tmp_path: Path) -> None:
    environment = spoiled(tmp_path / "packages", DETECTOR, lambda _: onnx_files.endless())
    log = home / "log"
    environment["PATH"] = fake_tesseract(home / "bin", f'echo "$2" >> "{log}"')
    limits = {"RPIOCR_PASS_TIMEOUT": "3600", "RPIOCR_RECEIPT_TIMEOUT": "86400"}
    with subprocess.Popen(
        command("scan", SMALL), env=surroundings(home, **environment, **limits), stderr=subprocess.PIPE
    ) as process:
        try:
            while not log.exists():
                assert process.poll() is None, "the run ended before any picture was read"
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            _, noise = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, noise.strip()) == (ExitCode.INTERRUPTED, b"rpiocr: interrupted")
    assert not Path(log.read_text("utf-8").splitlines()[0]).parent.exists()


# Tesseract is lost.


ELSEWHERE = "".join(
    f"5\\t1\\t1\\t1\\t{number}\\t1\\t90000\\t{90000 + 40 * number}\\t80\\t30\\t96\\tTOTAL\\n" for number in range(1, 6)
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("echo no room >&2; exit 1", "engine_failed: tesseract ended with status 1: no room"),
        ("kill -SEGV $$", "engine_failed: tesseract ended with status -11"),
        (
            f"printf '{ELSEWHERE}' > \"$2.tsv\"; exit 0",
            "engine_failed: the answer makes no sense: of 5 words only 0 are inside the image",
        ),
    ],
    ids=["fails", "crashes", "writes nonsense boxes"],
)
def test_where_tesseract_fails_the_second_engine_reads_the_whole_page(
    body: str, said: str, run: Run, home: Path
) -> None:
    outcome = run("scan", *EASY, SMALL, PATH=fake_tesseract(home / "bin", body))
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "63.35")
    assert outcome.only["date"] == "2022-10-02"
    assert outcome.only["rungs"][0]["passes"] == [TESSERACT, PAGE]
    failed = lost(outcome.only)
    assert failed[0].startswith(f"{TESSERACT}: {said}")
    assert all(one.startswith("tesseract-") for one in failed)


@pytest.mark.slow
def test_where_tesseract_hangs_the_second_engine_reads_the_whole_page(run: Run, home: Path) -> None:
    path = fake_tesseract(home / "bin", 'mkfifo "$2.fifo"; read line < "$2.fifo"')
    outcome = run("scan", *EASY, "--pass-timeout", "4", "--deadline", "9", SMALL, PATH=path)
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "63.35")
    assert lost(outcome.only)[0] == f"{TESSERACT}: engine_timeout: tesseract was ended after 4.0 s"


# Both are lost.


@pytest.mark.slow
def test_where_both_engines_are_lost_the_error_says_so_and_the_status_tells(
    run: Run, home: Path, tmp_path: Path
) -> None:
    environment = spoiled(tmp_path / "packages", DETECTOR, lambda _: None)
    environment["PATH"] = fake_tesseract(home / "bin", "echo no room >&2; exit 1")
    outcome = run("scan", SMALL, OTHER_SMALL, **environment)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    for file in (SMALL, OTHER_SMALL):
        error = outcome.of(file)["error"]
        assert error["code"] == "engine_failed"
        assert error["message"].startswith(f"{file}: every pass failed, the first with: engine_failed: tesseract ended")
        assert "no room" in error["message"]


# Deadlines.


def test_a_deadline_that_leaves_no_time_is_said_with_what_to_change(run: Run) -> None:
    outcome = run("scan", "--deadline", "0.001", SMALL, OTHER_SMALL)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    for file in (SMALL, OTHER_SMALL):
        assert outcome.of(file)["error"]["code"] == "timed_out"
        assert "--deadline" in outcome.of(file)["error"]["message"]


@pytest.mark.slow
def test_at_the_deadline_the_answer_so_far_is_given_and_stop_says_so(run: Run, home: Path, undatable: Path) -> None:
    """The first rung is read; of the second, some passes would never end."""
    path = fake_tesseract(home / "bin", 'mkfifo "$2.fifo"; read line < "$2.fifo"', when="--psm 4 ")
    outcome = run("scan", "--engine", "tesseract", "--mode", "low", "--deadline", "16", undatable, PATH=path)
    line = outcome.only
    assert (outcome.status, str(line["amount"])) == (ExitCode.OK, "63.35")
    assert line["stop"] == "deadline"
    assert [rung["name"] for rung in line["rungs"]] == ["passes", "retry 1"]
    failed = lost(line)
    assert len(failed) == 3
    assert all(one.startswith("tesseract-psm4/") and "engine_timeout: " in one for one in failed)


@pytest.mark.slow
def test_a_recogniser_that_hangs_costs_the_time_until_the_deadline_and_not_the_answer(
    run: Run, tmp_path: Path, undatable: Path
) -> None:
    environment = spoiled(tmp_path / "packages", RECOGNISER, lambda _: onnx_files.endless())
    outcome = run("scan", "--workers", "1", "--deadline", "14", undatable, **environment)
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "63.35")
    assert outcome.only["stop"] == "deadline"
    assert lost(outcome.only) == [f"{LINES}: engine_timeout: the second engine was ended at its time limit"]


# Without the extra.


@pytest.mark.slow
def test_without_the_packages_of_the_second_engine_tesseract_reads_alone_and_nothing_is_lost(
    home: Path, tmp_path: Path
) -> None:
    packages = tmp_path / "packages"
    packages.mkdir()
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for path in Path(place).iterdir():
            if path.suffix != ".pth" and not path.name.startswith(("onnxruntime", "rapidocr")):
                (packages / path.name).symlink_to(path)
    done = subprocess.run(
        command("scan", *EASY, SMALL, python=("-S",)),
        env=surroundings(home, **packages_first(packages)),
        capture_output=True,
        text=True,
        check=True,
    )
    line = json.loads(done.stdout)
    assert line["amount"] == 63.35
    assert line["rungs"][0]["passes"] == [TESSERACT]
    assert lost(line) == []
