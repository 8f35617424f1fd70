"""Which passes a mode runs, and in what order more evidence is gathered."""

from __future__ import annotations

from dataclasses import dataclass

from rpiocr.preprocess import VARIANTS
from rpiocr.settings import Settings

Step = tuple[tuple[str, int], ...]
"""Passes of Tesseract that are run together: (variant, page segmentation mode) each."""

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


@dataclass(frozen=True, slots=True)
class RungPlan:
    """What one rung runs: passes of Tesseract, and the second engine on the ``lines`` that matter, or the ``page``.

    With ``fields``, Tesseract reads the places of lone values again, each as a line by itself.
    """

    name: str
    tesseract: Step = ()
    second: str = ""
    fields: bool = False


LADDER = (
    RungPlan("lines", FIRST, "lines"),
    RungPlan("fields", fields=True),
    RungPlan("page", second="page"),
    RungPlan("passes", LOW_MORE + MEDIUM_MORE),
    RungPlan("all passes", HIGH_MORE),
)
"""Mode auto with both engines, in the order of what each rung brings for its price (docs/BENCHMARKS.md)."""

LADDER_OF_ONE = (
    RungPlan("first pass", FIRST),
    RungPlan("passes", LOW_MORE + MEDIUM_MORE),
    RungPlan("all passes", HIGH_MORE),
    RungPlan("retry 1", TURNED),
)
"""Mode auto with Tesseract alone."""

MODES: dict[str, tuple[RungPlan, ...]] = {
    "low": (
        RungPlan("passes", FIRST + LOW_MORE),
        RungPlan("retry 1", MEDIUM_MORE),
        RungPlan("retry 2", HIGH_MORE),
    ),
    "medium": (
        RungPlan("passes", FIRST + LOW_MORE + MEDIUM_MORE),
        RungPlan("retry 1", HIGH_MORE),
        RungPlan("retry 2", TURNED),
    ),
    "high": (
        RungPlan("passes", FIRST + LOW_MORE + MEDIUM_MORE + HIGH_MORE),
        RungPlan("retry 1", TURNED),
        RungPlan("retry 2", SPARSE),
    ),
}
"""For each fixed mode its passes, then what its first and second retry add."""


def plan(settings: Settings, *, both_engines: bool) -> tuple[RungPlan, ...]:
    """Return the rungs to climb while the answer is not settled.

    Variants or page segmentation modes chosen by hand are run as chosen, without more.
    """
    chosen_by_hand = settings.variant or settings.psm
    if settings.mode == "auto" and not chosen_by_hand:
        return LADDER if both_engines else LADDER_OF_ONE
    planned = MODES["medium" if settings.mode == "auto" else settings.mode]
    if not chosen_by_hand:
        return planned[: 1 + settings.retries]
    variants = settings.variant or tuple(dict.fromkeys(variant for variant, _ in planned[0].tesseract))
    modes = tuple(map(int, settings.psm)) or tuple(dict.fromkeys(psm for _, psm in planned[0].tesseract))
    return (RungPlan("passes", tuple((variant, psm) for variant in variants for psm in modes)),)
