"""What bears out the sides of an outline: edges all along them, nothing before them, no going on beyond the corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rpiocr.preprocess.flanks import Flank, Floats
from rpiocr.preprocess.sides import Curves, columns_at, slopes_at

NEAR_EDGE = np.arange(-3, 4)
"""Pixels beside a curve within which its edge is sought: paper bends."""

BESIDE = 10
"""Pixels from a curve at which paper and surroundings are compared."""

BEFORE = 5
"""Pixels before a curve up to which the edges count that a ray has met."""

STRONG, STRONGEST = 4.0, 12.0
"""In clear edges: strong ones tell paper from its folds."""

NEIGHBOURING_PX = 60.0
MANY_OTHERS = 15
"""So many letters within so many pixels beyond a side speak against it in full."""

SHARP = 2.5
"""By how much steeper per difference of light an edge is than a shadow's."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What bears out n curves, summed up from the first row: evidence between two rows is a difference.

    ``sums``: shape (8, n, rows + 1): the rows where the curve is seen, and there the first seven of FEATURES;
    ``beyond``: shape (n, rows + 1), counts other letters just beyond the curve; ``outside``: shape (n,), the share of
    the sheet's own letters beyond it; ``margin``: shape (n,), pixels from the print to it; ``unhindered``: how little,
    0 to 1, rays meet on their way out of the picture.
    """

    sums: Floats
    beyond: Floats
    outside: Floats
    margin: Floats
    unhindered: float


def profile_of(flank: Flank, curves: Curves) -> Profile:
    """Gather what bears out each of n curves."""
    height, width = flank.across.shape
    rows = np.arange(height)
    columns = np.round(columns_at(curves, rows.astype(np.float64))).astype(int)
    slopes = slopes_at(curves, rows.astype(np.float64))[..., None]
    probes = np.clip(columns[..., None] + NEAR_EDGE, 0, width - 1)
    rises = flank.across[rows[:, None], probes] - slopes * flank.down[rows[:, None], probes]
    rises = rises / np.sqrt(1 + slopes * slopes)
    rise = np.take_along_axis(rises, np.abs(rises).argmax(axis=2)[..., None], axis=2)[..., 0]
    steep = np.abs(rise)

    def at(what: NDArray[np.float32], offset: int) -> NDArray[np.float32]:
        there: NDArray[np.float32] = what[rows, np.clip(columns + offset, 0, width - 1)]
        return there

    seen = (columns > 3) & (columns < width - 4) & flank.seen[rows, np.clip(columns, 0, width - 1)]
    clear = np.minimum(1, steep)
    free = 1 / (1 + at(flank.crossed, -BEFORE))
    contrast = np.abs(at(flank.light, BESIDE) - at(flank.light, -BESIDE))
    evidence = (
        np.ones_like(clear),
        clear,
        np.minimum(1, steep / STRONG),
        np.minimum(1, steep / STRONGEST),
        clear * (rise < 0),
        free,
        np.minimum(clear, free),
        np.minimum(1, SHARP * steep / (contrast + 1)),
    )
    sums = np.zeros((len(evidence), len(curves), height + 1))
    np.cumsum(np.stack(evidence) * seen, axis=2, out=sums[:, :, 1:])
    low, high = flank.span
    span = np.arange(max(0, int(low)), min(height, int(high) + 1))
    own = columns_at(curves, flank.letters[:, 1])
    return Profile(
        sums,
        _beyond(flank, curves, height),
        (flank.letters[:, 0] > own).mean(axis=1),
        np.median(columns[:, span], axis=1) - float(np.percentile(flank.letters[:, 0], 97)),
        float((1 / (1 + flank.crossed[span, -1])).mean()),
    )


def _beyond(flank: Flank, curves: Curves, height: int) -> Floats:
    counts = np.zeros((len(curves), height + 1))
    if len(flank.others):
        away = flank.others[:, 0] - columns_at(curves, flank.others[:, 1])
        rows = np.clip(flank.others[:, 1].astype(int), 0, height - 1)
        for index, near in enumerate((away > 0) & (away < NEIGHBOURING_PX)):
            counts[index, 1:] = np.cumsum(np.bincount(rows[near], minlength=height))
    return counts


FEATURES = (
    "clear", "strong", "strongest", "lighter", "free", "clear and free", "sharp",
    "goes on", "cut off", "unhindered", "letters outside", "margin", "askew", "patchy", "partly seen",
    "others",
)  # fmt: skip
"""What speaks for or against one side; see ``features_of``."""

LEAST_SEEN = 0.35
"""A side of which less than this share lies inside of the picture was cut off."""


def features_of(profile: Profile, curves: Curves, start: Floats, end: Floats, cut: NDArray[np.bool_]) -> Floats:
    """What bears out n sides between rows ``start`` and ``end``, shape (n, ...): shape (n, ..., FEATURES).

    ``cut``: shape (n, 1, ...), which curves stand for "cut off".
    """
    length = np.maximum(1.0, end - start)
    trim = 0.03 * length
    means, share = _means(profile, start + trim, end - trim)
    reach = np.clip(0.12 * length, 10, 40)
    before, before_seen = _means(profile, start - 4 - reach, start - 4)
    after, after_seen = _means(profile, end + 4, end + 4 + reach)
    goes_on = (before[0] * (before_seen > 0.5) + after[0] * (after_seen > 0.5)) / 2
    others = np.minimum(1, _counted(profile.beyond, start, end) / MANY_OTHERS)
    unseen = (share < LEAST_SEEN) | cut
    spread = (slice(None), *[None] * (start.ndim - 1))
    of_curve = np.stack([profile.outside, np.clip(np.abs(profile.margin) / 100, 0, 2), np.abs(curves[:, 1])], axis=1)[
        spread
    ]
    patchy = np.maximum(0, 0.8 - means[0])
    partly = 1 - np.clip(share, 0, 1)
    where_seen = np.stack([*means, goes_on, patchy, partly, others], axis=-1)
    where_seen = np.where(unseen[..., None], 0.0, where_seen)
    hidden = np.stack([unseen * 1.0, unseen * profile.unhindered], axis=-1)
    of_curve = np.broadcast_to(of_curve, (*start.shape, of_curve.shape[-1]))
    return np.concatenate([where_seen[..., :8], hidden, of_curve, where_seen[..., 8:]], axis=-1)


def _counted(sums: Floats, start: Floats, end: Floats) -> Floats:
    rows = sums.shape[-1] - 1
    which = np.arange(sums.shape[-2]).reshape(-1, *[1] * (start.ndim - 1))
    low, high = (np.clip(row, 0, rows).astype(int) for row in (start, end))
    counted: Floats = sums[..., which, high] - sums[..., which, low]
    return counted


def _means(profile: Profile, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Means of the evidence where the curves are seen, and the share of the rows where they are."""
    counted = _counted(profile.sums, start, end)
    share = counted[0] / np.maximum(1.0, end - start)
    return counted[1:] / np.maximum(1e-6, counted[0]), share
