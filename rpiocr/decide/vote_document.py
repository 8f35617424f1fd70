"""Votes on tax numbers, location by location, and on the payment, part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rpiocr.decide.vote import vote
from rpiocr.model import Box, Candidate, Field, PassId, Payment, TaxId

USUAL_SCORE = 6.0
"""Score of a number without check digits, and of a payment method that is only named: the unit of a vote's weight."""

MIN_VOTES = 2
"""Minimum number of passes that read a number without valid check digits, if the merged reading lacks it."""

SAME_PLACE = 0.5
"""Minimum overlap of two boxes around the same print, as a share of the smaller width and height."""

TaxIdBallots = Sequence[tuple[PassId, Sequence[Candidate[TaxId]]]]
PaymentBallots = Sequence[tuple[PassId, Sequence[Candidate[Payment]]]]


def vote_tax_ids(ballots: TaxIdBallots, merged: Sequence[Candidate[TaxId]]) -> tuple[Field[TaxId], ...]:
    """Vote, for each location on the page, on the numbers that each pass and the merged reading found there.

    One location holds one number; a number that is printed twice is returned once. Sorted from top to bottom.
    """
    fields: dict[str, Field[TaxId]] = {}
    for place in _places([merged, *(found for _, found in ballots)]):
        by_reading = dict(place)
        cast = [(name, _of(by_reading, number)) for number, (name, _) in enumerate(ballots, 1)]
        field = vote(cast, _of(by_reading, 0), USUAL_SCORE)
        if field and (field.chosen.value.valid or 0 in by_reading or field.votes >= MIN_VOTES):
            fields.setdefault(field.chosen.value.number, field)
    return tuple(sorted(fields.values(), key=lambda field: (field.chosen.box.top, field.chosen.box.left)))


def _of(place: dict[int, Candidate[TaxId]], reading: int) -> tuple[Candidate[TaxId], ...]:
    return (place[reading],) if reading in place else ()


def _places(readings: Sequence[Sequence[Candidate[TaxId]]]) -> list[list[tuple[int, Candidate[TaxId]]]]:
    """Group candidates by location, with the index of their reading; each reading has at most one per location."""
    places: list[list[tuple[int, Candidate[TaxId]]]] = []
    for number, reading in enumerate(readings):
        for candidate in reading:
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
    across, down = one.shared(other)
    return min(across / min(one.width, other.width), down / min(one.height, other.height))


def vote_payment(ballots: PaymentBallots, merged: Sequence[Candidate[Payment]]) -> Field[Payment] | None:
    """Choose method, brand and digits one by one, as there may be no pass that read them all.

    A pass votes for the result if it names the same method and contradicts neither brand nor digits.
    """
    methods = vote(
        [(name, [_method_alone(one) for one in found]) for name, found in ballots],
        [_method_alone(one) for one in merged],
        USUAL_SCORE,
    )
    if methods is None:
        return None
    method = methods.chosen.value.method
    everywhere = [one.value for found in (merged, *(found for _, found in ballots)) for one in found]
    alike = [value for value in everywhere if value.method is method]
    whole = Payment(
        method, _most_common(value.brand for value in alike), _most_common(value.card_last4 for value in alike)
    )

    def completed(found: Sequence[Candidate[Payment]]) -> list[Candidate[Payment]]:
        return [replace(one, value=whole) if _agrees(one.value, whole) else one for one in found]

    return vote([(name, completed(found)) for name, found in ballots], completed(merged), USUAL_SCORE)


def _method_alone(candidate: Candidate[Payment]) -> Candidate[Payment]:
    return replace(candidate, value=Payment(candidate.value.method))


def _most_common(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else None


def _agrees(part: Payment, whole: Payment) -> bool:
    return (
        part.method is whole.method
        and part.brand in (None, whole.brand)
        and part.card_last4 in (None, whole.card_last4)
    )
