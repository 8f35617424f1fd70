"""A code settles what the paper shows as well, gives what was not read, and is never preferred to clear print."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from rpiocr.decide.authority import Authority, local_claim
from rpiocr.decide.cloud_policy import Answer, with_cloud
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Scene, Understanding, understand
from rpiocr.extract import Hints
from rpiocr.model import Box, Code, CodeClaim, FoundCode, Source, TaxId, Verdict
from rpiocr.model.codes import Document
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from tests.written import PSM_4, PSM_6, in_currency, languages, read_as

JUDGE = Judge(accept_risk=0.01)
PLACE = Box(100.0, 900.0, 300.0, 1100.0)

RECEIPT = (
    "Bäckerei Sonnental\n53111 Bonn\n05.11.2026 13:34\nBrot 4,20\nKuchen 12,30\nSUMME EUR 16,50\nBar 20,00\nZurück 3,50"
)
SALE = CodeClaim("de-tse", "DE", total=Decimal("16.50"), currency="EUR", date=dt.date(2026, 11, 5))
PROVED = replace(SALE, proved=frozenset({"total", "date"}))
REQUEST = replace(SALE, kind="epc", document=Document.REQUEST, country=None, date=None)


def code(claim: CodeClaim | None, box: Box = PLACE) -> Code:
    """A code with this claim."""
    return Code(FoundCode("QRCode", b"payload", box), claim)


def read(text: str, *claims: CodeClaim | None, confidence: float = 0.96, second: str | None = None) -> Understanding:
    """What is understood of a receipt that was read as ``text``, by the second engine as ``second``."""
    passes = [read_as(text, engine, confidence=confidence) for engine in (PSM_6, PSM_4)]
    passes.append(read_as(second or text, ALL_LINES, confidence=confidence))
    scene = Scene(codes=tuple(code(claim) for claim in claims))
    return understand(passes, 0.0, languages(), Hints(dt.date(2026, 11, 30)), JUDGE, scene=scene)


def total(found: Understanding) -> str | None:
    """The total that was chosen."""
    return str(found.fields.amount.chosen.value) if found.fields.amount else None


def is_accepted(found: Understanding) -> bool:
    """Whether the receipt is accepted."""
    return found.judgement.verdict is Verdict.ACCEPT


@pytest.mark.parametrize("claim", [SALE, PROVED])
def test_a_total_without_any_support_is_accepted_if_a_code_states_the_same(claim: CodeClaim) -> None:
    text = "Kiosk\n05.11.2026\nSUMME EUR 16,50"
    assert not is_accepted(read(text))
    found = read(text, claim)
    assert is_accepted(found)
    assert total(found) == "16.50"


def test_a_payment_that_is_asked_for_supports_the_total_of_an_invoice() -> None:
    text = "Muster GmbH\nRechnung vom 05.11.2026\nRechnungsbetrag EUR 16,50"
    assert not is_accepted(read(text))
    assert is_accepted(read(text, REQUEST))


def test_a_proved_code_gives_the_total_that_was_misread_in_its_place() -> None:
    found = read(RECEIPT.replace("16,50", "18,50"), PROVED, second=RECEIPT, confidence=0.6)
    assert total(found) == "16.50"
    assert is_accepted(found)


def test_a_proved_code_gives_the_total_that_was_not_read_if_its_date_was() -> None:
    text = "Kiosk\n05.11.2026 13:34\nZigaretten"
    assert total(read(text)) is None
    found = read(text, PROVED)
    assert (total(found), is_accepted(found)) == ("16.50", True)


def test_a_coded_total_is_not_taken_for_one_that_was_not_read_if_the_page_has_higher_amounts() -> None:
    unknown_words = "Maslina d.o.o.\n05.11.2026 13:34\nCRIJEVO 13.437,95\nSVEUKUPNO 19.823,73\nKartica 19.823,73"
    assert not is_accepted(read(unknown_words, PROVED))
    smudged = "Kiosk\n05.11.2026 13:34\nBrot 4,20\nSUMME EUR\nBar 20,00\nZurück 3,50"
    found = read(smudged, PROVED)
    assert (total(found), is_accepted(found)) == ("16.50", True)


def test_a_code_without_proof_gives_a_total_that_was_not_read_but_not_for_sure() -> None:
    found = read("Kiosk\n05.11.2026 13:34\nZigaretten", SALE)
    assert (total(found), is_accepted(found)) == ("16.50", False)


def test_a_code_of_which_neither_total_nor_date_is_on_the_paper_settles_nothing() -> None:
    text = "Kiosk\n02.10.2026 13:34\nEis 4,20\nCola 3,00\nSUMME EUR 7,20\nBar 10,00\nZurück 2,80"
    assert is_accepted(read(text))
    found = read(text, PROVED)
    assert (total(found), is_accepted(found)) == ("7.20", False)
    assert found.fields.date is not None
    assert found.fields.date.chosen.value == dt.date(2026, 10, 2)
    assert "16.50" in {str(rival.value) for rival in found.fields.amount.rivals} if found.fields.amount else False


@pytest.mark.parametrize("claim", [SALE, PROVED, REQUEST])
def test_with_a_tip_below_the_coded_total_both_are_shown_and_a_person_decides(claim: CodeClaim) -> None:
    paid = RECEIPT.replace("Bar 20,00\nZurück 3,50", "Trinkgeld 2,00\nGesamt EUR 18,50\nKartenzahlung EUR 18,50")
    assert is_accepted(read(paid))
    found = read(paid, claim)
    assert found.fields.amount is not None
    assert not is_accepted(found)
    assert {str(one.value) for one in (found.fields.amount.chosen, *found.fields.amount.rivals)} >= {"16.50", "18.50"}
    assert any("a code on the receipt says 16.50" in veto.why for veto in found.fields.amount.vetoes)


@pytest.mark.parametrize(
    "below",
    ["Trinkgeld 2,00\nEndbetrag 18,50", "1/2 SUMME 8,25 EUR", "Trinkgeld 2,00"],
    ids=["tip and total", "share", "tip"],
)
def test_what_is_stated_below_the_coded_total_is_in_doubt_though_the_sums_agree_with_the_code(below: str) -> None:
    text = RECEIPT + "\nA 7% 15,42 1,08 16,50\nVielen Dank für Ihren Einkauf\n" + below
    assert not is_accepted(read(text, PROVED))
    assert is_accepted(read(text.replace(below, "Punkte 25"), PROVED))


def test_the_least_purchase_of_an_offer_below_the_total_is_no_other_total() -> None:
    text = RECEIPT + "\nDESCONTO 10 %\nNUMA COMPRA SUPERIOR A 30.00\n"
    assert is_accepted(read(text, PROVED))


def test_a_tip_is_in_doubt_though_no_line_names_the_coded_total() -> None:
    for coded in ("Brot 4,20\nKuchen 12,30\nZwischensumme 16,50", "MwSt 19% 2,63"):
        text = f"Kiosk\n05.11.2026 13:34\n{coded}\nTrinkgeld 2,00"
        assert not is_accepted(read(text, PROVED))
        assert is_accepted(read(text.replace("Trinkgeld 2,00", "Trinkgeld 0,00"), PROVED))


def test_a_code_on_an_image_of_several_receipts_settles_no_total() -> None:
    text = "Kiosk\n05.11.2026 13:34\nZigaretten"
    passes = [read_as(text, engine, confidence=0.96) for engine in (PSM_6, PSM_4, ALL_LINES)]
    for mixed in (False, True):
        scene = Scene(mixed=mixed, codes=(code(PROVED),))
        found = understand(passes, 0.0, languages(), Hints(dt.date(2026, 11, 30)), JUDGE, scene=scene)
        assert (total(found), is_accepted(found)) == ("16.50", not mixed)


def test_another_date_in_print_than_in_the_code_is_shown_and_not_accepted() -> None:
    found = read(RECEIPT.replace("05.11.2026", "07.11.2026"), PROVED)
    assert found.fields.date is not None
    assert not is_accepted(found)
    assert dt.date(2026, 11, 5) in {rival.value for rival in found.fields.date.rivals}


def test_a_day_that_is_not_that_of_the_purchase_by_its_words_is_no_other_date_than_that_of_the_code() -> None:
    text = RECEIPT.replace("05.11.2026 13:34\n", "") + "\nRückgabe bis 31.12.2026"
    found = read(text, PROVED)
    assert found.fields.date is not None
    assert (found.fields.date.chosen.value, is_accepted(found)) == (dt.date(2026, 11, 5), True)
    assert not is_accepted(read(text, SALE))


def test_a_code_decides_which_number_of_a_date_is_the_day() -> None:
    text = "CORNER SHOP\n05/11/2026 13:34\nTEA 4.20\nCAKE 12.30\nTOTAL 16.50\nCASH 20.00\nCHANGE 3.50"
    for date in (dt.date(2026, 11, 5), dt.date(2026, 5, 11)):
        found = read(text, replace(SALE, country=None, currency="USD", date=date))
        assert found.fields.date is not None
        assert (found.fields.date.chosen.value, found.fields.date.verdict) == (date, Verdict.ACCEPT)


def test_the_code_says_that_it_is_a_refund_where_the_minus_was_lost() -> None:
    claim = replace(PROVED, document=Document.REFUND, total=Decimal("-16.50"))
    found = read("Kaufhaus\n05.11.2026\nHemd 16,50\nSUMME EUR 16,50", claim)
    assert (total(found), is_accepted(found)) == ("-16.50", True)


@pytest.mark.parametrize("document", [Document.CANCELLED, Document.TRAINING, Document.OTHER])
def test_what_a_code_marks_as_no_purchase_is_not_accepted(document: Document) -> None:
    assert is_accepted(read(RECEIPT))
    found = read(RECEIPT, replace(PROVED, document=document))
    assert not is_accepted(found)


def test_a_price_that_equals_the_total_of_a_code_does_not_make_it_the_code_of_this_receipt() -> None:
    found = read("Kiosk\n\nBrot 16,50\nKuchen 12,30\nSUMME EUR", PROVED)
    assert not is_accepted(found)


def test_codes_of_two_receipts_are_not_accepted_as_one() -> None:
    other = replace(PROVED, total=Decimal("7.20"), date=dt.date(2026, 10, 2))
    assert not is_accepted(read(RECEIPT, PROVED, other))


def test_an_advert_changes_nothing() -> None:
    plain, found = read(RECEIPT), read(RECEIPT, None)
    assert (found.fields, found.judgement) == (plain.fields, plain.judgement)


def test_the_country_of_a_code_settles_the_currency_that_is_not_printed() -> None:
    text = "Магазин\n05.11.2026 13:34\nИТОГ 16.50"
    claim = CodeClaim("ru-receipt", "RU", total=Decimal("16.50"), currency="RUB", date=dt.date(2026, 11, 5))
    alone = read(text).fields.currency
    assert alone is not None
    assert alone.verdict is not Verdict.ACCEPT
    found = read(text, claim).fields.currency
    assert found is not None
    assert (found.chosen.value, found.verdict) == ("RUB", Verdict.ACCEPT)


def test_a_printed_sign_of_another_currency_is_in_doubt_beside_a_code() -> None:
    found = read(RECEIPT, replace(PROVED, currency="CHF")).fields.currency
    assert found is not None
    assert (found.chosen.value, found.verdict is Verdict.ACCEPT) == ("EUR", False)
    assert found.rivals[0].value == "CHF"


@pytest.mark.parametrize("coded", ["CHF", "EUR"])
def test_the_cloud_does_not_undo_what_a_code_says_about_the_currency(coded: str) -> None:
    here = read(RECEIPT, replace(PROVED, currency=coded))
    answer = Answer(here.fields, here.judgement, Source.LOCAL)
    for seen in ("EUR", "USD"):
        found = with_cloud(answer, replace(read(RECEIPT).fields, currency=in_currency(seen)), JUDGE).fields.currency
        assert found is not None
        assert (found.chosen.value, found.verdict is Verdict.ACCEPT) == ("EUR", coded == "EUR")


def test_what_only_the_code_has_is_filled_in() -> None:
    seller = TaxId("vat", "DE", "136695976", valid=True)
    claim = replace(
        PROVED,
        time=dt.time(13, 34, 56),
        tax=Decimal("2.63"),
        receipt_number="4711",
        tax_id=seller,
        seller="Sonnental KG",
    )
    fields = read("05.11.2026\nSUMME EUR 16,50", claim).fields
    assert (fields.time, fields.tax) == (dt.time(13, 34, 56), Decimal("2.63"))
    assert fields.receipt_number is not None
    assert fields.receipt_number.chosen.value == "4711"
    assert [one.chosen.value for one in fields.tax_ids] == [seller]


def test_the_name_in_print_is_kept_before_that_of_a_code() -> None:
    merchant = read(RECEIPT, replace(PROVED, seller="Sonnental Backwaren KG")).fields.merchant
    assert merchant is not None
    assert merchant.chosen.value == "Bäckerei Sonnental"
    assert "Sonnental Backwaren KG" in {rival.value for rival in merchant.rivals}


def test_a_proved_total_has_the_authority_of_a_code() -> None:
    amount = read(RECEIPT, PROVED).fields.amount
    assert amount is not None
    assert local_claim(amount).authority is Authority.CODE
