"""Codes that only name a receipt, for somebody who asks the tax office: they tell the country, one of them the time."""

from __future__ import annotations

import re

from rpiocr.codes.formats.links import link_to, read_pairs
from rpiocr.codes.formats.moments import moment
from rpiocr.codes.parser import MAX_PAYLOAD
from rpiocr.model.codes import CodeClaim, Document

UZBEK_FORMS = {"t": r"[A-Z]{2}[0-9]{12}", "r": r"[0-9]{1,12}", "c": r"20[0-9]{12}", "s": r"[0-9]{12}"}
UZBEK_PATHS = ("/check", "/epi")

AZERI_PAGE = "/index?"
AZERI_NUMBER = re.compile(r"[A-Za-z0-9]{8,64}")

MACEDONIAN = re.compile(rb"AC[0-9]{9}AC[0-9]{9}AC0017.{4,}", re.DOTALL)
QUEBEC_TOKEN = re.compile(r"[A-Za-z0-9+/=_.%-]{40,4000}")


def parse_uzbekistan(payload: bytes) -> CodeClaim | None:
    """Return number and time of an Uzbek receipt; what looks like a sum in its link is a sign."""
    link = link_to(payload, "ofd.soliq.uz")
    if link is None or link.path.rstrip("/") not in UZBEK_PATHS:
        return None
    values = link.values()
    if set(values) != set(UZBEK_FORMS) or not all(re.fullmatch(UZBEK_FORMS[key], values[key]) for key in UZBEK_FORMS):
        return None
    when = moment(values["c"], "YYYYMMDDhhmmss")
    if when is None:
        return None
    return CodeClaim("uz-ofd", "UZ", date=when.date(), time=when.time(), receipt_number=values["r"])


def parse_azerbaijan(payload: bytes) -> CodeClaim | None:
    """Return the number by which the tax service knows an Azerbaijani receipt."""
    link = link_to(payload, "e-kassa.gov.az")
    if link is None or not link.fragment.startswith(AZERI_PAGE):
        return None
    values = read_pairs(link.fragment.removeprefix(AZERI_PAGE))
    if set(values) != {"doc"} or not AZERI_NUMBER.fullmatch(values["doc"]):
        return None
    return CodeClaim("az-ekassa", "AZ", receipt_number=values["doc"])


def parse_north_macedonia(payload: bytes) -> CodeClaim | None:
    """Return the country for the start of a Macedonian code, which can be read; the rest is encrypted."""
    if len(payload) > MAX_PAYLOAD or not MACEDONIAN.fullmatch(payload):
        return None
    return CodeClaim("mk-fiscal", "MK")


def parse_quebec(payload: bytes) -> CodeClaim | None:
    """Return the country for the link of Québec's recording system, whose content is encrypted."""
    link = link_to(payload, "mev-web.ca")
    if link is None or link.path != "/":
        return None
    values = link.values()
    if set(values) != {"f"} or not QUEBEC_TOKEN.fullmatch(values["f"]):
        return None
    return CodeClaim("ca-srm", "CA", Document.TRAINING if link.host.startswith("cnfr.") else Document.SALE)
