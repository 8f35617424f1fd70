"""The truth of receipts with codes.

To that of the receipt come its ``situation``, the ``damage`` of the print and ``codes``. Each has its ``text``,
``symbology`` and ``kind``, what it ``states``, whether it is the receipt's ``own``, its ``corners`` and ``box`` on the
image, and the size of a module in its pixels, ``module_px``. Where the total of the receipt is not that of its own
code, ``code_total`` is the latter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.age import Ageing
from generator.codes.placing import Printed
from generator.codes.strip import CodeOrder, Strip
from generator.codes.symbols import LINEAR
from generator.receipt import truth

Points = NDArray[np.float64]


def truth_of(code: CodeOrder, strip: Strip, corners: Sequence[Points], ageing: Ageing | None) -> dict[str, Any]:
    """Return the truth of the receipt with that of its codes."""
    draft = strip.draft
    extra = {
        "seed": draft.order.seed,
        "index": draft.order.index,
        "kind": draft.kind,
        "traits": list(draft.traits),
        "font": draft.press.face.name,
        "situation": code.situation,
        "damage": list(strip.damage),
        "codes": [
            _code_truth(one, points, torn=strip.situation.torn)
            for one, points in zip(strip.printed, corners, strict=True)
        ],
    }
    worn = {} if ageing is None else {"ageing": asdict(ageing)}
    return truth(draft.sale, draft.printout) | extra | worn | strip.situation.changes


def _code_truth(one: Printed, corners: Points, *, torn: bool) -> dict[str, Any]:
    """Return the truth of one code. A module's size is the mean over the sides, of bars that along the code."""
    data = one.stamp.payload.data
    rows, columns = one.modules
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    across, down = (sides[0] + sides[2]) / 2 / columns, (sides[1] + sides[3]) / 2 / rows
    low, high = corners.min(axis=0), corners.max(axis=0)
    return {
        "symbology": one.stamp.payload.symbology,
        "text": as_text(data),
        "kind": one.stamp.payload.stated.kind,
        "states": one.stamp.payload.stated.truth(),
        "own": one.stamp.own,
        "through": one.stamp.through,
        "torn": torn,
        "module_dots": one.module,
        "module_px": round(float(across if one.stamp.payload.symbology in LINEAR else min(across, down)), 2),
        "corners": [[round(float(x), 1), round(float(y), 1)] for x, y in corners],
        "box": [round(float(value), 1) for value in (*low, *high)],
    }


def as_text(data: bytes) -> str:
    """Return the bytes as UTF-8 if they are, else as Latin-1."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
