"""The page tells its language: Tesseract takes the model for it, or the answer says which package brings it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr.extract import Languages
from rpiocr.model import Box, EngineFamily, EngineId, Line, Pass, Word
from rpiocr.reading.evidence import as_earlier
from rpiocr.reading.model_choice import models_by_words, shows_script
from rpiocr.recognise.rapidocr import engine as rapid
from rpiocr.recognise.tesseract_models import Script, installed_languages
from tests import written
from tests.program import Run

FONT = Path("/usr/share/fonts/opentype/unifont/unifont.otf")

KOREAN = """
푸른편의점 역삼점
서울시 강남구 테헤란로 12
사업자번호 220-81-62517
2024-11-21 14:05
바나나우유            3,400
참치마요김밥          3,200
합계                  6,600원
현금                 10,000
거스름돈              3,400
이용해 주셔서 감사합니다
"""

RUSSIAN = """
Магазин Продукты у дома
ИНН 7707083893
21.11.2024 14:05
Хлеб бородинский      48.90
Молоко пастеризованное 89.50
ИТОГ                 138.40
НАЛИЧНЫМИ            200.00
СДАЧА                 61.60
Спасибо за покупку
"""


def drawn(text: str, path: Path) -> Path:
    """A receipt with this text, as a picture."""
    if not FONT.exists():
        pytest.skip("FONTS ARE MISSING: sudo apt install fonts-unifont")
    lines = text.strip().splitlines()
    picture = Image.new("L", (760, 60 + 52 * len(lines)), 250)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(FONT), 32)
    for number, line in enumerate(lines):
        label, _, amount = line.rpartition("  ")
        y = 30 + 52 * number
        draw.text((40, y), label.strip() or line, fill=20, font=font)
        if label:
            draw.text((720, y), amount.strip(), fill=20, font=font, anchor="ra")
    picture.save(path)
    return path


@pytest.mark.parametrize(
    ("code", "text", "total", "currency"),
    [("kor", KOREAN, Decimal(6600), "KRW"), ("rus", RUSSIAN, Decimal("138.40"), "RUB")],
)
@pytest.mark.slow
def test_a_receipt_in_other_letters_is_read_without_being_asked_for(
    code: str, text: str, total: Decimal, currency: str, run: Run, tmp_path: Path
) -> None:
    if code not in installed_languages():
        pytest.skip(f"MODELS ARE MISSING: sudo apt install tesseract-ocr-{code}")
    answer = run("scan", drawn(text, tmp_path / "receipt.png")).only
    assert (answer["amount"], answer["currency"], answer["date"]) == (total, currency, "2024-11-21")


@pytest.mark.parametrize(
    ("text", "script", "expected"),
    [
        (KOREAN, Script.HANGUL, True),
        (RUSSIAN, Script.CYRILLIC, True),
        (RUSSIAN, Script.HANGUL, False),
        ("TOTAL 12.40\nCASH 20.00\nТНАNК УОU for shopping at our store", Script.CYRILLIC, False),
        ("12.40", Script.CYRILLIC, False),
    ],
)
def test_a_script_shows_in_most_letters_that_its_model_reads(text: str, script: Script, *, expected: bool) -> None:
    assert shows_script([written.read_as(text)], script) is expected


def test_the_second_engine_and_earlier_models_show_no_script() -> None:
    earlier = as_earlier([written.read_as(RUSSIAN)], "rus+eng", frozenset({Script.CYRILLIC, Script.LATIN}))
    assert not shows_script([*earlier, written.read_as(RUSSIAN, rapid.ALL_LINES)], Script.CYRILLIC)


UKRAINIAN = """
ТОВ Комора
Тел: 032 555 31 76
21.11.2024 20:45
Проживання           5 344.48 грн
Сніданок               384.15 грн
До оплати            5 728.63 грн
VISA                 5 728.63 грн
RRN 004191
"""


@pytest.mark.slow
def test_latin_words_on_every_receipt_do_not_hide_that_its_letters_are_others(run: Run, tmp_path: Path) -> None:
    if "ukr" not in installed_languages():
        pytest.skip("MODELS ARE MISSING: sudo apt install tesseract-ocr-ukr")
    answer = run("scan", drawn(UKRAINIAN, tmp_path / "receipt.png")).only
    assert (answer["amount"], answer["currency"]) == (Decimal("5728.63"), "UAH")


@pytest.mark.slow
def test_letters_that_the_second_engine_does_not_know_are_read_line_by_line_first(run: Run, tmp_path: Path) -> None:
    if "kor" not in installed_languages():
        pytest.skip("MODELS ARE MISSING: sudo apt install tesseract-ocr-kor")
    if not rapid.is_installed():
        pytest.skip("THE SECOND ENGINE IS MISSING: pip install onnxruntime rapidocr")
    undated = KOREAN.replace("2024-11-21 14:05", "")
    answer = run(
        "scan", drawn(undated, tmp_path / "receipt.png"), "--pass-timeout", "60", "--receipt-timeout", "300"
    ).only
    rungs = [rung["passes"] for rung in answer["rungs"]]
    assert rungs[0] == ["tesseract-lines/plain", "rapidocr-page/plain"]
    assert sum("tesseract-psm6/default" in passes for passes in rungs) == 1


@pytest.mark.slow
def test_a_missing_model_is_named_with_its_package_and_the_answer_is_not_sure(run: Run, tmp_path: Path) -> None:
    data = next((folder for folder in Path("/usr/share/tesseract-ocr").glob("*/tessdata")), None)
    if data is None or not (data / "osd.traineddata").exists():
        pytest.skip("THE MODEL FOR SCRIPTS IS MISSING: sudo apt install tesseract-ocr-osd")
    few = tmp_path / "tessdata"
    few.mkdir()
    for name in ("eng.traineddata", "osd.traineddata", "configs"):
        (few / name).symlink_to(data / name)
    answer = run("scan", drawn(RUSSIAN, tmp_path / "receipt.png"), TESSDATA_PREFIX=str(few)).only
    said = [warning for warning in answer["warnings"] if warning.startswith("language_missing")]
    assert answer["verdict"] == "ACCEPT" or said
    assert all("tesseract-ocr-" in warning for warning in said)
    assert answer["verdict"] != "ACCEPT" or answer["amount"] == Decimal("138.40")


AMERICAN = ("CUB FOODS", "GROCERY 5.99", "SALES TAX 0.42", "THANK YOU FOR SHOPPING", "CHANGE 3.59")
SPANISH = ("SUPERMERCADO", "EFECTIVO 10,00", "CAMBIO 3,59", "GRACIAS POR SU VISITA", "FACTURA SIMPLIFICADA")


def read_as(*lines: tuple[str, float]) -> Pass:
    """A pass that read these lines with these confidences."""
    box = Box(0, 0, 10, 10)
    return Pass(
        EngineId(EngineFamily("tesseract")),
        "default",
        tuple(Line(tuple(Word(text, box, sure) for text in line.split())) for line, sure in lines),
        0.1,
    )


@pytest.mark.parametrize(
    ("lines", "advised"),
    [
        ([(line, 0.9) for line in SPANISH], True),
        ([(line, 0.5) for line in SPANISH], False),
        ([*((line, 0.9) for line in AMERICAN), *((line, 0.5) for line in SPANISH[:2])], False),
        ([*((line, 0.9) for line in AMERICAN), (SPANISH[1], 0.9)], False),
    ],
)
def test_a_package_is_advised_only_for_the_language_that_the_page_surely_shows(
    lines: list[tuple[str, float]], *, advised: bool
) -> None:
    if "spa" in installed_languages():
        pytest.skip("the Spanish model is installed")
    models = models_by_words([read_as(*lines)], Languages(None, ("en", "es", "pt")))
    assert bool(models and models.missing_package) == advised
