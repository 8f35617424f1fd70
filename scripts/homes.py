"""Writes rpiocr/system/homes.json: the country of each time zone, and the languages that many speak in each country.

python scripts/homes.py           write the file
python scripts/homes.py --check   report by the exit status whether the file is what would be written
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import babel
from babel.core import get_global
from babel.languages import get_territory_language_info

FILE = Path(__file__).parent.parent / "rpiocr" / "system" / "homes.json"

LEAST_SHARE = 15.0
"""Minimum percentage of the people that speak an official language, as in cldr.py: Italian in Switzerland has it."""

HEAD = (
    f"Written by scripts/homes.py with Babel {babel.__version__} (any of 2.18 to 2.x). Data: Unicode CLDR, copyright"
    " Unicode, Inc., Unicode License V3, https://www.unicode.org/license.txt"
)


def main() -> int:
    """Write the file, or compare it; returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only report by the exit status whether it is fresh")
    fresh = render()
    if parser.parse_args().check:
        stale = not FILE.exists() or FILE.read_text("utf-8") != fresh
        if stale:
            print(f"{FILE.name} is not what Babel {babel.__version__} gives; run python scripts/homes.py")
        return int(stale)
    FILE.write_text(fresh, "utf-8")
    return 0


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
    info = get_territory_language_info(country)
    shares = {tag: float(about["population_percent"] or 0) for tag, about in info.items()}
    ranked = sorted(shares, key=lambda tag: -shares[tag])
    official = [
        tag
        for tag in ranked
        if info[tag]["official_status"] in {"official", "de_facto_official"} and shares[tag] >= LEAST_SHARE
    ]
    return [tag.replace("_", "-") for tag in official or ranked[:1]]


if __name__ == "__main__":
    raise SystemExit(main())
