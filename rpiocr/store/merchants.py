"""What people said about merchants: learned from corrections of receipts, or set for a key; see ADR 0056.

A statement that was learned belongs to its receipt: it changes with each correction of that receipt, is taken back with
it, and goes with the receipt.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, or_, select

from rpiocr.model.fields import TaxId
from rpiocr.model.memory import (
    MIN_PHONE_DIGITS,
    REMEMBERED,
    KeyKind,
    MerchantKey,
    Statement,
    domain_key,
    keys_of,
    phone_key,
    tax_key,
)
from rpiocr.store.database import Database
from rpiocr.store.errors import BadCorrectionError, BadMerchantKeyError, NoSuchMerchantError
from rpiocr.store.rows import sound_rows
from rpiocr.store.tables import CORRECTIONS, FIELDS, MERCHANTS, RECEIPTS, TAX_IDS
from rpiocr.store.values import MAX_TEXT_LENGTH

LEARNED = ("merchant", "category")
"""The fields of a receipt whose corrections are remembered."""

IDENTIFYING = ("phone", "website")
"""The fields of a receipt whose corrections change what identifies its merchant."""

MAX_KEPT = 20
"""Maximum number of receipts that are kept as having taught one value of one key."""

AT_ONCE = 200
"""Maximum number of keys in one query."""

TAX_KEY = re.compile(r"([A-Za-z]{2}):([^\W_][\w.-]*):(.*[^\W_].*)")


def learn(connection: Connection, receipt_id: int, changed: Collection[str]) -> None:
    """Remember what a person says about a receipt's merchant, after the fields ``changed`` were corrected or confirmed.

    They may have their old values: saying so again teaches what was forgotten. What the same receipt taught before is
    forgotten; after its last correction was taken back, nothing is left.
    """
    fields = LEARNED if set(changed) & set(IDENTIFYING) else [name for name in LEARNED if name in changed]
    if not fields:
        return
    here = MERCHANTS.c.receipt_id == receipt_id
    connection.execute(delete(MERCHANTS).where(here, MERCHANTS.c.field.in_(fields)))
    columns = (RECEIPTS.c[name] for name in (*LEARNED, *IDENTIFYING))
    row = connection.execute(select(*columns).where(RECEIPTS.c.id == receipt_id)).one()
    said = _said(connection, receipt_id)
    keys = keys_of(_tax_ids(connection, receipt_id), row.phone, row.website)
    printed = _printed_name(connection, receipt_id)
    statements = [
        _row(key, name, value) | {"receipt_id": receipt_id, "printed": printed, "said_at": said[name]}
        for name in fields
        if name in said and (value := getattr(row, name))
        for key in keys
    ]
    if not statements:
        return
    connection.execute(insert(MERCHANTS), statements)
    for name in said.keys() & fields:
        for key in keys:
            _thin_out(connection, key, name, getattr(row, name))


def _thin_out(connection: Connection, key: MerchantKey, field: str, value: str | None) -> None:
    """Forget all but the last MAX_KEPT receipts on which people said the same: more of them add nothing."""
    same = (_is_of(key), MERCHANTS.c.field == field, MERCHANTS.c.value == value, MERCHANTS.c.receipt_id.is_not(None))
    newest_first = (MERCHANTS.c.said_at.desc(), MERCHANTS.c.id.desc())
    older = connection.execute(select(MERCHANTS.c.id).where(*same).order_by(*newest_first).offset(MAX_KEPT)).scalars()
    connection.execute(delete(MERCHANTS).where(MERCHANTS.c.id.in_(list(older))))


def recall(connection: Connection, keys: Collection[MerchantKey]) -> tuple[Statement, ...]:
    """Return what people said about the merchants with these keys, the newest first."""
    wanted = list(keys)
    found: list[Statement] = []
    for start in range(0, len(wanted), AT_ONCE):
        here = or_(*map(_is_of, wanted[start : start + AT_ONCE]))
        found.extend(_statements(connection, select(MERCHANTS).where(here)))
    return tuple(sorted(found, key=lambda one: one.said_at, reverse=True))


def all_statements(connection: Connection) -> Iterator[Statement]:
    """Yield everything that is remembered, in the order of the keys, the newest of each first."""
    order = (MERCHANTS.c.key_kind, MERCHANTS.c.key_value, MERCHANTS.c.said_at.desc(), MERCHANTS.c.id.desc())
    return _statements(connection, select(MERCHANTS).order_by(*order))


def of_merchant(connection: Connection, key: MerchantKey) -> tuple[Statement, ...]:
    """Return what is remembered of the merchant with a key, the newest first; raises NoSuchMerchantError."""
    found = recall(connection, [key])
    if not found:
        raise _no_such_merchant(key)
    return found


def set_by_hand(database: Database, key: MerchantKey, given: Mapping[str, str]) -> None:
    """Set what is known of the merchant with a key, in place of all that was said before; an empty value removes it.

    ``given`` has values of REMEMBERED. Raises BadCorrectionError.
    """
    values = {name: _checked(name, text) for name, text in given.items()}
    now = dt.datetime.now(dt.UTC)
    with database.transaction() as connection:
        connection.execute(delete(MERCHANTS).where(_is_of(key), MERCHANTS.c.field.in_(values)))
        statements = [_row(key, name, value) | {"said_at": now} for name, value in values.items() if value]
        if statements:
            connection.execute(insert(MERCHANTS), statements)


def forget(database: Database, keys: Sequence[MerchantKey]) -> int:
    """Forget everything about the merchants with these keys, or nothing; returns the number of statements.

    Raises NoSuchMerchantError.
    """
    with database.transaction() as connection:
        for key in keys:
            of_merchant(connection, key)
        return connection.execute(delete(MERCHANTS).where(or_(*map(_is_of, keys)))).rowcount


def key_from(text: str) -> MerchantKey:
    """Parse a key as it is written: ``tax:DE:vat:811128135``, ``phone:0301234567`` or ``domain:shop.example``.

    Raises BadMerchantKeyError.
    """
    kind, _, value = text.strip().partition(":")
    if kind == KeyKind.TAX and (found := TAX_KEY.fullmatch(value)):
        return tax_key(*found.groups())
    if kind == KeyKind.PHONE and (phone := phone_key(value)):
        return phone
    if kind == KeyKind.DOMAIN and (domain := domain_key(value)):
        return domain
    forms = {
        KeyKind.TAX: "give country, kind and number, such as tax:DE:vat:811128135",
        KeyKind.PHONE: f"give at least {MIN_PHONE_DIGITS} digits, such as phone:0301234567",
        KeyKind.DOMAIN: "give one that belongs to a single merchant, such as domain:shop.example",
    }
    every = (
        "give tax:COUNTRY:KIND:NUMBER, phone:DIGITS or domain:NAME; rpiocr merchants list prints those that are known"
    )
    message = f"{text!r} identifies no merchant: {next((form for name, form in forms.items() if name == kind), every)}"
    raise BadMerchantKeyError(message)


@dataclass(frozen=True, slots=True)
class Merchant:
    """What is remembered of the merchant with a key: the values of each of REMEMBERED, the newest first.

    Several values are several opinions. ``receipts`` are those on which people said so, ``by_hand`` whether something
    was set for the key itself.
    """

    key: MerchantKey
    values: Mapping[str, tuple[str, ...]]
    receipts: tuple[int, ...]
    by_hand: bool

    def as_mapping(self) -> dict[str, object]:
        """Return it for scripts."""
        said = {name: list(self.values.get(name, ())) for name in REMEMBERED}
        return {"key": str(self.key), **said, "receipts": list(self.receipts), "by_hand": self.by_hand}


MERCHANT_KEYS = ("key", *REMEMBERED, "receipts", "by_hand")
"""The keys of ``Merchant.as_mapping``."""


def merchant_of(statements: Sequence[Statement]) -> Merchant:
    """Return what statements about one key come to."""
    values = {name: tuple(dict.fromkeys(one.value for one in statements if one.field == name)) for name in REMEMBERED}
    receipts = sorted({one.receipt_id for one in statements if one.receipt_id is not None})
    return Merchant(statements[0].key, values, tuple(receipts), any(one.receipt_id is None for one in statements))


def _said(connection: Connection, receipt_id: int) -> dict[str, dt.datetime]:
    """Return the fields of LEARNED that a person has corrected or confirmed, with the time of the last time."""
    columns = select(CORRECTIONS.c.id, CORRECTIONS.c.field, CORRECTIONS.c.corrected_at)
    here = columns.where(CORRECTIONS.c.receipt_id == receipt_id, CORRECTIONS.c.field.in_(LEARNED))
    rows = sound_rows(connection, here.order_by(CORRECTIONS.c.id), "a correction")
    return {row.field: row.corrected_at for row in rows}


def _tax_ids(connection: Connection, receipt_id: int) -> Iterator[TaxId]:
    query = select(TAX_IDS).where(TAX_IDS.c.receipt_id == receipt_id).order_by(TAX_IDS.c.id)
    for row in sound_rows(connection, query, "a tax number"):
        yield TaxId(row.kind or "", row.country or "", row.number, row.valid)


def _printed_name(connection: Connection, receipt_id: int) -> str | None:
    """Return the name as it was printed; None if none was read."""
    here = (FIELDS.c.receipt_id == receipt_id, FIELDS.c.name == "merchant", FIELDS.c.chosen)
    row = next(sound_rows(connection, select(FIELDS.c.id, FIELDS.c.raw).where(*here), "a field"), None)
    return row.raw or None if row else None


def _row(key: MerchantKey, field: str, value: str) -> dict[str, object]:
    by_hand = {"receipt_id": None, "printed": None}
    return {"key_kind": key.kind.value, "key_value": key.value, "field": field, "value": value, **by_hand}


def _is_of(key: MerchantKey) -> ColumnElement[bool]:
    return and_(MERCHANTS.c.key_kind == key.kind.value, MERCHANTS.c.key_value == key.value)


def _statements(connection: Connection, query: Select[tuple[object, ...]]) -> Iterator[Statement]:
    for row in sound_rows(connection, query, "what is remembered of a merchant, in row"):
        key = MerchantKey(KeyKind(row.key_kind), row.key_value)
        yield Statement(key, row.field, row.value, row.printed, row.receipt_id, row.said_at)


def _checked(name: str, text: str) -> str:
    if name not in REMEMBERED:
        message = f"a merchant has no {name!r}; there are {', '.join(REMEMBERED)}, as in account=Expenses:Groceries"
        raise BadCorrectionError(message)
    value = " ".join(text.split())
    if len(value) > MAX_TEXT_LENGTH or not value.isprintable():
        message = f"{name} may have at most {MAX_TEXT_LENGTH} characters, all of them printable"
        raise BadCorrectionError(message)
    return value


def _no_such_merchant(key: MerchantKey) -> NoSuchMerchantError:
    return NoSuchMerchantError(f"nothing is remembered of {key}; rpiocr merchants list prints what is")
