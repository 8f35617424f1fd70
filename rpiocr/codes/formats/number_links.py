"""Links of countries that state nothing but the receipt's number, and some the seller's: the office has the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rpiocr.codes.formats.links import link_to
from rpiocr.codes.formats.moments import clock
from rpiocr.codes.formats.tax_numbers import tax_id
from rpiocr.model.codes import CodeClaim, Document


@dataclass(frozen=True, slots=True)
class NumberLink:
    """The links of one office: ``form`` fits what stands after the host and has the group ``number``.

    It may have groups ``seller`` and ``time``, ``hhmmss``. ``tax_kind`` names the seller's number, ``rule`` is the
    module of python-stdnum that checks it.
    """

    kind: str
    country: str
    domain: str
    form: re.Pattern[str]
    tax_kind: str = "tin"
    rule: str | None = None


DATA = r"/[A-Za-z/]{0,60}index(?:Ebm|Etims)ReceiptData\?[Dd]ata="

TEST_HOSTS = ("sbx", "sandbox", "preprod", "test")
"""Parts of the hosts of the offices' systems for tests."""

LINKS = (
    NumberLink(
        "my-myinvois",
        "MY",
        "hasil.gov.my",
        re.compile(r"/(?P<number>[0-9A-Za-z]{26})/share/[0-9A-Za-z]{20,60}/?"),
    ),
    NumberLink(
        "ke-tims",
        "KE",
        "kra.go.ke",
        re.compile(r"/KRA-Portal/invoiceChk\.htm\?actionCode=loadPage&invoiceNo=(?P<number>[0-9]{19})"),
    ),
    NumberLink(
        "ke-etims",
        "KE",
        "kra.go.ke",
        re.compile(DATA + r"(?P<seller>[AP][0-9]{9}[A-Z])[0-9]{2}(?P<number>[0-9A-Z]{16})"),
        "pin",
        "ke.pin",
    ),
    NumberLink(
        "rw-ebm", "RW", "rra.gov.rw", re.compile(DATA + r"(?P<seller>[0-9]{9})[0-9]{2}(?P<number>[0-9A-Z]{16})")
    ),
    NumberLink(
        "zm-invoice",
        "ZM",
        "zra.org.zm",
        re.compile(DATA + r"(?P<seller>[0-9]{10})[0-9]{3}(?P<number>[0-9A-Z]{16})"),
        "tpin",
    ),
    NumberLink("tz-receipt", "TZ", "tra.go.tz", re.compile(r"/(?P<number>[0-9A-Z]{6,20})_(?P<time>[0-9]{6})")),
    NumberLink(
        "ug-efris",
        "UG",
        "ura.go.ug",
        re.compile(
            r"/site_mobile/#?/?invoiceValidation\?invoiceNo=(?P<number>[0-9A-Za-z-]{6,30})&antiFakeCode=[0-9A-Za-z]{6,40}"
        ),
    ),
)

DOMAINS = tuple(sorted({known.domain for known in LINKS}))


def parse(payload: bytes) -> CodeClaim | None:
    """Return country, number and, where the link has them, seller and time."""
    link = link_to(payload, *DOMAINS)
    if link is None:
        return None
    query = f"?{link.query}" if link.query else ""
    fragment = f"#{link.fragment}" if link.fragment else ""
    rest = f"{link.path}{query}{fragment}"
    found = ((known, known.form.fullmatch(rest)) for known in LINKS if link.is_at(known.domain))
    document = Document.TRAINING if any(name in link.host for name in TEST_HOSTS) else Document.SALE
    return next((_claim(known, match, document) for known, match in found if match), None)


def _claim(known: NumberLink, match: re.Match[str], document: Document) -> CodeClaim:
    groups = match.groupdict()
    seller, time = groups.get("seller"), groups.get("time")
    return CodeClaim(
        kind=known.kind,
        country=known.country,
        document=document,
        time=clock(time, "hhmmss") if time else None,
        tax_id=tax_id(known.tax_kind, known.country, seller, known.rule) if seller else None,
        receipt_number=match["number"],
    )
