"""Parameter types with shell completion: files, receipt numbers, field names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click
from click.shell_completion import CompletionItem

FIELDS = (
    *("amount", "currency", "date", "time", "merchant", "merchant_legal", "merchant_branch", "address", "phone"),
    *("website", "category", "subtotal", "tax", "tip", "receipt_number", "duplicate_of"),
)
"""The fields that a user can correct: a copy of those of the model and the store, which are slow to import."""


class File(click.ParamType[str]):
    """A path as given, or - for standard input; it is not checked before it is read."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401, ARG002 - Click's
        """Return the path."""
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - Click's
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Let the shell complete files."""
        return [CompletionItem(incomplete, type="file")]


FILE = File()


class ReceiptNumber(click.IntRange):
    """The number of a stored receipt."""

    def __init__(self) -> None:
        super().__init__(1, 2**31 - 1)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Offer the receipts stored last, each with day, merchant and amount.

        Offers nothing if the store cannot be read immediately: a completion reports no errors.
        """
        from rpiocr.sanitize.text import one_line
        from rpiocr.settings import load_settings
        from rpiocr.store.recent import recent_receipts

        given = {"store": store} if (store := ctx.params.get("store")) else {}
        try:
            settings = load_settings(given, file=ctx.params.get("config"))
            found = recent_receipts(settings.store, incomplete)
        except Exception:  # noqa: BLE001 - a message would be printed into the line that is being typed
            return []
        given_before = ctx.params.get(str(param.name))
        taken = given_before if isinstance(given_before, tuple) else ()
        return [CompletionItem(str(one.id), help=one_line(one.summary)) for one in found if one.id not in taken]


OF_ITEM = ("description=", "quantity=", "unit_price=", "amount=", "kind=", "delete")
"""What a user can correct of an item, a copy as well."""

KINDS_OF_ITEMS = ("item", "discount", "deposit", "charge")


class FieldName(click.ParamType[str]):
    """The name of a field that a user can correct; the store checks it."""

    name = "field"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401, ARG002 - Click's
        """Return the text."""
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - Click's
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Offer the names of fields."""
        return [CompletionItem(name) for name in FIELDS if name.startswith(incomplete)]


class Correction(FieldName):
    """FIELD=VALUE, or FIELD alone to confirm its value; the store checks it."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Offer the fields not named yet, as amount= or, with --ok, as amount."""
        named = {str(value).partition("=")[0] for value in ctx.params.get(str(param.name)) or ()}
        sign = "" if ctx.params.get("ok") else "="
        found = [f"{one}{sign}" for one in FIELDS if one not in named]
        if sign:
            found.extend(_of_items(incomplete))
        return [CompletionItem(one) for one in found if one.startswith(incomplete)]


def _of_items(incomplete: str) -> Iterator[str]:
    """Yield items.add=, or what can follow the number of an item."""
    number = re.match(r"items\.[0-9]+\.", incomplete)
    if not number:
        yield "items.add="
        return
    yield from (f"{number[0]}{part}" for part in OF_ITEM)
    if incomplete.startswith(f"{number[0]}kind="):
        yield from (f"{number[0]}kind={kind}" for kind in KINDS_OF_ITEMS)
