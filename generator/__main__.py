"""``python -m generator``: generates a directory of receipts with their ground truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from generator.age import LEVELS
from generator.codes.drawing import make_coded, photograph_coded
from generator.codes.situations import COUNTRIES, SITUATIONS
from generator.codes.strip import CodeOrder, code_orders
from generator.dice import Dice
from generator.fonts import missing_packages
from generator.locales import country_codes
from generator.mishaps import MISHAPS, make_mishap
from generator.photo import Sample, make_photo, make_several
from generator.photo_shot import TURNS
from generator.receipt import Order, make_receipt, orders
from generator.traps.drawing import TRAPS, drafts, make_trap
from generator.writing import write_receipt, write_sample

MAX_PER_IMAGE = 4
"""Maximum number of receipts on one image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The kind of images to make; by default flat receipts. ``turn`` is a number of degrees as text."""

    photo: bool = False
    several: bool = False
    turn: str | None = None
    mishaps: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def situations(self) -> tuple[str, ...]:
        """The situations of codes, by name."""
        every = tuple(name for name in SITUATIONS if self.photo or name != "neighbour")
        return every if "all" in self.codes else self.codes

    def check(self) -> None:
        """Raise UsageError if options contradict each other."""
        if self.photo + self.several + bool(self.mishaps) + bool(self.traps) > 1:
            raise click.UsageError("give only one of --photo, --several, --mishap and --trap")
        if self.codes and (self.several or self.mishaps or self.traps):
            raise click.UsageError("--code goes together with --photo only")
        if "neighbour" in self.codes and not self.photo:
            raise click.UsageError("--code neighbour needs --photo")
        if self.turn and not (self.photo or self.several):
            raise click.UsageError("--turn needs --photo or --several")


@click.command()
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Seed of the random numbers; each seed gives other receipts.",
)
@click.option("--count", type=click.IntRange(min=1), default=20, show_default=True, help="Number of images.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Directory for img/, key/ and flat/."
)
@click.option(
    "--country",
    "countries",
    multiple=True,
    type=click.Choice(sorted({*country_codes(), *COUNTRIES})),
    help="Only receipts of this country; can be given several times. Default: all.",
)
@click.option("--level", type=click.Choice(LEVELS), help="Level of wear. Default: all levels, mixed.")
@click.option("--photo", is_flag=True, help="Photograph each receipt; its flat original goes to OUT/flat/NAME.jpg.")
@click.option("--several", is_flag=True, help="Photograph two to four receipts at a time.")
@click.option(
    "--turn",
    type=click.Choice([str(turn) for turn in TURNS]),
    help="Clockwise rotation of photographed receipts in degrees. Default: mostly upright.",
)
@click.option(
    "--mishap",
    "mishaps",
    multiple=True,
    type=click.Choice(tuple(MISHAPS)),
    help="Images that went wrong in this way; can be given several times.",
)
@click.option(
    "--trap",
    "traps",
    multiple=True,
    type=click.Choice(("all", *TRAPS)),
    help="Receipts whose content misleads in this way; can be given several times.",
)
@click.option(
    "--code",
    "codes",
    multiple=True,
    type=click.Choice(("all", *SITUATIONS)),
    help="Receipts with machine-readable codes in this situation; can be given several times.",
)
def main(
    seed: int,
    count: int,
    out: Path,
    countries: tuple[str, ...],
    level: str | None,
    **kind: Any,  # noqa: ANN401 - options as ``Wanted`` has them
) -> None:
    """Generate receipts: OUT/img/NAME.jpg, with the ground truth in OUT/key/NAME.json."""
    missing = missing_packages()
    if missing:
        raise click.ClickException(f"fonts are missing; install them with: apt-get install {' '.join(missing)}")
    wanted = Wanted(**kind)
    wanted.check()
    several = MAX_PER_IMAGE if wanted.several else 1
    if wanted.codes:
        _write_codes(
            wanted, list(code_orders(seed, count, countries or COUNTRIES, wanted.situations, level=level)), out
        )
        return
    made = [replace(order, level=level) for order in orders(seed, count * several, countries or country_codes())]
    if wanted.traps:
        traps = tuple(TRAPS) if "all" in wanted.traps else wanted.traps
        for draft in drafts(traps, countries or country_codes(), seed, count, level=level):
            write_receipt(make_trap(draft), out)
    elif wanted == Wanted():
        for order in made:
            write_receipt(make_receipt(order), out)
    else:
        for sample in _photos(made, wanted):
            write_sample(sample, out)
    flat = wanted == Wanted(traps=wanted.traps)
    click.echo(f"{count} {'receipts' if flat else 'images'} in {out}", err=True)


def _write_codes(wanted: Wanted, made: Sequence[CodeOrder], out: Path) -> None:
    turn = int(wanted.turn) if wanted.turn else None
    for code in made:
        if wanted.photo:
            write_sample(photograph_coded(code, turn), out)
        else:
            write_receipt(make_coded(code), out)
    click.echo(f"{len(made)} images in {out}", err=True)


def _photos(made: Sequence[Order], wanted: Wanted) -> Iterator[Sample]:
    """Photograph the orders one by one, or two to four of them at a time."""
    turn = int(wanted.turn) if wanted.turn else None
    if wanted.several:
        for start in range(0, len(made), MAX_PER_IMAGE):
            group = made[start : start + MAX_PER_IMAGE]
            yield make_several(group[: Dice(group[0].seed, start).between(2, MAX_PER_IMAGE)], turn)
    elif wanted.mishaps:
        for number, order in enumerate(made):
            yield make_mishap(wanted.mishaps[number % len(wanted.mishaps)], order)
    else:
        for order in made:
            yield make_photo(order, turn)


if __name__ == "__main__":
    main()
