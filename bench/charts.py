"""Draws docs/charts/figures.json and speed.json as SVG: the same bytes for the same figures and the same Matplotlib.

python -m bench.charts           draw the charts next to these files again
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bench.reliability import Bin, Figures, RiskCurve, from_json, to_json
from bench.report import PROJECT

FOLDER = PROJECT / "docs" / "charts"

TARGETS = ((0.9, 0.005),)
"""Coverage that is to be reached, and the share of wrong ones that it may have."""

PROBABILITY_TICKS = (0.0, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
RISK_TICKS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)

PASS_TICKS = (0.5, 1, 2, 3, 5, 10, 20, 50, 100)
"""Ticks of processor time in plain passes."""

NOISY = 0.1
"""Coverage below which a curve rests on few answers and does not decide how high the axis reaches."""

AGREES, DIFFERS = "#0072b2", "#d55e00"
COLOURS = (AGREES, DIFFERS, "#009e73", "#b0478c", "#a97800", "#5b6bd6")
"""Okabe and Ito's colours, which people with colour blindness can distinguish, darkened for lines on white."""

DASHES = ("-", (0, (6, 2)), (0, (2, 2)), (0, (8, 2, 2, 2)), (0, (4, 2)), (0, (12, 3)))

STYLE: Any = {
    "svg.hashsalt": "rpiocr",  # ids that do not change from run to run
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9,
    "axes.edgecolor": "#8c959f",
    "axes.titleweight": "bold",
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e8ec",
    "text.color": "#1f2328",
}

Values = NDArray[np.float64]


def stretch(probability: Values) -> Values:
    """Transform a probability nearly to log odds, but leave 0 and 1 finite; 0.9 to 1 gets half of the axis."""
    # Matplotlib asks for a little more than the axis has.
    inside = np.clip(probability, 0.0, 1.0)
    result: Values = np.log((inside + 0.1) / (1.002 - inside))
    return result


def shrink(value: Values) -> Values:
    """Invert ``stretch``."""
    odds = np.exp(value)
    result: Values = (1.002 * odds - 0.1) / (1 + odds)
    return result


def reliability_chart(bins: Sequence[Bin], title: str) -> str:
    """Draw the share that was right over the stated probability, with the 95 % interval of each bin.

    Each dot stands for as many receipts as the others, or nearly, so their places show how often a probability is
    stated. Raises ValueError without bins.
    """
    if not bins:
        message = f"nothing to draw for {title!r}: there are no answers with a probability and a label"
        raise ValueError(message)
    worth = sum(one.receipts for one in bins) / len(bins)
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(title, (5.6, 5.4))
        for axis in (axes.set_xscale, axes.set_yscale):
            axis("function", functions=(stretch, shrink))
        axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="stated probability, %", ylabel="right, %")
        axes.set_xticks(PROBABILITY_TICKS, _percents(PROBABILITY_TICKS), fontsize=8)
        axes.set_yticks(PROBABILITY_TICKS, _percents(PROBABILITY_TICKS), fontsize=8)
        axes.plot((0, 1), (0, 1), color="#8c959f", linewidth=1, linestyle=(0, (5, 4)))
        for agrees, colour, label in (
            (True, AGREES, "stated probability inside the interval"),
            (False, DIFFERS, "stated probability outside the interval"),
        ):
            _dots(axes, [one for one in bins if one.holds is agrees], colour, label)
        axes.legend(
            loc="lower right",
            fontsize=8,
            frameon=False,
            title=f"{len(bins)} bins, each worth about {worth:.0f} receipts;\nbars: 95 % interval",
            title_fontsize=8,
            alignment="left",
        )
    about = "; ".join(f"stated {_percent(one.stated)}, right {_percent(one.right)}" for one in bins)
    return _svg(figure, title, f"Share that was right by stated probability, in percent: {about}.")


def _dots(axes: Any, bins: Sequence[Bin], colour: str, label: str) -> None:  # noqa: ANN401 - Matplotlib's axes
    if not bins:
        return
    right = np.array([one.right for one in bins])
    low, high = np.array([one.interval for one in bins]).T
    # The share that was seen is inside its interval but for rounding.
    reach = np.maximum(0.0, [right - low, high - right])
    axes.errorbar(
        [one.stated for one in bins],
        right,
        yerr=reach,
        fmt="o",
        markersize=5,
        color=colour,
        markeredgecolor="white",
        markeredgewidth=0.6,
        elinewidth=1.2,
        capsize=3,
        label=label,
        clip_on=False,
        zorder=3,
    )


