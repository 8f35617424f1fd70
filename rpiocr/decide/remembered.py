"""What people said about the merchant of other receipts, as evidence for this one.

It names merchants, and never touches an amount or a date. Its authority is that of other receipts: it fills in what was
not read and spells what was, and what is clearly printed otherwise it overrules only where it has proved itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from rpiocr.model import NOWHERE, Candidate, Check, CheckKind, CheckName, Field, Kind, Provenance, Receipt, Verdict
from rpiocr.model.memory import KeyKind, MerchantKey, Statement, keys_of, plain

REMEMBERED_NAME = 0.95
"""Probability of a remembered name that counts. Set by hand: a person gave it, and what remains is that the number is
not that of the seller, or that the shop has another name by now."""

SAME_NAME = 0.7
"""Minimum similarity, 0 to 1, of two readings of one name: about every fourth letter may be misread. Set by hand."""

MIN_CONTAINED = 4
"""Minimum number of letters of a name that is the same as a longer one with these letters in it."""

PROVED_BY = 2
"""Number of receipts on which people have to have given a name before it overrules what is clearly printed."""

MAX_OFFERED = 3
"""Maximum number of names that are offered where people gave several."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The value that everybody gave who spoke of the keys of a receipt, and how many receipts that were.

    What was set for a key itself counts as PROVED_BY of them. ``keys`` are those that lead to the value.
    """

    value: str
    keys: tuple[MerchantKey, ...]
    voices: int
    printed: tuple[str, ...]

    @property
    def by(self) -> str:
        """The keys for people."""
        return ", ".join(key.in_words for key in self.keys)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of the merchant of one receipt.

    ``name`` counts as the name; ``offered`` are names that do not, with the keys that lead to them in words.
    ``category`` is what everybody gave.
    """

    name: Agreed | None = None
    offered: tuple[tuple[str, str], ...] = ()
    category: Agreed | None = None

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks of the name of a receipt."""
        if self.name:
            return (known(self.name),)
        return tuple(Check(CheckKind.NOTE, CheckName.MAYBE_REMEMBERED, said=one) for one in self.offered)


def known(agreed: Agreed) -> Check:
    """Return the check of a remembered value."""
    return Check(CheckKind.NOTE, CheckName.REMEMBERED, said=(agreed.value, agreed.by))


def remembered(printed: Collection[str], keys: Sequence[MerchantKey], said: Sequence[Statement]) -> Remembered:
    """Return what is remembered of the merchant of a receipt with these keys; ``printed`` is its name as it was read.

    ``said`` is the newest first, and may be about other merchants as well. ``printed`` is empty if no name was read.
    """
    name, category = agreed("merchant", keys, said), agreed("category", keys, said)
    if name and _counts(name, printed, keys, said):
        return Remembered(name, (), category)
    names = (one for one in reversed(said) if one.field == "merchant" and one.key in keys)
    offered = {plain(one.value): (one.value, one.key.in_words) for one in names}
    others = [one for name, one in reversed(offered.items()) if name not in map(plain, printed)]
    # Where people gave several names, the print decides which of them it may be.
    alike = [one for one in offered.values() if any(is_same_name(one[0], other) for other in printed)]
    return Remembered(None, tuple(one for one in others if not alike or one in alike)[:MAX_OFFERED], category)


def agreed(field: str, keys: Sequence[MerchantKey], said: Sequence[Statement]) -> Agreed | None:
    """Return the value of a field on which all these keys agree; keys with several values do not count.

    ``said`` is the newest first, and may be about other merchants as well.
    """
    by_key = _by_key(field, [one for one in said if one.key in keys])
    clear = {key for key, some in by_key.items() if len(_values(some)) == 1}
    statements = [one for one in said if one.field == field and one.key in clear]
    if len(_values(statements)) != 1:
        return None
    receipts = {one.receipt_id for one in statements}
    voices = len(receipts - {None}) + (PROVED_BY if None in receipts else 0)
    printed = tuple(one.printed for one in statements if one.printed)
    return Agreed(statements[0].value, tuple(key for key in keys if key in clear), voices, printed)


def _by_key(field: str, said: Sequence[Statement]) -> Mapping[MerchantKey, list[Statement]]:
    found: dict[MerchantKey, list[Statement]] = defaultdict(list)
    for one in said:
        if one.field == field:
            found[one.key].append(one)
    return found


def _values(said: Sequence[Statement]) -> set[str]:
    return {plain(one.value) for one in said}


def _counts(name: Agreed, printed: Collection[str], keys: Sequence[MerchantKey], said: Sequence[Statement]) -> bool:
    """Return whether a name counts: the print agrees, now or when it was given, or there is none, or it was proved.

    Without agreement of the print, every tax number has to lead to it: another one may be that of the seller, and the
    one that is known that of the buyer.
    """
    if any(is_same_name(one, other) for one in printed for other in (name.value, *name.printed)):
        return True
    several = {key for key, some in _by_key("merchant", said).items() if len(_values(some)) > 1}
    if any(key.kind is KeyKind.TAX and key not in name.keys and key not in several for key in keys):
        return False
    return not printed or name.voices >= PROVED_BY


def is_same_name(one: str, other: str) -> bool:
    """Return whether two texts are the same name, misread or with an addition such as the legal form."""
    shorter, longer = sorted(map(plain, (one, other)), key=len)
    if not shorter:
        return False
    if len(shorter) >= MIN_CONTAINED and shorter in longer:
        return True
    return SequenceMatcher(None, shorter, longer, autojunk=False).ratio() >= SAME_NAME


def keys_on(receipt: Receipt) -> tuple[MerchantKey, ...]:
    """Return what identifies the merchant of a receipt."""
    fields = receipt.fields
    return keys_of((one.chosen.value for one in fields.tax_ids), fields.phone, fields.website)


def with_memory(receipt: Receipt, said: Sequence[Statement]) -> Receipt:
    """Return a receipt with what is remembered of its merchant."""
    fields = receipt.fields
    field = fields.merchant
    found = remembered((field.chosen.value, field.chosen.raw) if field else (), keys_on(receipt), said)
    category = found.category.value if found.category else fields.category
    return replace(receipt, fields=replace(fields, merchant=_named(field, found), category=category))


def _named(field: Field[str] | None, found: Remembered) -> Field[str] | None:
    if field is None:
        if found.name is None:
            return None
        only = replace(_candidate(found.name.value, found.name.by), checks=found.checks)
        return Field(only, (), (), probability=REMEMBERED_NAME, verdict=Verdict.ACCEPT)
    chosen, checks = field.chosen, (*field.chosen.checks, *found.checks)
    if found.name is None:
        offered = (_candidate(*one) for one in found.offered)
        return replace(field, chosen=replace(chosen, checks=checks), rivals=(*offered, *field.rivals))
    sure = replace(field, probability=max(field.probability, REMEMBERED_NAME), verdict=Verdict.ACCEPT, vetoes=())
    if chosen.value == found.name.value:
        return replace(sure, chosen=replace(chosen, checks=checks))
    named = replace(chosen, value=found.name.value, provenance=_provenance(found.name.by), checks=checks)
    rivals = tuple(rival for rival in field.rivals if rival.value != named.value)
    return replace(sure, chosen=named, rivals=(chosen, *rivals))


def _candidate(value: str, by: str) -> Candidate[str]:
    return Candidate(value, "", NOWHERE, 0.0, _provenance(by), 0.0)


def _provenance(by: str) -> Provenance:
    return Provenance(Kind.REMEMBERED, by)
