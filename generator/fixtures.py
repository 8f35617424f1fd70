"""``python -m generator.fixtures tests/fixtures``: regenerates the committed receipts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from generator.items.printing import USUAL
from generator.receipt import Order, Receipt, make_receipt
from generator.writing import write_pair, write_receipt


def _order(country: str, index: int, kind: str, level: str) -> Order:
    return Order(seed=11, index=index, country=country, kind=kind, level=level, layout=USUAL)


SAMPLE = _order("my", 292, "supermarket", "light")

ORDERS = {
    "my_rounding": _order("my", 1, "supermarket", "moderate"),
    "my_gst_table": _order("my", 168, "hardware", "light"),
    "us_tip": _order("us", 4, "restaurant", "light"),
    "us_tax_cash": _order("us", 14, "supermarket", "moderate"),
    "us_fuel": _order("us", 6, "fuel", "clean"),
    "us_refund_without_minus": replace(_order("us", 19, "hardware", "clean"), refund=True),
    "gb_savings": _order("gb", 19, "supermarket", "clean"),
    "gb_restaurant": _order("gb", 3, "restaurant", "moderate"),
    "de_supermarket": _order("de", 2, "supermarket", "light"),
    "de_refund": replace(_order("de", 0, "hardware", "clean"), refund=True),
    "de_thousands": _order("de", 5, "hardware", "moderate"),
    "at_restaurant": _order("at", 9, "restaurant", "light"),
    "ch_hotel": replace(_order("ch", 7, "hotel", "light"), slip=False),
    "ch_pharmacy": _order("ch", 3, "pharmacy", "clean"),
    "sg_service": _order("sg", 9, "restaurant", "moderate"),
    "au_rounding": _order("au", 44, "supermarket", "light"),
    "au_card_slip": replace(_order("au", 2, "restaurant", "light"), slip=True),
}
"""The committed receipts by name; each represents one feature of receipts."""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Write FOLDER/receipts/img and key, FOLDER/sample.jpg and sample.json, overwriting existing files."""
    for name, order in ORDERS.items():
        made = make_receipt(order)
        write_receipt(Receipt(name, made.image, made.truth), folder / "receipts")
    write_pair(make_receipt(SAMPLE), folder / "sample.jpg", folder / "sample.json")


if __name__ == "__main__":
    main()
