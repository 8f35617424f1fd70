"""Keywords are found although they are misread, and a user can add to them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from pathlib import Path

import pytest

from rpiocr.errors import SettingsError
from rpiocr.extract.dates.clock import parse_time
from rpiocr.extract.locale.keyword_tables import Languages, built_in_lexicon, page_sections
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import Role
from rpiocr.extract.tables.files import built_in, built_in_names
from rpiocr.extract.text.amounts import find_amounts, line_text
from rpiocr.extract.text.phrases import Phrases, tokens
from tests.written import tables, write


def groups_in(text: str) -> list[str]:
    """The groups of all phrases in a text, longest phrase first."""
    return [hit.group for hit in tables().amounts.find(text)]


@pytest.mark.parametrize(
    ("read", "group"),
    [
        ("TOTAL", "total"),
        ("T0TAL", "total"),
        ("TOTAI", "total"),
        ("T0TAI", "total"),
        ("TQTAL", "total"),
        ("T O T A L", "total"),
        ("Total:", "total"),
        ("SUBT0TAL", "subtotal"),
        ("SUB T0TAI", "subtotal"),
        ("SUB-TOTAL", "subtotal"),
        ("Zwischensunme", "subtotal"),
        ("GRANDTOTAL", "total_sure"),
        ("Gesamtbetraq", "total_sure"),
        ("Ruckge1d", "change"),
        ("CHANCE DUE", "change"),
        ("CA5H", "cash"),
        ("R0UNDING", "rounding"),
        ("Mw5t", "tax"),
    ],
)
def test_a_keyword_is_recognised_with_one_or_two_letters_misread(read: str, group: str) -> None:
    assert groups_in(read) == [group]


@pytest.mark.parametrize("word", ["TOAST", "TABLE", "COTTAGE", "ROAST BEEF", "RED APPLES", "TEST", "1234", "OATS"])
def test_other_words_are_no_keywords(word: str) -> None:
    assert groups_in(word) == []


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("TOTAL SAVINGS", "savings"),
        ("SUB TOTAL", "subtotal"),
        ("TOTAL GST", "tax"),
        ("TOTAL ITEMS", "count"),
        ("TOTAL QTY", "count"),
        ("TOTAL POINTS", "loyalty"),
        ("TOTAL DISCOUNT", "discount"),
        ("TOTAL ROUNDING", "rounding"),
        ("GIFT CARD BALANCE", "loyalty"),
        ("TOTAL AMOUNT PAYABLE", "total_sure"),
        ("CASH CHANGE", "change"),
        ("Summe MwSt", "tax"),
        ("Summe Netto", "subtotal"),
    ],
)
def test_a_longer_phrase_beats_the_keyword_inside_it(text: str, group: str) -> None:
    assert groups_in(text) == [group]


@pytest.mark.parametrize("spelled", ["Rückgeld", "RÜCKGELD", "Rueckgeld", "RUECKGELD", "Ru\u0308ckgeld"])
def test_umlauts_may_be_spelled_either_way(spelled: str) -> None:
    assert groups_in(spelled) == ["change"]
    (hit,) = tables().amounts.find(spelled)
    assert hit.likeness > 0.85


def test_digits_stay_digits_where_a_word_holds_more_of_them() -> None:
    assert tokens("T0TAL 20l9 501 A1") == ["total", "20l9", "501", "a1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("УСЬОГО", ["ycьoгo"]),
        ("合計 ¥1,200", ["合", "計", "1", "200"]),
        ("합계금액", ["합", "계", "금", "액"]),
        ("カード", ["力", "一", "ド"]),
        ("ＴＯＴＡＬ １２３", ["total", "123"]),
        ("ﾎﾟｲﾝﾄ", ["ポ", "イ", "ン", "卜"]),
        ("NAKİT ödeme ığdır", ["nakit", "oedeme", "igdir"]),
        ("ZŁOTÓWKA ČÍSLO Œuvre", ["zlotowka", "cislo", "oeuvre"]),
        ("ΣΥΝΟΛΟ", ["σynoλo"]),
        ("合計TOTAL円", ["合", "計", "total", "円"]),
        ("סה״כ 12", ["סה", "כ", "12"]),
    ],
)
def test_words_of_all_scripts_are_plain(text: str, expected: list[str]) -> None:
    wanted = [part.replace("ь", "b") for part in expected]
    assert tokens(text) == wanted


@pytest.mark.parametrize("text", ["합계", "총액", "が", "ポイント", "グ", "値", "계산"])
def test_a_letter_that_unicode_composes_stays_whole(text: str) -> None:
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(text)
    assert len(tokens(text)) == len(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("СУМА", "CYMA"),
        ("ДО СПЛАТИ", "ДО CПЛATИ"),
        ("ВСЕГО", "BCEГO"),
        ("ЗНИЖКА", "3НИЖКА"),
        ("ΤΟΤΑΛ", "TOTAΛ"),
        ("カード", "力一ド"),
        ("クレジット", "クレジツト"),
    ],
)
def test_letters_of_another_script_that_look_alike_are_the_same(written: str, read: str) -> None:
    assert [hit.likeness for hit in Phrases({"it": [written]}).find(read)] == [1.0]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("合計", "お会計合計金額￥1200"),
        ("合計", "合　計"),
        ("合計", "合 計 1,200円"),
        ("합계", "총합계: 5,000"),
        ("小计", "商品小计12.00"),
        ("クレジット", "ｸﾚｼﾞｯﾄ支払"),
        ("итого", "ИТОГО=120.00"),
    ],
)
def test_a_phrase_is_found_inside_text_without_spaces_and_with_too_many(phrase: str, text: str) -> None:
    assert [hit.phrase for hit in Phrases({"it": [phrase]}).find(text)] == [phrase]


@pytest.mark.parametrize(
    ("phrase", "text"), [("合計", "合訂"), ("小計額", "小言額"), ("합계", "합게"), ("現計金額", "現金金額")]
)
def test_short_phrases_of_ideographs_and_syllables_must_be_read_exactly(phrase: str, text: str) -> None:
    assert Phrases({"it": [phrase]}).find(text) == ()


def test_a_long_phrase_of_ideographs_may_have_one_misread() -> None:
    (hit,) = Phrases({"it": ["合計金額税込"]}).find("合計全額税込")
    assert hit.likeness == pytest.approx(5 / 6)


@pytest.mark.parametrize("read", ["KÖP", "KOP", "KOEP"])
def test_a_short_word_is_known_with_its_dots_without_and_spelled_out(read: str) -> None:
    assert [hit.phrase for hit in Phrases({"it": ["köp"]}).find(read)] == ["köp"]


def test_a_table_of_the_user_adds_a_language(tmp_path: Path) -> None:
    (tmp_path / "nl.toml").write_text(
        '[amounts]\ntotal_sure = ["te betalen"]\nchange = ["wisselgeld"]\n'
        '[dates]\nmonths = [[], [], ["maart"]]\n[locale]\ncommon = ["het", "een"]\n',
        "utf-8",
    )
    extended = Languages(tmp_path).tables()
    (paid, change, total) = build_receipt_lines(write("TE BETALEN 4.50\nWISSELGELD 0.50\nTOTAL 4.50"), extended)
    assert (paid.role, change.role, total.role) == (Role.TOTAL_SURE, Role.CHANGE, Role.TOTAL)
    assert extended.months["maart"] == extended.months["march"] == 3
    assert extended.weekdays["maandag"] == extended.weekdays["monday"] == {1}


def test_a_table_of_the_user_adds_to_a_language_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[amounts]\ntotal = ["damage"]\n[locale]\ncommon = ["cheers", "mate"]\n', "utf-8")
    extended = Languages(tmp_path)
    assert [hit.group for hit in extended.tables().amounts.find("DAMAGE")] == ["total"]
    assert [hit.group for hit in extended.tables().amounts.find("TOTAL")] == ["total"]
    assert extended.languages_of(["cheers mate"]) == ("en",)


def test_a_language_of_the_user_shows_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "tlh.toml").write_text('[amounts]\ntotal = ["hoch"]\n[locale]\ncommon = ["qapla", "nuqneh"]\n', "utf-8")
    extended = Languages(tmp_path)
    assert extended.languages_of(["nuqneh", "hoch 4.00", "qapla"]) == ("tlh",)
    assert [hit.group for hit in extended.tables().amounts.find("HOCH 4.00")] == ["total"]


@pytest.mark.parametrize(
    "content",
    [
        b"[amounts\n",
        b"[amounts]\ntotal = [\n",
        b"\xff\xfe[amounts]\n",
        b"amounts = 3\n",
        b'[amounts]\ntotal = "totaal"\n',
        b"[amounts]\ntotal = [1, 2]\n",
        b'[dates]\nmonths = ["maart"]\n',
        b'[clock]\nlabel = "tijd"\n',
        b'[numbers]\npoint_after_blanks = "yes"\n',
        b'[locale]\nletters = ["["]\n',
    ],
)
def test_a_broken_table_of_the_user_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"mine\.toml"):
        Languages(tmp_path)


@pytest.mark.parametrize(
    ("content", "meant", "allowed"),
    [
        ("[amonts]\ntotal = []\n", "[amounts]", "[clock]"),
        ("[amounts]\ntotal_shure = []\n", "total_sure", "subtotal"),
        ("[clock]\nlable = []\n", "label", "before_noon"),
    ],
)
def test_a_misspelt_name_in_a_table_of_the_user_is_named_with_what_is_allowed(
    tmp_path: Path, content: str, meant: str, allowed: str
) -> None:
    (tmp_path / "mine.toml").write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=rf"did you mean {re.escape(meant)}\?.*{re.escape(allowed)}"):
        Languages(tmp_path)


def test_a_table_of_the_user_adds_words_that_apply_to_every_page(tmp_path: Path) -> None:
    (tmp_path / "is.toml").write_text(
        '[clock]\nbefore_point = ["kl\u00f3"]\n[units]\nmeasure = ["st\u00f6k"]\n[exchange]\nrate = ["gengi"]\n'
        '[written_date]\nof = ["\u00ed "]\n[sentence]\nnegation = ["ekki"]\n',
        "utf-8",
    )
    lexicon = Languages(tmp_path).tables().lexicon
    (line,) = write("BRAUÐ 12,50 stök")
    assert parse_time("kló 14.30", lexicon) == dt.time(14, 30)
    assert find_amounts(line_text(line), lexicon) == ()
    assert parse_time("kló 14.30", built_in_lexicon()) is None
    assert find_amounts(line_text(line), built_in_lexicon())
    assert "wechselkurs" in lexicon.exchange.rate
    assert "gengi" in lexicon.exchange.rate


def test_other_files_in_the_users_folder_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("[broken", "utf-8")
    assert Languages(tmp_path).tables().months == Languages().tables().months


SHOWN = {
    "en": "THANK YOU FOR SHOPPING\nTOTAL 4.00\nCASH 5.00\nYOUR CHANGE 1.00",
    "de": "Summe EUR 4,00\ngegeben bar 5,00\nRückgeld 1,00\nVielen Dank für Ihren Einkauf",
    "fr": "TOTAL TTC 4,00\ndont TVA 0,20\nRendu monnaie 1,00\nMerci de votre visite",
    "it": "TOTALE COMPLESSIVO 4,00\ndi cui IVA 0,20\nContanti 5,00\nResto 1,00\nGrazie e arrivederci",
    "es": "TOTAL A PAGAR 4,00\nEfectivo 5,00\nCambio 1,00\nGracias por su visita",
    "pt": "TOTAL A PAGAR 4,00\nDinheiro 5,00\nTroco 1,00\nObrigado pela sua visita",
    "nl": "Te betalen 4,00\nContant 5,00\nWisselgeld 1,00\nBedankt voor uw bezoek",
    "pl": "SUMA PLN 4,00\nGotówka 5,00\nReszta 1,00\nSprzedaż opodatkowana A\nDziękujemy",
    "cs": "Celkem 4,00\nHotově 5,00\nVráceno 1,00\nDěkujeme za nákup",
    "sv": "Att betala 4,00\nKontant 5,00\nTillbaka 1,00\nVarav moms\nTack för besöket",
    "da": "At betale 4,00\nKontant 5,00\nRetur 1,00\nMoms udgør 0,80\nTak for besøget",
    "no": "Å betale 4,00\nKontant 5,00\nTilbake 1,00\nHerav MVA\nTakk for besøket",
    "fi": "YHTEENSÄ 4,00\nKäteinen 5,00\nTakaisin 1,00\nALV\nKiitos käynnistä",
    "tr": "TOPLAM 4,00\nNAKİT 5,00\nPARA ÜSTÜ 1,00\nTOPKDV 0,30\nTEŞEKKÜR EDERİZ",
    "id": "Total Belanja 4.000\nTunai 5.000\nKembali 1.000\nTerima kasih",
    "uk": "СУМА 4,00\nГОТІВКА 5,00\nРЕШТА 1,00\nПДВ А\nДЯКУЄМО ЗА ПОКУПКУ",
    "ru": "ИТОГ 4,00\nНАЛИЧНЫМИ 5,00\nСДАЧА 1,00\nНДС\nСПАСИБО ЗА ПОКУПКУ",
    "ko": "합계 4,000\n부가세 400\n받은금액 5,000\n거스름돈 1,000\n감사합니다",
    "ja": "合計 ¥4,000\nお預り ¥5,000\nお釣り ¥1,000\nありがとうございました",
    "zh-Hans": "合计 4.00\n实收 5.00\n找零 1.00\n谢谢惠顾 欢迎再次光临",
    "zh-Hant": "總計 400\n現金 500\n找零 100\n統一編號 謝謝光臨",
}


@pytest.mark.parametrize("language", sorted(SHOWN))
def test_a_receipt_shows_its_language(language: str) -> None:
    assert Languages().languages_of(SHOWN[language].splitlines())[0] == language


@pytest.mark.parametrize("language", sorted(SHOWN))
def test_an_english_word_or_two_do_not_hide_another_language(language: str) -> None:
    lines = ["TOTAL VISA CONTACTLESS", "CUSTOMER COPY", *SHOWN[language].splitlines()]
    assert language in Languages().languages_of(lines)


def test_the_tables_of_what_a_page_shows_are_used_and_english_always() -> None:
    tables = Languages().tables_of(SHOWN["fr"].splitlines())
    assert tables.shown == ("fr",)
    assert [hit.group for hit in tables.amounts.find("RENDU MONNAIE")] == ["change"]
    assert [hit.group for hit in tables.amounts.find("CHANGE DUE")] == ["change"]
    assert tables.months["juillet"] == tables.months["july"] == 7
    assert [hit.group for hit in tables.amounts.find("RUECKGELD")] == []


def test_a_language_that_was_named_always_applies() -> None:
    tables = Languages(named=("en", "de", "zh-Hant", "xyz")).tables_of(SHOWN["en"].splitlines())
    assert tables.shown == ("en",)
    assert [hit.group for hit in tables.amounts.find("RUECKGELD")] == ["change"]
    assert [hit.group for hit in tables.amounts.find("找零")] == ["change"]


@pytest.mark.parametrize("text", ["", "4711 0815", "12.50", "~~ ## --", "XQ"])
def test_a_page_without_words_shows_no_language(text: str) -> None:
    assert Languages().languages_of([text]) == ()


def test_a_page_in_two_languages_shows_both() -> None:
    lines = [*SHOWN["de"].splitlines(), *SHOWN["fr"].splitlines()]
    assert set(Languages().languages_of(lines)) == {"de", "fr"}


@pytest.mark.parametrize(
    ("language", "name", "month"),
    [
        ("pl", "STYCZNIA", 1),
        ("pl", "styczeń", 1),
        ("cs", "ledna", 1),
        ("uk", "СІЧНЯ", 1),
        ("ru", "мая", 5),
        ("ru", "май", 5),
        ("fi", "joulukuuta", 12),
        ("tr", "Ağustos", 8),
        ("fr", "déc", 12),
        ("fr", "AOÛT", 8),
        ("id", "Mei", 5),
        ("nl", "mrt", 3),
        ("de", "Jänner", 1),
        ("de", "Mrz", 3),
    ],
)
def test_months_are_known_in_every_form_used_in_dates(language: str, name: str, month: int) -> None:
    assert Languages().tables((language,)).months["".join(tokens(name))] == month


@pytest.mark.parametrize("language", sorted(built_in_names()))
def test_every_table_has_what_a_page_needs(language: str) -> None:
    table = built_in(language)
    assert table["amounts"]["total"]
    assert table["amounts"]["cash"]
    assert len(table["locale"]["common"]) > 5
    assert page_sections(language)["locale"] == table["locale"]
    words = [
        phrase
        for section in ("amounts", "modifiers", "merchant")
        for phrases in table[section].values()
        for phrase in phrases
    ]
    assert [phrase for phrase in words if not tokens(phrase)] == []
