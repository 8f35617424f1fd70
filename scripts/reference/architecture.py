"""The order of imports of docs/ARCHITECTURE.md."""

from __future__ import annotations

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def layers() -> str:
    """Return the folders of the package, from those that know the others to those that are known."""
    with (PROJECT / "pyproject.toml").open("rb") as stream:
        contracts = tomllib.load(stream)["tool"]["importlinter"]["contracts"]
    (names,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return "\n".join(["```", *(name.replace("rpiocr.", "").replace(" | ", "   ") for name in names), "```"])
