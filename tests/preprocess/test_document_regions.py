"""Claims about the outlines of receipts on photos."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from rpiocr.preprocess.document_regions import RegionDetection, find_document_regions
from rpiocr.preprocess.groups import to_the_right
from rpiocr.preprocess.quads import share_inside
from tests.preprocess.drawing import PAPER, draw_page
from tests.preprocess.sheets import ASKEW, SHAPE, UPRIGHT, Corners, chequered, lay, off_by, receipt, table

RIGHT = 0.02
"""Of the diagonal: how far a corner of an outline that is sure may be off."""


def wrong(found: RegionDetection, *truths: Corners) -> list[Corners]:
    """The detected outlines that do not match any document."""
    return [
        region.corners for region in found.regions if all(off_by(region.corners, truth) > RIGHT for truth in truths)
    ]


@pytest.mark.parametrize("corners", [UPRIGHT, ASKEW])
@pytest.mark.parametrize("level", [40, 120, 170])
def test_all_corners_of_a_receipt_on_a_table_are_found(corners: Corners, level: int) -> None:
    found = find_document_regions(lay(table(level), corners))
    assert len(found.regions) == 1
    assert off_by(found.regions[0].corners, corners) < RIGHT


@pytest.mark.parametrize("side", [30, 45, 60, 75])
def test_a_receipt_on_a_chequered_cloth_is_found_between_the_squares(side: int) -> None:
    found = find_document_regions(lay(chequered(side), ASKEW))
    assert [off_by(region.corners, ASKEW) < RIGHT for region in found.regions] == [True]


def test_squares_of_a_cloth_as_large_as_slips_of_paper_leave_a_candidate() -> None:
    found = find_document_regions(lay(chequered(90), ASKEW))
    assert found.regions == ()
    assert off_by(found.candidates[0], ASKEW) < RIGHT


def test_white_paper_on_a_white_table_is_found_by_the_grain_of_the_table() -> None:
    found = find_document_regions(lay(table(PAPER, grain=2.0), ASKEW))
    assert [off_by(region.corners, ASKEW) < RIGHT for region in found.regions] == [True]


def test_grey_paper_on_a_lighter_table_is_found() -> None:
    grey = (receipt() * 0.7).astype(np.uint8)
    found = find_document_regions(lay(table(235, grain=2.0), UPRIGHT, grey))
    assert [off_by(region.corners, UPRIGHT) < RIGHT for region in found.regions] == [True]


def test_a_shadow_over_half_of_the_receipt_is_not_taken_for_its_edge() -> None:
    image = lay(table(90), ASKEW).astype(np.float32)
    shade = np.ones(SHAPE, np.float32)
    cv2.fillPoly(shade, [np.array([[0, 1600], [0, 900], [1200, 500], [1200, 1600]], np.int32)], 0.6)
    found = find_document_regions((image * cv2.GaussianBlur(shade, (0, 0), 12)).astype(np.uint8))
    assert not wrong(found, ASKEW)


def test_a_finger_over_the_edge_does_not_bend_the_outline() -> None:
    image = lay(table(60), UPRIGHT)
    cv2.ellipse(image, (290, 760), (110, 45), 0, 0, 360, 130, -1)
    found = find_document_regions(image)
    assert [off_by(region.corners, UPRIGHT) < RIGHT for region in found.regions] == [True]


def test_a_fold_across_the_paper_does_not_halve_it() -> None:
    sheet = receipt().astype(np.float32)
    sheet[800:] *= 0.9
    found = find_document_regions(lay(table(90), ASKEW, sheet.astype(np.uint8)))
    assert [off_by(region.corners, ASKEW) < RIGHT for region in found.regions] == [True]


def test_a_receipt_upside_down_or_sideways_is_found_as_well() -> None:
    image = lay(table(90), ASKEW)
    turned = np.ascontiguousarray(np.rot90(image, -1))
    corners = np.column_stack([SHAPE[0] - ASKEW[:, 1], ASKEW[:, 0]])
    found = find_document_regions(turned)
    assert [off_by(region.corners, corners) < RIGHT for region in found.regions] == [True]


def test_the_first_side_is_parallel_to_the_lines() -> None:
    region = find_document_regions(lay(table(90), ASKEW)).regions[0]
    step = region.corners[1] - region.corners[0]
    along = np.degrees(np.arctan2(*(ASKEW[1] - ASKEW[0])[::-1]))
    assert abs(np.degrees(np.arctan2(step[1], step[0])) - along) < 5.0


def test_the_visible_sides_of_a_receipt_that_is_cut_off_are_right() -> None:
    corners = UPRIGHT + np.array([0.0, 420.0])
    found = find_document_regions(lay(table(60), corners))
    assert len(found.regions) == 1
    left_out = found.regions[0].corners[:, 1] > SHAPE[0] - 60
    assert left_out.sum() == 2
    top = found.regions[0].corners[~left_out]
    assert all(np.hypot(*(top - corner).T).min() < RIGHT * np.hypot(*SHAPE) for corner in corners[:2])


def test_two_receipts_on_a_table_are_both_found() -> None:
    left = np.array([[90.0, 200.0], [530.0, 180.0], [550.0, 1150.0], [70.0, 1160.0]])
    right = np.array([[660.0, 260.0], [1110.0, 300.0], [1060.0, 1290.0], [610.0, 1250.0]])
    found = find_document_regions(lay(lay(table(70), left), right))
    assert len(found.regions) == 2
    assert not wrong(found, left, right)
    assert not found.crowded


def test_a_flat_scan_has_no_outline() -> None:
    assert find_document_regions(receipt()).regions == ()


def test_the_sample_receipt_keeps_all_of_its_print() -> None:
    image = cv2.imread(str(Path(__file__).parents[1] / "fixtures" / "sample.jpg"), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    pixels = image.astype(np.uint8)
    rows, columns = np.nonzero(pixels < 100)
    ink = np.array([[columns.min(), rows.min()], [columns.max(), rows.max()]])
    for region in find_document_regions(pixels).regions:
        low, high = region.corners.min(axis=0), region.corners.max(axis=0)
        assert (low <= ink[0] + 20).all()
        assert (high >= ink[1] - 20).all()


def test_a_picture_without_print_has_no_region() -> None:
    found = find_document_regions(chequered())
    assert found.regions == ()
    assert not found.crowded


def test_a_page_that_is_all_white_has_no_direction() -> None:
    found = find_document_regions(np.full((600, 400), 250, np.uint8))
    assert (found.regions, found.direction_deg, found.direction_share) == ((), 0.0, 0.0)


def test_one_receipt_is_not_crowded() -> None:
    assert not find_document_regions(draw_page().page.pixels).crowded
    assert not find_document_regions(lay(table(90), ASKEW)).crowded


def test_overlapping_documents_are_crowded_or_right() -> None:
    """If two documents overlap so that no outline is certain, the page has to be reported as crowded."""
    one = np.array([[100.0, 80.0], [700.0, 60.0], [720.0, 1500.0], [90.0, 1520.0]])
    other = np.array([[1180.0, 700.0], [1150.0, 1180.0], [420.0, 1130.0], [450.0, 640.0]])
    found = find_document_regions(lay(lay(table(200, grain=2.0), one), other))
    assert found.crowded or (found.regions and not wrong(found, one, other))


@pytest.mark.parametrize(("angle", "expected"), [(0.0, 0.0), (89.0, 89.0), (91.0, -89.0), (179.0, -1.0)])
def test_lines_run_to_the_right(angle: float, expected: float) -> None:
    assert to_the_right(angle) == pytest.approx(expected)


def test_without_a_certain_outline_the_box_around_the_print_is_a_candidate() -> None:
    found = find_document_regions(lay(chequered(120), ASKEW))
    assert not found.regions
    assert any(share_inside(inner_points(ASKEW), quad) == 1.0 for quad in found.candidates)


def inner_points(corners: Corners) -> Corners:
    """Points well inside of a document."""
    inner: Corners = 0.5 * (corners + corners.mean(axis=0))
    return inner


def test_a_pen_stroke_between_columns_does_not_split_a_document() -> None:
    sheet = receipt().copy()
    cv2.ellipse(sheet, (430, 700), (90, 40), 10, 0, 360, 40, 5)
    assert not find_document_regions(sheet).crowded
