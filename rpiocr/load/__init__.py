"""Loads a file as upright grey pages: the first stage of the pipeline."""

from rpiocr.load.pages import load_pages

__all__ = ["load_pages"]
