"""Receipts are read off photos: askew, several at once, on their side; what is none is never surely one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pytest

from rpiocr.recognise.rapidocr.engine import is_installed
from tests.preprocess.sheets import lay
from tests.program import OTHER_SMALL, SAMPLE, SMALL, Run

pytestmark = pytest.mark.skipif(
    not is_installed(), reason="photos are read with the second engine: pip install onnxruntime rapidocr"
)


def grey(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return picture


def bed(height: int, width: int) -> np.ndarray:
    """Something to lie on, with grain."""
    noise = np.random.default_rng(5).normal(95.0, 5.0, (height, width))
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 1.5), 0, 255).astype(np.uint8)


def corners(sheet: np.ndarray, middle: tuple[float, float], angle_deg: float, oblique: float = 0.0) -> np.ndarray:
    """Where a sheet's corners lie, turned clockwise about its middle; ``oblique`` narrows its top, as a share."""
    height, width = sheet.shape
    flat = np.array(
        [[-width / 2, -height / 2], [width / 2, -height / 2], [width / 2, height / 2], [-width / 2, height / 2]]
    )
    flat[:2, 0] *= 1.0 - oblique
    turn = np.radians(angle_deg)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(flat @ rotation.T + np.array(middle))


@pytest.mark.parametrize(("angle", "oblique"), [(0.0, 0.08), (37.0, 0.0), (96.0, 0.05), (195.0, 0.0)])
@pytest.mark.slow
def test_a_receipt_on_a_table_is_read_however_it_lies(angle: float, oblique: float, run: Run, tmp_path: Path) -> None:
    sheet = grey(SAMPLE)
    there = corners(sheet, (1050.0, 1050.0), angle, oblique)
    cv2.imwrite(str(tmp_path / "photo.png"), lay(bed(2100, 2100), there, sheet))
    answer = run("scan", tmp_path / "photo.png").only
    assert (answer["amount"], answer["date"], answer["part"]) == (Decimal("32.20"), "2016-11-17", 1)
    outline = there.astype(np.float32)
    for name in ("amount", "date", "merchant"):
        left, top, width, height = answer["evidence"][name]["box"]
        middle = (left + width / 2, top + height / 2)
        assert cv2.pointPolygonTest(outline, middle, measureDist=False) > 0, name


@pytest.mark.slow
def test_receipts_side_by_side_are_results_of_their_own_with_boxes_where_they_lie(run: Run, tmp_path: Path) -> None:
    first, second = grey(SMALL), grey(OTHER_SMALL)
    picture = lay(bed(2000, 1800), corners(first, (450.0, 1000.0), 4.0), first)
    cv2.imwrite(str(tmp_path / "two.png"), lay(picture, corners(second, (1300.0, 1000.0), -3.0), second))
    answers = run("scan", tmp_path / "two.png").lines
    alone = [run("scan", path).only for path in (SMALL, OTHER_SMALL)]
    assert [answer["part"] for answer in answers] == [1, 2]
    for answer, one in zip(answers, alone, strict=True):
        assert (answer["amount"], answer["date"]) == (one["amount"], one["date"])
    assert answers[0]["evidence"]["amount"]["box"][0] < 900 < answers[1]["evidence"]["amount"]["box"][0]


@pytest.mark.slow
def test_two_receipts_on_white_whose_outlines_do_not_show_are_never_accepted_as_one(run: Run, tmp_path: Path) -> None:
    first, second = grey(SMALL), grey(OTHER_SMALL)
    height = max(first.shape[0], second.shape[0])
    white = [np.pad(one, ((0, height - one.shape[0]), (0, 0)), constant_values=250) for one in (first, second)]
    cv2.imwrite(str(tmp_path / "scan.png"), np.hstack([np.maximum(one, 0) for one in white]))
    answers = run("scan", tmp_path / "scan.png").lines
    assert len(answers) == 2 or all(answer["verdict"] != "ACCEPT" for answer in answers)


@pytest.mark.slow
def test_a_picture_of_a_wall_is_never_accepted_and_what_is_missing_is_said(run: Run, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), bed(600, 450))
    line = run("scan", tmp_path / "wall.png").only
    if "error" in line:
        assert line["error"]["code"] == "no_text"
    else:
        assert line["verdict"] != "ACCEPT"
        assert any(warning.startswith("retake_no_receipt: ") for warning in line["warnings"])


@pytest.mark.slow
def test_what_would_help_is_said_where_the_answer_is_not_sure_and_only_there(run: Run, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "blurred.png"), cv2.GaussianBlur(grey(SMALL), (0, 0), 4.5))
    lines = run("scan", tmp_path / "blurred.png", SMALL)
    advice = [warning for warning in lines.of(SMALL)["warnings"] if warning.startswith("retake_")]
    assert lines.of(SMALL)["verdict"] == "ACCEPT"
    assert not advice
    blurred = lines.of(tmp_path / "blurred.png")
    if "error" not in blurred:
        assert blurred["verdict"] != "ACCEPT"
        assert any(warning.startswith("retake_") for warning in blurred["warnings"])
