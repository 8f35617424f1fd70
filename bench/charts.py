"""Pictures of how far the stated chances hold: SVG texts, the same bytes for the same numbers."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

BINS = 10
LEAST_IN_BIN = 10.0
"""Fewer bins are made rather than bins that are worth fewer receipts than this."""

Z = 1.96
"""Half the width of the interval that holds 95 % of a normal distribution, in standard deviations."""

Judged = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Stated chances 0 to 1, whether each was right (1) or not (0), and weights; of equal length."""

Curve = Sequence[tuple[float, float]]
"""Coverage and risk, both 0 to 1, in order of rising coverage."""

TARGETS = ((0.9, 0.005),)
"""Coverage that is to be reached, and the share of wrong ones that it may have."""

WIDTH = 640
LEFT, RIGHT, TOP = 64.0, 616.0, 72.0
PANEL_BOTTOM = 472.0
STRIP_TOP, STRIP_BOTTOM = 520.0, 580.0
COLUMNS = 48
MOST_RADIUS = 7.0

CHANCE_TICKS = (0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
COVERAGE_TICKS = tuple(tenth / 10 for tenth in range(11))
RISK_TICKS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)

NOISY = 0.1
"""Coverage under which a curve rests on few answers and does not decide how high the axis reaches."""

CURVE_STEP = 5.0
"""Pixels between the points of a curve that are kept."""

LEGEND_COLUMNS, LEGEND_ROW = 2, 18.0

LIGHT = ("#0072b2", "#d55e00", "#009e73", "#b0478c", "#a97800", "#5b6bd6")
DARK = ("#58a6ff", "#ff9554", "#3fc79a", "#e493c7", "#e3b341", "#a5b0ff")
DASHES = ("none", "7 3", "3 3", "10 3 2 3", "4 2", "12 4")

STYLE = """
text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.small { font-size: 11px; fill: #59636e }
.middle { text-anchor: middle } .end { text-anchor: end }
.paper { fill: #ffffff; stroke: #d0d7de }
.grid { stroke: #e4e8ec } .axis { stroke: #8c959f }
.diagonal { stroke: #8c959f; stroke-dasharray: 5 4 }
.holds { fill: #0072b2; stroke: #0072b2 } .fails { fill: #d55e00; stroke: #d55e00 }
.whisker { stroke-width: 1.5 } .dot { stroke: #ffffff }
.bar { fill: #0072b2; fill-opacity: 0.55 }
.target { fill: #59636e; fill-opacity: 0.14 } .aim { fill: none; stroke: #1f2328; stroke-width: 1.5 }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round }
"""

NIGHT = """
text { fill: #e6edf3 } .small { fill: #9da7b3 }
.paper { fill: #0d1117; stroke: #3d444d }
.grid { stroke: #232a33 } .axis, .diagonal { stroke: #7d8590 }
.holds { fill: #58a6ff; stroke: #58a6ff } .fails { fill: #ff9554; stroke: #ff9554 }
.dot { stroke: #0d1117 } .bar { fill: #58a6ff }
.target { fill: #9da7b3; fill-opacity: 0.2 } .aim { stroke: #e6edf3 }
"""


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of similar chance: mean of the stated chances, share that was right, receipts they are worth."""

    stated: float
    right: float
    count: float

    @property
    def holds(self) -> bool:
        """Tell whether the share that was right agrees with what was stated, as far as so many can tell."""
        low, high = wilson_interval(self.right, self.count)
        return low <= self.stated <= high


def wilson_interval(share: float, count: float) -> tuple[float, float]:
    """Return the interval that holds the true share with 95 % where ``share`` of ``count`` > 0 was seen."""
    middle = share + Z * Z / (2 * count)
    reach = Z * math.sqrt(share * (1 - share) / count + (Z / (2 * count)) ** 2)
    whole = 1 + Z * Z / count
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def bins_of(chances: Sequence[float], right: Sequence[float], weights: Sequence[float]) -> tuple[Bin, ...]:
    """Sort answers by chance into at most ten bins of equal weight; equal chances stay together.

    The weights are positive and in receipts: they add up to the number of receipts.
    """
    rows = sorted(zip(chances, right, weights, strict=True))
    whole = sum(weights)
    wanted = max(1, min(BINS, int(whole / LEAST_IN_BIN)))
    bins: dict[int, list[tuple[float, float, float]]] = {}
    before = 0.0
    for _, group in groupby(rows, key=lambda row: row[0]):
        same = list(group)
        weight = sum(row[2] for row in same)
        place = int(wanted * (before + weight / 2) / whole)
        bins.setdefault(place, []).extend(same)
        before += weight
    return tuple(_bin(inside) for inside in bins.values())


def _bin(rows: Sequence[tuple[float, float, float]]) -> Bin:
    weight = sum(row[2] for row in rows)
    # Unequal weights tell less than as many equal ones (Kish), and several answers to one receipt no more than one.
    worth = min(weight, weight**2 / sum(row[2] ** 2 for row in rows))
    stated, right = (sum(row[index] * row[2] for row in rows) / weight for index in (0, 1))
    return Bin(stated, right, worth)


def risk_curve(chances: Sequence[float], right: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Accept answers in order of falling chance: return coverage and share of wrong ones, after each chance.

    Equal chances are accepted together. A chance of 0 is never accepted, and counts against coverage.
    """
    rows = sorted(((chance, bool(true)) for chance, true in zip(chances, right, strict=True)), reverse=True)
    curve = []
    accepted = wrong = 0
    for chance, group in groupby(rows, key=lambda row: row[0]):
        if chance > 0:
            outcomes = [true for _, true in group]
            accepted += len(outcomes)
            wrong += outcomes.count(False)
            curve.append((accepted / len(rows), wrong / accepted))
    return tuple(curve)


