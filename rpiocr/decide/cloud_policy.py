"""Decides whether to ask the cloud, and what its answer changes: never a local value that the sums prove."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from rpiocr.cloud.options import CloudOptions
from rpiocr.decide.authority import cloud_claim, decide, local_claim
from rpiocr.decide.confidence import ACCEPT_OVER, Judge
from rpiocr.decide.vetoes import lifted
from rpiocr.model import Field, Fields, Judgement, Source, Verdict
from rpiocr.model.provenance import CODE, PROVED_CODE
from rpiocr.settings import Settings, state_dir

T = TypeVar("T", bound=Hashable)

HYBRID_OVER = 50
"""Minimum quality, exclusive, of a local result with one field missing for the other field to be kept."""

AGREED = 0.985
"""Probability of a value that two different engines read alike: all of 343 such dates were right, 97 % of totals."""

CLOUD_ALONE = 0.75
"""Probability of a value that only the cloud read. Published figures for totals are about 0.7 to 0.8."""

CODED = frozenset({CODE, PROVED_CODE})


@dataclass(frozen=True, slots=True)
class Answer:
    """Fields with their judgement and source."""

    fields: Fields
    judgement: Judgement
    source: Source


def cloud_options(settings: Settings) -> CloudOptions | None:
    """Return the cloud's options, or None if it is off: not configured, or never to be asked."""
    options = CloudOptions(
        state_dir=state_dir(),
        api_key=settings.vision_api_key or None,
        credentials=settings.vision_credentials or None,
        endpoint=settings.vision_endpoint or None,
        timeout_s=settings.vision_timeout,
        attempts=settings.vision_attempts,
        daily_cap=settings.cloud_daily_cap,
        monthly_cap=settings.cloud_monthly_cap,
        store=settings.store,
    )
    return options if options.configured and settings.cloud != "never" else None


def is_accepted_locally(local: Answer) -> bool:
    """Return whether the local result needs no other opinion: accepted, with total and date."""
    return (
        local.judgement.verdict is Verdict.ACCEPT and local.fields.amount is not None and local.fields.date is not None
    )


def without_cloud(local: Answer) -> Answer:
    """Return the local result, with the source that indicates low confidence unless it is accepted."""
    return local if is_accepted_locally(local) else replace(local, source=Source.LOCAL_LOW_CONFIDENCE)


def with_cloud(local: Answer, cloud: Fields, judge: Judge) -> Answer:
    """Combine a cloud reading with the local result.

    With one field missing and a quality over HYBRID_OVER, the local values are kept and the missing ones filled in
    (hybrid). Otherwise a local value is kept if the judge accepts it (cloud); ``authority`` decides between values. A
    cloud reading with neither total nor date changes nothing. The vetoes on the chosen value remain, except those
    about the reading of a value that the cloud reads alike.
    """
    if cloud.amount is None and cloud.date is None:
        return without_cloud(local)
    missing = (local.fields.amount is None) != (local.fields.date is None)
    hybrid = missing and HYBRID_OVER < local.judgement.quality <= ACCEPT_OVER
    fields = replace(
        local.fields,
        amount=_choose(local.fields.amount, cloud.amount, stands=hybrid),
        date=_choose(local.fields.date, cloud.date, stands=hybrid),
        currency=_surer(local.fields.currency, cloud.currency),
        merchant=_choose(local.fields.merchant, cloud.merchant, stands=True),
        **_gaps(local.fields, cloud),
    )
    fields, judgement = judge.rate(fields)
    return Answer(fields, judgement, Source.HYBRID if hybrid else Source.CLOUD)


def _surer(local: Field[str] | None, cloud: Field[str] | None) -> Field[str] | None:
    """Return the currency that the text of one of both makes more probable, with the votes of both.

    Agreement makes neither surer: a second engine that reads the same words does not say more about the country. A code
    on the receipt counted for the local one only, so that what it settled or put in doubt stays.
    """
    if local is None or cloud is None:
        return local or cloud
    stays = _is_coded(local) or local.probability >= cloud.probability
    chosen, other = (local, cloud) if stays else (cloud, local)
    rivals = chosen.rivals if chosen.chosen.value == other.chosen.value else (other.chosen, *chosen.rivals)
    return replace(chosen, rivals=rivals, ballots=(*local.ballots, *cloud.ballots))


def _is_coded(field: Field[str]) -> bool:
    """Whether a code states one of the values of a field."""
    return any(not CODED.isdisjoint(one.checks) for one in (field.chosen, *field.rivals))


def _gaps(local: Fields, cloud: Fields) -> dict[str, Any]:
    """Return the cloud's values of fields that are not voted on and were not found locally."""
    return {spec.name: getattr(cloud, spec.name) for spec, value in local.values() if value is None and not spec.voted}


def _choose(local: Field[T] | None, cloud: Field[T] | None, *, stands: bool) -> Field[T] | None:
    """Return the field of higher authority, with the votes of both; ``stands``: the policy is to keep the local one."""
    if cloud is None:
        return local
    if local is None:
        return replace(cloud, probability=CLOUD_ALONE)
    decision = decide([local_claim(local, stands=stands), cloud_claim(cloud)])
    ballots = (*local.ballots, *cloud.ballots)
    if not decision.contradicting:
        probability = max(local.probability, AGREED)
        return replace(local, ballots=ballots, probability=probability, vetoes=lifted(local, cloud))
    chosen, other = (local, cloud) if decision.claim.field is local else (cloud, local)
    probability = min(local.probability, CLOUD_ALONE) if chosen is local else CLOUD_ALONE
    return replace(chosen, rivals=(other.chosen, *chosen.rivals), ballots=ballots, probability=probability)
