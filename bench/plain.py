"""One plain pytesseract call: ``python -m bench.plain FILE``."""

import sys

import pytesseract
from PIL import Image

if __name__ == "__main__":
    with Image.open(sys.argv[1]) as picture:
        print(pytesseract.image_to_string(picture))
