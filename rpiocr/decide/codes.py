"""What the codes of a receipt change about the fields that were read beside them.

A code that proves itself was read without error, but may be of another receipt: it counts once its total or its date
was read on the page as well. Where the paper says otherwise, as with a tip, both values are shown, and nobody but a
person decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar

from rpiocr.decide.amount_vetoes import THOUSANDS_OPEN, UNSUPPORTED
from rpiocr.decide.code_witness import PURCHASES, Strength, Witness, witness_of
from rpiocr.decide.date_vetoes import AFTER_TODAY
from rpiocr.decide.page_vetoes import held_back
from rpiocr.decide.vetoes import BOTH_SIGNS, COUNT, DECIMALS_OPEN, MAYBE_A_REFUND
from rpiocr.extract import Extract
from rpiocr.extract.fields.date import other_reading
from rpiocr.extract.roles import SURE_TOTALS, TOTALS, ReceiptLine, Role
from rpiocr.model import Box, Candidate, Field, Fields, Kind, Provenance, TaxId, Verdict, Veto, VetoKind
from rpiocr.model.codes import Code, Document
from rpiocr.model.provenance import CARD, CODE, PROVED_CODE, PROVING

T = TypeVar("T", bound=Hashable)

SURE = {Strength.PROVED: 0.999, Strength.READ: 0.99, Strength.ASKED: 0.97}
"""Probability of a value that was read on the page and is stated by a code as well. Set by hand: a code is decoded
without error or not at all, and that a misread value agrees with it by chance is out of the question; what remains is
that both are of another purchase."""

ALONE = {Strength.PROVED: 0.99, Strength.READ: 0.75, Strength.ASKED: 0.5}
"""The same if only the code states it. Below the minimum of any accepted risk unless a check proves it."""

MAX_CONTRADICTED = 0.6
"""As for totals that the receipt itself contradicts."""


def _against(why: str) -> Veto:
    return Veto(VetoKind.MEANING, MAX_CONTRADICTED, why)


CODE_SAYS = "a code on the receipt says {}"
OF_SEVERAL = _against("codes of several receipts are on it")

SETTLED_BY_CODE = frozenset({COUNT, MAYBE_A_REFUND, BOTH_SIGNS, DECIMALS_OPEN, THOUSANDS_OPEN, UNSUPPORTED})
"""Vetoes on the meaning of a total that a code with the same total answers: its decimals, its sign, its support. Which
of two printed totals was paid it does not answer."""

NO_PURCHASE = {
    Document.CANCELLED: "a code on it marks it as cancelled",
    Document.TRAINING: "a code on it marks it as training or test",
    Document.OTHER: "a code on it marks it as something else than a receipt",
}


PAID = frozenset({*TOTALS, Role.CARD})
"""Roles of a line whose amount is what was paid."""

UNDERSTOOD = frozenset({*TOTALS, Role.SUBTOTAL, Role.TAX, Role.CASH, Role.CHANGE})
"""Roles by which it shows that the words of a page are understood; brands of cards are the same in all languages."""

EXTRA = frozenset({Role.SHARE, Role.TIP})
ADDED = EXTRA | set(SURE_TOTALS)
"""Roles of a line by which something else than the total was paid: the former anywhere, the latter below the total.
Weaker words for a total stand in offers too: "com uma compra superior a 30,00"."""


@dataclass(frozen=True, slots=True)
class Sighting(Generic[T]):
    """A value that was read on the page: where, and how its text was read.

    ``telling``: by the words beside it, it is the value that the code means. A price may equal a total by chance.
    """

    value: T
    raw: str
    box: Box
    confidence: float
    telling: bool = True


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """What a code states about one field; ``seen`` is where the page shows the same, None if it was not read."""

    value: T
    strength: Strength
    box: Box
    seen: Sighting[T] | None

    @property
    def candidate(self) -> Candidate[T]:
        """The value as a candidate: at the place where it was read, else at the code."""
        check = PROVED_CODE if self.strength is Strength.PROVED else CODE
        provenance = Provenance(Kind.CODE)
        if self.seen is None:
            return Candidate(self.value, str(self.value), self.box, 1.0, provenance, 1.0, checks=(check,))
        seen = self.seen
        return Candidate(self.value, seen.raw, seen.box, seen.confidence, provenance, 1.0, checks=(check,))


def with_codes(fields: Fields, extracts: Sequence[Extract], codes: Sequence[Code]) -> Fields:
    """Return judged fields with what the codes of the receipt add, which have to be rated again.

    ``extracts`` is everything that was read on the page: what the merged reading yielded, and each pass by itself.
    """
    witness = witness_of(codes)
    if witness is None:
        return fields
    if why := NO_PURCHASE.get(witness.document):
        return held_back(fields, _against(why))
    total, date = _stated_total(witness, extracts), _stated_date(witness, extracts)
    belongs = any(one and one.seen and one.seen.telling for one in (total, date))
    may_stand = belongs and (total is None or bool(total.seen) or _may_be_unread(total.value, extracts))
    changed = replace(
        fields,
        amount=_with(fields.amount, total, belongs=may_stand, lifts=SETTLED_BY_CODE.__contains__),
        date=_with(fields.date, date, belongs=belongs, lifts=lambda veto: veto != AFTER_TODAY),
    )
    if total and (other := _stated_besides(total, extracts)):
        why = f"the receipt states {other} beside {total.value}, the total that a code on it has"
        changed = held_back(changed, _against(why))
    if witness.others:
        changed = held_back(changed, OF_SEVERAL)
    return _with_the_rest(changed, witness) if belongs else changed


def veto_of_pages(codes: Sequence[Code], total: Decimal) -> Veto | None:
    """Return the veto on the total of a receipt of several pages by the codes on all of them, None without one."""
    witness = witness_of(codes)
    if witness is None:
        return None
    if why := NO_PURCHASE.get(witness.document):
        return _against(why)
    if witness.claim.total not in (None, total):
        return _against(CODE_SAYS.format(witness.claim.total))
    return OF_SEVERAL if witness.others else None


def _stated_total(witness: Witness, extracts: Sequence[Extract]) -> Stated[Decimal] | None:
    total = witness.claim.total
    if total is None:
        return None
    found = [one for one in _amounts(extracts) if abs(one.value) == abs(total)]
    seen = max(found, key=lambda one: (one.telling, one.confidence), default=None)
    # A thin minus gets lost in print, never in a code.
    seen = replace(seen, value=total) if seen else None
    return Stated(total, witness.strength("total"), witness.box, seen)


def _amounts(extracts: Iterable[Extract]) -> Iterator[Sighting[Decimal]]:
    for extract in extracts:
        for row in extract.rows:
            telling = row.role in PAID
            yield from (Sighting(one.value, one.raw, one.box, one.confidence, telling) for one in row.amounts)


def _may_be_unread(total: Decimal, extracts: Sequence[Extract]) -> bool:
    """Whether a total that was not read may be printed nevertheless.

    Not if the page has higher amounts than that, other than the money that was given, or amounts whose words are not
    understood: its total may be one of them.
    """
    rows = [row for extract in extracts for row in extract.rows if row.amounts]
    sold = [amount for row in rows if row.role is not Role.CASH for amount in row.amounts]
    is_highest = all(abs(amount.value) <= abs(total) for amount in sold)
    return not rows or (is_highest and any(row.role in UNDERSTOOD for row in rows))


def _stated_besides(total: Stated[Decimal], extracts: Iterable[Extract]) -> Decimal | None:
    """Return what the paper states below the total of a code as another total, a share of it, or a tip.

    Where no line names that total, a share or a tip anywhere counts: the total with it may not have been read.
    """
    amount = abs(total.value)
    is_named = total.seen is not None and total.seen.telling
    roles = ADDED if is_named else EXTRA
    for extract in extracts:
        for row in _below(amount, extract.rows) if is_named else extract.rows:
            if _adds(row, roles) and not _has(row, amount):
                return row.main.value
    return None


def _below(amount: Decimal, rows: Sequence[ReceiptLine]) -> Sequence[ReceiptLine]:
    """Return the lines below the last one that names an amount as what was paid; none without such a line."""
    named = [number for number, row in enumerate(rows) if row.role in PAID and _has(row, amount)]
    return rows[named[-1] + 1 :] if named else ()


def _adds(row: ReceiptLine, roles: Set[Role]) -> bool:
    """Whether a line states something else that was paid; the sums of a table of taxes have several amounts."""
    is_sum_of_taxes = row.in_tax_table and len(row.amounts) > 1
    return row.role in roles and not is_sum_of_taxes and bool(row.amounts) and row.main.value != 0


def _has(row: ReceiptLine, amount: Decimal) -> bool:
    return any(abs(one.value) == amount for one in row.amounts)


def _stated_date(witness: Witness, extracts: Sequence[Extract]) -> Stated[dt.date] | None:
    date = witness.claim.date
    if date is None:
        return None
    found = [one for extract in extracts for one in extract.dates if date in (one.value, other_reading(one))]
    best = max(found, key=lambda one: one.confidence, default=None)
    seen = Sighting(date, best.raw, best.box, best.confidence) if best else None
    return Stated(date, witness.strength("date"), witness.box, seen)


def _with(
    field: Field[T] | None, stated: Stated[T] | None, *, belongs: bool, lifts: Callable[[Veto], bool]
) -> Field[T] | None:
    """Return a field with what a code states about it; ``lifts`` is which vetoes on a meaning an agreement answers."""
    if stated is None:
        return field
    if field is None:
        alone = ALONE[stated.strength] if belongs else ALONE[Strength.ASKED]
        return Field(stated.candidate, (), (), probability=alone)
    if _is_same(field.chosen.value, stated.value):
        return _agreeing(field, stated, lifts)
    if stated.strength is Strength.ASKED or not belongs or _stands(field, stated):
        return _contradicted(field, stated)
    return _replaced(field, stated, (SURE if stated.seen else ALONE)[stated.strength])


def _is_same(one: object, other: object) -> bool:
    """Whether two values are the same but for the sign of an amount."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one) == abs(other)
    return one == other


