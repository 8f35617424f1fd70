"""What the codes on a receipt state, and how far they can be believed, in plain English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rpiocr.model import Receipt
from rpiocr.model.codes import Code, CodeClaim, Document
from rpiocr.output.codes_in_words import excerpt, values_in_words
from rpiocr.output.explain.code_kinds import DOCUMENTS, KINDS, NO_PROOF, PROOF, PROOFS, SYMBOLOGIES
from rpiocr.output.result import code_answer


def codes_story(receipt: Receipt) -> tuple[str, ...]:
    """Return the sentences about each code of a receipt, one text for each."""
    return tuple(_about(code, code_answer(code)) for code in receipt.codes)


def _about(code: Code, told: Mapping[str, Any]) -> str:
    what = SYMBOLOGIES.get(code.found.symbology, f"A code ({code.found.symbology})")
    if code.claim:
        return f"{what} {_claimed(code.claim, told)}"
    if code.found.mirrored:
        return f"{what} that shows through from the back of the paper; it has no influence."
    return f"{what} of unknown content; it was not opened. It holds “{excerpt(told)}”."


def _claimed(claim: CodeClaim, told: Mapping[str, Any]) -> str:
    name = f"of {KINDS[claim.kind]} ({claim.kind})" if claim.kind in KINDS else f"in the format {claim.kind}"
    more = DOCUMENTS.get(claim.document)
    return f"{name} {_said(claim, told)}; {_belief(claim)}." + (f" {more}" if more else "")


def _said(claim: CodeClaim, told: Mapping[str, Any]) -> str:
    values = tuple(values_in_words(told))
    if claim.document is Document.REQUEST:
        return f"asks for {', '.join(values if claim.total is not None else ('a payment', *values))}"
    return f"says {', '.join(values)}" if values else "says neither total nor date"


def _belief(claim: CodeClaim) -> str:
    if not claim.proved:
        return NO_PROOF
    proof = PROOFS.get(claim.kind, PROOF)
    *others, last = (name.replace("_", " ") for name in sorted(claim.proved))
    return f"{proof}, which proves {', '.join(others)} and {last}" if others else f"{proof}, which proves {last}"
