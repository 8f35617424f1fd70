"""A payment code asks for an amount: it is no purchase, and it counts only where its check digits agree."""

from __future__ import annotations

import datetime as dt
import zlib
from decimal import Decimal

import pytest

from rpiocr.codes.formats.payments import emvco, epc, references, spayd, swiss_qr_bill, upi
from rpiocr.codes.parser import Parser
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document
from tests.codes.vectors_world import crc, swiss_bill
from tests.codes.vectors_world import emvco as emv


def known(parse: Parser, payload: str | bytes) -> CodeClaim:
    claim = parse(payload.encode() if isinstance(payload, str) else payload)
    assert claim is not None
    assert claim.document is Document.REQUEST
    assert claim.proved == frozenset()
    return claim


EPC = "BCD\n002\n1\nSCT\nBHBLDEHHXXX\nFranz Mustermänn\nDE71110220330123456789\nEUR12.3\nGDDS\nRF18539007547034\n\nNote"


def test_a_transfer_in_euros_states_payee_and_amount() -> None:
    claim = known(epc.parse, EPC)
    assert (claim.total, claim.currency, claim.country) == (Decimal("12.30"), "EUR", None)
    assert (claim.seller, claim.date, claim.receipt_number) == ("Franz Mustermänn", None, None)


@pytest.mark.parametrize(
    "payload",
    [
        EPC.replace("\n", "\r\n"),
        EPC + "\n",
        EPC.replace("EUR12.3", "EUR12.30"),
        EPC.replace("BHBLDEHHXXX", ""),
        EPC.replace("RF18539007547034\n", "\nReNr 4711"),
        EPC.removesuffix("GDDS\nRF18539007547034\n\nNote"),
        EPC.replace("DE71110220330123456789", "DE71 1102 2033 0123 4567 89"),
    ],
)
def test_a_transfer_in_any_form_of_the_standard_is_read(payload: str) -> None:
    assert known(epc.parse, payload).total == Decimal("12.30")


def test_a_transfer_without_an_amount_leaves_it_to_the_payer() -> None:
    assert known(epc.parse, EPC.replace("EUR12.3", "")).total is None


def test_the_charset_of_a_transfer_is_the_one_that_it_names() -> None:
    assert known(epc.parse, EPC.replace("\n1\n", "\n2\n", 1).encode("latin-1")).seller == "Franz Mustermänn"
    greek = EPC.replace("\n1\n", "\n6\n", 1).replace("Franz Mustermänn", "Γιάννης")
    assert known(epc.parse, greek.encode("iso-8859-7")).seller == "Γιάννης"


def test_a_transfer_of_the_first_version_may_leave_out_the_bank_that_it_once_required() -> None:
    for bank in ("BHBLDEHHXXX", ""):
        older = EPC.replace("002", "001", 1).replace("BHBLDEHHXXX", bank)
        assert known(epc.parse, older.encode()).total == Decimal("12.30")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("002", "003"),
        ("SCT", "SDD"),
        ("\n1\n", "\n9\n"),
        ("DE71", "DE72"),
        ("RF18", "RF19"),
        ("EUR12.3", "USD12.3"),
        ("EUR12.3", "EUR12,3"),
        ("EUR12.3", "EUR0"),
        ("EUR12.3", "EUR1e3"),
        ("Franz Mustermänn", ""),
        ("Note", "Note\nmore"),
        ("RF18539007547034\n", "RF18539007547034\nand a text"),
    ],
)
def test_a_transfer_in_another_form_is_none(old: str, new: str) -> None:
    assert old in EPC
    assert epc.parse(EPC.replace(old, new, 1).encode()) is None


def test_a_swiss_bill_states_payee_amount_and_what_the_issuer_says_about_it() -> None:
    claim = known(swiss_qr_bill.parse, swiss_bill())
    assert (claim.total, claim.currency, claim.country) == (Decimal("1949.75"), "CHF", "CH")
    assert (claim.seller, claim.receipt_number, claim.date) == ("Robert Schneider AG", "10201409", dt.date(2020, 7, 1))
    assert claim.tax == Decimal("139.40")
    assert claim.tax_id == TaxId("vat", "CH", "CHE102673831", valid=True)


