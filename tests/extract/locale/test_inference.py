"""Currency, country and order of dates are told by what the page shows; what stays open is not guessed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rpiocr.extract.locale.currency_choice import LocaleHints
from rpiocr.extract.locale.currency_signs import currency_next_to, currency_of
from rpiocr.extract.locale.inference import Locale, infer
from rpiocr.extract.locale.keyword_tables import built_in_lexicon
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.tables.countries import Country, DateOrder, countries
from rpiocr.extract.tables.currencies import Currency, currencies
from rpiocr.extract.tables.files import cldr
from rpiocr.extract.text.amounts import find_whole_amounts, line_text
from rpiocr.extract.text.phrases import tokens
from tests.written import amounts_of, tables_of, write


def locale_of(text: str, default: str | None = None) -> Locale:
    """What is inferred from a receipt that reads ``text``."""
    tables = tables_of(text)
    return infer(build_receipt_lines(write(text), tables), tables, LocaleHints(default)).locale


@pytest.mark.parametrize(
    ("text", "code", "order"),
    [
        ("TOTAL RM5.00", "MYR", "dmy"),
        ("TOTAL RM 5.00", "MYR", "dmy"),
        ("TOTAL (RM) 5.00", "MYR", "dmy"),
        ("TOTAL $5.00", "USD", "mdy"),
        ("TOTAL $ 5.00", "USD", "mdy"),
        ("TOTAL -$5.00", "USD", "mdy"),
        ("TOTAL S$5.00", "SGD", "dmy"),
        ("TOTAL US$5.00", "USD", "mdy"),
        ("TOTAL A$5.00", "AUD", "dmy"),
        ("TOTAL €5.00", "EUR", "dmy"),
        ("TOTAL (€) 5.00", "EUR", "dmy"),
        ("TOTAL € 5.00", "EUR", "dmy"),
        ("TOTAL [€]    5.00", "EUR", "dmy"),
        ("TOTAL 5,00 €", "EUR", "dmy"),
        ("TOTAL 5,00€", "EUR", "dmy"),
        ("TOTAL EUR 5,00", "EUR", "dmy"),
        ("TOTAL EUR: 5,00", "EUR", "dmy"),
        ("TOTAL 5,00 EUR", "EUR", "dmy"),
        ("TOTAL 5,00 Euro", "EUR", "dmy"),
        ("EUR\nBREAD 2,50\nTOTAL 2,50", "EUR", "dmy"),
        ("TOTAL CHF 5.00", "CHF", "dmy"),
        ("TOTAL 5.00 CHF", "CHF", "dmy"),
        ("TOTAL Fr. 5.00", "CHF", "dmy"),
        ("TOTAL £5.00", "GBP", "dmy"),
        ("TOTAL £ 5.00", "GBP", "dmy"),
        ("TOTAL USD 5.00", "USD", "mdy"),
        ("TOTAL ₹ 5.00", "INR", "dmy"),
        ("TOTAL Rs. 5.00", "INR", "dmy"),
        ("合計 1,200円", "JPY", "ymd"),
        ("合計 ¥1,200", "JPY", "ymd"),
        ("合計 ￥1,200", "JPY", "ymd"),
        ("합계 12,000원", "KRW", "ymd"),
        ("합계 ₩12,000", "KRW", "ymd"),
        ("合计: 12.50 RMB", "CNY", "ymd"),
        ("總計 NT$ 120", "TWD", "ymd"),
        ("TOTAL HK$ 120.00", "HKD", "dmy"),
        ("СУМА 220,25 ₴", "UAH", "dmy"),
        ("СУМА 220,25 грн", "UAH", "dmy"),
        ("ДО СПЛАТИ, ГРН: 220,25", "UAH", "dmy"),
        ("ИТОГ 220,25 ₽", "RUB", "dmy"),
        ("ИТОГ 220,25 руб.", "RUB", "dmy"),
        ("TOPLAM 45,00 ₺", "TRY", "dmy"),
        ("TOPLAM 45,00 TL", "TRY", "dmy"),
        ("SUMA 45,00 zł", "PLN", "dmy"),
        ("SUMA PLN 45,00", "PLN", "dmy"),
        ("CELKEM 45,00 Kč", "CZK", "dmy"),
        ("TOTAL Rp 45.000", "IDR", "dmy"),
        ("TOTAL 4 500 Ft", "HUF", "ymd"),
        ("TOTAL 45,00 lei", "RON", "dmy"),
        ("TOTAL ฿45.00", "THB", "dmy"),
        ("TOTAL ₱45.00", "PHP", "mdy"),
        ("TOTAL 45.000 ₫", "VND", "dmy"),
        ("TOTAL R$ 45,00", "BRL", "dmy"),
        ("TOTAL ₪45.00", "ILS", "dmy"),
        ("TOTAL AED 45.00", "AED", "dmy"),
        ("TOTAL 45,00 лв.", "BGN", "dmy"),
        ("ИТОГО 1430,00 ₸", "KZT", "dmy"),
        ("TOTAL 56.00 MAD", "MAD", "dmy"),
    ],
)
def test_a_sign_or_code_next_to_a_number_indicates_the_currency(text: str, code: str, order: str) -> None:
    found = locale_of(text)
    assert (found.currency, found.order) == (code, DateOrder(order))
    assert found.order_reason == f"currency {code}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SINGAPORE 059567\nTOTAL $5.00", "SGD"),
        ("SYDNEY NSW 2000\nABN 12 345 678 901\nTOTAL $5.00", "AUD"),
        ("TORONTO ONTARIO\nHST 0.65\nTOTAL $5.00", "CAD"),
        ("MONTREAL QUEBEC\nTPS 0.25\nTVQ 0.50\nTOTAL $5.00", "CAD"),
        ("AUCKLAND NEW ZEALAND\nTOTAL $5.00", "NZD"),
        ("Madison, WI 53739\nTOTAL $5.00", "USD"),
        ("KOWLOON\nTOTAL $5.00", "HKD"),
        ("RFC: ABC010203XY9\nGuadalajara\nTOTAL $5.00", "MXN"),
        ("Storgatan 1\nStockholm\nORG.NR 556677-8899\nATT BETALA 45,00 kr", "SEK"),
        ("København\nCVR 12345678\nAT BETALE 45,00 kr", "DKK"),
        ("Oslo\nNO 912 345 678 MVA\nTOTAL 45,00 kr", "NOK"),
        ("東京都港区\nTEL 03-1234-5678\n合計 ¥500", "JPY"),
        ("上海市\n支付宝\n合计 ¥50.00", "CNY"),
        ("台北市\n統一編號 12345678\n總計 500元", "TWD"),
    ],
)
def test_hints_decide_whose_shared_sign_it_is(text: str, code: str) -> None:
    assert locale_of(text).currency == code


@pytest.mark.parametrize(
    ("text", "code", "country"),
    [
        ("KEDAI MAJU SDN BHD\nTOTAL 5.00", "MYR", "MY"),
        ("MAJU (123456-X)\nTOTAL 5.00", "MYR", "MY"),
        ("DE123456789\nTOTAL 5,00", "EUR", "DE"),
        ("ATU12345678\nTOTAL 5,00", "EUR", "AT"),
        ("FR 12 345 678 901\nTOTAL 5,00", "EUR", "FR"),
        ("P.IVA 01234567890\nTOTALE 5,00", "EUR", "IT"),
        ("NIF: A12345678\nMadrid\nTOTAL 5,00", "EUR", "ES"),
        ("NL123456789B01\nTOTAAL 5,00", "EUR", "NL"),
        ("CHE-123.456.789 MWST\nSchweiz\nTOTAL 5.00", "CHF", "CH"),
        ("CH-8001 Zuerich\nTOTAL 5.00", "CHF", "CH"),
        ("LONDON SW1A 1AA\nVAT NO 123\nTOTAL 5.00", "GBP", "GB"),
        ("NIP 123-456-78-90\nTOTAL 5,00", "PLN", "PL"),
        ("IČO: 12345678\nPraha\nTOTAL 5,00", "CZK", "CZ"),
        ("ИНН 7701234567\nTOTAL 5.00", "RUB", "RU"),
        ("ПН 123456789012\nм. Київ\nTOTAL 5.00", "UAH", "UA"),
        ("CNPJ 12.345.678/0001-90\nTOTAL 5,00", "BRL", "BR"),
        ("GSTIN 27ABCDE1234F1Z5\nTOTAL 5.00", "INR", "IN"),
        ("사업자 123-45-67890\nTOTAL 5,000", "KRW", "KR"),
        ("登録番号 T1234567890123\nTOTAL 500", "JPY", "JP"),
        ("Tel. +41 44 123 45 67\nTOTAL 5.00", "CHF", "CH"),
        ("Tel. +44 20 7946 0000\nTOTAL 5.00", "GBP", "GB"),
        ("Tel. +380 44 123 4567\nTOTAL 5.00", "UAH", "UA"),
        ("Tel. +420 (2) 1234-5678\nTOTAL 5.00", "CZK", "CZ"),
        ("Tel. +7 727 123 45 67\nTOTAL 5.00", "KZT", "KZ"),
        ("Tel. +7 495 123 45 67\nTOTAL 5.00", "RUB", "RU"),
    ],
)
def test_numbers_of_offices_postcodes_and_phones_indicate_the_country(text: str, code: str, country: str) -> None:
    found = locale_of(text)
    assert (found.currency, found.country) == (code, country)
    assert found.order is countries()[country].order
    assert found.order_reason == f"country {country}"


def test_a_company_of_two_countries_indicates_their_common_currency() -> None:
    found = locale_of("Backhaus GmbH\nMwSt 1,20\nTOTAL 5,00\nVielen Dank")
    assert (found.currency, found.country, found.order) == ("EUR", None, DateOrder.DMY)


@pytest.mark.parametrize(
    ("text", "language", "code", "country"),
    [
        ("Do zapłaty 45,00\nDziękujemy", "pl", "PLN", "PL"),
        ("Att betala 45,00\nTack för besöket\nVälkommen åter", "sv", "SEK", "SE"),
        ("At betale 45,00\nKontant 50,00\nTak for besøget", "da", "DKK", "DK"),
        ("Celkem k úhradě 45,00\nHotově 50,00\nDěkujeme za nákup", "cs", "CZK", "CZ"),
        ("YHTEENSÄ 45,00\nKäteinen 50,00\nKiitos käynnistä", "fi", "EUR", "FI"),
        ("Totale 45,00\nContanti 50,00\nGrazie e arrivederci", "it", "EUR", "IT"),
        ("Zu zahlen 45,00\nVielen Dank für Ihren Einkauf", "de", "EUR", None),
        ("합계 45,000\n받은금액 50,000\n거스름돈 5,000\n감사합니다", "ko", "KRW", "KR"),
    ],
)
def test_without_other_evidence_the_language_decides(text: str, language: str, code: str, country: str | None) -> None:
    found = locale_of(text)
    assert (found.language, found.currency, found.country) == (language, code, country)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Totale 45.00\nContanti 50.00\nGrazie e arrivederci\nTOTALE CHF 45.00", "CHF"),
        ("Merci de votre visite\nTOTAL $45.00\nComptant 50.00", "CAD"),
        ("Gracias por su compra\nEfectivo 50.00\nTOTAL $45.00", "MXN"),
    ],
)
def test_a_sign_that_speaks_against_the_usual_currency_of_a_language_wins(text: str, code: str) -> None:
    assert locale_of(text).currency == code


@pytest.mark.parametrize(
    "text",
    [
        "TOTAL 5.00",
        "WARM BREAD 5.00",
        "EUROPA CAFE",
        "€",
        "£",
        "$",
        "FARM EGGS 5.00",
        "TRY OUR PIES\nTOTAL 5.00",
        "CADBURY 5.00",
        "FRESH BREAD 5.00",
    ],
)
def test_a_sign_away_from_amounts_or_inside_a_word_does_not_count(text: str) -> None:
    found = locale_of(text)
    assert (found.currency, found.order, found.country, found.decimals) == (None, None, None, 2)


def test_a_tie_is_left_open() -> None:
    found = locale_of("GST 0.30\nTOTAL 5.00")
    assert (found.currency, found.order, found.country) == (None, None, None)
    assert locale_of("TOTAL EUR 5.00\nTOTAL CHF 5.50").currency is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bahnhofplatz 1\n6003 Luzern\nCHE-123.456.789\nTOTAL CHF 45.60\nTOTAL EUR 48.10\nRückgeld EUR 1.90", "CHF"),
        ("1010 Wien\nATU12345678\nSumme EUR 45,60\nSumme CHF 44,10", "EUR"),
        ("Praha 1\nDIČ CZ12345678\nCelkem 250,00 Kč\nCelkem 10,00 EUR", "CZK"),
        ("Zagreb\nOIB 12345678901\nUKUPNO EUR 10,00\nUKUPNO USD 11,00", "EUR"),
    ],
)
def test_of_two_currencies_the_one_of_the_country_counts(text: str, code: str) -> None:
    assert locale_of(text).currency == code


def test_the_users_currency_counts_if_the_page_has_no_evidence_or_a_tie() -> None:
    assert locale_of("TOTAL 5.00", "CAD").currency == "CAD"
    assert locale_of("GST 0.30\nTOTAL 5.00", "AUD").currency == "AUD"


def test_the_page_beats_the_users_currency() -> None:
    assert locale_of("BREAD RM2.00\nTOTAL RM5.00", "USD").currency == "MYR"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vielen Dank für Ihren Einkauf", "de"),
        ("THANK YOU\nYOUR CHANGE 5.00\nPLEASE KEEP THE RECEIPT", "en"),
        ("4711 0815", None),
    ],
)
def test_the_language_shows_by_common_words(text: str, language: str | None) -> None:
    found = locale_of(text)
    assert found.language == language
    assert found.languages[:1] == ((language,) if language else ())


def test_a_lone_word_for_a_country_does_not_take_the_decimals_away() -> None:
    assert locale_of("Jakarta\nTEA 2.50\nCAKE 2.50\nTOTAL 5.00").decimals == 2
    assert locale_of("Jakarta\nTOTAL Rp 5.000").decimals == 0


@pytest.mark.parametrize(
    ("text", "decimals"), [("合計 500円", 0), ("합계 5,000원", 0), ("TOTAL 5.00", 2), ("TOTAL CHF 5.00", 2)]
)
def test_the_currency_decides_how_many_decimals_amounts_have(text: str, decimals: int) -> None:
    assert locale_of(text).decimals == decimals


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TOTAL EUR 48.10", "EUR"),
        ("= EUR 48,10", "EUR"),
        ("TOTAL € 48.10", "EUR"),
        ("TOTAL CHF 45.60", "CHF"),
        ("45,00 zł", "PLN"),
        ("TOTAL $48.10", None),
        ("TOTAL 48.10", None),
        ("CHF 45.60 = EUR 48.10", None),
        ("KURS 48,10 kr", None),
    ],
)
def test_a_line_has_the_currency_of_its_only_sign(text: str, code: str | None) -> None:
    assert currency_of(text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("CHF 45.60 / EUR 48.10", ["CHF", "EUR"]),
        ("45.60 CHF = 48.10 EUR", ["CHF", "EUR"]),
        ("TOTAL 45.60 EUR 48.10", [None, "EUR"]),
        ("TOTAL CHF 45.60    48.10", ["CHF", None]),
        ("€45.60 $48.10", ["EUR", None]),
    ],
)
def test_an_amount_has_the_currency_of_the_sign_next_to_it(text: str, codes: list[str | None]) -> None:
    assert [currency_next_to(text, amount) for amount in amounts_of(text)] == codes


def test_an_amount_without_decimals_has_the_currency_of_its_sign_too() -> None:
    (line,) = write("TOTAL 1.200 ₫")
    (amount,) = find_whole_amounts(line_text(line), built_in_lexicon())
    assert currency_next_to(line_text(line).text, amount) == "VND"


# The bolivar of Venezuela has two codes.
@pytest.mark.parametrize(
    "currency", [one for one in currencies().values() if one.code != "VED"], ids=lambda one: one.code
)
def test_every_currency_has_a_country_and_its_decimals(currency: Currency) -> None:
    known = countries().values()
    assert currency.code in {code for one in known for code in (one.currency, *(former for former, _ in one.former))}
    assert currency.decimals in {0, 2, 3}


@pytest.mark.parametrize("country", countries().values(), ids=countries().keys())
def test_every_country_has_a_currency_that_is_known_and_words_that_can_be_found(country: Country) -> None:
    assert country.currency in currencies()
    assert country.phone.isdigit()
    assert "" not in country.words
    assert all(cldr()["months"][language] for language in country.languages)


@pytest.mark.parametrize(("kind", "size"), [("months", 12), ("weekdays", 7)])
def test_every_language_has_names_of_months_and_days(kind: str, size: int) -> None:
    for language, names in cldr()[kind].items():
        assert len(names) == size
        # Where months are numerals there are no names.
        assert all(tokens(name) for forms in names for name in forms), language


@pytest.mark.slow
def test_the_facts_of_cldr_are_those_of_the_library_that_has_them() -> None:
    babel = pytest.importorskip("babel")
    root = Path(__file__).parents[3]
    written = json.loads((root / "rpiocr/extract/tables/cldr.json").read_text("utf-8"))
    if babel.__version__ not in written["source"]:
        pytest.skip(f"written with another version of Babel than {babel.__version__}")
    run = subprocess.run(
        [sys.executable, root / "scripts/cldr.py", "--check"], check=False, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (0, "")