def risk_coverage_chart(curves: Mapping[str, RiskCurve], targets: Sequence[tuple[float, float]], title: str) -> str:
    """Draw the share of wrong ones among the accepted over the share accepted, at most six curves.

    A curve reaches a target, (coverage, risk), where it runs through the tinted corner right below it. Raises
    ValueError for more curves than can be distinguished.
    """
    if len(curves) > len(COLOURS):
        message = f"{len(curves)} curves in {title!r} cannot be distinguished; draw at most {len(COLOURS)}"
        raise ValueError(message)
    maximum = _maximum_risk(curves.values(), targets)
    ticks = [tick for tick in RISK_TICKS if tick <= maximum]
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(title, (6.4, 4.6))
        axes.set_yscale("function", functions=(lambda risk: np.sqrt(np.maximum(risk, 0.0)), np.square))
        axes.set(xlim=(0, 1), ylim=(0, maximum), xlabel="accepted, % of all", ylabel="wrong, % of the accepted")
        axes.set_xticks([tenth / 10 for tenth in range(11)], [f"{10 * tenth}" for tenth in range(11)], fontsize=8)
        axes.set_yticks(ticks, _percents(ticks), fontsize=8)
        for (name, curve), colour, dashes in zip(curves.items(), COLOURS, DASHES, strict=False):
            coverage = [accepted / curve.answers for accepted, _ in curve.points]
            risk = [wrong / accepted for accepted, wrong in curve.points]
            axes.plot(coverage, risk, color=colour, linestyle=dashes, linewidth=1.6, label=name, clip_on=False)
        for coverage_wanted, risk_allowed in targets:
            axes.fill_between((coverage_wanted, 1), 0, risk_allowed, color="#59636e", alpha=0.15, linewidth=0)
            label = f"target: {_percent(risk_allowed)} % wrong at {_percent(coverage_wanted)} %"
            axes.plot(coverage_wanted, risk_allowed, "o", color="none", markeredgecolor="#1f2328", label=label)
        axes.legend(loc="upper left", fontsize=8, frameon=False, handlelength=4)
    reached = " ".join(
        f"{name}: {_percent(curve.coverage_at(risk))} % accepted with at most {_percent(risk)} % wrong."
        for name, curve in curves.items()
        for _, risk in targets
    )
    return _svg(figure, title, f"Share of wrong answers among the accepted by share accepted. {reached}".strip())


def draw(folder: Path, figures: Figures, targets: Sequence[tuple[float, float]] = TARGETS) -> tuple[Path, ...]:
    """Write figures.json, ``reliability-NAME.svg`` for each field and ``risk-coverage.svg``; returns their paths."""
    texts = {
        f"reliability-{name}.svg": reliability_chart(bins, f"Stated probability and outcome: {name}")
        for name, bins in figures.reliability.items()
    }
    texts["risk-coverage.svg"] = risk_coverage_chart(
        figures.risk, targets, "What is accepted, and how much of it is wrong"
    )
    texts["figures.json"] = to_json(figures)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return tuple(folder / name for name in texts)


def speed_chart(ratios: Mapping[str, Sequence[float]], title: str) -> str:
    """Draw for each contender which share of the receipts costs at most so many plain passes, at most six contenders.

    Raises ValueError for more contenders than can be distinguished.
    """
    if len(ratios) > len(COLOURS):
        message = f"{len(ratios)} contenders in {title!r} cannot be distinguished; draw at most {len(COLOURS)}"
        raise ValueError(message)
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(title, (6.4, 4.2))
        axes.set_xscale("log")
        axes.set(ylim=(0, 1), xlabel="processor time, plain passes of Tesseract", ylabel="at most that, % of receipts")
        axes.set_xticks(PASS_TICKS, [f"{tick:g}" for tick in PASS_TICKS], fontsize=8)
        axes.set_xticks([], minor=True)
        axes.set_yticks([fifth / 5 for fifth in range(6)], [f"{20 * fifth}" for fifth in range(6)], fontsize=8)
        for (name, values), colour, dashes in zip(ratios.items(), COLOURS, DASHES, strict=False):
            shares = np.arange(1, len(values) + 1) / len(values)
            axes.step(sorted(values), shares, where="post", color=colour, linestyle=dashes, linewidth=1.6, label=name)
        axes.legend(loc="lower right", fontsize=8, frameon=False, handlelength=4)
    medians = " ".join(f"{name}: {np.median(values):.2f} in the median." for name, values in ratios.items())
    return _svg(figure, title, f"Share of receipts by processor time in plain passes of Tesseract. {medians}")


def draw_speed(folder: Path, ratios: Mapping[str, Sequence[float]]) -> tuple[Path, ...]:
    """Write speed.json, the costs of all receipts in plain passes by contender, and speed.svg; returns their paths."""
    rounded = {name: [round(value, 2) for value in values] for name, values in ratios.items()}
    texts = {
        "speed.json": json.dumps(rounded, indent=1) + "\n",
        "speed.svg": speed_chart(rounded, "What a receipt costs once all is loaded"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return tuple(folder / name for name in texts)


def _canvas(title: str, inches: tuple[float, float]) -> tuple[Figure, Any]:
    figure = Figure(figsize=inches, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def _maximum_risk(curves: Iterable[RiskCurve], targets: Iterable[tuple[float, float]]) -> float:
    risks = [
        wrong / accepted for curve in curves for accepted, wrong in curve.points if accepted >= NOISY * curve.answers
    ]
    highest = max([0.02, *risks, *(risk for _, risk in targets)])
    return next(tick for tick in RISK_TICKS if tick >= highest)


def _svg(figure: Figure, title: str, about: str) -> str:
    with mpl.rc_context(STYLE):
        text = io.StringIO()
        metadata = {"Title": title, "Description": about, "Date": None}
        figure.savefig(text, format="svg", metadata=metadata)
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def _percents(shares: Sequence[float]) -> list[str]:
    return [_percent(share) for share in shares]


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g}"


def main() -> None:
    """Draw the committed charts again."""
    drawn = draw(FOLDER, from_json((FOLDER / "figures.json").read_text("utf-8")))
    drawn += draw_speed(FOLDER, json.loads((FOLDER / "speed.json").read_text("utf-8")))
    for path in drawn:
        print(f"drawn: {path}")


if __name__ == "__main__":
    main()
