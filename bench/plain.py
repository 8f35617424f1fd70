"""The pass that reading is compared with: one plain pytesseract call."""

import pytesseract
from PIL import Image


def plain(file: str) -> None:
    """Read a picture as a script of three lines would; the environment decides on the number of threads."""
    with Image.open(file) as picture:
        pytesseract.image_to_string(picture)
