"""Debug images: the preprocessed variants of a receipt, and an overlay of what was read of it."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from rpiocr.model import Pass
from rpiocr.output.overlay import draw_overlay
from rpiocr.output.result import answer
from rpiocr.preprocess import is_variant
from rpiocr.reading.outcome import Trace
from rpiocr.system.files import PRIVATE, folder_mode, make_own_folder, replacing, write_whole
from rpiocr.system.json_text import dumps


def write_debug(trace: Trace, folder: Path, mode: int = PRIVATE) -> Path:
    """Write the images of one receipt into a directory of its own below ``folder``, and return that directory.

    ``mode`` is the mode of the files. Each receipt of an image has its own directory: from the second on its name ends
    with ``-receipt2`` and so on. It holds ``VARIANT.png`` for each variant, ``overlay.png``, ``passes.txt`` with the
    text that every pass read, and ``result.json``; what has no picture has no images. Raises OSError.
    """
    receipt = trace.receipt
    name = "stdin" if receipt.file == "-" else re.sub(r"[^\w.-]+", "_", Path(receipt.file).stem)[:80]
    part = f"-receipt{receipt.part}" if receipt.part > 1 else ""
    target = folder / f"{name}-p{receipt.page}-{receipt.sha256[:8]}{part}"
    make_own_folder(target, folder_mode(mode))
    if trace.preparer and trace.view:
        for variant in dict.fromkeys(one.variant for one in receipt.passes if is_variant(one.variant)):
            _save(Image.fromarray(trace.preparer.make(variant).pixels), target / f"{variant}.png", mode)
        _save(draw_overlay(trace.view), target / "overlay.png", mode)
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
