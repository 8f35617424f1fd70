"""Writes rpiocr/system/homes.json: the country of each time zone, and the languages that many speak in each country.

python scripts/homes.py           write the file
python scripts/homes.py --check   report by the exit status whether the file is what would be written
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import babel
from babel.core import get_global
from babel.languages import get_territory_language_info
from generated import official_languages, write_or_check

FILE = Path(__file__).parent.parent / "rpiocr" / "system" / "homes.json"

HEAD = (
    f"Written by scripts/homes.py with Babel {babel.__version__} (any of 2.18 to 2.x). Data: Unicode CLDR, copyright"
    " Unicode, Inc., Unicode License V3, https://www.unicode.org/license.txt"
)


def main() -> int:
    """Write the file, or compare it; returns the exit status."""
    return write_or_check(FILE, render, __doc__ or "", f"Babel {babel.__version__}")


def render() -> str:
    """The text of the file: one line for each country."""
    zones: dict[str, list[str]] = defaultdict(list)
    countries = get_global("zone_territories")
    of_alias = {alias: countries[zone] for alias, zone in get_global("zone_aliases").items() if zone in countries}
    for zone, country in sorted({**of_alias, **countries}.items()):
        if len(country) == len("CH") and country != "ZZ":
            zones[country].append(zone)
    lines = (
        f"{json.dumps(country)}: " + json.dumps({"languages": _languages(country), "zones": zones[country]})
        for country in sorted(zones)
    )
    return f'{{\n"source": {json.dumps(HEAD)},\n"countries": {{\n' + ",\n".join(lines) + "\n}\n}\n"


def _languages(country: str) -> list[str]:
    """The official languages that many speak, the most spoken first; the most spoken one where none is official."""
    tags = official_languages(get_territory_language_info(country))
    return [tag.replace("_", "-") for tag in tags]


if __name__ == "__main__":
    raise SystemExit(main())
