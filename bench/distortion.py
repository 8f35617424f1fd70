"""Texts with boxes as on a page that lies askew or whose paper bulges: no image is drawn for that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rpiocr.model import Box, Line


@dataclass(frozen=True, slots=True)
class Distortion:
    """How boxes are moved: ``turn_deg`` clockwise; in the middle lines are higher by ``bulge_percent`` of the width."""

    turn_deg: float = 0.0
    bulge_percent: float = 0.0

    def of(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """Return the lines with the boxes that an engine reports, which are around the letters that lie askew."""
        if not lines or self == Distortion():
            return tuple(lines)
        width = max(line.box.right for line in lines)
        return tuple(
            Line(tuple(replace(word, box=self._moved(word.box, width)) for word in line.words)) for line in lines
        )

    def _moved(self, box: Box, width: float) -> Box:
        x, y = box.middle
        turn, aside = math.radians(self.turn_deg), 2.0 * x / width - 1.0
        y += self.bulge_percent / 100.0 * width * aside * aside
        angle = turn + math.atan(4.0 * self.bulge_percent / 100.0 * aside)
        across = (box.width * abs(math.cos(angle)) + box.height * abs(math.sin(angle))) / 2.0
        down = (box.height * abs(math.cos(angle)) + box.width * abs(math.sin(angle))) / 2.0
        x, y = math.cos(turn) * x - math.sin(turn) * y, math.sin(turn) * x + math.cos(turn) * y
        return Box(x - across, y - down, x + across, y + down)
