"""Which Python packages rpiocr requires, by its own metadata, and how one is installed next to it."""

from __future__ import annotations

import re
import shlex
import sys
from importlib import metadata

REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?(?P<bounds>[^;]*?)\s*(?:;\s*extra\s*==\s*[\"'](?P<extra>[\w-]+)[\"'])?",
    re.ASCII,
)
"""A requirement in the metadata of a package, such as ``openpyxl<4,>=3.1; extra == 'xlsx'``."""


def requirements(extra: str = "") -> dict[str, str]:
    """Return the packages that rpiocr requires, or an extra of it does: names, and names with their versions.

    Empty where rpiocr runs without being installed.
    """
    try:
        listed = metadata.requires("rpiocr") or ()
    except metadata.PackageNotFoundError:
        listed = ()
    found = filter(None, map(REQUIREMENT.fullmatch, listed))
    return {one["name"]: _text(one) for one in found if (one["extra"] or "") == extra}


def _text(requirement: re.Match[str]) -> str:
    """Write a requirement as pyproject.toml does: the lower bound comes first."""
    bounds = sorted(requirement["bounds"].split(","), reverse=True)
    return f"{requirement['name']}{requirement['extras'] or ''}{','.join(bounds)}"


def installed_version(package: str) -> str | None:
    """Return the version of a package, ``None`` where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def install_command(*packages: str) -> str:
    """Return the command that installs packages next to this program; arguments of pip may be among them."""
    return f"{shlex.quote(sys.executable)} -m pip install {shlex.join(packages)}"


def install_extra(extra: str) -> str:
    """Return the command that installs what an extra of rpiocr requires."""
    return install_command(*(requirements(extra).values() or (f"rpiocr[{extra}]",)))


def reinstall(*packages: str) -> str:
    """Return the command that installs packages again that are damaged."""
    return install_command("--force-reinstall", *packages)
