"""The script of a page is told by the models that can read it, the way up by Tesseract's detection."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr.model import Pass, Prepared
from rpiocr.reading.model_choice import Models, are_words_known, models_by_script
from rpiocr.recognise.script_detection import ScriptSeen, detect, script_of
from rpiocr.recognise.tesseract_models import Script, installed_languages
from tests.written import PSM_6, languages, read_as

FONTS = Path("/usr/share/fonts/opentype/unifont")
TIMEOUT_S = 60.0

TEXTS = {
    "eng": """
    Corner Bakery and Coffee House
    Thank you for shopping with us
    Sourdough bread        4.00
    Chocolate muffin       3.50
    Amount due             7.50
    Customer copy, please keep""",
    "rus": """
    Магазин Продукты у дома
    Хлеб бородинский      48.90
    Молоко пастеризованное 89.50
    Итого к оплате       138.40
    Безналичными         138.40
    Спасибо, что вы с нами""",
    "ukr": """
    Супермаркет Комора, Київ
    Хліб житній           34.50
    Молоко пастеризоване  48.90
    Всього до сплати      83.40
    Готівкою             100.00
    Дякуємо за покупку, чекаємо""",
    "kor": """
    푸른편의점 역삼점 영수증
    서울시 강남구 테헤란로
    바나나우유        3,400
    참치마요김밥      3,200
    결제금액합계      6,600
    신용카드 승인번호
    이용해 주셔서 감사합니다""",
    "jpn": """
    みどりマート渋谷駅前店
    東京都渋谷区道玄坂
    おにぎり鮭         150
    チョコレートケーキ 480
    お買上合計金額     630
    お預り現金       1,000
    ありがとうございました""",
    "chi_sim": """
    绿叶生活超市欢迎光临
    收银员编号和单号
    纯牛奶两盒装      9.00
    应收金额合计     30.00
    实收金额         50.00
    谢谢惠顾欢迎再次光临""",
    "chi_tra": """
    好鄰居便利商店電子發票
    統一編號與隨機碼
    雞腿便當套餐        94
    應稅銷售額         114
    總計金額           120
    謝謝惠顧歡迎再次光臨""",
}

SCRIPTS = {
    "eng": Script.LATIN,
    "rus": Script.CYRILLIC,
    "ukr": Script.CYRILLIC,
    "kor": Script.HANGUL,
    "jpn": Script.JAPANESE,
    "chi_sim": Script.HAN,
    "chi_tra": Script.HAN,
}


def needs(*codes: str) -> None:
    """Skip a test where models are not installed."""
    packages = [f"tesseract-ocr-{code.replace('_', '-')}" for code in codes if code not in installed_languages()]
    if packages:
        pytest.skip(f"MODELS ARE MISSING: sudo apt install {' '.join(packages)}")


def printed(code: str, quarters: int = 0, stars: int = 0) -> Prepared:
    """A page with the text of a language, turned clockwise by quarters; below its first lines are rows of stars."""
    path = FONTS / ("unifont_jp.otf" if code == "jpn" else "unifont.otf")
    if not path.exists():
        pytest.skip("FONTS ARE MISSING: sudo apt install fonts-unifont")
    picture = Image.new("L", (640, 420 + 50 * stars), 250)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(path), 32)
    first, *rest = TEXTS[code].strip().splitlines()
    for number, line in enumerate([first, *["*" * 35] * stars, *rest]):
        draw.text((40, 30 + 50 * number), line.strip(), fill=20, font=font)
    pixels = np.ascontiguousarray(np.rot90(np.asarray(picture, np.uint8), -quarters))
    return Prepared(pixels, "default", np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), 300)


def seen(tmp_path: Path, picture: Prepared, *codes: str) -> ScriptSeen | None:
    """What is told of a picture where these models, or else all, are installed; nothing must be left behind."""
    found = script_of([picture], TIMEOUT_S, tmp_path, codes or None)
    assert not list(tmp_path.iterdir())
    return found


@pytest.mark.parametrize("code", TEXTS)
def test_the_script_of_a_page_is_that_of_the_model_that_reads_it_best(tmp_path: Path, code: str) -> None:
    needs(*TEXTS)
    found = seen(tmp_path, printed(code))
    assert found
    assert (found.script, found.quarters) == (SCRIPTS[code], 0)
    assert found.packs[0].code == code
    assert found.confidence > 0.6


@pytest.mark.parametrize("code", ["ukr", "kor"])
@pytest.mark.slow
def test_rows_of_stars_do_not_hide_the_script(tmp_path: Path, code: str) -> None:
    needs(*TEXTS)
    found = seen(tmp_path, printed(code, stars=10))
    assert found
    assert found.packs[0].code == code


def test_the_other_models_of_the_script_come_after_the_best(tmp_path: Path) -> None:
    needs("rus", "ukr")
    found = seen(tmp_path, printed("ukr"), "eng", "rus", "ukr")
    assert found
    assert [pack.code for pack in found.packs] == ["ukr", "rus"]


def test_a_script_without_a_model_is_named_by_the_detection(tmp_path: Path) -> None:
    needs("osd")
    found = seen(tmp_path, printed("rus"), "eng", "osd")
    assert found
    assert (found.script, found.packs, found.confidence) == (Script.CYRILLIC, (), 0.0)


def test_without_the_detection_a_script_without_a_model_is_not_identified(tmp_path: Path) -> None:
    assert seen(tmp_path, printed("rus"), "eng") is None


@pytest.mark.slow
def test_a_page_upside_down_is_read_the_right_way_up(tmp_path: Path) -> None:
    needs("osd", "rus")
    found = seen(tmp_path, printed("rus", quarters=2), "eng", "rus", "osd")
    assert found
    assert (found.script, found.quarters) == (Script.CYRILLIC, 2)


@pytest.mark.parametrize("quarters", range(4))
def test_the_detection_returns_how_a_page_has_to_be_rotated(tmp_path: Path, quarters: int) -> None:
    needs("osd")
    found = detect(printed("rus", quarters), TIMEOUT_S, tmp_path)
    assert found
    assert found.quarters == -quarters % 4
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("code", ["rus", "kor"])
@pytest.mark.slow
def test_if_grain_hides_one_variant_of_a_page_another_is_tried(tmp_path: Path, code: str) -> None:
    needs(*TEXTS)
    page = printed(code)
    grain = np.random.default_rng(1).normal(0, 120, page.pixels.shape)
    hidden = replace(page, pixels=np.clip(page.pixels + grain, 0, 255).astype(np.uint8))
    assert script_of([hidden], TIMEOUT_S, tmp_path) is None
    found = script_of([hidden, page], TIMEOUT_S, tmp_path)
    assert found
    assert found.packs[0].code == code


def test_a_second_image_is_not_even_made_if_the_first_can_be_read(tmp_path: Path) -> None:
    pictures = iter([printed("eng"), printed("eng")])
    assert script_of(pictures, TIMEOUT_S, tmp_path)
    assert len(list(pictures)) == 1


@pytest.mark.slow
def test_words_choose_among_the_models_of_one_script(tmp_path: Path) -> None:
    needs("rus", "ukr")
    by_words = Models("rus+eng", Script.CYRILLIC)
    assert models_by_script([printed("ukr")], by_words, TIMEOUT_S, tmp_path) == by_words
    seen_alone = models_by_script([printed("ukr")], None, TIMEOUT_S, tmp_path)
    assert seen_alone
    assert seen_alone.codes == "ukr+eng"


@pytest.mark.slow
def test_words_of_another_script_than_that_of_the_page_do_not_count(tmp_path: Path) -> None:
    needs("kor", "chi_sim")
    found = models_by_script([printed("kor")], Models("chi_sim+eng", Script.HAN), TIMEOUT_S, tmp_path)
    assert found
    assert found.codes == "kor+eng"


def test_a_blank_page_has_no_script(tmp_path: Path) -> None:
    blank = Prepared(np.full((400, 300), 255, np.uint8), "default", np.eye(2, 3), 300)
    assert seen(tmp_path, blank) is None
    assert detect(blank, TIMEOUT_S, tmp_path) is None


def test_without_time_left_nothing_is_detected(tmp_path: Path) -> None:
    picture = printed("eng")
    assert script_of([picture], 0.0, tmp_path) is None
    assert detect(picture, 0.0, tmp_path) is None


def test_doubtful_words_do_not_show_that_the_script_is_known() -> None:
    text = "TOTAL 4.00\nDas HABE een ro"
    assert are_words_known([read_as(text, confidence=0.9)], languages())
    assert not are_words_known([read_as(text, confidence=0.4)], languages())
    failed = Pass(PSM_6, "default", (), 0.1, "engine_failed: no room")
    assert not are_words_known([failed], languages())