def _known(field: Field[T], stated: Stated[T]) -> Candidate[T]:
    """Return the candidate for what a code states: that of the page, if it was one, with the check of the code."""
    (check,) = stated.candidate.checks
    same = (one for one in (field.chosen, *field.rivals) if _is_same(one.value, stated.value))
    found = next(same, None)
    if found is None:
        return stated.candidate
    return replace(found, value=stated.value, checks=tuple(dict.fromkeys((*found.checks, check))))


def _others(field: Field[T], stated: Stated[T]) -> tuple[Candidate[T], ...]:
    return tuple(rival for rival in field.rivals if not _is_same(rival.value, stated.value))


def _agreeing(field: Field[T], stated: Stated[T], lifts: Callable[[Veto], bool]) -> Field[T]:
    vetoes = tuple(veto for veto in field.vetoes if veto.kind is VetoKind.MEANING and not lifts(veto))
    chosen, rivals = _known(field, stated), _others(field, stated)
    probability = max(field.probability, SURE[stated.strength])
    return replace(field, chosen=chosen, rivals=rivals, vetoes=vetoes, probability=probability)


def _contradicted(field: Field[T], stated: Stated[T]) -> Field[T]:
    """Return a field that a code contradicts: its value stays chosen, in doubt, and that of the code is a rival."""
    vetoes = (*field.vetoes, _against(CODE_SAYS.format(stated.value)))
    return replace(field, rivals=(_known(field, stated), *_others(field, stated)), vetoes=vetoes)


