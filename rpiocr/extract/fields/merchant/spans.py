"""Which lines at the head of a receipt may be one name together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.phrases import PhraseHit, tokens

MAX_NAME_LINES = 4
"""Maximum number of lines of a name."""

MAX_ALIKE = 3
"""Maximum number of lines of a name whose words do not say that they go on."""

SAME_PRINT = 0.15
"""Maximum relative difference of the heights of lines in the same print."""


def spans_of(head: Sequence[ReceiptLine], tables: Tables) -> Iterator[tuple[range, bool]]:
    """Yield the places of lines that may be one name, and whether their words say that they go on.

    That is each line alone, with the lines above whose name it continues, and with one or two lines above that are set
    alike and may be the beginning.
    """
    for place in range(len(head)):
        yield range(place, place + 1), False
        first = _first_line(head, place, tables)
        if first < place:
            yield range(first, place + 1), True
        for start in range(place - 1, max(-1, place - MAX_ALIKE), -1):
            if not _may_begin(head[start], head[start + 1], tables):
                break
            if start != first:
                yield range(start, place + 1), False


def _may_begin(row: ReceiptLine, below: ReceiptLine, tables: Tables) -> bool:
    """Return whether a name that begins on a line may go on below it: both are set alike and close together."""
    height = max(row.box.height, below.box.height)
    is_close = below.box.top - row.box.bottom <= height
    is_alike = abs(row.box.height - below.box.height) < SAME_PRINT * height
    return is_close and is_alike and _could_be_name(row, tables) and _could_be_name(below, tables)


def _first_line(head: Sequence[ReceiptLine], place: int, tables: Tables) -> int:
    """Return the place of the line on which the name begins that ends on the line at ``place``."""
    if not place:
        return place
    follows_form = place == 1 and _is_form(head[0], head[1], tables)
    if not follows_form and not _continues(head[place - 1], head[place], tables):
        return place
    first = place - 1
    while first and place - first + 1 < MAX_NAME_LINES and _continues(head[first - 1], head[first], tables):
        first -= 1
    return first


def _continues(above: ReceiptLine, row: ReceiptLine, tables: Tables) -> bool:
    """Return whether a line continues the name on the line above.

    It does if that line has an open bracket or ends with "&", or if the line itself contains little more than a legal
    form, or begins with "&" or a bracket, which needs a name before it.
    """
    if row.box.top - above.box.bottom > row.box.height or not _could_be_name(above, tables):
        return False
    return _is_unfinished(above) or row.text.text.lstrip().startswith("&") or _ends_name(above, row, tables)


def _is_unfinished(row: ReceiptLine) -> bool:
    text = row.text.text
    return text.rstrip().endswith("&") or text.count("(") > text.count(")")


def _ends_name(above: ReceiptLine, row: ReceiptLine, tables: Tables) -> bool:
    """Return whether a line is the legal form of a name with little else, or in brackets."""
    hits = tables.merchant.find(row.text.text)
    forms = {index for hit in hits if hit.group == "legal" for index in _span(hit)}
    if not forms or any(hit.group == "not_name" for hit in hits):
        return False
    if 0 in forms or row.text.text.lstrip().startswith("("):
        return True
    rest = sum(len(word) > 2 for index, word in enumerate(tokens(row.text.text)) if index not in forms)
    return rest == 0 or (rest == 1 and _set_alike(above, row, tables))


def _set_alike(above: ReceiptLine, row: ReceiptLine, tables: Tables) -> bool:
    """Return whether a line is printed like the one above, centred below it, and that one is not a complete name."""
    height = max(above.box.height, row.box.height)
    level = abs(above.box.middle[0] - row.box.middle[0]) < height
    complete = any(hit.group in ("legal", "company") for hit in tables.merchant.find(above.text.text))
    words = len(tokens(above.text.text))
    return level and not complete and words > 0 and abs(above.box.height - row.box.height) < SAME_PRINT * height


def _is_form(first: ReceiptLine, row: ReceiptLine, tables: Tables) -> bool:
    """Return whether the first line is only a legal form, which precedes the name in scripts other than Latin.

    In Latin script it is the rest of a name that was lost.
    """
    if all(char.isascii() for char in first.text.text if char.isalpha()):
        return False
    words = tokens(first.text.text)
    forms = {i for hit in tables.merchant.find(first.text.text) if hit.group == "legal" for i in _span(hit)}
    beside = row.box.top - first.box.bottom <= row.box.height
    return beside and bool(words) and len(forms) == len(words) and _could_be_name(row, tables)


def _could_be_name(row: ReceiptLine, tables: Tables) -> bool:
    digits = sum(char.isdigit() for char in row.text.text)
    groups = {hit.group for hit in tables.merchant.find(row.text.text)}
    return digits <= 2 and "not_name" not in groups


def _span(hit: PhraseHit) -> range:
    return range(hit.start, hit.end)
