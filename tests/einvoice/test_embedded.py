"""A PDF with an e-invoice in it: settled by it where the page shows the same, both shown where it does not."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from rpiocr.model import Kind, Receipt, Verdict
from rpiocr.pipeline import read_receipts
from rpiocr.settings import load_settings
from tests.einvoice.invoices import SHOP, Spec, cii, order_x, ubl

PAGE = (
    "Kaffeerösterei Brandt GmbH",
    "Lindenweg 4, 53111 Bonn",
    "Rechnung RE-2026-0815",
    "Datum: 14.03.2026",
    "2 Espresso Cremoso 1 kg     37,00",
    "1,5 Wartung Siebträger     120,00",
    "Nettobetrag                157,00",
    "MwSt 7 %                     2,59",
    "MwSt 19 %                   22,80",
    "Gesamtbetrag EUR           182,39",
)


def pdf(*pages: tuple[str, ...], xml: bytes | None = None, name: str = "factur-x.xml") -> bytes:
    """A PDF with these lines as text, and a file embedded in it."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        shown = b"".join(b"(%s) Tj T* " % _literal(line) for line in lines)
        content = b"BT /F1 11 Tf 16 TL 60 760 Td " + shown + b"ET"
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        resources = b"/Resources << /Font << /F1 3 0 R >> >>"
        parts.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 842] %s /Contents %d 0 R >>" % (resources, len(parts))
        )
        kids.append(b"%d 0 R" % len(parts))
    parts[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    with_objects = _whole(parts)
    if xml is None:
        return with_objects
    document = pdfium.PdfDocument(with_objects)
    document.new_attachment(name).set_data(xml)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def _literal(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _whole(parts: list[bytes]) -> bytes:
    """A PDF of numbered objects."""
    data, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, table)
    return data + head + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(data))


def read(tmp_path: Path, data: bytes, **settings: str) -> list[Receipt]:
    """The receipts of a PDF."""
    (tmp_path / "invoice.pdf").write_bytes(data)
    return list(read_receipts(tmp_path / "invoice.pdf", replace(load_settings(), **settings)))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.mark.parametrize("xml", [cii(), ubl()], ids=["cii", "ubl"])
def test_the_invoice_settles_what_the_page_shows_too(tmp_path: Path, xml: bytes) -> None:
    (receipt,) = read(tmp_path, pdf(PAGE, xml=xml))
    amount = receipt.fields.amount
    assert amount is not None
    assert (amount.chosen.value, receipt.judgement.verdict) == (Decimal("182.39"), Verdict.ACCEPT)
    assert amount.chosen.provenance.kind is Kind.E_INVOICE
    assert amount.chosen.box.width > 0
    assert receipt.fields.items is not None
    assert [item.description for item in receipt.fields.items.items] == ["Espresso Cremoso 1 kg", "Wartung Siebträger"]


def test_another_total_on_the_page_is_shown_beside_that_of_the_invoice_and_not_accepted(tmp_path: Path) -> None:
    page = tuple(line.replace("182,39", "192,39").replace("22,80", "32,80") for line in PAGE)
    (receipt,) = read(tmp_path, pdf(page, xml=cii()))
    amount = receipt.fields.amount
    assert amount is not None
    assert receipt.judgement.verdict is not Verdict.ACCEPT
    assert {str(one.value) for one in (amount.chosen, *amount.rivals)} >= {"192.39", "182.39"}


def test_the_invoice_belongs_to_the_page_that_shows_it(tmp_path: Path) -> None:
    other = (
        "Kiosk am Bahnhof",
        "53113 Bonn",
        "Datum: 02.02.2026",
        "Zeitung 3,20",
        "SUMME EUR 3,20",
        "Bar 5,00",
        "Zurück 1,80",
    )
    kiosk, invoice = read(tmp_path, pdf(other, PAGE, xml=cii()))
    assert kiosk.fields.amount is not None
    assert kiosk.fields.amount.chosen.provenance.kind is not Kind.E_INVOICE
    assert invoice.fields.amount is not None
    assert invoice.fields.amount.chosen.provenance.kind is Kind.E_INVOICE


def test_a_pdf_with_an_order_in_it_is_never_accepted(tmp_path: Path) -> None:
    (receipt,) = read(tmp_path, pdf(PAGE, xml=order_x(), name="order-x.xml"))
    assert receipt.judgement.verdict is not Verdict.ACCEPT


def test_other_xml_in_a_pdf_changes_nothing(tmp_path: Path) -> None:
    (plain,) = read(tmp_path, pdf(PAGE))
    (receipt,) = read(tmp_path, pdf(PAGE, xml=b"<metadata><title>Rechnung</title></metadata>", name="meta.xml"))
    assert receipt.fields == plain.fields


def test_a_damaged_invoice_in_a_pdf_is_a_warning_and_the_page_is_read(tmp_path: Path) -> None:
    (receipt,) = read(tmp_path, pdf(PAGE, xml=cii()[:-40]))
    assert receipt.fields.amount is not None
    assert "einvoice_damaged" in {warning.code for warning in receipt.warnings}


def test_an_invoice_whose_own_sums_do_not_agree_proves_nothing(tmp_path: Path) -> None:
    wrong = Spec(stated={"lines": "150.00"})
    (receipt,) = read(tmp_path, pdf(PAGE, xml=cii(wrong)))
    assert receipt.fields.amount is not None
    assert receipt.fields.amount.chosen.provenance.kind is not Kind.E_INVOICE
    assert SHOP.number == "RE-2026-0815"