def coverage_at(curve: Curve, risk: float) -> float:
    """Return the largest coverage at which no more than ``risk`` is wrong, 0 where there is none."""
    return max((coverage for coverage, wrong in curve if wrong <= risk), default=0.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from ``least`` to ``most`` to pixels from ``start`` to ``end``, evenly after ``bend``."""

    start: float
    end: float
    bend: Callable[[float], float]
    least: float = 0.0
    most: float = 1.0

    def at(self, value: float) -> float:
        """Return the pixel of a value; what lies outside stands at the edge."""
        low, high = self.bend(self.least), self.bend(self.most)
        part = (self.bend(value) - low) / (high - low)
        return self.start + (self.end - self.start) * min(1.0, max(0.0, part))


def stretch(chance: float) -> float:
    """Bend a chance nearly as log odds do, but leave 0 and 1 finite; 0.9 to 1 gets half of the axis."""
    return math.log((chance + 0.1) / (1.002 - chance))


def reliability_chart(bins: Sequence[Bin], title: str, chances: Iterable[float] = ()) -> str:
    """Draw the share that was right over the stated chance, and below it how often which chance is stated.

    Without ``chances`` the lower panel shows the means of the bins. Raises ValueError without bins.
    """
    if not bins:
        message = f"nothing to draw for {title!r}: there are no answers with a chance and a label"
        raise ValueError(message)
    worth = sum(one.count for one in bins) / len(bins)
    told = "; ".join(f"stated {_percent(one.stated)}, right {_percent(one.right)}" for one in bins)
    root = _canvas(title, f"Share that was right by stated chance, in percent: {told}.", STRIP_BOTTOM + 48)
    _text(root, LEFT, 46, f"bins: {len(bins)}, each worth about {worth:.0f} receipts; whiskers: 95 % interval", "small")
    across = Scale(LEFT, RIGHT, stretch)
    up = Scale(PANEL_BOTTOM, TOP, stretch)
    _grid(root, (across, CHANCE_TICKS), (up, CHANCE_TICKS), PANEL_BOTTOM)
    _line(root, (LEFT, PANEL_BOTTOM), (RIGHT, TOP), "diagonal")
    _text(root, LEFT + 12, TOP + 22, "more often right than stated", "small")
    _text(root, RIGHT - 12, PANEL_BOTTOM - 30, "less often right than stated", "small end")
    _text(root, RIGHT - 12, PANEL_BOTTOM - 14, "orange: stated chance outside the interval", "small end")
    _upright(root, (TOP + PANEL_BOTTOM) / 2, "right, %")
    for one in bins:
        _dot(root, one, max(other.count for other in bins), across, up)
    spread = [(chance, 1.0) for chance in chances] or [(one.stated, one.count) for one in bins]
    _strip(root, spread, across)
    _text(root, (LEFT + RIGHT) / 2, STRIP_BOTTOM + 34, "stated chance, %", "middle")
    return _written(root)


def risk_coverage_chart(curves: Mapping[str, Curve], targets: Sequence[tuple[float, float]], title: str) -> str:
    """Draw the share of wrong ones among the accepted over the share accepted, at most six curves.

    A curve reaches a target, (coverage, risk), where it runs through the tinted corner right below it. Raises
    ValueError for more curves than can be told apart.
    """
    if len(curves) > len(LIGHT):
        message = f"{len(curves)} curves in {title!r} cannot be told apart; draw at most {len(LIGHT)}"
        raise ValueError(message)
    told = " ".join(
        f"{name}: {_percent(coverage_at(curve, risk))} % accepted with at most {_percent(risk)} % wrong."
        for name, curve in curves.items()
        for _, risk in targets
    )
    about = f"Share of wrong answers among the accepted by share accepted. {told}".strip()
    top = TOP + LEGEND_ROW * ((len(curves) + len(targets) - 1) // LEGEND_COLUMNS)
    bottom = top + 360
    root = _canvas(title, about, bottom + 48)
    across = Scale(LEFT, RIGHT, float)
    most = _most_risk(curves.values(), targets)
    up = Scale(bottom, top, math.sqrt, most=most)
    _corners(root, targets, across, up)
    _grid(root, (across, COVERAGE_TICKS), (up, [tick for tick in RISK_TICKS if tick <= most]), bottom)
    for index, (name, curve) in enumerate(curves.items()):
        x, y = _legend(root, index, name)
        _line(root, (x, y), (x + 26, y), f"curve c{index}")
        points = " ".join(f"{_short(x)},{_short(y)}" for x, y in _thinned(curve, across, up))
        ET.SubElement(root, "polyline", {"class": f"curve c{index}", "points": points})
    _aims(root, targets, across, up, len(curves))
    _text(root, (LEFT + RIGHT) / 2, bottom + 36, "accepted, % of all", "middle")
    _upright(root, (top + bottom) / 2, "wrong, % of the accepted")
    return _written(root)


def write_charts(
    folder: Path,
    fields: Mapping[str, Judged],
    answers: Mapping[str, Iterable[tuple[float, bool | None]]],
    targets: Sequence[tuple[float, float]] = TARGETS,
) -> tuple[Path, ...]:
    """Write ``reliability-NAME.svg`` for each field and ``risk-coverage.svg``, and return their paths.

    ``answers`` gives for each curve the chance of every answer and whether it is right; those of which this is
    not known (``None``) are left out.
    """
    texts = {
        f"reliability-{name}.svg": reliability_chart(bins_of(*judged), f"Stated chance and outcome: {name}", judged[0])
        for name, judged in fields.items()
    }
    curves = {}
    for name, pairs in answers.items():
        known = [(chance, float(right)) for chance, right in pairs if right is not None]
        curves[name] = risk_curve([chance for chance, _ in known], [right for _, right in known])
    texts["risk-coverage.svg"] = risk_coverage_chart(curves, targets, "What is accepted, and how much of it is wrong")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return tuple(folder / name for name in texts)


def _canvas(title: str, about: str, height: float) -> ET.Element:
    size = {"width": str(WIDTH), "height": _short(height), "viewBox": f"0 0 {WIDTH} {_short(height)}"}
    named = {"role": "img", "aria-labelledby": "title about"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **named})
    ET.SubElement(root, "title", id="title").text = title
    ET.SubElement(root, "desc", id="about").text = about
    # The picture brings its own paper: the page's theme and the reader's preference may differ.
    day, night = STYLE + _colours(LIGHT), NIGHT + _colours(DARK)
    ET.SubElement(root, "style").text = f"{day}@media (prefers-color-scheme: dark) {{{night}}}\n"
    box = {"x": "0.5", "y": "0.5", "width": str(WIDTH - 1), "height": _short(height - 1), "rx": "6"}
    ET.SubElement(root, "rect", {"class": "paper", **box})
    _text(root, LEFT, 28, title, "title")
    return root


def _colours(colours: Sequence[str]) -> str:
    pairs = enumerate(zip(colours, DASHES, strict=True))
    return "".join(f".c{index} {{ stroke: {one}; stroke-dasharray: {dashes} }}\n" for index, (one, dashes) in pairs)


def _grid(
    root: ET.Element, across: tuple[Scale, Sequence[float]], up: tuple[Scale, Sequence[float]], bottom: float
) -> None:
    top = up[0].end
    for tick in across[1]:
        x = across[0].at(tick)
        _line(root, (x, top), (x, bottom), "grid")
        _text(root, x, bottom + 16, _percent(tick), "small middle")
    for tick in up[1]:
        y = up[0].at(tick)
        _line(root, (LEFT, y), (RIGHT, y), "grid")
        _text(root, LEFT - 7, y + 4, _percent(tick), "small end")
    _line(root, (LEFT, bottom), (RIGHT, bottom), "axis")
    _line(root, (LEFT, top), (LEFT, bottom), "axis")


def _dot(root: ET.Element, one: Bin, most: float, across: Scale, up: Scale) -> None:
    x, verdict = across.at(one.stated), "holds" if one.holds else "fails"
    low, high = (up.at(end) for end in wilson_interval(one.right, one.count))
    for start, end in (((x, low), (x, high)), *(((x - 4, y), (x + 4, y)) for y in (low, high))):
        _line(root, start, end, f"whisker {verdict}")
    radius = max(2.5, MOST_RADIUS * math.sqrt(one.count / most))
    place = {"cx": _short(x), "cy": _short(up.at(one.right)), "r": _short(radius)}
    ET.SubElement(root, "circle", {"class": f"{verdict} dot", **place})


def _strip(root: ET.Element, spread: Sequence[tuple[float, float]], across: Scale) -> None:
    width = (RIGHT - LEFT) / COLUMNS
    heights = [0.0] * COLUMNS
    for chance, weight in spread:
        heights[min(COLUMNS - 1, int((across.at(chance) - LEFT) / width))] += weight
    most = max(heights)
    for index, height in enumerate(heights):
        if height:
            tall = max(1.0, (STRIP_BOTTOM - STRIP_TOP) * height / most)
            place = {"x": _short(LEFT + index * width + 0.5), "y": _short(STRIP_BOTTOM - tall)}
            ET.SubElement(root, "rect", {"class": "bar", **place, "width": _short(width - 1), "height": _short(tall)})
    for tick in CHANCE_TICKS:
        x = across.at(tick)
        _line(root, (x, STRIP_BOTTOM), (x, STRIP_BOTTOM + 4), "axis")
        _text(root, x, STRIP_BOTTOM + 16, _percent(tick), "small middle")
    _line(root, (LEFT, STRIP_BOTTOM), (RIGHT, STRIP_BOTTOM), "axis")
    _text(root, LEFT, STRIP_TOP - 8, "how often which chance is stated", "small")


def _most_risk(curves: Iterable[Curve], targets: Iterable[tuple[float, float]]) -> float:
    risks = [risk for curve in curves for coverage, risk in curve if coverage >= NOISY]
    highest = max([0.02, *risks, *(risk for _, risk in targets)])
    return next(tick for tick in RISK_TICKS if tick >= highest)


def _thinned(curve: Curve, across: Scale, up: Scale) -> Iterable[tuple[float, float]]:
    points = ((across.at(coverage), up.at(risk)) for coverage, risk in curve)
    for _, near in groupby(points, key=lambda point: int(point[0] / CURVE_STEP)):
        *_, last = near
        yield last


def _corners(root: ET.Element, targets: Iterable[tuple[float, float]], across: Scale, up: Scale) -> None:
    for coverage, risk in targets:
        x, y = across.at(coverage), up.at(risk)
        place = {"x": _short(x), "y": _short(y), "width": _short(RIGHT - x), "height": _short(up.start - y)}
        ET.SubElement(root, "rect", {"class": "target", **place})


def _aims(root: ET.Element, targets: Iterable[tuple[float, float]], across: Scale, up: Scale, index: int) -> None:
    for offset, (coverage, risk) in enumerate(targets):
        x, y = _legend(root, index + offset, f"target: {_percent(risk)} % wrong at {_percent(coverage)} %")
        for middle in ((x + 13, y), (across.at(coverage), up.at(risk))):
            place = {"cx": _short(middle[0]), "cy": _short(middle[1])}
            ET.SubElement(root, "circle", {"class": "aim", **place, "r": "4.5"})


def _legend(root: ET.Element, index: int, name: str) -> tuple[float, float]:
    """Write a name into the legend, and return where its sample, 26 pixels wide, starts."""
    row, column = divmod(index, LEGEND_COLUMNS)
    x = LEFT + column * (RIGHT - LEFT) / LEGEND_COLUMNS
    y = 51 + row * LEGEND_ROW
    _text(root, x + 32, y, name, "")
    return x, y - 4


def _upright(root: ET.Element, y: float, text: str) -> None:
    attributes = {"class": "middle", "transform": f"translate(20 {_short(y)}) rotate(-90)"}
    ET.SubElement(root, "text", attributes).text = text


def _text(root: ET.Element, x: float, y: float, text: str, style: str) -> None:
    ET.SubElement(root, "text", {"class": style, "x": _short(x), "y": _short(y)}).text = text


def _line(root: ET.Element, start: tuple[float, float], end: tuple[float, float], style: str) -> None:
    ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    ET.SubElement(root, "line", {"class": style, **{name: _short(value) for name, value in ends.items()}})


def _percent(share: float) -> str:
    return _short(100 * share)


def _short(value: float) -> str:
    # Adding zero turns -0.0 into 0.0.
    return f"{round(value, 1) + 0.0:g}"


def _written(root: ET.Element) -> str:
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"
