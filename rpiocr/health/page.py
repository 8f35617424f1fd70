"""Checks that the packages of the page are installed."""

from __future__ import annotations

from rpiocr.system.finding import Finding, good, tip
from rpiocr.system.packages import PAGE_MODULES, install_extra, installed_version, missing_for_page


def page_finding() -> Finding:
    """Report whether ``rpiocr serve`` can run."""
    missing = missing_for_page()
    if missing:
        what = f"page: not installed ({', '.join(missing)}); with it, rpiocr serve shows the receipts in a browser"
        return tip(what, install_extra("serve"))
    versions = ", ".join(f"{name} {installed_version(name) or '(unknown version)'}" for name in PAGE_MODULES)
    return good(f"page: {versions}; rpiocr serve opens it")
