"""The command review: goes through the receipts that wait for review, by single keys at the terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpiocr.commands.after_correction import refiled
from rpiocr.commands.command import Command, examples
from rpiocr.commands.filters import opened
from rpiocr.commands.options import config_option, setting_option, start, verbose_option
from rpiocr.errors import ExitCode
from rpiocr.settings import Settings
from rpiocr.system.desktop import show_file
from rpiocr.system.keyboard import BACKSPACE, DOWN, ENTER, ESCAPE, UP, pressed_keys
from rpiocr.system.output import print_line, redraw
from rpiocr.system.stop import undisturbed

if TYPE_CHECKING:
    from rpiocr.commands.review_screen import Screen
    from rpiocr.store.database import Database
    from rpiocr.store.review import Review

NAMED_KEYS = frozenset({ENTER, ESCAPE, BACKSPACE, UP, DOWN})


@click.command(
    cls=Command,
    examples=examples(
        ("Go through all receipts that need review", "rpiocr review"),
        ("Go through those of another store", "rpiocr review --store receipts.sqlite"),
    ),
)
@setting_option("store")
@config_option
@verbose_option
def review(store: str | None, config: Path | None, *, verbose: bool) -> int:
    """Confirm or correct uncertain receipts one after the other, by single keys.

    Each uncertain field is shown with its value, how it is printed, how probable it is, and up to three other values.
    Enter confirms it. 1, 2 or 3 put another value in its place, which Enter confirms. What is typed corrects it, as
    with `rpiocr fix`, also a number that begins with 1, 2 or 3. Escape drops what was typed; a space begins a value
    that starts with the letter of a key. The arrows choose the field, s leaves the receipt for later, u undoes the last
    change, o opens the picture, q quits.

    What was confirmed is stored at once: nothing is lost by Ctrl-C. Once amount, date and currency are certain, a file
    that a watch has moved to review/ is moved to done/, and the next receipt follows. Duplicates and archived receipts
    are left out.

    Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage, or not at a terminal; 3 damaged receipts were omitted;
    5 the database's driver is not installed; 7 the store cannot be written; 130 interrupted.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "a review needs a terminal; without one, `rpiocr fix ID --ok` confirms a receipt"
        raise click.UsageError(message)
    settings = start({"store": store}, config, verbose=verbose)
    with opened(settings) as database:
        session = _Session(database, settings)
        with pressed_keys() as keys:
            session.run(keys)
        print_line()
        for line in session.summary():
            print_line(line)
    return ExitCode.OK