def test_a_swiss_bill_with_several_rates_states_their_tax_if_it_adds_up_to_the_total() -> None:
    bill = "//S1/10/X.66711\\/8824/11/200712/30/106017086/32/8:1000;2.5:51.8;7.7:250/40/0:30"
    claim = known(swiss_qr_bill.parse, swiss_bill(l18="1402.35", l31=bill))
    assert (claim.tax, claim.receipt_number) == (Decimal("100.55"), "X.66711/8824")
    assert known(swiss_qr_bill.parse, swiss_bill(l18="1410.00", l31=bill)).tax is None
    assert known(swiss_qr_bill.parse, swiss_bill(l31="//S1/11/209999/30/102673832/32/x")).tax_id is None


def test_a_swiss_bill_without_amount_or_information_is_read() -> None:
    assert known(swiss_qr_bill.parse, swiss_bill(l18="0.00")).total is None
    claim = known(swiss_qr_bill.parse, swiss_bill(l18="", l19="EUR", l31=""))
    assert (claim.total, claim.currency, claim.date) == (None, "EUR", None)
    assert known(swiss_qr_bill.parse, swiss_bill().replace(b"\n", b"\r\n")).total == Decimal("1949.75")
    assert known(swiss_qr_bill.parse, swiss_bill().rsplit(b"\n", 1)[0]).total == Decimal("1949.75")


def test_a_swiss_bill_with_a_creditor_reference_or_none_needs_another_account() -> None:
    plain = {"l3": "CH9300762011623852957"}
    assert known(swiss_qr_bill.parse, swiss_bill(**plain, l27="SCOR", l28="RF18539007547034"))
    assert known(swiss_qr_bill.parse, swiss_bill(**plain, l27="NON", l28=""))
    for kind, reference in (("SCOR", "RF18539007547034"), ("NON", "")):
        assert swiss_qr_bill.parse(swiss_bill(l27=kind, l28=reference)) is None
    assert swiss_qr_bill.parse(swiss_bill(**plain)) is None


@pytest.mark.parametrize(
    "lines",
    [
        {"l1": "0300"},
        {"l2": "2"},
        {"l3": "CH4431999123000889013"},
        {"l3": "DE71110220330123456789", "l27": "NON", "l28": ""},
        {"l4": "X"},
        {"l5": ""},
        {"l18": "1949.7"},
        {"l18": "1'949.75"},
        {"l19": "USD"},
        {"l27": "XXX"},
        {"l28": "210000000003139471430009018"},
        {"l30": "END"},
    ],
)
def test_a_swiss_bill_in_another_form_is_none(lines: dict[str, str]) -> None:
    assert swiss_qr_bill.parse(swiss_bill(**lines)) is None


CZECH = "SPD*1.0*ACC:CZ2806000000000168540115*AM:450.00*CC:CZK"


def test_a_czech_descriptor_states_the_amount() -> None:
    claim = known(spayd.parse, f"{CZECH}*RN:PEKA%C5%98STV%C3%8D*DT:20261120*X-VS:4711*")
    assert (claim.total, claim.currency, claim.country) == (Decimal("450.00"), "CZK", "CZ")
    assert (claim.seller, claim.date) == ("PEKAŘSTVÍ", None)


def test_a_czech_descriptor_without_currency_is_in_crowns_and_one_without_amount_leaves_it_open() -> None:
    assert known(spayd.parse, "SPD*1.0*ACC:CZ2806000000000168540115*AM:450").currency == "CZK"
    assert known(spayd.parse, "SPD*1.0*ACC:CZ2806000000000168540115").total is None
    foreign = known(spayd.parse, "SPD*1.0*ACC:DE71110220330123456789+BHBLDEHHXXX*AM:450*CC:EUR")
    assert (foreign.currency, foreign.country) == ("EUR", None)


