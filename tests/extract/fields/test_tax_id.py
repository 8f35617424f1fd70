"""Tax and company numbers are found beside their words and checked."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.at import uid
from stdnum.de import vat as german
from stdnum.gb import vat as british
from stdnum.iso7064 import mod_11_10
from stdnum.luhn import calc_check_digit as luhn

from rpiocr.extract.fields.tax_id import find_tax_ids, korean_digit
from rpiocr.model import Candidate, Kind, Provenance, TaxId
from tests.written import names, rows_of


def ids_of(text: str, currency: str | None = None) -> tuple[Candidate[TaxId], ...]:
    """The tax numbers of a receipt that reads ``text``."""
    return find_tax_ids(rows_of(text), currency)


def told(text: str, currency: str | None = None) -> list[tuple[str, str, str, bool | None]]:
    """Kind, country, number and validity of each."""
    found = (candidate.value for candidate in ids_of(text, currency))
    return [(one.kind, one.country, one.number, one.valid) for one in found]


AGREEING = {
    "USt-IdNr.: DE136695976": ("vat", "DE", "DE136695976"),
    "USt.-ID Nr. DE 136 695 976": ("vat", "DE", "DE136695976"),
    "St.-Nr. 181/815/08155": ("stnr", "DE", "18181508155"),
    "UID-Nr. ATU13585627": ("vat", "AT", "ATU13585627"),
    "CHE-100.155.212 MWST": ("vat", "CH", "CHE100155212"),
    "TVA no: CHE-100.155.212": ("vat", "CH", "CHE100155212"),
    "VAT Reg No GB 980 7806 84": ("vat", "GB", "GB980780684"),
    "VAT NO: 980780684": ("vat", "GB", "980780684"),
    "N° TVA FR 83 404 833 048": ("vat", "FR", "FR83404833048"),
    "SIRET 732 829 320 00074": ("siret", "FR", "73282932000074"),
    "R.C.S. PARIS B 552 008 443": ("siren", "FR", "552008443"),
    "P.IVA 00743110157": ("vat", "IT", "00743110157"),
    "C.F. RCCMNL83S18D969H": ("codice_fiscale", "IT", "RCCMNL83S18D969H"),
    "NIF B64717838": ("nif", "ES", "B64717838"),
    "NIPC 501964843": ("nif", "PT", "501964843"),
    "BTW nr: NL004495445B01": ("vat", "NL", "NL004495445B01"),
    "BTW BE 0428.759.497": ("vat", "BE", "BE0428759497"),
    "NIP: 856-734-62-15": ("nip", "PL", "8567346215"),
    "DIČ: CZ25123891": ("vat", "CZ", "CZ25123891"),
    "IČO: 25123891": ("ico", "CZ", "25123891"),
    "IČ DPH: SK2022749619": ("vat", "SK", "SK2022749619"),
    "Org.nr 556012-5790": ("orgnr", "SE", "5560125790"),
    "Momsreg.nr SE556012579001": ("vat", "SE", "SE556012579001"),
    "Org.nr 988 077 917 MVA": ("vat", "NO", "988077917"),
    "Org.nr: 988 077 917": ("orgnr", "NO", "988077917"),
    "CVR-nr. 13585628": ("vat", "DK", "13585628"),
    "Y-tunnus 2077474-0": ("ytunnus", "FI", "20774740"),
    "ALV nro FI20774740": ("vat", "FI", "FI20774740"),
    "ЄДРПОУ 32855961": ("edrpou", "UA", "32855961"),
    "ИНН 7707083893": ("inn", "RU", "7707083893"),
    "KADIKÖY V.D. 4540536920": ("vkn", "TR", "4540536920"),
    "사업자등록번호: 116-82-00276": ("brn", "KR", "1168200276"),
    "登録番号 T7000012050002": ("invoice_issuer", "JP", "T7000012050002"),
    "統一編號: 00501503": ("ubn", "TW", "00501503"),
    "统一社会信用代码 91110000600037341L": ("uscc", "CN", "91110000600037341L"),
    "NPWP: 01.312.166.0-091.000": ("npwp", "ID", "013121660091000"),
    "GSTIN 27AAPFU0939F1ZV": ("gst", "IN", "27AAPFU0939F1ZV"),
    "ABN 51 824 753 556": ("abn", "AU", "51824753556"),
    "GST No 49-091-850": ("gst", "NZ", "49091850"),
    "GST Reg No: 00192200M": ("gst", "SG", "00192200M"),
    "UEN 00192200M": ("uen", "SG", "00192200M"),
    "GST# 123026635 RT0001": ("gst", "CA", "123026635RT0001"),
    "CNPJ 16.727.230/0001-97": ("cnpj", "BR", "16727230000197"),
    "RFC GODE561231GR8": ("rfc", "MX", "GODE561231GR8"),
    "Federal Tax ID 91-1144442": ("ein", "US", "911144442"),
    "BAKERY LTD VAT 980 7806 84": ("vat", "GB", "980780684"),
    "NIP\n8567346215": ("nip", "PL", "8567346215"),
}


@pytest.mark.parametrize(("text", "wanted"), AGREEING.items(), ids=AGREEING)
def test_a_labelled_number_is_found_with_kind_and_country(text: str, wanted: tuple[str, str, str]) -> None:
    assert told(text) == [(*wanted, True)]


FAULTY = {
    "USt-IdNr.: DE136695979": ("vat", "DE", "DE136695979"),
    "St.-Nr. 1811815081555": ("stnr", "DE", "1811815081555"),
    "UID-Nr. ATU13585626": ("vat", "AT", "ATU13585626"),
    "MWST-Nr. CHE-100.155.213": ("vat", "CH", "CHE100155213"),
    "VAT Reg No GB 980 7806 85": ("vat", "GB", "GB980780685"),
    "N° TVA FR 84 404 833 048": ("vat", "FR", "FR84404833048"),
    "SIRET 732 829 320 00079": ("siret", "FR", "73282932000079"),
    "P.IVA 00743110158": ("vat", "IT", "00743110158"),
    "C.F. RCCMNL83S18D969K": ("codice_fiscale", "IT", "RCCMNL83S18D969K"),
    "NIF B64717839": ("nif", "ES", "B64717839"),
    "NIPC 501964842": ("nif", "PT", "501964842"),
    "BTW nr: NL004495446B01": ("vat", "NL", "NL004495446B01"),
    "BTW-nr BE 0428.759.498": ("vat", "BE", "BE0428759498"),
    "NIP: 856-734-62-16": ("nip", "PL", "8567346216"),
    "DIČ: CZ25123892": ("vat", "CZ", "CZ25123892"),
    "IČO: 25123892": ("ico", "CZ", "25123892"),
    "Org.nr 556012-5791": ("orgnr", "SE", "5560125791"),
    "Org.nr: 988 077 918": ("orgnr", "NO", "988077918"),
    "CVR-nr. 13585627": ("vat", "DK", "13585627"),
    "Y-tunnus 2077474-1": ("ytunnus", "FI", "20774741"),
    "ЄДРПОУ 32855962": ("edrpou", "UA", "32855962"),
    "ИНН 7707083894": ("inn", "RU", "7707083894"),
    "VKN 4540536921": ("vkn", "TR", "4540536921"),
    "사업자등록번호: 116-82-00277": ("brn", "KR", "1168200277"),
    "登録番号 T8000012050002": ("invoice_issuer", "JP", "T8000012050002"),
    "統一編號: 00501502": ("ubn", "TW", "00501502"),
    "统一社会信用代码 91110000600037342L": ("uscc", "CN", "91110000600037342L"),
    "NPWP: 01.312.166.1-091.000": ("npwp", "ID", "013121661091000"),
    "GSTIN 27AAPFU0939F1ZX": ("gst", "IN", "27AAPFU0939F1ZX"),
    "ABN 51 824 753 557": ("abn", "AU", "51824753557"),
    "UEN 00192201M": ("uen", "SG", "00192201M"),
    "GST# 123026636 RT0001": ("gst", "CA", "123026636RT0001"),
    "CNPJ 16.727.230/0001-98": ("cnpj", "BR", "16727230000198"),
    "Federal Tax ID 07-1144442": ("ein", "US", "071144442"),
}

CURRENCY = {"IČO": "CZK", "Org.nr: 9": "NOK", "UEN": "SGD"}


@pytest.mark.parametrize(("text", "wanted"), FAULTY.items(), ids=FAULTY)
def test_a_labelled_number_is_reported_as_invalid_if_its_check_digits_are_wrong(
    text: str, wanted: tuple[str, str, str]
) -> None:
    currency = next((code for start, code in CURRENCY.items() if text.startswith(start)), None)
    (found,) = ids_of(text, currency)
    assert (found.value.kind, found.value.country, found.value.number) == wanted
    assert found.value.valid is False
    assert names(found) == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GST Reg No: 001234567890", "gst"),
        ("SST No: W10-1808-31012345", "sst"),
        ("GST Reg No: M2-0012345-6", "gst"),
        ("ПН 123456789012", "ipn"),
        ("VAT TIN 27081138654V", "vat"),
        ("TIN NO. 33375586651", "vat"),
    ],
)
def test_a_number_without_a_public_rule_is_neither_valid_nor_invalid(text: str, kind: str) -> None:
    ((found, _, _, valid),) = told(text)
    assert (found, valid) == (kind, None)


@pytest.mark.parametrize(
    ("read", "number"),
    [
        ("NIP B567346215", "8567346215"),
        ("NIP 856734621S", "8567346215"),
        ("USt-IdNr. DEI36695976", "DE136695976"),
        ("USt-IdNr. 0E136695976", "DE136695976"),
        ("P.IVA OO743110157", "00743110157"),
        ("CIF 864717838", "B64717838"),
        ("C.F. RCCMNL83SI8D969H", "RCCMNL83S18D969H"),
    ],
)
def test_a_misread_character_is_corrected_and_marked_if_the_check_digits_are_valid_then(read: str, number: str) -> None:
    (found,) = ids_of(read)
    assert (found.value.number, found.value.valid, found.corrected) == (number, True, True)
    assert names(found) == ("check digits", "mended")
    assert found.raw == read.rpartition(" ")[2]


@pytest.mark.parametrize("read", ["NIP B567346216", "NIP BS6734GZ15", "St.-Nr. 18I/815/08155"])
def test_nothing_is_corrected_if_check_digits_do_not_decide_how(read: str) -> None:
    assert ids_of(read) == ()


@given(st.integers(10_000_000, 99_999_999))
def test_every_german_number_is_found_and_a_changed_check_digit_is_noticed(start: int) -> None:
    digit = mod_11_10.calc_check_digit(str(start))
    assert german.is_valid(f"{start}{digit}")
    assert told(f"USt-IdNr. DE{start}{digit}") == [("vat", "DE", f"DE{start}{digit}", True)]
    other = (int(digit) + 1) % 10
    assert told(f"USt-IdNr. DE{start}{other}") == [("vat", "DE", f"DE{start}{other}", False)]


@pytest.mark.parametrize("number", ["1248100998", "2208162517", "1168200276"])
def test_the_check_digit_of_korean_companies_is_known(number: str) -> None:
    assert korean_digit(number[:9]) == number[9]


@given(st.integers(101, 999), st.integers(1, 99), st.integers(10, 9999))
def test_every_korean_number_is_found_by_its_form_alone_if_its_check_digit_agrees(
    office: int, kind: int, serial: int
) -> None:
    start = f"{office}{kind:02}{serial:04}"
    number = start + korean_digit(start)
    text = f"{number[:3]}-{number[3:5]}-{number[5:]}"
    assert told(text) == [("brn", "KR", number, True)]
    assert told(f"{text[:-1]}{(int(text[-1]) + 1) % 10}") == []


@given(st.integers(1_000_000, 9_999_999))
def test_every_british_number_is_found_and_no_other_is_called_valid(start: int) -> None:
    for end in range(97):
        number = f"{start}{end:02}"
        if british.is_valid(number):
            assert told(f"VAT No {number}") == [("vat", "GB", number, True)]
        elif end < 3:
            assert told(f"VAT No {number}") == [("vat", "GB", number, False)]


@given(st.from_regex(r"[0-3][0-9][A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z", fullmatch=True))
def test_a_misread_letter_in_an_indian_number_is_never_corrected_to_a_wrong_one(start: str) -> None:
    number = start + luhn(start, string.digits + string.ascii_uppercase)
    read = number.replace("O", "0").replace("I", "1")
    assert {one[2] for one in told(f"GSTIN {read}") if one[3]} <= {number}


@given(st.integers(100_000_000, 999_999_999))
def test_every_swedish_number_is_found(start: int) -> None:
    number = f"{start}{luhn(str(start))}"
    assert told(f"Org.nr {number[:6]}-{number[6:]}") == [("orgnr", "SE", number, True)]


@given(st.integers(1_000_000, 9_999_999))
def test_every_austrian_number_is_found(start: int) -> None:
    number = f"ATU{start}{uid.calc_check_digit(f'U{start}')}"
    assert told(f"UID: {number}") == [("vat", "AT", number, True)]


@pytest.mark.parametrize(
    "text",
    [
        "Tel. 030 12345678",
        "Phone: (425) 555-0199",
        "TEL 02-555-12345",
        "4006381333931",
        "MILK 4006381333931 1.29",
        "Invoice No 123456789012",
        "12.03.2024 14:55:12",
        "VAT 20% 123456.78",
        "TVA 20,00 100,00 120,00",
        "MWST 19,00 16,81 84,45",
        "GST 6.00 100.00 106.00",
        "IBAN DE89 3704 0044 0532 0130 00",
        "Member 123456789",
        "TOTAL 116.82",
        "Serial 0123456789012345",
        "TSE 8A6F0B53E2D99177AA01",
        "VAT 123456789",
        "DE136695979",
        "UIDE136695976",
        "ABNORMAL 51824753556",
    ],
)
def test_other_numbers_are_no_tax_numbers(text: str) -> None:
    assert told(text) == []


def test_a_number_that_two_countries_share_is_that_of_the_currency() -> None:
    assert told("IČO: 25123891", "EUR")[0][:2] == ("ico", "SK")
    assert told("IČO: 25123891", "CZK")[0][:2] == ("ico", "CZ")


@pytest.mark.parametrize(("currency", "country"), [("CAD", "CA"), ("NZD", "NZ"), ("USD", "NZ"), (None, "NZ")])
def test_nine_digits_of_a_gst_number_are_canadian_only_beside_its_currency(currency: str | None, country: str) -> None:
    assert told("GST No 887708557", currency) == [("gst", country, "887708557", False)]


def test_several_numbers_are_returned_from_top_to_bottom_each_once() -> None:
    text = "DIČ: CZ25123891 IČO 25123891\nBREAD 1.00\nDIČ: CZ25123891"
    assert [one[2] for one in told(text, "CZK")] == ["CZ25123891", "25123891"]


def test_the_box_and_the_raw_text_are_those_of_the_number() -> None:
    (row,) = rows_of("NIP 856-734-62-15 KASA 3")
    (found,) = find_tax_ids([row], "PLN")
    assert found.raw == "856-734-62-15"
    assert found.box == row.line.words[1].box
    assert found.provenance == Provenance(Kind.LABEL, "nip")
