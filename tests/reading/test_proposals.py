"""Which models and which crop are proposed after a page was read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rpiocr import Settings
from rpiocr.decide.confidence import Judge
from rpiocr.extract import Hints
from rpiocr.load import load_pages
from rpiocr.model import Page, Pass, Stop, Verdict
from rpiocr.preprocess import Preparer
from rpiocr.preprocess.crops import Crop, whole_page
from rpiocr.reading.crop_reader import CropReader, Interpreter
from rpiocr.reading.evidence import Engines, PageEvidence
from rpiocr.reading.model_choice import Models
from rpiocr.reading.plan import plan
from rpiocr.reading.proposals import Proposals, ReadContext
from rpiocr.reading.search import Attempt, Hypothesis
from rpiocr.reading.stages import StagesResult
from rpiocr.recognise.passes import Limits, PassRunner
from rpiocr.recognise.rapidocr.engine import is_installed
from rpiocr.recognise.tesseract_models import Script, installed_languages
from tests.program import SMALL
from tests.written import languages, read_as

BLANK = whole_page(Page(np.full((300, 200), 250, np.uint8), "page.png", 1, "ab"))

GERMAN = """
Bäckerei Schmidt
Datum 20.03.2024
Brötchen 2,40
Summe 2,40
Gegeben Bar 5,00
Rückgeld 2,60
Vielen Dank für Ihren Einkauf
"""

FINNISH = """
Ruokakauppa
Päivämäärä 20.03.2024
Leipä 2,40
Yhteensä 2,40
Käteinen 5,00
Takaisin 2,60
Kiitos käynnistä, tervetuloa uudelleen
"""

ENGLISH = """
CORNER SHOP
Date 2024-03-20
Bread 2.40
Total 2.40
Cash 5.00
Change 2.60
Thank you for shopping
"""


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ReadContext]:
    """What a page is read with."""
    with PassRunner(Limits(60, 300, 1)) as runner:
        yield ReadContext(runner, tmp_path, 1)


def proposals(
    context: ReadContext, settings: Settings | None = None, page: Crop = BLANK, *, both: bool = False
) -> Proposals:
    planned = plan(settings or Settings(lang="auto"), second_engine=both)
    return Proposals(planned, languages(), context, page, lambda crop: Preparer(crop.page))


def attempt(
    context: ReadContext, *passes: Pass, models: Models, crop: Crop = BLANK, stop: Stop | None = None
) -> Attempt[CropReader]:
    """An attempt that read these passes."""
    evidence = PageEvidence(context.runner, Preparer(crop.page), Engines(models.codes, context.scratch, 1), languages())
    evidence.passes = passes
    interpreter = Interpreter(languages(), Hints(dt.date(2024, 3, 21)), Judge(0.005))
    reader = CropReader(crop, evidence, interpreter, context.runner)
    understanding = reader.interpret(passes) if passes else None
    return Attempt(Hypothesis(crop, models), reader, StagesResult(understanding, (), stop or Stop.EXHAUSTED))


def read(text: str) -> Pass:
    return read_as(text, confidence=0.95)


BASE = Models("eng")


def test_words_of_a_language_propose_its_model(context: ReadContext) -> None:
    if "deu" not in installed_languages():
        pytest.skip("MODELS ARE MISSING: sudo apt install tesseract-ocr-deu")
    (found,) = proposals(context).language(attempt(context, read(GERMAN), models=BASE))
    assert (found.crop, found.models) == (BLANK, Models("deu"))


def test_a_model_that_is_in_use_is_not_proposed(context: ReadContext) -> None:
    found = proposals(context).language(attempt(context, read(GERMAN), models=Models("deu")))
    assert list(found) == []


def test_a_language_whose_model_is_missing_proposes_the_same_hypothesis_with_its_package(context: ReadContext) -> None:
    if "fin" in installed_languages():
        pytest.skip("a model is installed that this test has to miss")
    before = attempt(context, read(FINNISH), models=BASE)
    (found,) = proposals(context).language(before)
    assert found.models.missing_package == "tesseract-ocr-fin"
    assert found.reads_as(before.hypothesis)


@pytest.mark.parametrize("text", [GERMAN, FINNISH])
def test_latin_script_with_an_accepted_result_proposes_nothing(context: ReadContext, text: str) -> None:
    accepted = attempt(context, read(text), models=BASE, stop=Stop.SETTLED)
    assert list(proposals(context).language(accepted)) == []


def test_a_page_in_the_language_of_its_model_proposes_nothing(context: ReadContext) -> None:
    assert list(proposals(context).language(attempt(context, read(ENGLISH), models=BASE))) == []


@pytest.mark.parametrize(("text", "guessed"), [("Total price 2.40\nThank you", False), ("= 2.40 ; ,. 5", True)])
def test_a_script_that_no_model_has_read_is_not_guessed_where_words_were_read(
    text: str, context: ReadContext, monkeypatch: pytest.MonkeyPatch, *, guessed: bool
) -> None:
    """Tesseract's detection takes coarse print in English for Arabic upside down, and is sure of it."""
    arabic = Models("eng", Script.ARABIC, "tesseract-ocr-ara", 2)
    monkeypatch.setattr("rpiocr.reading.proposals.models_by_script", lambda *_: arabic)
    found = list(proposals(context).language(attempt(context, read(text), models=BASE)))
    assert [one.models for one in found] == ([arabic] if guessed else [])


def test_a_language_that_the_user_has_chosen_is_kept(context: ReadContext) -> None:
    chosen = proposals(context, Settings(lang="eng"))
    assert list(chosen.language(attempt(context, read(GERMAN), models=BASE))) == []


def test_without_the_second_engine_no_other_crop_is_proposed(context: ReadContext) -> None:
    assert list(proposals(context).crop(attempt(context, models=BASE))) == []


def test_an_accepted_answer_proposes_no_other_crop(context: ReadContext) -> None:
    accepted = attempt(context, read(ENGLISH), models=BASE, stop=Stop.SETTLED)
    assert list(proposals(context, both=True).crop(accepted)) == []


def test_a_receipt_that_was_read_proposes_no_other_crop(context: ReadContext) -> None:
    well_read = attempt(context, read(ENGLISH), models=BASE)
    assert well_read.result.understanding
    assert not well_read.result.lacks_something
    found = replace(
        well_read.result.understanding,
        judgement=replace(well_read.result.understanding.judgement, verdict=Verdict.RETRY),
    )
    doubtful = replace(well_read, result=replace(well_read.result, understanding=found))
    assert list(proposals(context, both=True).crop(doubtful)) == []


@pytest.mark.skipif(not is_installed(), reason="needs the second engine: pip install onnxruntime rapidocr")
@pytest.mark.slow
def test_an_upside_down_page_that_could_not_be_read_proposes_it_the_right_way_up(
    context: ReadContext, tmp_path: Path
) -> None:
    path = tmp_path / "turned.png"
    with Image.open(SMALL) as picture:
        picture.convert("L").rotate(180, expand=True).save(path)
    page = whole_page(next(load_pages(str(path))))
    known = Models("eng", missing_package="tesseract-ocr-fin")
    (found,) = proposals(context, page=page, both=True).crop(attempt(context, models=known, crop=page))
    assert found.crop.quarters == 2
    assert found.models == Models("eng")
