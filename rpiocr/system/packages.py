"""Python packages that rpiocr requires, from its own metadata, and the commands that install them."""

from __future__ import annotations

import re
import shlex
import sys
from importlib.util import find_spec

REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?(?P<bounds>[^;]*?)\s*(?:;\s*extra\s*==\s*[\"'](?P<extra>[\w-]+)[\"'])?",
    re.ASCII,
)
"""A requirement in the metadata of a package, such as ``openpyxl<4,>=3.1; extra == 'xlsx'``."""


PAGE_MODULES = {
    "fastapi": "fastapi",
    "jinja2": "jinja2",
    "python-multipart": "python_multipart",
    "uvicorn": "uvicorn",
}
"""What the page needs: packages, and the modules in them."""


def missing_for_page() -> tuple[str, ...]:
    """Return the packages of the page that are not installed."""
    return tuple(package for package, module in PAGE_MODULES.items() if find_spec(module) is None)


def requirements(extra: str = "") -> dict[str, str]:
    """Return the requirements of rpiocr or of one of its extras: names, and names with version bounds.

    Empty if rpiocr runs without being installed.
    """
    # It loads the parser of mails.
    from importlib import metadata

    try:
        listed = metadata.requires("rpiocr") or ()
    except metadata.PackageNotFoundError:
        listed = ()
    found = filter(None, map(REQUIREMENT.fullmatch, listed))
    return {one["name"]: _text(one) for one in found if (one["extra"] or "") == extra}


def _text(requirement: re.Match[str]) -> str:
    """Return a requirement as in pyproject.toml, with the lower bound first."""
    bounds = sorted(requirement["bounds"].split(","), reverse=True)
    return f"{requirement['name']}{requirement['extras'] or ''}{','.join(bounds)}"


def installed_version(package: str) -> str | None:
    """Return the version of a package, ``None`` if it is not installed."""
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def install_command(*packages: str) -> str:
    """Return the command that installs packages next to this program; ``packages`` may include arguments of pip."""
    return f"{shlex.quote(sys.executable)} -m pip install {shlex.join(packages)}"


def install_extra(extra: str) -> str:
    """Return the command that installs the requirements of an extra."""
    return install_command(*(requirements(extra).values() or (f"rpiocr[{extra}]",)))


def reinstall(*packages: str) -> str:
    """Return the command that reinstalls damaged packages."""
    return install_command("--force-reinstall", *packages)
