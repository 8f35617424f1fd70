"""The words of stored receipts with their places, for those who look at the picture.

They are one JSON text per receipt: 34 bytes for each word, 2 to 6 KB for a receipt. A word on another page than that of
the receipt has the number of its page at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

import simplejson
from sqlalchemy import Connection, insert, select

from rpiocr.model.records import ReadWord
from rpiocr.store.damage import Damaged, tolerating
from rpiocr.store.tables import WORD_BOXES
from rpiocr.system.json_text import dumps


def add_words(connection: Connection, receipt_id: int, words: Sequence[ReadWord]) -> None:
    """Write the words of a receipt, none if there are none."""
    if words:
        rows = [[word.text, *word.box, round(word.confidence, 2), *_page(word)] for word in words]
        connection.execute(insert(WORD_BOXES).values(receipt_id=receipt_id, words=dumps(rows)))


def words_of(connection: Connection, receipt_id: int) -> tuple[ReadWord, ...]:
    """Return the words of a receipt in reading order; none if an earlier version stored it, or if they are damaged."""
    with tolerating():
        query = select(WORD_BOXES.c.words).where(WORD_BOXES.c.receipt_id == receipt_id)
        stored = connection.execute(query).scalar()
    if stored is None or isinstance(stored, Damaged):
        return ()
    try:
        return tuple(_word(*row) for row in simplejson.loads(stored))
    except (ValueError, TypeError, RecursionError):
        return ()


def line_at(words: Sequence[ReadWord], place: tuple[int, int, int, int]) -> str:
    """Return the words on the line of text that a box stands on, in reading order."""
    # Where most words are higher than wide, the text runs up or down the page.
    runs_across = 2 * sum(1 for word in words if word.box[2] >= word.box[3]) >= len(words)
    axis = 1 if runs_across else 0
    start, end = place[axis], place[axis] + place[axis + 2]
    return " ".join(word.text for word in words if start <= word.box[axis] + word.box[axis + 2] / 2 <= end)


def _page(word: ReadWord) -> tuple[int, ...]:
    return () if word.page is None else (word.page,)


def _word(
    text: object, x: object, y: object, width: object, height: object, confidence: object, page: object = None
) -> ReadWord:
    """Return one word; raises ValueError if a value is not of its kind."""
    sides = [side for side in (x, y, width, height) if type(side) is int]
    of_page = page if type(page) is int else None
    is_whole = isinstance(text, str) and len(sides) == 4 and of_page == page
    if not is_whole or not isinstance(confidence, int | float) or confidence > 1:
        message = f"{text!r} is no word with its place"
        raise ValueError(message)
    return ReadWord(str(text), (sides[0], sides[1], sides[2], sides[3]), float(confidence), of_page)
