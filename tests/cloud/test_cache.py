"""Paid answers are kept, privately, and a damaged file costs one more call but never a crash."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from rpiocr.cloud.cache import AnswerCache, answer_key
from rpiocr.cloud.engine import VISION
from rpiocr.errors import CloudLedgerError
from rpiocr.model import Box, CropId, Line, Word

from .conftest import make_page

LINES = (
    Line((Word("Größe", Box(1.25, 2, 30, 12), 0.5), Word("9,99", Box(40, 2, 60, 12), 1.0))),
    Line((Word("€", Box(0, 20, 5, 30), 0.0),)),
)


def test_an_answer_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path, VISION.question)
    cache.put("key", LINES, 100, 50)
    assert cache.get("key", 100, 50) == LINES


def test_boxes_follow_a_page_that_is_loaded_at_another_size(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path, VISION.question)
    cache.put("key", LINES, 100, 50)
    again = cache.get("key", 200, 150)
    assert again is not None
    assert again[0].words[0].box == Box(2.5, 6, 60, 36)


def test_a_blank_page_is_an_answer_too(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path, VISION.question)
    cache.put("key", (), 100, 50)
    assert cache.get("key", 100, 50) == ()


def test_pages_of_one_file_and_different_files_have_different_keys() -> None:
    keys = {
        answer_key(page, question)
        for page in (
            make_page("a", number=1),
            make_page("a", number=2),
            make_page("b", number=1),
            replace(make_page("a", number=1), crop=CROP),
            replace(make_page("a", number=1), crop=CropId((*CROP.points[:-1], 99.0))),
        )
        for question in (VISION.question, "other-cloud/text/1")
    }
    assert len(keys) == 10


KEY_OF_PAGE = "39b64d92819b706a04e5db76cdd96d6e4029ccacc3f13b2cef64fc312cdb430d"
KEY_OF_CROP = "a4fa721d38be6a342ec9bcca6395866947b2f36a7abbe1c080eb9dd049d56b1a"
"""As the first version wrote them."""

CROP = CropId((0.0, 0.0, 12.5, 400.25, 123456.0, -7.0))


def test_answers_that_were_paid_for_are_found_under_the_names_that_they_have_had_from_the_start() -> None:
    page = replace(make_page("a"), sha256="ab" * 32)
    assert answer_key(page, VISION.question) == KEY_OF_PAGE
    assert answer_key(replace(page, crop=CROP), VISION.question) == KEY_OF_CROP


HEAD = '{"format": 1, "engine": "google-vision/document_text_detection/1", "size": [100, 50], "lines": '


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\xff\xfe\x00",
        b"{}",
        b"[]",
        b"[" * 100_000,
        HEAD.encode(),
        f'{HEAD}[[["a", 1, 2]]]}}'.encode(),
        f'{HEAD}[[["a", 1, 2, 3, NaN, 1]]]}}'.encode(),
        f"{HEAD}[[[1, 1, 2, 3, 4, 1]]]}}".encode(),
        f"{HEAD}7}}".encode(),
        f"{HEAD}[]}}".replace("[100, 50]", "[0, 0]").encode(),
        f"{HEAD}[]}}".replace('"format": 1', '"format": 2').encode(),
    ],
)
def test_a_damaged_file_counts_as_no_answer_and_is_written_anew(tmp_path: Path, damaged: bytes) -> None:
    cache = AnswerCache(tmp_path, VISION.question)
    (tmp_path / "key.json").write_bytes(damaged)
    assert cache.get("key", 100, 50) is None
    cache.put("key", LINES, 100, 50)
    assert cache.get("key", 100, 50) == LINES


def test_an_undamaged_file_of_the_same_form_is_an_answer(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(f'{HEAD}[[["a", 1, 2, 3, 4, 1]]]}}')
    assert AnswerCache(tmp_path, VISION.question).get("key", 100, 50) == (Line((Word("a", Box(1, 2, 3, 4), 1),)),)


def test_only_the_owner_can_read_answers(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "answers", VISION.question)
    cache.require_writable()
    cache.put("key", LINES, 100, 50)
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert (cache.folder / "key.json").stat().st_mode & 0o777 == 0o600


def test_only_the_newest_answers_and_no_scratch_files_are_kept(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path, VISION.question, kept=3)
    (tmp_path / "killed.tmp").touch()
    os.utime(tmp_path / "killed.tmp", (0, 0))
    for age, key in enumerate(["a", "b", "c", "d", "e"]):
        cache.put(key, LINES, 100, 50)
        os.utime(tmp_path / f"{key}.json", (age + 1, age + 1))
    cache.put("f", LINES, 100, 50)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.json", "e.json", "f.json"]


def test_a_place_that_cannot_be_written_is_noticed_before_an_answer_is_paid_for() -> None:
    with pytest.raises(CloudLedgerError, match="No cloud call was made"):
        AnswerCache(Path("/proc/rpiocr"), VISION.question).require_writable()