class _Session:
    """A walk through the receipts that wait, in the order of their ids."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._review: Review | None = None
        self._cursor = 0
        self._typed: str | None = None
        self._picked = ""
        self._message = ""
        self._seen: set[int] = set()
        self._reviewed: set[int] = set()
        self._changed: list[tuple[int, str]] = []

    def run(self, keys: Iterator[str]) -> None:
        """Take keys until no receipt waits any more, or q."""
        self._go_on(after=None)
        while self._review:
            redraw(self._drawn(self._review))
            key = next(keys, "q")
            self._message = ""
            if self._typed is not None:
                self._edit(self._review, self._typed, key)
            elif key == "q":
                return
            else:
                self._obey(self._review, key)

    def summary(self) -> Iterator[str]:
        """Yield what the last key did, and what was done in all and is left, in words."""
        from rpiocr.store.review import count_waiting

        if self._message:
            yield self._message
        yield f"{len(self._reviewed)} reviewed; {count_waiting(self._database) or 'none'} left"

    def _drawn(self, shown: Review) -> str:
        from rpiocr.commands.review_screen import draw

        return draw(self._screen(shown), width=shutil.get_terminal_size().columns)

    def _screen(self, shown: Review) -> Screen:
        from rpiocr.commands.review_screen import Screen
        from rpiocr.store.review import count_waiting
        from rpiocr.store.word_boxes import words_of

        with self._database.snapshot() as connection:
            words = words_of(connection, shown.receipt_id)
        before = sum(1 for receipt_id in self._seen if receipt_id < shown.receipt_id)
        left = count_waiting(self._database, shown.receipt_id)
        return Screen(shown, words, before + 1, before + 1 + left, self._cursor, self._typed, self._message)

    def _obey(self, shown: Review, key: str) -> None:
        field = shown.fields[self._cursor]
        if key in "123" and int(key) <= len(field.rivals):
            self._typed, self._picked = field.rivals[int(key) - 1].value, key
        elif key == ENTER and field.value is None:
            self._message = f"there is no {field.name} to confirm; type one"
        elif key == ENTER:
            self._settle(shown, str(field.value))
        elif key in (UP, DOWN):
            self._cursor = (self._cursor + (1 if key == DOWN else -1)) % len(shown.fields)
        elif key == "s":
            self._go_on(after=shown.receipt_id)
        elif key == "u":
            self._undo()
        elif key == "o":
            self._open(shown)
        elif key not in NAMED_KEYS:
            self._typed = key.strip()

    def _edit(self, shown: Review, typed: str, key: str) -> None:
        picked, self._picked = self._picked, ""
        if picked and key not in NAMED_KEYS:
            # The number that picked a value was the first one of what is typed.
            self._typed = picked + key
        elif key == ENTER:
            self._settle(shown, typed)
        elif key == ESCAPE:
            self._typed = None
        elif key == BACKSPACE:
            self._typed = typed[:-1]
        elif key not in NAMED_KEYS:
            self._typed = typed + key

    def _settle(self, shown: Review, value: str) -> None:
        """Set or confirm the field at the cursor, and go on; a value that is refused can be typed on."""
        from rpiocr.decide.contradictions import contradictions
        from rpiocr.store.corrections import correct
        from rpiocr.store.errors import BadCorrectionError, NoSuchReceiptError

        name = shown.fields[self._cursor].name
        try:
            # The file of a receipt that is certain now is moved in any case.
            with undisturbed():
                changes = correct(self._database, shown.receipt_id, [(name, value)])
                messages = (
                    *contradictions(self._database, shown.receipt_id, changes),
                    *refiled(self._database, shown.receipt_id, self._settings),
                )
        except BadCorrectionError as error:
            self._message = str(error)
            return
        except NoSuchReceiptError as error:
            messages = (str(error),)
            changes = ()
        self._changed.extend((shown.receipt_id, change.field) for change in changes)
        self._message = "; ".join(messages)
        self._show(shown.receipt_id)
        if self._review is None or not self._review.open_fields:
            self._go_on(after=shown.receipt_id)

    def _undo(self) -> None:
        from rpiocr.store.corrections import take_back
        from rpiocr.store.errors import BadCorrectionError, NoSuchReceiptError

        if not self._changed:
            self._message = "nothing was changed in this review; `rpiocr fix ID --undo FIELD` undoes earlier changes"
            return
        receipt_id, name = self._changed.pop()
        try:
            take_back(self._database, receipt_id, [name])
        except (BadCorrectionError, NoSuchReceiptError) as error:
            self._message = str(error)
            return
        self._show(receipt_id)
        self._message = f"undone: {name} of receipt {receipt_id}"

    def _open(self, shown: Review) -> None:
        if shown.file is None:
            self._message = "the file no longer exists"
        elif not show_file(shown.file):
            self._message = f"there is no desktop here to open {shown.file}"

    def _go_on(self, after: int | None) -> None:
        """Show the next receipt that waits, none if there is no other."""
        from rpiocr.store.review import waiting

        following = waiting(self._database, after, 1)
        while not following.receipts and following.after is not None:  # a damaged one is omitted
            following = waiting(self._database, following.after, 1)
        self._review = None
        if following.receipts:
            self._show(following.receipts[0].id)

    def _show(self, receipt_id: int) -> None:
        """Show a receipt, at its first open field; none if it does not exist any more."""
        from rpiocr.store.errors import NoSuchReceiptError
        from rpiocr.store.review import review_of

        self._typed = None
        try:
            with self._database.snapshot() as connection:
                self._review = review_of(connection, receipt_id)
        except NoSuchReceiptError:
            self._review = None
            return
        self._seen.add(receipt_id)
        if self._review.open_fields:
            self._reviewed.discard(receipt_id)
            self._cursor = self._review.fields.index(self._review.open_fields[0])
        else:
            self._reviewed.add(receipt_id)
