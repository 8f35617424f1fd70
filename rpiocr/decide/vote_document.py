"""Lets the passes vote on the facts of the document: each tax number, its own number, and how was paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rpiocr.decide.vote import vote
from rpiocr.extract.document import Document
from rpiocr.model import Box, Candidate, Field, PassId, Payment, TaxId

USUAL_SCORE = 6.0
"""Score of a number without check digits, and of a way of payment that is only named: the unit of a vote."""

LEAST_VOTES = 2
"""Passes that must have read a number which its check digits do not prove, where the merged reading has it not."""

SAME_PLACE = 0.5
"""Share of the smaller width and height that two boxes share, if they hold the same print."""

Ballots = Sequence[tuple[PassId, Document]]


@dataclass(frozen=True, slots=True)
class DocumentFields:
    """The facts of the document with their evidence, named as in Fields."""

    tax_ids: tuple[Field[TaxId], ...]
    receipt_number: Field[str] | None
    payment: Field[Payment] | None


def elect(merged: Document, ballots: Ballots) -> DocumentFields:
    """Choose from what the merged reading says and what each pass says.

    What stands on one place is one tax number. A pass supports a payment where it names the same method and
    contradicts neither brand nor digits.
    """
    numbers = vote([(name, found.receipt_numbers) for name, found in ballots], merged.receipt_numbers, USUAL_SCORE)
    return DocumentFields(_tax_ids(merged, ballots), numbers, _payment(merged, ballots))


def _tax_ids(merged: Document, ballots: Ballots) -> tuple[Field[TaxId], ...]:
    """Vote place by place; a number that is printed twice is told once."""
    fields: dict[str, Field[TaxId]] = {}
    for place in _places([merged, *(found for _, found in ballots)]):
        by_reading = dict(place)
        cast = [(name, _of(by_reading, number)) for number, (name, _) in enumerate(ballots, 1)]
        field = vote(cast, _of(by_reading, 0), USUAL_SCORE)
        if field and (field.chosen.value.valid or 0 in by_reading or field.votes >= LEAST_VOTES):
            fields.setdefault(field.chosen.value.number, field)
    return tuple(sorted(fields.values(), key=lambda field: (field.chosen.box.top, field.chosen.box.left)))


def _of(place: dict[int, Candidate[TaxId]], reading: int) -> tuple[Candidate[TaxId], ...]:
    return (place[reading],) if reading in place else ()


def _places(readings: Sequence[Document]) -> list[list[tuple[int, Candidate[TaxId]]]]:
    """Gather what the readings, which are numbered from 0, have on one place; each has one number there at most."""
    places: list[list[tuple[int, Candidate[TaxId]]]] = []
    for number, reading in enumerate(readings):
        for candidate in reading.tax_ids:
            for place in places:
                if all(other != number for other, _ in place) and _is_same(candidate, place):
                    place.append((number, candidate))
                    break
            else:
                places.append([(number, candidate)])
    return places


def _is_same(candidate: Candidate[TaxId], place: Iterable[tuple[int, Candidate[TaxId]]]) -> bool:
    return any(_overlap(candidate.box, other.box) > SAME_PLACE for _, other in place)


def _overlap(one: Box, other: Box) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return min(across / min(one.width, other.width), down / min(one.height, other.height))


def _payment(merged: Document, ballots: Ballots) -> Field[Payment] | None:
    """Choose method, brand and digits one by one: there may be no pass that read them all."""
    methods = vote(
        [(name, [_method_alone(one) for one in found.payments]) for name, found in ballots],
        [_method_alone(one) for one in merged.payments],
        USUAL_SCORE,
    )
    if methods is None:
        return None
    method = methods.chosen.value.method
    everywhere = [one.value for found in (merged, *(found for _, found in ballots)) for one in found.payments]
    alike = [value for value in everywhere if value.method is method]
    whole = Payment(method, _most(value.brand for value in alike), _most(value.card_last4 for value in alike))

    def told(found: Document) -> list[Candidate[Payment]]:
        return [replace(one, value=whole) if _agrees(one.value, whole) else one for one in found.payments]

    return vote([(name, told(found)) for name, found in ballots], told(merged), USUAL_SCORE)


def _method_alone(candidate: Candidate[Payment]) -> Candidate[Payment]:
    return replace(candidate, value=Payment(candidate.value.method))


def _most(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else None


def _agrees(part: Payment, whole: Payment) -> bool:
    return (
        part.method is whole.method
        and part.brand in (None, whole.brand)
        and part.card_last4 in (None, whole.card_last4)
    )