def _replaced(field: Field[T], stated: Stated[T], probability: float) -> Field[T]:
    """Return a field with what a code states in place of a value that was misread or only guessed."""
    rivals = (field.chosen, *_others(field, stated))
    return replace(field, chosen=_known(field, stated), rivals=rivals, probability=probability, vetoes=())


def _stands(field: Field[Any], stated: Stated[Any]) -> bool:
    """Whether the paper states another value, well enough read not to be a misreading of what the code states.

    A day that is not that of the purchase by its words, such as the last day for a return, says nothing against a code.
    """
    if field.verdict is Verdict.ACCEPT:
        return True
    if stated.seen and stated.seen.box.meets(field.chosen.box):
        return False
    chosen = field.chosen
    is_total = chosen.provenance.is_total or CARD in chosen.checks or bool(PROVING & set(chosen.checks))
    is_day = isinstance(chosen.value, dt.date) and chosen.provenance.kind is not Kind.OTHER_DATE
    return (is_total or is_day) and 2 * field.votes > field.passes


def _with_the_rest(fields: Fields, witness: Witness) -> Fields:
    """Return the fields with what a code of the receipt states beside total and date."""
    claim = witness.claim
    if claim.document not in PURCHASES:
        return replace(fields, merchant=_named(fields.merchant, witness))
    return replace(
        fields,
        currency=_currency(fields.currency, witness),
        merchant=_named(fields.merchant, witness),
        time=fields.time or claim.time,
        tax=claim.tax if fields.tax is None else fields.tax,
        receipt_number=fields.receipt_number or _only(claim.receipt_number, witness),
        tax_ids=_with_tax_id(fields.tax_ids, witness),
    )


