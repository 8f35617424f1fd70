"""XML that is made to do harm is refused, in bounded time and memory."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.einvoice import parse
from rpiocr.einvoice.tree import MAX_BYTES, MAX_LINES
from rpiocr.errors import DamagedFileError, InputError

from .invoices import SHOP, Row, cii, ubl

LAUGHS = "<!DOCTYPE a [<!ENTITY l0 'lol'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 30))


def with_document_type(declaration: str, text: str = "RE-2026-0815") -> bytes:
    head, _, rest = cii().decode().partition("?>")
    return f"{head}?>{declaration}{rest.replace('RE-2026-0815', text)}".encode()


def test_entities_are_never_expanded() -> None:
    for bomb in (
        with_document_type(f"{LAUGHS}]>", "&l29;"),
        with_document_type("<!DOCTYPE a [<!ENTITY b 'c'>]>", "&b;"),
    ):
        tracemalloc.start()
        with pytest.raises(DamagedFileError, match="declares a document type"):
            parse(bomb)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10 * len(bomb) + 1_000_000


def test_nothing_outside_of_the_document_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("12.34")
    for declaration in (
        f"<!DOCTYPE a [<!ENTITY b SYSTEM '{secret.as_uri()}'>]>",
        f"<!DOCTYPE a SYSTEM '{secret.as_uri()}'>",
        f"<!DOCTYPE a [<!ENTITY % b SYSTEM '{secret.as_uri()}'> %b;]>",
    ):
        with pytest.raises(DamagedFileError, match="declares a document type"):
            parse(with_document_type(declaration, "&b;"))
    included = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    total = b"<ram:GrandTotalAmount>182.39<"
    assert parse(cii().replace(total, f"<ram:GrandTotalAmount>{included}<".encode())).total is None


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (b"", "no element"),
        (cii()[:900], "not well-formed"),
        (cii()[:-1], "not well-formed"),
        (b"<a>" * 100_000, "nested"),
        (b"<a>" + b"<b/>" * 400_000 + b"</a>", "elements"),
        (b"<a>" + b" " * MAX_BYTES + b"</a>", "larger"),
        (cii().replace("ö".encode(), b"\xf6"), "not well-formed"),
        (cii().replace(b'encoding="UTF-8"', b'encoding="zip"'), "encoding"),
        (cii().replace(b'encoding="UTF-8"', b'encoding="UTF-16"'), "not well-formed"),
        (cii().replace(b"RE-2026", b"&undefined;"), "not well-formed"),
    ],
    ids=["empty", "cut off", "last byte", "deep", "wide", "large", "latin 1", "codec", "wrong name", "undefined"],
)
def test_what_is_damaged_or_too_much_is_refused(xml: bytes, told: str) -> None:
    with pytest.raises(DamagedFileError, match=told) as refused:
        parse(xml, "a.xml")
    assert str(refused.value).startswith("a.xml cannot be read, because")


def test_an_invoice_may_have_many_lines_but_not_any_number() -> None:
    line = Row("x", "1", "H87", "1.00")
    assert parse(ubl(SHOP.but(rows=(line,) * 2000))).total == Decimal("2380.00")
    short = b"<cac:InvoiceLine/>" * (MAX_LINES + 1)
    with pytest.raises(DamagedFileError, match="lines"):
        parse(ubl().replace(b"</Invoice>", short + b"</Invoice>"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    name = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}.get(encoding, encoding)
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    xml = (mark + cii().decode().replace('encoding="UTF-8"', f'encoding="{name}"')).encode(encoding)
    invoice = parse(xml)
    assert (invoice.seller.name, invoice.proved) == ("Café Brandt", True)


def test_an_enclosed_file_is_not_kept() -> None:
    enclosed = (
        b"<cac:AdditionalDocumentReference><cac:Attachment><cbc:EmbeddedDocumentBinaryObject>" + b"QUJD" * 900_000
    )
    xml = ubl().replace(
        b"<cac:AccountingSupplierParty>",
        enclosed + b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
        b"<cac:AccountingSupplierParty>",
    )
    assert parse(xml).proved


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_known_error(data: bytes) -> None:
    with pytest.raises(InputError):
        parse(data)


@given(st.lists(st.tuples(st.integers(0, len(cii()) - 1), st.binary(max_size=6)), max_size=8))
def test_any_change_gives_an_invoice_or_a_known_error(changes: list[tuple[int, bytes]]) -> None:
    xml = bytearray(cii())
    for place, new in changes:
        xml[place : place + len(new)] = new
    try:
        parse(bytes(xml))
    except InputError as error:
        assert error.code in ("damaged_file", "no_invoice")
