"""Fits the ranker of merchants' names: ``python -m bench.fit_names DATA... --recording FILE``.

Of each labelled receipt, the candidates of the merged reading are compared with the names of its label; the weights
maximise the likelihood of those that are right. Texts of drawn receipts of all countries are learnt from as well, each
with less weight: nothing on them is misread, and their shops have no logo.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from bench.data import Example, read_data
from bench.logistic import Vector
from bench.recording import engines_recorded
from bench.report import PROJECT, number, table
from bench.score import alike, squashed
from bench.texts import TODAY, set_in_type
from generator.locales import country_codes
from generator.receipt import Order, draft_receipt
from rpiocr.extract import Hints, Languages, extract
from rpiocr.extract.fields.merchant import candidates
from rpiocr.extract.fields.merchant.ranker import probabilities
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import ReceiptLine
from rpiocr.model import Line, Reading
from rpiocr.pipeline import Reader
from rpiocr.reading.outcome import Trace
from rpiocr.settings import Settings

WEIGHTS = PROJECT / "rpiocr" / "extract" / "fields" / "merchant" / "weights.toml"

LANGUAGES = Languages()

SIGNS = {
    "place": -1,
    "tall": 1,
    "tallest": 1,
    "heard": 1,
    "unread": -1,
    "odd": -1,
    "company": 1,
    "not_name": -1,
    "sentence": -1,
    "web": -1,
    "small": -1,
    "other_case": -1,
    "two_names": -1,
    "cut": -1,
    "address": -1,
    "long_number": -1,
    "mostly_digits": -1,
    "digits": -1,
    "short": -1,
    "domain": 1,
    "named": 1,
    "repeated": 1,
    "brand_elsewhere": 1,
}
"""Which way a feature has to point where anything else would be chance; those not named here are free."""

BRAND = 0.3
"""From this value of the feature a name is that of a brand."""

AT_MOST = {"several": -1.0, "generic": -1.5, "title": -1.5, "price": -2.0, "names_amount": -1.5}
AT_LEAST = {"goes_on": 1.0, "brand": 2.0}
"""Bounds of weights where examples are few: lines are joined only if something says that they are one name, as words
that go on do; kinds of shops, prices and words for amounts are no names; a known brand that fills a line is one."""

SLOGANS = (
    "GOOD MORNING",
    "Fresh every day",
    "Family owned since 1987",
    "Quality you can trust",
    "Always near you",
    "FOLLOW US",
    "RESTAURANT & BAR",
    "STORE 1215",
)
"""Lines above a name that say nothing of it."""

UNREAD = ("~ ey", "Lo a0", "wi )", "A b D neI")
"""What engines make of a logo."""

WAYS = 5
"""Number of ways in which drawn texts have the name."""

DRAWN_WEIGHT = 0.25
"""Weight of a drawn text, of which there are many of one pattern, beside a real receipt."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of one receipt: their features, and which of them are right."""

    set_name: str
    id: str
    names: tuple[str, ...]
    features: tuple[Mapping[str, float], ...]
    right: tuple[bool, ...]

    @property
    def can_be_right(self) -> bool:
        """Whether one of the candidates is right."""
        return any(self.right)


def choice_of(
    example: tuple[str, str],
    reading: Reading,
    rows: Sequence[ReceiptLine],
    names: Sequence[str],
    *,
    legal: bool = False,
) -> Choice:
    """Return the candidates on the lines of a receipt, compared with all ``names`` that count as right.

    ``example`` is its set and id; ``reading`` tells its languages and its country. ``legal`` is whether the names are
    those of the company, whatever its shops are called: then nothing is known about brands, and they are left out.
    """
    tables = LANGUAGES.tables_of(line.text for line in reading.lines)
    country = extract(reading, tables, Hints(TODAY)).locale.country
    listed = candidates(rows, tables, country)
    if legal:
        listed = tuple(one for one in listed if one.features.get("brand", 0.0) < BRAND or _is_right(one.name, names))
    right = tuple(_is_right(one.name, names) for one in listed)
    return Choice(*example, tuple(one.name for one in listed), tuple(one.features for one in listed), right)


def _is_right(name: str, names: Sequence[str]) -> bool:
    return any(alike(one, name) for one in names)


def of_recorded(examples: Sequence[Example], recording: Path) -> Iterator[Choice]:
    """Read labelled receipts by a recording; those without a label for the name, or without text, are left out."""
    reader = Reader(Settings(items="off"))
    with engines_recorded(recording):
        for example in examples:
            found = next(reader.read(str(example.picture))) if example.label.names else None
            if isinstance(found, Trace):
                yield choice_of(
                    (example.set_name, example.id),
                    found.reading,
                    found.rows,
                    example.label.names,
                    legal=is_legal(example),
                )


def is_legal(example: Example) -> bool:
    """Whether the label names the company alone; else it has all names that a bookkeeper would accept."""
    return example.label.names == (example.label.company,)


def of_drawn(count: int, seed: int) -> Iterator[Choice]:
    """Yield the choices on texts of drawn receipts, ``count`` for each country."""
    for country in country_codes():
        for index in range(count):
            draft = draft_receipt(Order(seed=seed, index=index, country=country))
            texts, name = draft.printout.text.splitlines(), draft.sale.shop.name
            reading = Reading(rearranged(texts, name, index), 1)
            rows = build_receipt_lines(reading.lines, LANGUAGES.tables_of(line.text for line in reading.lines))
            yield choice_of(("drawn", f"{country}{index}"), reading, rows, (name,))


