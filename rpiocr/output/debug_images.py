"""Debug images: the preprocessed variants of a receipt, and an overlay of the boxes that each field was read from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from rpiocr.model import Box, Field, Pass
from rpiocr.output.result import answer, check_names
from rpiocr.preprocess import is_variant
from rpiocr.reading.outcome import Trace
from rpiocr.system.files import PRIVATE, folder_mode, make_own_folder, replacing, write_whole
from rpiocr.system.json_text import dumps

LONGEST_SIDE = 2000
"""Overlays of larger pages are scaled down to this longest side in pixels."""

COLOURS = {"amount": (200, 0, 0), "date": (0, 90, 200), "merchant": (0, 130, 60)}
WORD_COLOUR = (200, 200, 120)


def write_debug(trace: Trace, folder: Path, mode: int = PRIVATE) -> Path:
    """Write the images of one receipt into a directory of its own below ``folder``, and return that directory.

    ``mode`` is the mode of the files. Each receipt of an image has its own directory: from the second on its name ends
    with ``-receipt2`` and so on. It holds ``VARIANT.png`` for each variant, ``overlay.png``, ``passes.txt`` with the
    text that every pass read, and ``result.json``. Raises OSError.
    """
    receipt = trace.receipt
    name = "stdin" if receipt.file == "-" else re.sub(r"[^\w.-]+", "_", Path(receipt.file).stem)[:80]
    part = f"-receipt{receipt.part}" if receipt.part > 1 else ""
    target = folder / f"{name}-p{receipt.page}-{receipt.sha256[:8]}{part}"
    make_own_folder(target, folder_mode(mode))
    for variant in dict.fromkeys(one.variant for one in receipt.passes if is_variant(one.variant)):
        _save(Image.fromarray(trace.preparer.make(variant).pixels), target / f"{variant}.png", mode)
    _save(_overlay(trace), target / "overlay.png", mode)
    write_whole(target / "passes.txt", "\n".join(map(_pass_text, receipt.passes)), mode)
    write_whole(target / "result.json", dumps(answer(receipt)) + "\n", mode)
    return target


def _save(image: Image.Image, path: Path, mode: int) -> None:
    with replacing(path, mode) as stream:
        image.save(stream, "PNG")


def _pass_text(one: Pass) -> str:
    heading = f"== {one.name}  {one.elapsed_s:.2f} s"
    if one.error:
        return f"{heading}  {one.error}\n"
    return heading + "\n" + "\n".join(line.text for line in one.lines) + "\n"


def _overlay(trace: Trace) -> Image.Image:
    image = Image.fromarray(trace.page.pixels)
    factor = min(1.0, LONGEST_SIDE / max(image.size))
    if factor < 1.0:
        image = image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))
    canvas = image.convert("RGB")
    draw = ImageDraw.Draw(canvas)
    for line in trace.reading.lines:
        for word in line.words:
            draw.rectangle(_corners(word.box, factor), outline=WORD_COLOUR)
    fields = trace.receipt.fields
    for name, field in (("merchant", fields.merchant), ("date", fields.date), ("amount", fields.amount)):
        if field and field.page is None:
            _draw_field(draw, name, field, factor)
    return canvas


def _draw_field(draw: ImageDraw.ImageDraw, name: str, field: Field[Any], factor: float) -> None:
    colour = COLOURS[name]
    for alternative in field.rivals[:3]:
        draw.rectangle(_corners(alternative.box, factor), outline=colour, width=1)
    left, top, right, bottom = _corners(field.chosen.box, factor)
    draw.rectangle((left - 2, top - 2, right + 2, bottom + 2), outline=colour, width=3)
    label = f"{name} {field.chosen.value}  {field.votes}/{field.passes} votes  {100 * field.probability:.0f} %"
    if field.chosen.checks:
        label += "  " + ", ".join(check_names(field.chosen))
    font = ImageFont.load_default(14)
    width = draw.textlength(label, font)
    at = (max(0.0, min(left, draw.im.size[0] - width)), bottom + 4)
    draw.rectangle((at[0], at[1], at[0] + width, at[1] + 18), fill=(255, 255, 255))
    draw.text(at, label, fill=colour, font=font)


def _corners(box: Box, factor: float) -> tuple[float, float, float, float]:
    return box.left * factor, box.top * factor, box.right * factor, box.bottom * factor
