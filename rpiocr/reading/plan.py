"""The reading plan: the stages of each mode, and all other settings of reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rpiocr.model import Rung
from rpiocr.preprocess import VARIANTS
from rpiocr.settings import Settings

Step = tuple[tuple[str, int], ...]
"""Passes of Tesseract that are run together, each as (variant, page segmentation mode)."""

FIRST: Step = (("default", 6),)
LOW_MORE: Step = (("high_contrast", 6),)
MEDIUM_MORE: Step = (("threshold", 6), ("default", 4), ("high_contrast", 4), ("threshold", 4))
HIGH_MORE: Step = (
    ("sharpen", 6),
    ("denoise", 6),
    ("sharpen", 4),
    ("denoise", 4),
    *((variant, 3) for variant in VARIANTS),
)
TURNED: Step = (("default+1.5", 6), ("default-1.5", 6))
SPARSE: Step = (("default", 11), ("sharpen", 11))


TEXT = "text"
"""Name of the stage that reads a page by the text of its PDF; where that holds, there is no other one."""


class LineChoice(StrEnum):
    """Which of the detected text lines the second engine reads."""

    RELEVANT = "relevant"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage runs: passes of Tesseract, and the second engine on some lines or the rest of the page.

    ``second`` is None if the second engine has nothing to do. With ``fields``, Tesseract rereads the locations of
    single-engine values, each as one line. ``look`` is a look for the total that a code states, see
    ``amount_look``. Results call a stage a rung.
    """

    name: str
    tesseract: Step = ()
    second: LineChoice | None = None
    fields: bool = False
    look: bool = False


LADDER = (
    Stage("lines", FIRST, LineChoice.RELEVANT),
    Stage("fields", fields=True),
    Stage("page", second=LineChoice.ALL),
    Stage("second pass", LOW_MORE),
    Stage("passes", MEDIUM_MORE),
    Stage("all passes", HIGH_MORE),
)
"""Mode auto with both engines, ordered by the benefit of each stage for its cost (docs/BENCHMARKS.md)."""

LADDER_OF_ONE = (
    Stage("first pass", FIRST),
    Stage("second pass", LOW_MORE),
    Stage("passes", MEDIUM_MORE),
    Stage("all passes", HIGH_MORE),
    Stage("retry 1", TURNED),
)
"""Mode auto with Tesseract alone."""

MODES: dict[str, tuple[Stage, ...]] = {
    "low": (
        Stage("passes", FIRST + LOW_MORE),
        Stage("retry 1", MEDIUM_MORE),
        Stage("retry 2", HIGH_MORE),
    ),
    "medium": (
        Stage("passes", FIRST + LOW_MORE + MEDIUM_MORE),
        Stage("retry 1", HIGH_MORE),
        Stage("retry 2", TURNED),
    ),
    "high": (
        Stage("passes", FIRST + LOW_MORE + MEDIUM_MORE + HIGH_MORE),
        Stage("retry 1", TURNED),
        Stage("retry 2", SPARSE),
    ),
}
"""For each fixed mode its passes, then what its first and second retry add."""


FOR_ITEMS = (
    Stage("items", second=LineChoice.ALL),
    Stage("items again", (("high_contrast", 6), ("default", 4))),
)
"""What is read besides for the items alone, until their sum is proved and their descriptions are legible."""

FOR_ITEMS_OF_ONE = (Stage("items again", (("high_contrast", 6), ("default", 4), ("threshold", 6))),)
"""The same with Tesseract alone."""


CODE = "code"
"""The name of the first stage where a code on the receipt proves its total."""


def was_retried(rungs: Sequence[Rung]) -> bool:
    """Return whether a page needed more than the first stage.

    What was read for the items alone does not count, nor does a look that did not find the total of a code.
    """
    pages = {rung.page for rung in rungs}
    return any(_needed_more([rung.name for rung in rungs if rung.page == page]) for page in pages)


def _needed_more(names: Sequence[str]) -> bool:
    for_items = {stage.name for stage in (*FOR_ITEMS, *FOR_ITEMS_OF_ONE)}
    needed = [name for name in names if name not in for_items]
    if needed[:1] == [CODE] and needed[1:2] in ([LADDER[0].name], [LADDER_OF_ONE[0].name]):
        needed = needed[1:]
    return len(needed) > 1


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """How pages are read according to the settings; reading uses no other form of them.

    ``for_items`` are stages for the items alone. ``by_code`` is the first stage where a code proves the total, None if
    the user chose the passes or their number. ``languages`` is as the setting ``lang``; ``by_hand`` is whether the
    passes were chosen one by one. ``by_letters`` is whether images are scaled by letter height, ``recipes`` names a key
    of RECIPES. ``pass_s`` is the time limit of one pass in seconds; ``workers`` is how many run at once, 0 for one per
    core.
    """

    stages: tuple[Stage, ...]
    for_items: tuple[Stage, ...]
    by_code: Stage | None
    both_engines: bool
    by_hand: bool
    languages: str
    by_letters: bool
    recipes: str
    pass_s: float
    workers: int


def plan(settings: Settings, *, second_engine: bool) -> ReadingPlan:
    """Turn the settings into a plan; ``second_engine`` is whether a second local engine is installed."""
    both_engines = second_engine and settings.engine == "auto"
    return ReadingPlan(
        _stages(settings, both_engines=both_engines),
        _for_items(settings, both_engines=both_engines),
        _by_code(settings, both_engines=both_engines),
        both_engines,
        bool(settings.variant or settings.psm),
        settings.lang,
        settings.scale == "letters",
        settings.recipes,
        settings.pass_timeout,
        settings.workers,
    )


def _for_items(settings: Settings, *, both_engines: bool) -> tuple[Stage, ...]:
    if settings.items != "full" or settings.variant or settings.psm:
        return ()
    return FOR_ITEMS if both_engines else FOR_ITEMS_OF_ONE


def _by_code(settings: Settings, *, both_engines: bool) -> Stage | None:
    """Return a look for the total; where items are wanted the usual first stage, as they need all lines read."""
    if settings.mode != "auto" or settings.variant or settings.psm:
        return None
    if settings.items == "off":
        return Stage(CODE, look=True)
    return replace((LADDER if both_engines else LADDER_OF_ONE)[0], name=CODE)


def _stages(settings: Settings, *, both_engines: bool) -> tuple[Stage, ...]:
    """Return the stages to run while the result cannot be accepted.

    Variants or page segmentation modes chosen by hand are run as chosen, without further stages.
    """
    chosen_by_hand = settings.variant or settings.psm
    if settings.mode == "auto" and not chosen_by_hand:
        return LADDER if both_engines else LADDER_OF_ONE
    planned = MODES["medium" if settings.mode == "auto" else settings.mode]
    if not chosen_by_hand:
        return planned[: 1 + settings.retries]
    variants = settings.variant or tuple(dict.fromkeys(variant for variant, _ in planned[0].tesseract))
    modes = tuple(map(int, settings.psm)) or tuple(dict.fromkeys(psm for _, psm in planned[0].tesseract))
    return (Stage("passes", tuple((variant, psm) for variant in variants for psm in modes)),)