def test_a_czech_descriptor_may_hold_the_invoice() -> None:
    invoice = "X-INV:SID%2A1.0%2AID:2026-0815%2ADD:20261105%2AVII:CZ45316872"
    claim = known(spayd.parse, f"{CZECH}*{invoice}")
    assert (claim.date, claim.receipt_number) == (dt.date(2026, 11, 5), "2026-0815")
    assert claim.tax_id == TaxId("vat", "CZ", "CZ45316872", valid=True)


def test_a_czech_descriptor_with_a_checksum_counts_if_it_agrees() -> None:
    ordered = "SPD*1.0*ACC:CZ2806000000000168540115*AM:450.00*CC:CZK"
    unordered = "SPD*1.0*CC:CZK*ACC:CZ2806000000000168540115*AM:450.00"
    checksum = f"{zlib.crc32(ordered.encode()):08X}"
    assert known(spayd.parse, f"{ordered}*CRC32:{checksum}").total == Decimal("450.00")
    assert known(spayd.parse, f"{unordered}*CRC32:{checksum}").total == Decimal("450.00")
    assert spayd.parse(f"{ordered.replace('450', '451')}*CRC32:{checksum}".encode()) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.0", "2.0"),
        ("CZ28", "CZ29"),
        ("450.00", "450,00"),
        ("450.00", "4e2"),
        ("450.00", "-450"),
        ("CZK", "ABC"),
        ("AM:450.00", "AM:450.00*AM:1.00"),
        ("AM:", "AM"),
    ],
)
def test_a_czech_descriptor_in_another_form_is_none(old: str, new: str) -> None:
    assert spayd.parse(CZECH.replace(old, new).encode()) is None


WARUNG = b"0002010102125204581253033605405450005802ID5913WARUNG CONTOH6007BANDUNG6304B023"


def test_an_indonesian_code_states_payee_country_and_amount() -> None:
    claim = known(emvco.parse, WARUNG)
    assert (claim.total, claim.currency, claim.country) == (Decimal(45000), "IDR", "ID")
    assert claim.seller == "WARUNG CONTOH"


@pytest.mark.parametrize(
    ("number", "amount", "currency", "country", "total"),
    [
        ("702", "20", "SGD", "SG", Decimal("20.00")),
        ("986", "123.45", "BRL", "BR", Decimal("123.45")),
        ("704", "150000", "VND", "VN", Decimal(150000)),
        ("764", "99.5", "THB", "TH", Decimal("99.50")),
        ("414", "1.250", "KWD", "KW", Decimal("1.250")),
    ],
)
def test_codes_of_other_countries_state_theirs(
    number: str, amount: str, currency: str, country: str, total: Decimal
) -> None:
    payload = emv(f00="01", f01="12", f26="0009SG.PAYNOW", f53=number, f54=amount, f58=country, f59="SHOP", f60="CITY")
    claim = known(emvco.parse, payload)
    assert (claim.total, claim.currency, claim.country) == (total, currency, country)


def test_a_code_on_the_counter_leaves_the_amount_to_the_payer() -> None:
    assert known(emvco.parse, emv(f00="01", f01="11", f53="360", f58="ID", f59="SHOP", f60="CITY")).total is None


def test_a_fixed_fee_is_added_and_a_percentage_leaves_the_total_open() -> None:
    fields = {"f00": "01", "f53": "356", "f54": "100"}
    ending = {"f58": "IN", "f59": "SHOP", "f60": "CITY"}
    assert known(emvco.parse, emv(**fields, f55="01", **ending)).total == Decimal("100.00")
    assert known(emvco.parse, emv(**fields, f55="02", f56="2.50", **ending)).total == Decimal("102.50")
    assert known(emvco.parse, emv(**fields, f55="03", f57="5", **ending)).total is None


