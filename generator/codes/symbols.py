"""Draws payloads as symbols: QR codes by segno, all others by zxing-cpp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import segno
import zxingcpp

from generator.codes.facts import Payload
from generator.dice import Dice
from generator.render import Dots

LINEAR = frozenset({"Code128", "Code39", "EAN13"})
"""Symbologies whose bars stand side by side."""

QUIET = {"QRCode": 4, "PDF417": 2, "DataMatrix": 1}
"""Modules of blank paper that a symbology wants around it; ten at the sides of bars."""

CODEWORD, STARTS = 17, 69
"""Modules of a codeword of a PDF417, and those of its start, its stop and the two marks of each row."""

LEAST_ROOM = {2: 0, 3: 560}
"""Dots of paper from which on a PDF417 is printed with modules of two or three dots."""

BARS_HIGH = (48, 96)
"""Least and greatest height of bars in dots: 6 to 12 mm."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """The modules of a code, 1 where dark, without quiet zone; bars are one module high."""

    modules: Dots
    symbology: str

    @property
    def quiet(self) -> int:
        """Modules of blank paper that it wants at its sides."""
        return 10 if self.symbology in LINEAR else QUIET.get(self.symbology, 4)

    def drawn(self, dots: int, bars_high: int) -> Dots:
        """Return it with modules of ``dots`` printer dots, bars ``bars_high`` dots high."""
        if self.symbology in LINEAR:
            return np.kron(self.modules[:1], np.ones((bars_high, dots), np.uint8))
        return np.kron(self.modules, np.ones((dots, dots), np.uint8))


def draw_level(payload: Payload, dice: Dice) -> str:
    """Draw the level of error correction of a QR code: the lowest for most, as paper is narrow."""
    return dice.pick("LLLMMQ" if len(payload.data) < 200 else "LLLM")


def draw_symbol(payload: Payload, level: str, room: int, version: int | None = None) -> Symbol:
    """Return the symbol of a payload.

    ``level`` is that of a QR code's error correction, and ``version`` its least size; a PDF417 gets columns by which
    its modules have two or three dots on paper of ``room`` dots. Raises ValueError for a payload that the symbology
    cannot hold.
    """
    if payload.symbology == "QRCode":
        code = segno.make(payload.data, error=level, boost_error=False, micro=False)
        if version is not None and int(code.version) < version:
            code = segno.make(payload.data, error=level, boost_error=False, micro=False, version=version)
        return Symbol(np.array(code.matrix, np.uint8), payload.symbology)
    return Symbol(_written(payload, room), payload.symbology)


def version_of(symbol: Symbol) -> int:
    """Return the version of a QR code."""
    return (len(symbol.modules) - 17) // 4


def _written(payload: Payload, room: int) -> Dots:
    form = getattr(zxingcpp.BarcodeFormat, payload.symbology)
    options: dict[str, int] = {}
    if payload.symbology == "PDF417":
        options["columns"] = min((room // dots - STARTS) // CODEWORD for dots in (2, 3) if room >= LEAST_ROOM[dots])
    code = zxingcpp.create_barcode(payload.data.decode("latin-1"), form, **options)
    image = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    return (image < 128).astype(np.uint8)
