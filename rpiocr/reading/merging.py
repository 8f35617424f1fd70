"""Makes one receipt of what was read of each of its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from rpiocr.decide.codes import veto_of_pages
from rpiocr.decide.confidence import Judge
from rpiocr.decide.items import joined_items
from rpiocr.decide.page_vetoes import contradicting, held_back
from rpiocr.extract.arithmetic.ledger import gather, proofs
from rpiocr.model import NOWHERE, Candidate, Code, Field, Fields, ItemList, Notice, Receipt, Source, Stop, Veto
from rpiocr.model.fields import ValueKind
from rpiocr.model.provenance import ITEMS
from rpiocr.reading.sheets import Sheet, sum_of_items

T = TypeVar("T")

OF_THE_TOTAL = ("amount", "currency", "payment")
"""Fields that come from the page with the total, or from the last one that has them; others from the first."""

ASKED_CLOUD = (Source.CLOUD, Source.HYBRID)

Rejudge = Callable[[Receipt, Fields], Receipt]
"""Returns a receipt with other fields, whose vetoes it judges anew."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What judges a receipt of several pages: a total that more proves, and the receipt as a whole."""

    judge: Judge
    rejudge: Rejudge


def merged(everything: Sequence[Sheet], sheets: Sequence[Sheet], vetoes: Sequence[Veto], bench: Bench) -> Receipt:
    """Return the receipt of several pages, the first of them first.

    ``sheets`` are those of them that its fields are taken from: the first one, and all but terms of sale and copies.
    """
    fields = _fields(sheets, bench)
    for veto in (*vetoes, *contradictions(everything, sheets)):
        fields = held_back(fields, veto)
    first = sheets[0].receipt
    receipt = replace(
        first,
        source=_source(everything),
        warnings=tuple(_warnings(everything)),
        passes=tuple(one for sheet in everything for one in _of_page(sheet.receipt.passes, sheet.page, first.page)),
        rungs=tuple(one for sheet in everything for one in _of_page(sheet.receipt.rungs, sheet.page, first.page)),
        stop=max((sheet.receipt.stop for sheet in everything), key=list(Stop).index),
        elapsed_s=sum(sheet.receipt.elapsed_s for sheet in everything),
        more_pages=tuple(sheet.page for sheet in everything[1:]),
        codes=(*first.codes, *(_without_place(code) for sheet in everything[1:] for code in sheet.receipt.codes)),
    )
    receipt = bench.rejudge(receipt, fields)
    return replace(receipt, fields=replace(receipt.fields, items=_items(sheets, receipt.fields)))


def _without_place(code: Code) -> Code:
    """Return a code of a further page; boxes are in pixels of the first one."""
    return replace(code, found=replace(code.found, box=NOWHERE))


def pages_in_words(pages: Sequence[int]) -> str:
    """Return numbers of pages as a sentence has them: "1, 2 and 3"."""
    *others, last = map(str, pages)
    return f"{', '.join(others)} and {last}" if others else last


def sheet_of_total(sheets: Sequence[Sheet]) -> Sheet | None:
    """Return the last page that states a total, and not only one of its own; else the last with any amount."""
    found = [sheet for sheet in sheets if sheet.fields.amount]
    own = [sheet for sheet in found if not sheet.has_page_total]
    stated = [sheet for sheet in own if sheet.fields.amount and sheet.fields.amount.chosen.provenance.is_total]
    return next((some[-1] for some in (stated, own, found) if some), None)


def _fields(sheets: Sequence[Sheet], bench: Bench) -> Fields:
    """Return the fields without items: those about the total from its page, those of the head from the first one."""
    of_total = sheet_of_total(sheets) or sheets[0]
    values: dict[str, Any] = {"items": None}
    for spec, own in of_total.fields.values():
        if spec.kind is ValueKind.MONEY and not spec.voted:
            values[spec.name] = own
        elif spec.kind is not ValueKind.ITEMS:
            preferred = (of_total, *reversed(sheets)) if spec.name in OF_THE_TOTAL else sheets
            source = next((sheet for sheet in preferred if getattr(sheet.fields, spec.name)), None)
            found = getattr(source.fields, spec.name) if source else own
            values[spec.name] = from_page(found, source.page) if source and source is not sheets[0] else found
    amount = _proved(of_total, sheets, bench.judge)
    values["amount"] = amount if of_total is sheets[0] or amount is None else replace(amount, page=of_total.page)
    return Fields(**values)


def from_page(value: Any, page: int) -> Any:  # noqa: ANN401 - what a field can hold
    """Return a value with the page that it was read on; values without evidence remain as they are."""
    if isinstance(value, Field):
        return replace(value, page=page)
    if isinstance(value, tuple):
        return tuple(from_page(one, page) for one in value)
    return value


