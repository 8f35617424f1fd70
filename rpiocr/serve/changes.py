"""What people do with receipts on a page or by the API: correct, confirm, take back, archive, delete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from rpiocr.decide.contradictions import contradictions
from rpiocr.errors import RpiocrError
from rpiocr.serve.book import Book
from rpiocr.serve.errors import RequestError
from rpiocr.store import trash
from rpiocr.store.archiving import archive, unarchive
from rpiocr.store.corrections import Change, correct, take_back
from rpiocr.watch.refiling import refile


class Changes(BaseModel):
    """The body of a change: ``set`` has new values as a person types them, null removes one."""

    model_config = ConfigDict(extra="forbid")

    set: dict[str, str | Decimal | None] = Field(default_factory=dict, max_length=200)
    confirm: list[str] = Field(default_factory=list, max_length=50)
    undo: list[str] = Field(default_factory=list, max_length=50)
    archived: bool | None = None


def change(book: Book, receipt_id: int, changes: Changes) -> tuple[str, ...]:
    """Apply changes to a receipt, all or none, and move its file if nothing about it is unsure any more.

    Returns what a person should know of them: values that the receipt's own sums contradict, files that cannot be
    moved. Raises BadCorrectionError, NoSuchReceiptError, RequestError for changes that are contradictory or none,
    StoreError.
    """
    has_values = bool(changes.set or changes.confirm)
    if changes.undo and has_values:
        message = "take a change back in a request of its own, without set and confirm"
        raise RequestError(message)
    if not (changes.undo or has_values) and changes.archived is None:
        message = "this changes nothing; give set, confirm, undo or archived"
        raise RequestError(message)
    made: tuple[Change, ...] = ()
    if changes.undo:
        take_back(book.database, receipt_id, changes.undo)
    if has_values:
        made = correct(book.database, receipt_id, _typed(changes.set), changes.confirm or None)
    if changes.archived is not None:
        (archive if changes.archived else unarchive)(book.database, [receipt_id])
    told = (*contradictions(book.database, receipt_id, made), *_unmoved(book, receipt_id))
    book.events.publish("changed", receipt=receipt_id)
    return told


def delete(book: Book, receipt_id: int) -> None:
    """Delete a receipt, so that it can be restored; its file stays where it is. Raises NoSuchReceiptError."""
    trash.put(book.database, receipt_id)
    book.events.publish("changed", receipt=receipt_id)


def restore(book: Book, receipt_id: int) -> int:
    """Take the deletion of a receipt back, and return its number; raises NoSuchReceiptError."""
    number = trash.take_back(book.database, receipt_id)
    book.events.publish("changed", receipt=number)
    return number


def _unmoved(book: Book, receipt_id: int) -> Iterator[str]:
    """Move the file of a receipt out of review/ if nothing about it is unsure; yield why one stays where it was."""
    for outcome in refile(book.database, receipt_id, book.settings):
        if isinstance(outcome, RpiocrError):
            yield book.told(str(outcome))


def _typed(given: Mapping[str, str | Decimal | None]) -> Iterable[tuple[str, str]]:
    """Return new values as a person types them; an empty text removes a value."""
    return [
        (field, "" if value is None else f"{value:f}" if isinstance(value, Decimal) else value)
        for field, value in given.items()
    ]
