"""Finds the description of an amount: on its row, on rows above or below it, or on two rows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from rpiocr.extract.items.assembly import MAX_TEXTS, Assembly, is_lone_text
from rpiocr.extract.items.layout import Side
from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.row import ItemRow
from rpiocr.extract.items.wording import Wording, cleaned, is_bare, is_name, is_text, pieces
from rpiocr.extract.items.zone import names_note
from rpiocr.extract.roles import ITEM_ROLES, Role
from rpiocr.extract.text.payment_words import letters_in
from rpiocr.model import Box
from rpiocr.model.items import ItemKind

SHORT = 4
"""Maximum number of letters of a unit that no table has, where all rows have nothing else: UNT, WALK."""


def find_bare(assembly: Assembly, words: Mapping[int, Wording]) -> set[int]:
    """Return the rows without a description of their own; all, if each has a short word and there are texts beside."""
    rows, places = assembly.zone.rows, assembly.places
    goods = [place for place in places if rows[place].row.role in ITEM_ROLES]
    are_short = len(goods) > 1 and all(letters_in(words[place].description) <= SHORT for place in goods)
    if are_short and any(_all_described(rows, goods, side) for side in (-1, 1)):
        return set(goods)
    return {place for place in places if is_bare(words[place].description, rows[place].row.lexicon)}


def with_second_lines(assembly: Assembly, found: list[Purchase], bare: Set[int]) -> list[Purchase]:
    """Add the row of text below each item to its description, if each has exactly one."""
    goods = [one for one in found if one.kind is ItemKind.ITEM]
    if bare or len(goods) < 2:
        return found
    ends = [*(one.place for one in goods[1:]), assembly.layout.end]
    below = [_lone_texts(assembly, one.place + 1, end) for one, end in zip(goods, ends, strict=True)]
    if any(len(texts) != 1 for texts in below):
        return found
    second = {one.place: texts[0] for one, texts in zip(goods, below, strict=True)}
    return [_with_second(assembly, one, second[one.place]) if one.place in second else one for one in found]


def _lone_texts(assembly: Assembly, start: int, end: int) -> list[int]:
    rows = assembly.zone.rows
    return [place for place in range(start, end) if is_lone_text(rows[place]) and place not in assembly.details]


def _with_second(assembly: Assembly, one: Purchase, place: int) -> Purchase:
    row = assembly.zone.rows[place]
    description = f"{one.wording.description} {cleaned(row.text).description}"
    box = Box.around([one.box, row.row.box])
    words = replace(one.wording, description=description)
    return replace(one, places=tuple(sorted((*one.places, place))), wording=words, box=box)


LEADING = re.compile(
    r"(?:(?P<flag>[A-Za-z]) )?(?P<quantity>[0-9]{1,2}|[iIl|])(?:[xX] ?| )"
    r"(?=[^\W\d]{2}|[^\W\d]\S*[^\W\d]|[0-9]{1,2}[\"″])(?P<rest>.+)"
)
"""A number of pieces before the description; an engine may read 1 as a letter."""


def with_leading_quantities(found: Sequence[Purchase]) -> tuple[Purchase, ...]:
    """Take a number before the description for a quantity if at least half of the items begin with one."""
    matches = [LEADING.fullmatch(one.wording.description) for one in found]
    bought = [match for one, match in zip(found, matches, strict=True) if one.kind is not ItemKind.DISCOUNT]
    digits = sum(bool(match and match["quantity"].isdigit()) for match in bought)
    if not digits or 2 * digits < len(bought):
        return tuple(found)
    flags = {match["flag"] for match in bought if match and match["flag"]}
    return tuple(_with_leading(one, flags) for one in found)


def _with_leading(one: Purchase, flags: Set[str]) -> Purchase:
    """Return a purchase with the quantity before its description; one of the flags may have joined it: F1 BREAD."""
    text = one.wording.description
    match = LEADING.fullmatch(text[1:] if text[:1] in flags and text[1:2].isdigit() else text)
    if match is None:
        return one
    words = replace(one.wording, description=match["rest"].strip(), quantity=pieces(match["quantity"]))
    return replace(one, wording=words)


def find_side(assembly: Assembly, bare: Set[int]) -> Side:
    """Return where the descriptions of amounts without one are: where there are more; else by the first and last."""
    if not bare:
        return Side.ABOVE
    rows, order, start = assembly.zone.rows, assembly.places, assembly.zone.start
    above = below = 0
    for index, place in enumerate(order):
        before = order[index - 1] if index else start - 1
        after = order[index + 1] if index + 1 < len(order) else assembly.layout.end
        if place in bare:
            above += any(is_lone_text(rows[other]) for other in range(before + 1, place))
            below += any(is_lone_text(rows[other]) for other in range(place + 1, after))
    if above != below:
        return Side.ABOVE if above > below else Side.BELOW
    first = any(is_lone_text(rows[place]) for place in range(max(start, order[0] - 2), order[0]))
    last = any(is_lone_text(rows[place]) for place in range(order[-1] + 1, assembly.layout.end))
    return Side.BELOW if last or not first else Side.ABOVE


def texts_of(assembly: Assembly, place: int, side: Side) -> list[int]:
    """Return the rows of text that describe an amount: the nearest one above it, or those below it."""
    order = assembly.places
    index = bisect_left(order, place)
    if side is Side.ABOVE:
        first = order[index - 1] if index else assembly.zone.start - 1
        lines = assembly.lines_above
        if lines > 1 and place - lines > first:
            return list(range(place - lines, place))
        return list(_adjacent(assembly, range(place - 1, first, -1), is_name))[:1]
    is_last = index + 1 == len(order)
    below = range(place + 1, assembly.layout.end if is_last else order[index + 1])
    return list(_adjacent(assembly, below, is_text if is_last else is_name))[:MAX_TEXTS]


def _adjacent(assembly: Assembly, others: range, names: Callable[[ItemRow], bool]) -> Iterator[int]:
    begun = False
    for other in others:
        one = assembly.zone.rows[other]
        if other in assembly.details:
            continue
        if names_note(one.row) or (one.amounts and one.row.role is not Role.NONE):
            return
        if names(one):
            begun = True
            yield other
        elif begun:
            return


def described(assembly: Assembly, words: Wording, texts: Sequence[int]) -> Wording:
    """Return the words of an amount with the description on other rows, if there is one."""
    text = " ".join(assembly.zone.rows[other].row.text.text for other in texts)
    if not text:
        return words
    found = cleaned(text)
    return Wording(
        found.description or words.description,
        words.code or found.code,
        words.tax_code,
        words.quantity or found.quantity,
    )


def _all_described(rows: Sequence[ItemRow], places: Sequence[int], side: int) -> bool:
    """Return whether a row of text is on the given side of each row: -1 above, 1 below."""
    beside = [place + side for place in places]
    return all(0 <= place < len(rows) and is_lone_text(rows[place]) for place in beside)
