"""From a file to upright grey pages: the first stage of the road."""

from rpiocr.load.pages import load_pages

__all__ = ["load_pages"]