@pytest.mark.parametrize("length", [4, 12])
def test_a_name_in_other_letters_is_read_whether_its_length_is_in_characters_or_bytes(length: int) -> None:
    body = f"00020101021153037645802TH59{length:02}ร้าน6007BANGKOK6304"
    claim = known(emvco.parse, f"{body}{crc(body)}")
    assert claim.seller == "ร้าน"


@pytest.mark.parametrize("at", range(len(WARUNG)))
def test_a_code_with_any_character_changed_is_none(at: int) -> None:
    changed = WARUNG[:at] + bytes([WARUNG[at] ^ 1]) + WARUNG[at + 1 :]
    assert emvco.parse(changed) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"f00": "02", "f53": "360", "f54": "45000", "f58": "ID", "f59": "SHOP"},
        {"f00": "01", "f53": "000", "f54": "45000", "f58": "ID", "f59": "SHOP"},
        {"f00": "01", "f53": "360", "f54": "45,000", "f58": "ID", "f59": "SHOP"},
        {"f00": "01", "f53": "360", "f54": "-1", "f58": "ID", "f59": "SHOP"},
        {"f00": "01", "f53": "360", "f54": "45000", "f58": "1D", "f59": "SHOP"},
        {"f00": "01", "f53": "360", "f54": "45000", "f58": "ID"},
    ],
)
def test_a_code_with_a_right_checksum_and_fields_in_another_form_is_none(fields: dict[str, str]) -> None:
    assert emvco.parse(emv(**fields)) is None


def test_a_code_whose_lengths_do_not_fit_or_that_repeats_a_field_is_none() -> None:
    for body in (
        "00020153033605802ID5999SHOP6304",
        "0002015303360530336058025802ID5904SHOP6304",
        "000201530336058ZZID5904SHOP6304",
    ):
        assert emvco.parse(f"{body}{crc(body)}".encode()) is None


UPI = "upi://pay?pa=shop@okbank&pn=Example%20Shop&am=105.00&cu=INR&tn=Bill"


def test_an_indian_payment_link_states_payee_and_amount() -> None:
    claim = known(upi.parse, UPI)
    assert (claim.total, claim.currency, claim.country, claim.seller) == (
        Decimal("105.00"),
        "INR",
        "IN",
        "Example Shop",
    )
    assert known(upi.parse, "UPI://pay?pa=shop@okbank&pn=Example+Shop").total is None
    assert known(upi.parse, UPI.replace("105.00", "0")).total is None


def test_an_indian_payment_link_on_an_invoice_states_the_invoice() -> None:
    invoice = "&invoiceNo=S/0815&invoiceDate=2026-11-05T12:00:00%2B05:30"
    taxes = "&gstIn=27AAPFU0939F1ZV&gstBrkUp=GST:16.02|CGST:8.01|SGST:8.01"
    claim = known(upi.parse, UPI + invoice + taxes)
    assert (claim.date, claim.receipt_number, claim.tax) == (dt.date(2026, 11, 5), "S/0815", Decimal("16.02"))
    assert claim.tax_id == TaxId("gst", "IN", "27AAPFU0939F1ZV", valid=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [("105.00", "1,105.00"), ("105.00", "1e3"), ("INR", "USD"), ("shop@okbank", "shop"), ("am=105.00", "am=1&am=2")],
)
def test_an_indian_payment_link_in_another_form_is_none(old: str, new: str) -> None:
    assert upi.parse(UPI.replace(old, new).encode()) is None


def test_check_digits_of_accounts_and_references() -> None:
    assert references.iban("GB82 WEST 1234 5698 7654 32") == "GB82WEST12345698765432"
    assert references.iban("GB82WEST12345698765433") is None
    assert references.is_creditor_reference("RF18 5390 0754 7034")
    assert not references.is_creditor_reference("RF18539007547035")
    assert references.is_qr_reference("210000000003139471430009017")
    assert not references.is_qr_reference("21000000000313947143000901")
