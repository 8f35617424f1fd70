"""What the scripts share that write tables from the data of packages."""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LEAST_SHARE = 15.0
"""Minimum percentage of the people that speak an official language: Italian in Switzerland has it."""

OFFICIAL = {"official", "de_facto_official"}


def write_or_check(file: Path, render: Callable[[], str], about: str, source: str) -> int:
    """Write what ``render`` returns, or with --check compare it; returns the exit status.

    ``about`` is the script's docstring, ``source`` names the packages that the data are from. A file whose name ends
    with .gz is compressed; what it holds is compared, as compressors differ.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only report by the exit status whether it is fresh")
    check = parser.parse_args().check
    fresh = render()
    if not check:
        _write(file, fresh)
        return 0
    stale = not file.exists() or _read(file) != fresh
    if stale:
        print(f"{file.name} is not what {source} gives; run the script that its first lines name")
    return int(stale)


def _write(file: Path, text: str) -> None:
    data = text.encode("utf-8")
    file.write_bytes(gzip.compress(data, mtime=0) if file.suffix == ".gz" else data)


def _read(file: Path) -> str:
    data = file.read_bytes()
    return (gzip.decompress(data) if file.suffix == ".gz" else data).decode("utf-8")


def official_languages(spoken: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the official languages that many speak, the most spoken first; the most spoken one if none is official.

    ``spoken`` is what Babel knows of each language of a country.
    """
    shares = {code: float(about["population_percent"] or 0) for code, about in spoken.items()}
    ranked = sorted(spoken, key=lambda code: -shares[code])
    official = [code for code in ranked if spoken[code]["official_status"] in OFFICIAL and shares[code] >= LEAST_SHARE]
    return official or ranked[:1]
