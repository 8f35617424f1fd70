"""From the bytes of an XML document to the e-invoice that it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from rpiocr.einvoice.cii import CII, ZUGFERD_1, read_cii
from rpiocr.einvoice.tree import Element, XmlError, parse_xml
from rpiocr.einvoice.ubl import read_ubl
from rpiocr.errors import DamagedFileError, NotAnInvoiceError
from rpiocr.model.einvoice import EInvoice, Syntax

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"

READERS: Mapping[tuple[str, str], Callable[[Element], EInvoice]] = {
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:", "CrossIndustryInvoice"): partial(
        read_cii, names=CII, syntax=Syntax.CII
    ),
    ("urn:ferd:CrossIndustryDocument:", "CrossIndustryDocument"): partial(
        read_cii, names=ZUGFERD_1, syntax=Syntax.ZUGFERD_1
    ),
    ("urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:", "SCRDMCCBDACIOMessageStructure"): partial(
        read_cii, names=CII, syntax=Syntax.ORDER_X
    ),
    (f"{UBL}Invoice-2", "Invoice"): read_ubl,
    (f"{UBL}CreditNote-2", "CreditNote"): read_ubl,
}
"""How the root of a document is read, by the beginning of its namespace and its name."""

ENVELOPE = "StandardBusinessDocument"
"""What documents are wrapped in when they are sent through Peppol."""


def parse(xml: bytes, name: str = "the XML") -> EInvoice:
    """Return what an e-invoice or an order states; messages refer to the document as ``name``.

    Raises DamagedFileError if it is not XML, or exceeds a bound, and NotAnInvoiceError for any other XML.
    """
    try:
        root = parse_xml(xml)
        read = _reader(root)
        if read is None:
            message = (
                f"{name} is XML, but no e-invoice (its root is {root.name[:60]!r}): give an invoice as CII (Factur-X,"
                " ZUGFeRD, XRechnung) or UBL, or the receipt as a picture or PDF."
            )
            raise NotAnInvoiceError(message)
        return read()
    except XmlError as error:
        message = f"{name} cannot be read, because {error}: ask its sender for the invoice anew, or give its PDF."
        raise DamagedFileError(message) from error


def _reader(root: Element) -> Callable[[], EInvoice] | None:
    """Return what reads a document, or the one that it wraps."""
    for element in (root, *(root.children if root.name == ENVELOPE else ())):
        for (namespace, name), read in READERS.items():
            if element.name == name and element.namespace.startswith(namespace):
                return partial(read, element)
    return None