WEAK_SIGNS = frozenset({Kind.SHARED_SIGN, Kind.LANGUAGE, Kind.SETTING, Kind.HOME, Kind.ONE_CLUE, Kind.COUNTRY})
"""Kinds of evidence for a currency that a code's own overrules: all but a sign that stands beside an amount."""


def _currency(field: Field[str] | None, witness: Witness) -> Field[str] | None:
    code = witness.claim.currency
    if code is None:
        return field
    stated = Stated(code, witness.strength("total"), witness.box, None)
    if field is None:
        return Field(stated.candidate, (), (), probability=SURE[stated.strength])
    if field.chosen.value == code:
        return _agreeing(field, stated, lambda _veto: True)
    if field.chosen.provenance.kind not in WEAK_SIGNS:
        return _contradicted(field, stated)
    return _replaced(field, stated, SURE[stated.strength])


LEGIBLE_NAME = 0.5
"""Minimum probability of a name that was read at which that of a code, often only the legal one, is its rival."""


def _named(field: Field[str] | None, witness: Witness) -> Field[str] | None:
    stated = _only(witness.claim.seller, witness)
    if stated is None or field is None:
        return field or stated
    in_order = (field.chosen, stated.chosen)
    first, second = in_order if field.probability >= LEGIBLE_NAME else in_order[::-1]
    rivals = tuple(rival for rival in field.rivals if rival.value != stated.chosen.value)
    if field.chosen.value == stated.chosen.value:
        return replace(field, probability=max(field.probability, SURE[Strength.READ]))
    probability = field.probability if first is field.chosen else ALONE[Strength.READ]
    return replace(field, chosen=first, rivals=(second, *rivals), probability=probability)


def _only(text: str | None, witness: Witness) -> Field[str] | None:
    """Return a field that only the code states; None if it does not."""
    if text is None:
        return None
    stated = Stated(text, witness.strength(""), witness.box, None)
    return Field(stated.candidate, (), (), probability=ALONE[Strength.READ])


def _with_tax_id(fields: tuple[Field[TaxId], ...], witness: Witness) -> tuple[Field[TaxId], ...]:
    stated = witness.claim.tax_id
    if stated is None or any(stated.number.endswith(one.chosen.value.number[-8:]) for one in fields):
        return fields
    candidate = Candidate(stated, stated.number, witness.box, 1.0, Provenance(Kind.CODE), 1.0, checks=(CODE,))
    return (*fields, Field(candidate, (), ()))
