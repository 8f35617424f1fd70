"""Repairs the names of items after their descriptions are put together, and keeps what was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rpiocr.extract.items.grain import without_grain
from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.sizes import with_sizes
from rpiocr.extract.items.spelling import PassWords, with_letters
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon


def with_names(
    found: Sequence[Purchase], rows: Sequence[ReceiptLine], passes: Iterable[Sequence[ReceiptLine]]
) -> tuple[Purchase, ...]:
    """Return purchases with repaired descriptions; those that are changed have what was read besides.

    ``rows`` are those that the purchases are from, ``passes`` those of every pass alone.
    """
    read = PassWords.of(row.text.text for rows_of_one in passes for row in rows_of_one)
    return tuple(_with_name(one, rows[0].lexicon, read) for one in found)


def _with_name(one: Purchase, lexicon: Lexicon, read: PassWords) -> Purchase:
    description = one.wording.description
    name = repaired_name(description, lexicon, read)
    if name == description:
        return one
    return replace(one, wording=replace(one.wording, description=name, description_read=description))


def repaired_name(description: str, lexicon: Lexicon, read: PassWords) -> str:
    """Return a description as it is printed, as far as that is certain; ``read`` is what all passes have read."""
    return without_grain(with_letters(with_sizes(description, lexicon), read))
