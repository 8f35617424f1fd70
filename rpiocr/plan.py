"""Which passes a mode runs, and which ones a retry adds."""

from __future__ import annotations

from rpiocr.preprocess import VARIANTS
from rpiocr.settings import Settings

Step = tuple[tuple[str, int], ...]
"""Passes that are run together: (variant, page segmentation mode) each."""

LOW: Step = (("default", 6), ("high_contrast", 6))
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

MODES: dict[str, tuple[Step, ...]] = {
    "low": (LOW, MEDIUM_MORE, HIGH_MORE),
    "medium": (LOW + MEDIUM_MORE, HIGH_MORE, TURNED),
    "high": (LOW + MEDIUM_MORE + HIGH_MORE, TURNED, SPARSE),
}
"""For each mode its passes, then what its first and second retry add."""


def steps(settings: Settings) -> tuple[Step, ...]:
    """Return the passes to run, then those of each allowed retry.

    Variants or page segmentation modes chosen by hand are run as chosen, without retries.
    """
    planned = MODES[settings.mode]
    if not (settings.variant or settings.psm):
        return planned[: 1 + settings.retries]
    variants = settings.variant or tuple(dict.fromkeys(variant for variant, _ in planned[0]))
    modes = tuple(map(int, settings.psm)) or tuple(dict.fromkeys(psm for _, psm in planned[0]))
    return (tuple((variant, psm) for variant in variants for psm in modes),)
