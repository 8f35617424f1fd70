"""The receipt's own number, and the vote of the passes on all facts of the document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from rpiocr.decide.interpret import fields_of
from rpiocr.extract import Extract, Hints, extract
from rpiocr.extract.fields.receipt_number import find_receipt_number
from rpiocr.model import Fields, Method, Pass, Payment, Reading
from tests.written import PSM_6, rows_of, tables, write


def number_of(text: str) -> str | None:
    """The number of a receipt that reads ``text``."""
    found = find_receipt_number(rows_of(text))
    return found[0].value if found else None


NUMBERS = {
    "Receipt No: 0012345": "0012345",
    "RECEIPT # 4471": "4471",
    "INVOICE NO : CS-SA-0057642": "CS-SA-0057642",
    "Tax Invoice No. INV 00123": "INV00123",
    "Bill No 12/3456": "12/3456",
    "CHECK #: 1041": "1041",
    "Transaction ID 88123": "88123",
    "Bon-Nr. 1234": "1234",
    "Bon-Nr.: 4711 Kasse 2 Bed. 3": "4711",
    "Beleg 12/3456": "12/3456",
    "Rechnung Nr. 2023-0815": "2023-0815",
    "Rechnungsnummer: R-100234": "R-100234",
    "N° ticket: 004512": "004512",
    "Ticket n° 004512": "004512",
    "Facture n° FA 20230": "FA20230",
    "Scontrino n. 0034": "0034",
    "DOC. N. 0123-0045": "0123-0045",
    "DOCUMENTO N. 0123-0045 12/03/2024 14:55": "0123-0045",
    "Factura simplificada: T001-000123": "T001-000123",
    "Nº Factura: 2024/00017": "2024/00017",
    "Fatura Simplificada nº: FS 2021/123": "FS2021/123",
    "Bonnr 12345": "12345",
    "Bonnummer: 0045": "0045",
    "Kvitto nr 55123": "55123",
    "Kvittonr: 55123": "55123",
    "Bon nr. 0042": "0042",
    "Kvittering nr: 10042": "10042",
    "Nr paragonu 44123": "44123",
    "Číslo účtenky: 2021-44": "2021-44",
    "Účtenka č. 2021/44": "2021/44",
    "Kuitti 012345": "012345",
    "Kuittinro 012345": "012345",
    "FİŞ NO: 0034": "0034",
    "Чек № 000123": "000123",
    "Номер чека: 4455": "4455",
    "영수증번호: 20230101-0012": "20230101-0012",
    "伝票番号 00123": "00123",
    "レシートNo 4455": "4455",
    "レシートNo.4455": "4455",
    "单号:20230102001": "20230102001",
    "發票號碼 AB-12345678": "AB-12345678",
    "電子發票證明聯\nAB-12345678": "AB-12345678",
    "No. Struk: 0012.345": "0012.345",
    "No. 00012345 12/03/2020": "00012345",
    "№ 0012345": "0012345",
    "Cashier 31  #021265": "021265",
    "担当 08  #61-1910": "61-1910",
    "#B-50539": "B-50539",
    "Nr paragonu 0289/06/64": "0289/06/64",
    "SCONTR. FISC. N. 0053-0241": "0053-0241",
    "Tick. 003-6928": "003-6928",
    "FOLIO: XX08729": "XX08729",
    "COO: 000853458": "000853458",
    "NFC-e nº 000047859": "000047859",
    "Kvitt.nr 525595": "525595",
    "ФД № 6230": "6230",
    "Transaktion 5795": "5795",
    "RECEIPT NO   DATE\n004412       12/03/2020": "004412",
}


@pytest.mark.parametrize(("text", "wanted"), NUMBERS.items(), ids=[text.replace("\n", " / ") for text in NUMBERS])
def test_a_labelled_number_is_found_in_every_language(text: str, wanted: str) -> None:
    assert number_of(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Table No: 12",
        "Tel No: 03-1234567",
        "Cashier No 123",
        "GST No: 001234567890",
        "Reg No 123456-A",
        "Terminal ID 12345678",
        "Kasse Nr. 12",
        "Tisch Nr. 12",
        "No 12, Jalan Ipoh",
        "No. 4512 Station Road",
        "Order No 1234",
        "Ticket 2 5.00",
        "Ticket 12.50",
        "Invoice Date: 12/02/2020",
        "Receipt 12.03.2020",
        "Receipt 14:55",
        "Your receipt 100% free",
        "Receipt No:",
        "RECEIPT\n4512 Station Road",
        "Receipt No: 4111111111111111",
        "Invoice amount 1,234.56",
        "4006381333931",
        "Table 4 #12",
        "Store #4512",
        "N° AUT.027788",
        "CHECK IN 23-MAR-2015",
        "Cashier 31  #4512 Station Road",
    ],
)
def test_other_numbers_are_not_the_receipts(text: str) -> None:
    assert number_of(text) is None


def test_the_receipts_number_comes_before_that_of_the_transaction() -> None:
    found = find_receipt_number(rows_of("Trans No 777\nReceipt No 1234\nNo. 000099"))
    assert [candidate.value for candidate in found] == ["1234", "777", "000099"]


def test_the_box_and_the_raw_text_are_those_of_the_number() -> None:
    (row,) = rows_of("Invoice No : INV 00123 TILL 4")
    (found,) = find_receipt_number([row])
    assert found.raw == "INV 00123"
    assert (found.box.left, found.box.right) == (row.line.words[3].box.left, row.line.words[4].box.right)


def test_a_tax_number_is_not_also_the_receipts_number() -> None:
    found = read("Faktura NIP: 8567346215").found
    assert [one.value.number for one in found["tax_ids"]] == ["8567346215"]
    assert found["receipt_number"] == ()


def read(text: str) -> Extract:
    """What is found in a reading of ``text``."""
    return extract(Reading(write(text), 1), tables(), Hints(dt.date(2024, 6, 1), currency="PLN"))


def elected(merged: str, passes: Sequence[str]) -> Fields:
    """What is chosen from a merged reading and the passes."""
    return fields_of(read(merged), [(Pass(PSM_6, str(at), (), 0.1), read(text)) for at, text in enumerate(passes)])


def test_one_pass_whose_check_digits_agree_outvotes_those_that_misread_the_same() -> None:
    (field,) = elected("NIP 8567346216", ["NIP 8567346216", "NIP 8567346216", "NIP 8567346215"]).tax_ids
    assert (field.chosen.value.number, field.chosen.value.valid) == ("8567346215", True)
    assert (field.votes, field.passes) == (1, 3)
    assert [rival.value.number for rival in field.rivals] == ["8567346216"]


def test_a_number_that_does_not_agree_and_that_one_pass_alone_read_is_left_out() -> None:
    assert elected("SKLEP", ["NIP 8567346216", "SKLEP", "SKLEP"]).tax_ids == ()
    (field,) = elected("SKLEP", ["NIP 8567346216", "NIP 8567346216", "SKLEP"]).tax_ids
    assert field.chosen.value.valid is False


def test_numbers_on_two_places_are_two_and_keep_their_order() -> None:
    text = "NIP 8567346215\nVAT No GB 980 7806 84"
    fields = elected(text, [text, text])
    assert [field.chosen.value.number for field in fields.tax_ids] == ["8567346215", "GB980780684"]
    assert [field.votes for field in fields.tax_ids] == [2, 2]


def test_the_number_that_most_passes_read_is_the_receipts() -> None:
    field = elected("Paragon nr 4412", ["Paragon nr 4412", "Paragon nr 4472", "Paragon nr 4412"]).receipt_number
    assert field is not None
    assert (field.chosen.value, field.votes, field.passes) == ("4412", 2, 3)
    assert [rival.value for rival in field.rivals] == ["4472"]


def test_what_was_paid_with_is_put_together_from_passes_that_each_read_a_part() -> None:
    passes = ["TOTAL 9.00\nVISA 9.00", "TOTAL 9.00\nCARD ****1234 9.00", "TOTAL 9.00\nMAESTRO 9.00", "TOTAL 9.00"]
    field = elected("TOTAL 9.00\nVISA 9.00", passes).payment
    assert field is not None
    assert field.chosen.value == Payment(Method.CARD, "visa", "1234")
    assert (field.votes, field.passes) == (2, 4)
    assert [rival.value for rival in field.rivals] == [Payment(Method.CARD, "maestro")]


def test_nothing_is_elected_where_nothing_was_read() -> None:
    for fields in (elected("SKLEP", ["SKLEP"]), elected("", [])):
        assert (fields.tax_ids, fields.receipt_number, fields.payment) == ((), None, None)
