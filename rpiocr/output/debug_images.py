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
    text that every pass read, and ``result.json``; what has no picture has no images. Images of pages that continue the
    receipt begin with ``p2-`` and so on, if they were kept. Raises OSError.
    """
    receipt = trace.receipt
    name = "stdin" if receipt.file == "-" else re.sub(r"[^\w.-]+", "_", Path(receipt.file).stem)[:80]
    part = f"-receipt{receipt.part}" if receipt.part > 1 else ""
    target = folder / f"{name}-p{receipt.page}-{receipt.sha256[:8]}{part}"
    make_own_folder(target, folder_mode(mode))
    for one in trace.traces:
        _write_images(one, target, "" if one is trace or one.page is None else f"p{one.page.number}-", mode)
    write_whole(target / "passes.txt", "\n".join(map(_pass_text, receipt.passes)), mode)
    write_whole(target / "result.json", dumps(answer(receipt)) + "\n", mode)
    return target


def _write_images(trace: Trace, target: Path, prefix: str, mode: int) -> None:
    """Write the images of one page, none without a picture; ``prefix`` is that of their names."""
    if trace.page is None or trace.preparer is None or trace.view is None:
        return
    own = (one.variant for one in trace.receipt.passes if one.page in (None, trace.page.number))
    for variant in dict.fromkeys(filter(is_variant, own)):
        _save(Image.fromarray(trace.preparer.make(variant).pixels), target / f"{prefix}{variant}.png", mode)
    _save(draw_overlay(trace.view), target / f"{prefix}overlay.png", mode)


def _save(image: Image.Image, path: Path, mode: int) -> None:
    with replacing(path, mode) as stream:
        image.save(stream, "PNG")


def _pass_text(one: Pass) -> str:
    page = "" if one.page is None else f", page {one.page}"
    heading = f"== {one.name}{page}  {one.elapsed_s:.2f} s"
    if one.error:
        return f"{heading}  {one.error}\n"
    return heading + "\n" + "\n".join(line.text for line in one.lines) + "\n"
