"""Finds the codes of one receipt on its page, and what they claim."""

from __future__ import annotations

from rpiocr.codes.claims import claims_of
from rpiocr.codes.detector import find_codes
from rpiocr.codes.texture import code_areas
from rpiocr.model import Code
from rpiocr.preprocess.crops import Crop
from rpiocr.reading.page_coordinates import codes_on, moved_codes


def codes_of(crop: Crop, page: Crop) -> tuple[Code, ...]:
    """Return the codes of the receipt in ``crop``, boxes in pixels of the original page.

    They are looked for where the receipt is, so that those of its neighbours do not count. If there are none, and
    something looks like one, they are looked for on the page as it was given: flattening may have blurred one.
    """
    found = moved_codes(claims_of(find_codes(crop.page.pixels)), crop.to_page)
    if found or crop is page or not code_areas(crop.page.pixels):
        return found
    elsewhere = moved_codes(claims_of(find_codes(page.page.pixels)), page.to_page)
    return tuple(one for one in elsewhere if codes_on(crop, (one,)))
