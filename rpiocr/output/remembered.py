"""What people said about merchants, put into the results of files that are about to be stored.

The result is changed before it is written anywhere, so that the store, the file next to a receipt, the page and the
printed line have the same values; see ADR 0056.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rpiocr.decide.remembered import REMEMBERED_NAME, Agreed, Remembered, known, remembered
from rpiocr.model import Check, TaxId, Verdict
from rpiocr.model.memory import MerchantKey, Statement, keys_of
from rpiocr.model.records import ReadFile
from rpiocr.output.result import Answer, check_text
from rpiocr.store.database import Database
from rpiocr.store.merchants import recall


def with_memory(database: Database, read: ReadFile) -> ReadFile:
    """Return what was read of a file with what a store remembers of the merchants; raises StoreError."""
    keys = {key for receipt in read.receipts for key in _keys(receipt.answer)}
    if not keys:
        return read
    with database.snapshot() as connection:
        said = recall(connection, keys)
    if not said:
        return read
    receipts = (replace(receipt, answer=remembering(receipt.answer, said)) for receipt in read.receipts)
    return replace(read, receipts=tuple(receipts))


def remembering(answer: Answer, said: Sequence[Statement]) -> dict[str, Any]:
    """Return a result with what is remembered of its merchant."""
    evidence = answer["evidence"].get("merchant")
    printed = (answer["merchant"], evidence["raw"]) if evidence else ()
    found = remembered(printed, _keys(answer), said)
    changed = _named(answer, found)
    if found.category:
        changed |= {"category": found.category.value}
        changed["evidence"] = changed["evidence"] | {"category": _category(answer, found.category)}
    return changed


def _keys(answer: Answer) -> tuple[MerchantKey, ...]:
    return keys_of((TaxId(**one) for one in answer["tax_ids"] or ()), answer.get("phone"), answer.get("website"))


def _named(answer: Answer, found: Remembered) -> dict[str, Any]:
    evidence = answer["evidence"].get("merchant")
    if not found.checks or (evidence is None and found.name is None):
        return dict(answer)
    before = evidence or _only([])
    after = before | {"checks": [*before["checks"], *_texts(found.checks)]}
    if found.name is None:
        after["rivals"] = [*(_rival(name) for name, _ in found.offered), *before["rivals"]]
        return {**answer, "evidence": {**answer["evidence"], "merchant": after}}
    name = found.name.value
    if evidence and answer["merchant"] != name:
        was = {"value": answer["merchant"], "raw": evidence["raw"], "box": evidence["box"]}
        after |= {"votes": 0, "rivals": [was, *(one for one in before["rivals"] if one["value"] != name)]}
    probability = max(answer["confidence"].get("merchant") or 0.0, REMEMBERED_NAME)
    return {
        **answer,
        "merchant": name,
        "confidence": {**answer["confidence"], "merchant": probability},
        "verdicts": {**answer["verdicts"], "merchant": Verdict.ACCEPT.value},
        "evidence": {**answer["evidence"], "merchant": after},
    }


def _category(answer: Answer, agreed: Agreed) -> Mapping[str, Any]:
    was = answer.get("category")
    rivals = [] if was in (None, agreed.value) else [_rival(was)]
    return _only(_texts([known(agreed)])) | {"rivals": rivals}


def _only(checks: list[str]) -> dict[str, Any]:
    """Return the evidence for a value that no pass has read."""
    return {"raw": "", "box": None, "votes": 0, "passes": 0, "checks": checks, "rivals": []}


def _rival(value: str) -> Mapping[str, Any]:
    return {"value": value, "raw": "", "box": None}


def _texts(checks: Iterable[Check]) -> list[str]:
    return [check_text(check) for check in checks]
