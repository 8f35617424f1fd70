"""``python -m generator``: a folder of receipts with their truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from generator.age import LEVELS
from generator.fonts import missing_packages
from generator.locales import country_codes
from generator.receipt import make_receipt, orders
from generator.writing import write_receipt


@click.command()
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another seed, other receipts.")
@click.option("--count", type=click.IntRange(min=1), default=20, show_default=True, help="How many.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for img/ and key/."
)
@click.option(
    "--country",
    "countries",
    multiple=True,
    type=click.Choice(country_codes()),
    help="Only receipts of this country; may be given several times. Default: all.",
)
@click.option("--level", type=click.Choice(LEVELS), help="How worn. Default: all levels, mixed.")
def main(seed: int, count: int, out: Path, countries: tuple[str, ...], level: str | None) -> None:
    """Make receipts: OUT/img/NAME.jpg, and the truth in OUT/key/NAME.json."""
    missing = missing_packages()
    if missing:
        raise click.ClickException(f"fonts are missing; install them with: apt-get install {' '.join(missing)}")
    for order in orders(seed, count, countries or country_codes()):
        write_receipt(make_receipt(replace(order, level=level)), out)
    click.echo(f"{count} receipts in {out}", err=True)


if __name__ == "__main__":
    main()
