"""The country of the system's time zone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

ZONE_INFO = Path("/usr/share/zoneinfo")
LOCAL_TIME = Path("/etc/localtime")


def country_of_time_zone(
    environ: Mapping[str, str] | None = None, local_time: Path = LOCAL_TIME, zone_info: Path = ZONE_INFO
) -> str | None:
    """Return the country of the system's time zone, as in ISO 3166; None if it has none, as UTC.

    The zone is that of the variable TZ, else the one that ``local_time`` links to; its country that of ``zone.tab``,
    the table of the time zone database. Where that is not installed nothing is known.
    """
    name = _zone(os.environ if environ is None else environ, local_time, zone_info)
    try:
        lines = (zone_info / "zone.tab").read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return None
    entries = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return next((parts[0] for parts in entries if len(parts) > 2 and parts[2] == name), None)


def _zone(environ: Mapping[str, str], local_time: Path, zone_info: Path) -> str:
    if named := environ.get("TZ", "").removeprefix(":"):
        return named.removeprefix(f"{zone_info}/")
    try:
        return local_time.resolve().as_posix().partition("zoneinfo/")[2]
    except (OSError, RuntimeError):
        return ""
