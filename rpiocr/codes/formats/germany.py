"""Germany: the code of KassenSichV and DSFinV-K on receipts of tills with a technical security device (TSE)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.codes.formats.amounts import all_amounts, amount, tax_within, ungrouped
from rpiocr.codes.formats.encodings import base64_bytes, text_of
from rpiocr.codes.formats.german_signature import Fields, is_signed
from rpiocr.codes.formats.moments import from_unix, iso_moment, local, moment
from rpiocr.model.codes import CodeClaim, Document

SALE = "Beleg"
DOCUMENTS = {SALE: Document.SALE, "AVBelegstorno": Document.CANCELLED, "AVTraining": Document.TRAINING}
"""By the first word of the data; all other kinds of transaction, such as AVBestellung, are no purchases."""

RECEIPT, OTHERS = "kassenbeleg-v1", ("bestellung-v1", "sonstigervorgang")
"""Types of processes. Orders and other processes have data of their own, in which semicolons may stand."""

KIND_OF_TRANSACTION = re.compile(r"Beleg|AV[A-Z][A-Za-z]{1,30}")
SERIAL = re.compile(r"[^;\x00-\x1f\x7f]{1,120}")
COUNTER = re.compile(r"[0-9]{1,18}")
NAME = re.compile(r"[A-Za-z0-9-]{1,40}")
PAYMENT = re.compile(r"(?P<amount>[0-9.,-]{4,24}):(?:Bar|Unbar)(?::(?P<currency>[A-Z]{3}))?")

EURO = "EUR"
RATES = (Decimal(19), Decimal(7))
RATES_2020 = (Decimal(16), Decimal(5))
LOWERED = (dt.date(2020, 7, 1), dt.date(2020, 12, 31))
"""Rates of the first two amounts, which were lower for half a year (Zweites Corona-Steuerhilfegesetz)."""

FIRST_DAY = dt.date(2019, 1, 1)
"""No device is older; they have been mandatory since 2020."""


@dataclass(frozen=True, slots=True)
class _Receipt:
    """What the data of a receipt say: gross amounts by rate, and whether its payments add up to them."""

    document: Document
    gross: tuple[Decimal, ...]
    paid: bool


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the code of a German till states, proved if its signature is that of the key within it.

    The total is the sum of the five gross amounts. It is not proved where the payments add up to another one, although
    none is in foreign money: what of both the receipt calls its total is not certain then. The tax is computed by the
    statutory rates of the day; ``None`` where a farmer's average rates, which change every year, are needed.
    """
    text = text_of(payload)
    fields = _fields(text.strip()) if text else None
    if fields is None:
        return None
    if fields.process.lower() != RECEIPT:
        return _claim(fields, _Receipt(Document.OTHER, (), paid=False))
    receipt = _receipt(fields.data)
    return _claim(fields, receipt) if receipt else None


def _claim(fields: Fields, receipt: _Receipt) -> CodeClaim:
    when = local(fields.finish, "Europe/Berlin")
    total = sum(receipt.gross, Decimal(0)) if receipt.gross else None
    tax = _tax(receipt.gross, when.date())
    certain = {"total": total, "tax": tax} if receipt.paid else {}
    refund = receipt.document is Document.SALE and total is not None and total < 0
    return CodeClaim(
        "de-tse",
        "DE",
        Document.REFUND if refund else receipt.document,
        total=total,
        currency=EURO,
        date=when.date(),
        time=when.time(),
        tax=tax,
        receipt_number=fields.transaction,
        proved=_proved(fields, *(name for name, value in certain.items() if value is not None)),
    )


def _proved(fields: Fields, *amounts: str) -> frozenset[str]:
    return frozenset({"date", "time", *amounts}) if is_signed(fields) else frozenset()


def _fields(text: str) -> Fields | None:
    parts = text.split(";")
    if parts[0] != "V0" or len(parts) < 12:
        return None
    process, data = parts[2], ";".join(parts[3:-8])
    if process.lower() not in (RECEIPT, *OTHERS) or (";" in data and process.lower() == RECEIPT):
        return None
    transaction, counter, start, finish, algorithm, time_format, signature, key = parts[-8:]
    ended = _utc(finish)
    sealed = (base64_bytes(signature, 200), base64_bytes(key, 400))
    if ended is None or (start and _utc(start) is None) or not sealed[0] or not sealed[1]:
        return None
    forms = ((SERIAL, parts[1]), (COUNTER, transaction), (COUNTER, counter), (NAME, algorithm), (NAME, time_format))
    if not all(form.fullmatch(field) for form, field in forms):
        return None
    return Fields(parts[1], process, data, transaction, counter, ended, algorithm, time_format, sealed[0], sealed[1])


def _utc(text: str) -> dt.datetime | None:
    """Return a time in UTC from any of the forms that tills print, ``None`` before the first devices."""
    if re.fullmatch(r"[0-9]{10}", text):
        found = from_unix(int(text))
    elif re.fullmatch(r"[0-9]{14}Z", text):
        plain = moment(text, "YYYYMMDDhhmmssZ")
        found = plain.replace(tzinfo=dt.UTC) if plain else None
    else:
        found = iso_moment(text)
    return found.astimezone(dt.UTC) if found and found.tzinfo and found.date() >= FIRST_DAY else None


def _receipt(data: str) -> _Receipt | None:
    word, *sections = data.split("^")
    # What cancels a receipt may name it in a section of its own.
    if not KIND_OF_TRANSACTION.fullmatch(word) or not 2 <= len(sections) <= (2 if word == SALE else 3):
        return None
    gross = all_amounts(_amount(one) for one in sections[0].split("_"))
    payments = _payments(sections[1])
    if gross is None or len(gross) != 5 or payments is None:
        return None
    foreign = any(currency != EURO for currency, _ in payments)
    return _Receipt(
        DOCUMENTS.get(word, Document.OTHER), gross, foreign or sum(paid for _, paid in payments) == sum(gross)
    )


def _payments(text: str) -> Sequence[tuple[str, Decimal]] | None:
    """Return the payments with their currencies, ``None`` if one is in another form."""
    found = []
    for piece in text.split("_") if text else ():
        match = PAYMENT.fullmatch(piece)
        paid = _amount(match["amount"]) if match else None
        if match is None or paid is None:
            return None
        found.append((match["currency"] or EURO, paid))
    return found


def _amount(text: str) -> Decimal | None:
    return amount(ungrouped(text), signed=True)


def _tax(gross: Sequence[Decimal], day: dt.date) -> Decimal | None:
    if not gross or gross[2] or gross[3]:
        return None
    rates = RATES_2020 if LOWERED[0] <= day <= LOWERED[1] else RATES
    return sum(map(tax_within, gross, rates), Decimal(0))
