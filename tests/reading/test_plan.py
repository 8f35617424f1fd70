"""How much each mode plans to read."""

from __future__ import annotations

import pytest

from rpiocr import Settings
from rpiocr.reading.plan import FIRST, LineChoice, plan


@pytest.mark.parametrize(("mode", "passes"), [("low", 2), ("medium", 6), ("high", 15)])
@pytest.mark.parametrize("second_engine", [True, False])
def test_the_first_stage_of_a_fixed_mode_is_its_passes_of_tesseract(
    mode: str, passes: int, *, second_engine: bool
) -> None:
    stage, *_ = plan(Settings(mode=mode), second_engine=second_engine).stages
    assert len(stage.tesseract) == passes
    assert stage.second is None


@pytest.mark.parametrize("mode", ["low", "medium", "high"])
@pytest.mark.parametrize("retries", [0, 1, 2])
def test_a_fixed_mode_has_as_many_stages_more_as_it_has_retries(mode: str, retries: int) -> None:
    assert len(plan(Settings(mode=mode, retries=retries), second_engine=True).stages) == 1 + retries


def test_with_both_engines_auto_reads_the_lines_that_matter_before_the_page_and_the_page_before_more_passes() -> None:
    stages = plan(Settings(), second_engine=True).stages
    assert (stages[0].tesseract, stages[0].second) == (FIRST, LineChoice.RELEVANT)
    (page,) = (number for number, stage in enumerate(stages) if stage.second is LineChoice.ALL)
    assert not any(stage.tesseract for stage in stages[1:page])
    assert all(stage.tesseract and not stage.second for stage in stages[page + 1 :])


def test_without_the_second_engine_auto_never_asks_for_it() -> None:
    stages = plan(Settings(), second_engine=False).stages
    assert stages[0].tesseract == FIRST
    assert {stage.second for stage in stages} == {None}


@pytest.mark.parametrize("second_engine", [True, False])
def test_auto_ends_with_all_fifteen_passes(*, second_engine: bool) -> None:
    planned = {one for stage in plan(Settings(), second_engine=second_engine).stages for one in stage.tesseract}
    (high, *_) = plan(Settings(mode="high"), second_engine=second_engine).stages
    assert planned >= set(high.tesseract)


@pytest.mark.parametrize("mode", ["auto", "low", "medium", "high"])
@pytest.mark.parametrize("second_engine", [True, False])
def test_no_pass_is_run_twice_by_the_stages_of_a_mode(mode: str, *, second_engine: bool) -> None:
    passes = [one for stage in plan(Settings(mode=mode), second_engine=second_engine).stages for one in stage.tesseract]
    assert len(set(passes)) == len(passes)


@pytest.mark.parametrize("mode", ["auto", "low", "high"])
@pytest.mark.parametrize("second_engine", [True, False])
def test_what_was_chosen_by_hand_is_run_in_one_stage_and_nothing_else(mode: str, *, second_engine: bool) -> None:
    chosen = Settings(mode=mode, variant=("sharpen", "denoise"), psm=("11", "3"))
    (stage,) = plan(chosen, second_engine=second_engine).stages
    assert sorted(stage.tesseract) == [("denoise", 3), ("denoise", 11), ("sharpen", 3), ("sharpen", 11)]
    assert stage.second is None


def test_variants_chosen_by_hand_are_run_with_the_segmentation_modes_of_the_mode_and_the_other_way_round() -> None:
    (by_variant,) = plan(Settings(mode="medium", variant=("denoise",)), second_engine=False).stages
    assert sorted(by_variant.tesseract) == [("denoise", 4), ("denoise", 6)]
    (by_psm,) = plan(Settings(mode="low", psm=("11",)), second_engine=False).stages
    assert sorted(by_psm.tesseract) == [("default", 11), ("high_contrast", 11)]