def rearranged(texts: Sequence[str], name: str, index: int) -> tuple[Line, ...]:
    """Return the lines of a text with its name as other shops print it; ``index`` chooses.

    Drawn texts have it in the usual size, first or below a title, as one of WAYS stays. Others have it larger and below
    a slogan, below its address, or as a logo that cannot be read and again in a sentence or a domain at the foot.
    """
    way, place = index % WAYS, _place_of(texts, name)
    if place is None or way == 0:
        return set_in_type(texts)
    begin, end = place
    above, lines, below = list(texts[:begin]), list(texts[begin:end]), list(texts[end:])
    if way == 1:
        above.append(SLOGANS[index // WAYS % len(SLOGANS)])
        return set_in_type([*above, *lines, *below], range(len(above), len(above) + len(lines)))
    if way == 4:
        foot = f"Thank you for shopping at {name}" if index // WAYS % 2 else f"www.{squashed(name)}.com"
        return set_in_type([*above, UNREAD[index // WAYS % len(UNREAD)], *below, foot])
    return set_in_type([*above, *below[: way - 1], *lines, *below[way - 1 :]])


def _place_of(texts: Sequence[str], name: str) -> tuple[int, int] | None:
    """Return the first of the lines that a name is on, and the one after the last; None if it is nowhere."""
    wanted = squashed(name)
    begin = next((at for at, text in enumerate(texts) if text.strip() and wanted.startswith(squashed(text))), None)
    if begin is None:
        return None
    end = begin + 1
    while end < len(texts) and len(squashed("".join(texts[begin:end]))) < len(wanted):
        end += 1
    return begin, end


def weighted(choices: Sequence[Choice]) -> Vector:
    """Return the weights of receipts: a set weighs as the square root of its size."""
    sizes = Counter(one.set_name for one in choices)
    raw = np.array([DRAWN_WEIGHT if one.set_name == "drawn" else 1 / math.sqrt(sizes[one.set_name]) for one in choices])
    real = np.array([one.set_name != "drawn" for one in choices])
    raw[real] *= real.sum() / max(1e-9, raw[real].sum())
    return raw


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in AT_MOST or name in AT_LEAST:
        return AT_LEAST.get(name), AT_MOST.get(name)
    return (0.0 if SIGNS.get(name) == 1 else None), (0.0 if SIGNS.get(name) == -1 else None)


def fit(choices: Sequence[Choice], ridge: float) -> dict[str, float]:
    """Return the weights by feature; the loss is convex only where one candidate is right, so it starts from 0."""
    usable = [one for one in choices if one.can_be_right]
    names = sorted({name for one in usable for row in one.features for name in row})
    tables = [np.array([[row.get(name, 0.0) for name in names] for row in one.features]) for one in usable]
    rights = [np.array(one.right) for one in usable]
    shares = weighted(usable)

    def loss(beta: Vector) -> tuple[float, Vector]:
        total, gradient = 0.5 * ridge * float(beta @ beta), ridge * beta
        for values, right, share in zip(tables, rights, shares, strict=True):
            odds = values @ beta
            everything, good = logsumexp(odds), logsumexp(odds[right])
            total += share * (everything - good)
            gradient = gradient + share * (
                np.exp(odds - everything) @ values - np.exp(odds[right] - good) @ values[right]
            )
        return float(total), gradient

    bounds = [_bounds(name) for name in names]
    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds)
    return {name: round(float(weight), 3) + 0.0 for name, weight in zip(names, found.x, strict=True)}


def best_of(one: Choice, weights: Mapping[str, float]) -> tuple[int, float]:
    """Return the place of the best candidate, and its probability."""
    chances = probabilities(one.features, weights)
    place = max(range(len(chances)), key=lambda index: (chances[index], len(one.names[index])))
    return place, chances[place]


def held_out(choices: Sequence[Choice], ridge: float) -> str:
    """Leave out a set at a time: how often the best candidate is right, in and out of the fit."""
    by_set = defaultdict(list)
    for one in choices:
        by_set[one.set_name].append(one)
    whole = fit(choices, ridge)
    rows = []
    for name, group in by_set.items():
        others = fit([one for one in choices if one.set_name != name], ridge)
        shares = [
            sum(one.right[best_of(one, by)[0]] for one in group if one.names) / len(group) for by in (whole, others)
        ]
        possible = sum(one.can_be_right for one in group) / len(group)
        rows.append([name, str(len(group)), *(number(100 * share, 1) for share in (possible, *shares))])
    return table(["set", "receipts", "among the candidates %", "right %", "right, set left out %"], rows)


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--recording", required=True, type=click.Path(dir_okay=False, path_type=Path), help="See bench/recording.py."
)
@click.option("--ridge", type=click.FloatRange(0, min_open=True), default=0.3, show_default=True, help="Penalty.")
@click.option("--drawn", type=click.IntRange(0), default=8, show_default=True, help="Texts drawn for each country.")
@click.option("--seed", type=click.IntRange(0), default=21, show_default=True, help="Of the drawn texts.")
@click.option("--write", is_flag=True, help="Write the weights into the package.")
def main(data: Sequence[Path], recording: Path, ridge: float, drawn: int, seed: int, *, write: bool) -> None:
    """Fit the ranker, and report how often it is right."""
    choices = [*of_recorded(read_data(data), recording), *of_drawn(drawn, seed)]
    click.echo(held_out(choices, ridge))
    weights = fit(choices, ridge)
    click.echo(", ".join(f"{name} {weight:+.2f}" for name, weight in weights.items()))
    if write:
        lines = "\n".join(f'"{name}" = {weight}' for name, weight in weights.items())
        WEIGHTS.write_text(f"# Fitted by bench/fit_names.py; do not edit by hand.\n\n[weights]\n{lines}\n", "utf-8")


if __name__ == "__main__":
    main()