def _proved(of_total: Sheet, sheets: Sequence[Sheet], judge: Judge) -> Field[Decimal] | None:
    """Return the total, judged anew if the items of all pages add up to it.

    A total that the cloud or a code has read was judged by more than its page, and remains as it is.
    """
    amount, facts = of_total.fields.amount, of_total.facts
    has_witness = of_total.receipt.source in ASKED_CLOUD or any(code.claim for code in of_total.receipt.codes)
    if amount is None or facts is None or has_witness or ITEMS in amount.chosen.checks:
        return amount
    if not _adds_up(amount.chosen, of_total, sheets):
        return amount
    chosen = replace(amount.chosen, checks=(*amount.chosen.checks, ITEMS))
    fields, _ = judge.judge(replace(of_total.fields, amount=replace(amount, chosen=chosen)), facts)
    return fields.amount


def _adds_up(total: Candidate[Decimal], of_total: Sheet, sheets: Sequence[Sheet]) -> bool:
    """Return whether the items of all pages prove a total, with tax and the like of the page that has it."""
    items = sum_of_items(sheets)
    if items is None or len(sheets) < 2:
        return False
    return ITEMS in proofs(total.value, replace(gather(of_total.rows), items=abs(items)))


def contradictions(everything: Sequence[Sheet], sheets: Sequence[Sheet]) -> Iterator[Veto]:
    """Yield vetoes if another amount than the total that was chosen may be that of the receipt, or a code says so.

    The arguments are those of ``merged``.
    """
    of_total = sheet_of_total(sheets)
    if of_total is None or of_total.total is None:
        return
    if veto := _veto_of_codes(of_total, everything):
        yield veto
    if len(sheets) > 1 and _may_have_another_total(of_total, of_total.total, sheets):
        yield contradicting(pages_in_words([sheet.page for sheet in sheets]))


def _veto_of_codes(of_total: Sheet, everything: Sequence[Sheet]) -> Veto | None:
    """Return what the codes on other pages say against the total; those on its own page were judged with it."""
    others = [code for sheet in everything if sheet is not of_total for code in sheet.receipt.codes]
    if of_total.total is None or not any(code.claim for code in others):
        return None
    return veto_of_pages([*of_total.receipt.codes, *others], of_total.total)


def _may_have_another_total(of_total: Sheet, total: Decimal, sheets: Sequence[Sheet]) -> bool:
    higher = any(sheet.total is not None and abs(sheet.total) > abs(total) for sheet in sheets)
    later = any(sheet.total not in (None, total) for sheet in sheets[sheets.index(of_total) + 1 :])
    return higher or later or of_total.has_page_total or _has_proved_rival(of_total, sheets)


def _has_proved_rival(of_total: Sheet, sheets: Sequence[Sheet]) -> bool:
    """Return whether the items of all pages add up to another amount named as a total, and not to the chosen one."""
    amount = of_total.fields.amount
    if amount is None or _adds_up(amount.chosen, of_total, sheets):
        return False
    others = (one for one in amount.rivals if one.provenance.is_total and one.value != amount.chosen.value)
    return any(_adds_up(one, of_total, sheets) for one in others)


def _items(sheets: Sequence[Sheet], fields: Fields) -> ItemList | None:
    first = sheets[0].page
    lists = [(sheet.page, sheet.fields.items) for sheet in sheets]
    placed = [_placed(found, None if page == first else page) for page, found in lists if found]
    return joined_items(placed, fields)


def _placed(found: ItemList, page: int | None) -> ItemList:
    return replace(found, items=tuple(replace(item, page=page) for item in found.items))


def _of_page(found: Sequence[Any], page: int, first: int) -> Iterator[Any]:
    """Yield passes or rungs with the page that they are of."""
    yield from (one if page == first else replace(one, page=page) for one in found)


def _warnings(sheets: Sequence[Sheet]) -> Iterator[Notice]:
    """Yield the warnings on all pages; those on others than the first name their page."""
    for sheet in sheets:
        is_first = sheet is sheets[0]
        for one in sheet.receipt.warnings:
            yield one if is_first else replace(one, message=f"page {sheet.page}: {one.message}")


def _source(sheets: Sequence[Sheet]) -> Source:
    """Return where the receipt comes from: from the cloud if any page does, else by trying again if any was."""
    sources = {sheet.receipt.source for sheet in sheets}
    if sources & set(ASKED_CLOUD):
        return Source.CLOUD if sources == {Source.CLOUD} else Source.HYBRID
    order = (Source.LOCAL_LOW_CONFIDENCE, Source.LOCAL_RETRY, Source.LOCAL)
    return next(source for source in order if source in sources)
