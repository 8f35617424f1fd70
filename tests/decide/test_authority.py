"""Who is believed where sources of evidence claim different values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.decide.authority import (
    Authority,
    Claim,
    cloud_claim,
    decide,
    local_claim,
    person_claim,
    stored_claim,
)
from rpiocr.model import Ballot, Box, Candidate, Check, EngineId, Field, Kind, PassId, Provenance, Verdict
from rpiocr.model.provenance import CARD, CASH_LESS_CHANGE
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from tests.written import PSM_4, PSM_6

TESSERACT = (PassId(PSM_6, "default"), PassId(PSM_4, "default"))
BOTH = (*TESSERACT, PassId(ALL_LINES, "plain"))
CLOUD = (PassId(EngineId(GOOGLE_VISION), "page"),)

ORDER = (
    Authority.PERSON,
    Authority.CODE,
    Authority.ARITHMETIC,
    Authority.AGREEMENT,
    Authority.OTHER_RECEIPTS,
    Authority.ONE_ENGINE,
    Authority.CLOUD_ALONE,
    Authority.IN_DOUBT,
)


def read(
    value: str, *checks: Check, by: tuple[PassId, ...] = TESSERACT, verdict: Verdict = Verdict.ACCEPT
) -> Field[Decimal]:
    chosen = Candidate(Decimal(value), value, Box(0, 0, 50, 20), 0.9, Provenance(Kind.TOTAL), 1.0, checks=checks)
    return Field(chosen, (), tuple(Ballot(source, chosen) for source in by), 0.99, verdict)


@pytest.mark.parametrize("place", range(len(ORDER) - 1))
def test_the_higher_authority_is_believed_in_whatever_order_claims_come(place: int) -> None:
    strong, weak = Claim("12.50", ORDER[place]), Claim("99.00", ORDER[place + 1])
    for claims in ([strong, weak], [weak, strong]):
        decision = decide(claims)
        assert (decision.claim, decision.contradicting) == (strong, (weak,))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(ORDER)), min_size=1, max_size=8))
def test_no_claim_of_another_value_has_a_higher_authority_than_the_one_believed(
    given: list[tuple[str, Authority]],
) -> None:
    decision = decide([Claim(value, authority) for value, authority in given])
    assert decision.authority >= max(authority for _, authority in given)
    assert {claim.value for claim in decision.contradicting} == {value for value, _ in given} - {decision.claim.value}
    assert all(claim.value == decision.claim.value for claim in decision.agreeing)


@pytest.mark.parametrize(
    ("field", "authority"),
    [
        (read("12.50", CASH_LESS_CHANGE, verdict=Verdict.RETRY), Authority.ARITHMETIC),
        (read("12.50", CARD), Authority.ONE_ENGINE),
        (read("12.50"), Authority.ONE_ENGINE),
        (read("12.50", by=BOTH), Authority.AGREEMENT),
        (read("12.50", by=BOTH, verdict=Verdict.RETRY), Authority.IN_DOUBT),
        (read("12.50", verdict=Verdict.ESCALATE), Authority.IN_DOUBT),
    ],
)
def test_what_was_read_here_claims_by_its_sums_its_engines_and_whether_it_is_accepted(
    field: Field[Decimal], authority: Authority
) -> None:
    assert local_claim(field).authority is authority


def test_a_value_in_doubt_stands_where_the_policy_lets_it() -> None:
    assert local_claim(read("12.50", verdict=Verdict.RETRY), stands=True).authority is Authority.ONE_ENGINE


def test_a_cloud_that_reads_what_an_engine_here_has_read_agrees_with_it() -> None:
    here = local_claim(read("12.50", verdict=Verdict.RETRY))
    decision = decide([here, cloud_claim(read("12.50", by=CLOUD))])
    assert (decision.authority, decision.contradicting) == (Authority.AGREEMENT, ())


def test_a_cloud_alone_outranks_only_a_value_in_doubt() -> None:
    cloud = cloud_claim(read("99.00", by=CLOUD))
    assert decide([local_claim(read("12.50")), cloud]).claim.value == Decimal("12.50")
    assert decide([local_claim(read("12.50", verdict=Verdict.RETRY)), cloud]).claim is cloud


def test_sums_in_the_text_of_the_cloud_are_sums() -> None:
    cloud = cloud_claim(read("99.00", CASH_LESS_CHANGE, by=CLOUD))
    assert decide([local_claim(read("12.50", by=BOTH)), cloud]).claim is cloud
    assert decide([local_claim(read("12.50", CASH_LESS_CHANGE)), cloud]).claim.value == Decimal("12.50")


def test_a_person_who_contradicts_a_proof_is_kept_with_a_warning() -> None:
    decision = decide([stored_claim("12.50", ["items", "cash - change"]), person_claim("12.00")])
    assert decision.claim.value == "12.00"
    notice = decision.notice("amount")
    assert notice
    assert notice.code == "contradicts_proof"
    assert "12.00" in notice.message
    assert "12.50" in notice.message


@pytest.mark.parametrize(
    ("read_as", "checks"), [("12.50", ["card"]), ("12.50", []), ("12.00", ["cash - change"])], ids=str
)
def test_a_person_who_contradicts_no_proof_is_kept_without_a_warning(read_as: str, checks: list[str]) -> None:
    decision = decide([stored_claim(read_as, checks), person_claim("12.00")])
    assert decision.claim.value == "12.00"
    assert decision.notice("amount") is None
