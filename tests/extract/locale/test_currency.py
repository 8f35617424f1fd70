"""The currency of a receipt that prints no sign of it follows from everything that tells its country."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.extract import Extract, Hints, extract
from rpiocr.model import Candidate, Kind, Reading
from rpiocr.model.provenance import OPEN_DECIMALS
from tests.written import languages, write

TODAY = dt.date(2026, 11, 30)


def read(text: str, *, currency: str | None = None, home: str | None = None, time_zone: str | None = None) -> Extract:
    """What is found in a receipt that reads ``text``."""
    hints = Hints(TODAY, currency=currency, home=home, time_zone=time_zone)
    return extract(Reading(write(text), 1), languages(), hints)


def currency_in(text: str, **hints: str) -> Candidate[str] | None:
    """The best candidate for the currency."""
    return next(iter(read(text, **hints).found["currency"]), None)


def code_in(text: str, **hints: str) -> str | None:
    """The currency that is chosen."""
    found = currency_in(text, **hints)
    return found.value if found else None


SWISS = {
    "tax rate and town": "Bäckerei Huber\n8600 Dübendorf\n12.03.2025\nGipfeli 1.60\nTotal 6.10\nMwSt 2.6% 0.15",
    "earlier tax rate": "Restaurant Löwen\n8001 Zürich\n12.03.2022\nRösti 23.50\nTotal 23.50\nMWST 7.7% 1.68",
    "tax number": "Gasthaus Adler\nCHE-116.281.710 MWST\nSchnitzel 32.00\nTotal 32.00\nVielen Dank",
    "domain and payment": "Wasser 1.95\nSandwich 5.90\nTotal 7.85\nTWINT 7.85\nwww.laden.ch",
    "telephone and French": "CAFÉ DU LAC\n1201 Genève\nTel 022 732 84 50\nPlat 42.50\nTotal 42.50\nTVA incl. 8.1% 3.18",
    "Italian": "Ristorante Grotto\n6600 Locarno\nPizza 18.50\nTotale 18.50\nIVA 8.1% 1.39\nGrazie e arrivederci",
    "apostrophes": "HOTEL ALPENBLICK\n3920 Zermatt\n1 Nacht 1'240.00\nTaxe 12.00\nTotal 1'252.00\n+41 27 966 12 12",
    "Liechtenstein": "Bistro\nFL-9490 Vaduz\nKaffee 4.50\nGipfel 2.00\nTotal 6.50\nMWST 8.1% 0.49",
}


@pytest.mark.parametrize("shown", SWISS)
def test_a_swiss_receipt_without_a_sign_is_in_francs(shown: str) -> None:
    found = currency_in(SWISS[shown])
    assert found
    assert (found.value, found.provenance.kind) == ("CHF", Kind.COUNTRY)
    assert found.probability
    assert found.probability > 0.95


@pytest.mark.parametrize(
    "converted",
    [
        "EUR 28.50 at 0.98",
        "EUR 28.71 Kurs 0.98",
        "Wechselkurs 1 EUR = 0.98 CHF\nTotal EUR 29.90",
        "Rate 1 CHF = 1.02 EUR",
        "entspricht EUR 28.50",
        "soit EUR 28.50",
        "Total EUR 28.50",
    ],
)
def test_a_line_that_converts_into_euro_does_not_make_a_swiss_receipt_one_in_euro(converted: str) -> None:
    text = (
        f"Restaurant Löwen\n8001 Zürich\n12.03.2022\nRösti 23.50\nBier 5.80\nTotal 29.30\n{converted}\nMWST 7.7% 2.09"
    )
    assert code_in(text) == "CHF"


@pytest.mark.parametrize(
    "converted", ["EUR 28.50 at 0.98", "EUR 28.50 zu 0.9842", "EUR 28,50 à 0,98", "€ 28.50 @ 0.98"]
)
def test_a_line_that_converts_names_no_currency_also_where_the_total_was_not_read(converted: str) -> None:
    found = currency_in(f"Rösti 23.50\nBier 5.80\n{converted}\nVielen Dank für Ihren Besuch\nMWST")
    assert found is None or not any(check.said and check.said[0] == "sign" for check in found.checks)


def test_what_the_total_is_printed_in_counts_more_than_the_country() -> None:
    airport = "Flughafen Shop\n8058 Zürich\nParfum EUR 89.00\nTOTAL EUR 89.00\nKarte EUR 89.00"
    assert code_in(airport) == "EUR"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bäckerei\n70173 Stuttgart\nBrot 3,60\nKaffee 2,50\nSumme 6,10\nMwSt 7% 0,40", "EUR"),
        ("Gasthaus Post\n6020 Innsbruck\nSchnitzel 12.90\nSumme 12.90\nMWST 10% 1.17\nMWST 20% 0.40", "EUR"),
        ("Hofladen\n79539 Lörrach\nApfel 2,50\nSumme 5,70\nMwSt 7% 0,37\nCHF 5,42", "EUR"),
        ("MURPHYS\nDublin 2\nPINT 5.90\nTOTAL 5.90\nVAT 23% 1.10", "EUR"),
        ("Netto\nKøbenhavn\nMælk 12,95\nI alt 12,95\nMoms 25% 2,59\nDankort 12,95", "DKK"),
        ("Kiwi\n0150 Oslo\nMelk 22,90\nTotalt 22,90\nMVA 15% 2,99\nBankAxept 22,90", "NOK"),
        ("HIMALAYAN CAFE\nThamel, Kathmandu\nMOMO 250.00\nVAT 13% 32.50\nTOTAL Rs. 282.50", "NPR"),
        ("PERERA BAKERY\nColombo 03\nBUN 120.00\nTOTAL Rs. 120.00\n+94 11 234 5678", "LKR"),
        ("SPICE GARDEN\nGSTIN 29ABCDE1234F1Z5\nDOSA 120.00\nTOTAL Rs. 120.00", "INR"),
        ("KOSHARY\nCairo, Egypt\nKOSHARY 45.00\nVAT 14% 6.30\nTOTAL 51.30", "EGP"),
        ("COFFEE\nToronto ON M5V 2T6\nLATTE 1.99\nHST 13% 0.26\nTOTAL 2.25\nINTERAC 2.25", "CAD"),
        ("SHOP\nCARMEL CA\n831 626 0680\nTOTAL $58.15", "USD"),
        ("SHOP\nOttawa\n613 555 0123\nTOTAL $58.15", "CAD"),
    ],
)
def test_countries_that_share_a_language_or_a_sign_are_told_apart(text: str, code: str) -> None:
    assert code_in(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("София\nЕИК 123456789\nХляб 1.20\nОБЩА СУМА 1.20\n12.03.2026", "EUR"),
        ("София\nЕИК 123456789\nХляб 2.20\nОБЩА СУМА 2.20\n12.03.2024", "BGN"),
        ("София\nЕИК 123456789\nХляб 2.20 лв\nОБЩА СУМА 2.20 лв\nОБЩА СУМА ЕВРО 1.12\n12.10.2025", "BGN"),
        ("Zagreb\nOIB 62226620908\nKruh 1,20\nUKUPNO 1,20\n12.03.2024", "EUR"),
        ("Zagreb\nOIB 62226620908\nKruh 7,99\nUKUPNO 7,99 kn\n12.03.2021", "HRK"),
    ],
)
def test_a_country_that_changed_its_money_is_read_by_the_year(text: str, code: str) -> None:
    assert code_in(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "SHOP\nMILK 1.45\nBREAD 2.10\nTOTAL 3.55\nTHANK YOU",
        "GST 0.30\nTOTAL 5.00",
        "TOTAL EUR 5.00\nTOTAL CHF 5.50",
    ],
)
def test_a_page_that_does_not_decide_has_no_currency(text: str) -> None:
    assert code_in(text) is None


def test_the_language_alone_is_worth_less_than_any_sign_of_the_country() -> None:
    found = currency_in("Brot 3,60\nSumme 6,10\nVielen Dank für Ihren Einkauf")
    assert found
    assert (found.value, found.provenance.kind) == ("EUR", Kind.LANGUAGE)


def test_home_decides_what_the_page_leaves_open_and_nothing_else() -> None:
    german = "Brot 3,60\nSumme 6,10\nVielen Dank für Ihren Einkauf"
    assert code_in(german, home="CH") == "CHF"
    assert code_in("TOTAL 5.00", home="CH") == "CHF"
    assert code_in("Bäckerei\n70173 Stuttgart\nBrot 3,60\nSumme 6,10\nMwSt 7% 0,40", home="CH") == "EUR"
    assert code_in("Do zapłaty 45,00\nDziękujemy", home="CH") == "PLN"
    assert code_in("TOTAL $5.00", home="CH") == "USD"
    assert code_in("TOTAL $5.00", home="AU") == "AUD"


def test_the_setting_currency_counts_more_than_home() -> None:
    assert code_in("TOTAL 5.00", home="CH", currency="EUR") == "EUR"


def test_the_time_zone_orders_the_alternatives_and_decides_nothing() -> None:
    assert code_in("TOTAL 5.00", time_zone="CH") is None
    dollars = [one.value for one in read("TOTAL $5.00", time_zone="NZ").found["currency"]]
    usual = [one.value for one in read("TOTAL $5.00").found["currency"]]
    assert dollars[0] == usual[0] == "USD"
    assert dollars[1:] != usual[1:] or "NZD" not in usual


KUWAIT = "AL NOOR CAFE\nSalmiya, Kuwait\nLATTE 2.250\nMEAL 10.500\nTOTAL KWD 12.750\nCASH 20.000\nCHANGE 7.250"
THREE_DECIMALS = {
    "code": (KUWAIT, "12.750"),
    "short sign": ("Salmiya\nMILK 0.450\nBREAD 0.300\nTOTAL KD 0.750\nKNET 0.750", "0.750"),
    "decimal comma": (
        "RESTAURANT\nTunis  MF 1234567/A\nCouscous 15,500\nBoga 7,900\nTOTAL DT 23,400\nEspeces 30,000",
        "23.400",
    ),
    "town and tax": ("MUSCAT GRILL\nAl Khuwair, Muscat\nKABAB 3.500\nTEA 2.300\nTOTAL 5.800\nVAT 5% 0.276", "5.800"),
    "thousands": ("Manama, Bahrain\nSOFA 1,250.500\nTOTAL BHD 1,250.500", "1250.500"),
    "two decimals printed": ("CARREFOUR JORDAN\nAmman\nMILK 1.35\nBREAD 0.50\nTOTAL JOD 1.85", "1.85"),
    "numbers alone": ("CAFE\nTEA 0.500\nCAKE 2.250\nTOTAL 2.750", "2.750"),
}


@pytest.mark.parametrize("shown", THREE_DECIMALS)
def test_a_dinar_is_never_a_thousand_dinars(shown: str) -> None:
    text, value = THREE_DECIMALS[shown]
    found = read(text)
    assert found.amounts[0].value == Decimal(value)
    assert OPEN_DECIMALS not in found.amounts[0].checks


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Autohaus Schmidt\n80331 München\nMotor 1.250,00\nSumme EUR 1.250,00", "1250.00"),
        ("Autohaus Schmidt\n80331 München\nMotor 1.250\nRad 1.250\nSumme EUR 2.500", "2500"),
        ("WARUNG\nJl. Sudirman, Jakarta\nNasi Goreng 25.000\nEs Teh 5.000\nTotal 30.000", "30000"),
        ("Gemüse Kunz\n80331 München\nTomaten 0,350 kg x 2,99 1,05\nSumme 1,05\nMwSt 7% 0,07", "1.05"),
        ("Bónus\nKennitala 321780-0110\nÍsland\nPera 1.128\nVog 38.548,810\nSamtals 71.386 kr\nVISA 71.386", "71386"),
        ("LIDER\nRUT 76.042.014-K\nSantiago\nPan $1.250\nLeche $2.250\nTOTAL $3.500\nIVA 19%", "3500"),
    ],
)
def test_thousands_stay_thousands_where_the_money_has_no_third_decimal(text: str, value: str) -> None:
    found = read(text)
    assert found.amounts[0].value == Decimal(value)
    assert OPEN_DECIMALS not in found.amounts[0].checks


@pytest.mark.parametrize(
    "text",
    [
        "CORNER SHOP\nITEM ONE 3.500\nITEM TWO 9.250\nTOTAL 12.750\nCASH 20.000\nCHANGE 7.250",
        "BAGHDAD MALL\nBaghdad, Iraq\nShirt IQD 12,750\nTOTAL IQD 12,750\nCASH 15,000",
    ],
)
def test_where_decimals_or_thousands_stay_open_both_are_candidates_and_in_doubt(text: str) -> None:
    first, second, *_ = read(text).amounts
    assert {first.value, second.value} == {Decimal("12.750"), Decimal(12750)}
    assert OPEN_DECIMALS in first.checks
    assert OPEN_DECIMALS in second.checks


def test_the_order_of_dates_is_as_probable_as_the_country_that_it_follows_from() -> None:
    sure = read("SHOP\nLONDON SW1A 1AA\nTOTAL £5.20").locale
    guessed = read("TOTAL $5.00").locale
    assert sure.country_probability > 0.99
    assert 0.0 < guessed.country_probability < 0.9
    assert read("TOTAL 5.00").locale.country_probability == 0.0


def test_codes_that_are_words_of_menus_name_no_currency() -> None:
    assert code_in("SHOP\nPEN 2.00\nCUP 3.50\nTOP 5.00\nALL 10.50\nTOTAL 10.50") is None


def test_a_currency_lists_what_tells_it() -> None:
    found = currency_in(SWISS["tax rate and town"])
    assert found
    said = [check.said for check in found.checks]
    assert ("tax rate", "2.6 %") in said
    assert ("town", "8600 Dübendorf") in said
