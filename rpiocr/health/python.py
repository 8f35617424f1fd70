"""Checks Python, the required packages and the image decoders."""

from __future__ import annotations

import importlib
import platform
import sys
from collections.abc import Iterator

from rpiocr.system.finding import Finding, bad, good
from rpiocr.system.packages import installed_version, reinstall, requirements

LIBRARY_FORMATS = {
    "HEIC": ("pillow_heif", "pillow-heif"),
    "AVIF": ("PIL._avif", "pillow"),
    "PDF": ("pypdfium2", "pypdfium2"),
}
"""Formats with a library of their own: its module and its package."""


def python_findings() -> Iterator[Finding]:
    """Examine Python and the packages that rpiocr requires."""
    what = f"Python {platform.python_version()} ({sys.executable})"
    yield good(what)
    versions = {name: installed_version(name) for name in requirements()}
    yield good("packages: " + ", ".join(f"{name} {version}" for name, version in versions.items() if version))
    for name, version in versions.items():
        if version is None:
            yield bad(f"package {name}: not installed", reinstall(name))


def format_findings() -> Iterator[Finding]:
    """Examine the libraries that decode images."""
    yield good("images: JPEG, PNG, TIFF, WebP, BMP, GIF")
    for name, (module, package) in LIBRARY_FORMATS.items():
        try:
            importlib.import_module(module)
        except (ImportError, OSError) as error:
            yield bad(f"images: {name} cannot be read: {error}", reinstall(package))
        else:
            yield good(f"images: {name}")
