"""Tells in which country this system is set up: by its time zone and its locale."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of the system's language, in order of precedence."""

REGION = ("LC_ALL", "LC_PAPER", "LC_MONETARY", "LC_TIME", "LANG")
"""Variables of a locale that says where the user lives: of those that one language is often kept for another country,
paper and money are set to the country first."""

ETC = Path("/etc")

IN_ZONEINFO = "/zoneinfo/"
"""What precedes the name of the time zone in the target of /etc/localtime."""


@dataclass(frozen=True, slots=True)
class Home:
    """A country (ISO 3166) with the languages that many speak there, and what says that the system is there."""

    country: str
    languages: tuple[str, ...]
    why: str


@cache
def _countries() -> Mapping[str, Mapping[str, list[str]]]:
    found: Mapping[str, Mapping[str, list[str]]] = json.loads(
        files("rpiocr.system").joinpath("homes.json").read_text("utf-8")
    )["countries"]
    return found


def time_zone(etc: Path = ETC) -> str | None:
    """Return the name of the system's time zone, such as ``Europe/Zurich``: by TZ, else as set in the folder /etc."""
    named = os.environ.get("TZ", "").removeprefix(":").partition(IN_ZONEINFO)
    if name := named[2] or named[0]:
        return name
    try:
        target = os.path.realpath(etc / "localtime")
        if IN_ZONEINFO in target:
            return target.partition(IN_ZONEINFO)[2]
        return (etc / "timezone").read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def country_of_zone(zone: str | None) -> str | None:
    """Return the country of a time zone; ``None`` for UTC and others that belong to none."""
    return next((country for country, facts in _countries().items() if zone in facts["zones"]), None)


def set_locale(variables: tuple[str, ...] = LOCALE) -> tuple[str, str] | None:
    """Return the first of some variables that is set, and the locale that it names."""
    return next(((name, os.environ[name]) for name in variables if os.environ.get(name)), None)


def homes(etc: Path = ETC) -> tuple[Home, ...]:
    """Return the countries in which the system may be set up, that of its time zone first; each once."""
    zone = time_zone(etc)
    named = set_locale(REGION)
    region = re.match(r"[a-z]{2,3}_([A-Z]{2})\b", named[1]) if named else None
    said = {country_of_zone(zone): f"the time zone is {zone}"}
    if named and region:
        said.setdefault(region[1], "{}={}".format(*named))
    known = _countries()
    return tuple(
        Home(country, tuple(known[country]["languages"]), why)
        for country, why in said.items()
        if country is not None and country in known
    )
