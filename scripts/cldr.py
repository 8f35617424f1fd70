"""Writes rpiocr/extract/tables/cldr.json: what Unicode CLDR knows of languages and countries.

python scripts/cldr.py           write the file
python scripts/cldr.py --check   report by the exit status whether the file is what would be written
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import babel
from babel import Locale, localedata
from babel.languages import get_territory_language_info
from babel.numbers import get_territory_currencies
from generated import official_languages, write_or_check

TABLES = Path(__file__).parent.parent / "rpiocr" / "extract" / "tables"
FILE = TABLES / "cldr.json"

LANGUAGES = {
    name: name.replace("-", "_")
    for name in sorted(
        (path.stem for path in (TABLES / "languages").glob("*.toml")), key=lambda name: (name[:2] != "zh", name)
    )
}
"""Names of the keyword tables, and CLDR's for the same languages.

Chinese comes first: Babel lets its names of months leak into those that follow, and without them Japanese and
traditional Chinese, where CLDR has numerals only, would have none.
"""

TODAY = dt.date(2026, 1, 1)
"""The day on which the currency of a country is today's; the file is the same whenever it is written."""

SINCE = dt.date(2000, 1, 1)
"""Currencies that were replaced before are on no receipt that anybody keeps."""

REPLACED = {"BG": ("BGN", "2025-12-31", "EUR")}
"""Currencies replaced after Babel's CLDR: Bulgaria by Council Regulation (EU) 2025/1409 of 8 July 2025."""

OTHER_MONTHS = {
    **{"BG": ("bg",), "EE": ("et",), "GR": ("el",), "HR": ("hr",), "IL": ("he",), "IN": ("hi",)},
    **{"IS": ("is",), "KZ": ("kk",), "LT": ("lt",), "LV": ("lv",), "MT": ("mt",), "NP": ("ne",), "PH": ("fil",)},
    **{"RO": ("ro",), "RS": ("sr", "sr_Latn"), "SA": ("ar",), "SI": ("sl",), "SK": ("sk",), "TH": ("th",)},
}
"""CLDR's names of languages without a keyword table whose names of months are read, by the country that shows them."""

HEAD = (
    f"Written by scripts/cldr.py with Babel {babel.__version__} (any of 2.18 to 2.x). Data: Unicode CLDR, copyright"
    " Unicode, Inc., Unicode License V3, https://www.unicode.org/license.txt"
)


def main() -> int:
    """Write the file, or compare it; returns the exit status."""
    return write_or_check(FILE, render, __doc__ or "", f"Babel {babel.__version__}")


def render() -> str:
    """The text of the file: one line for each language and country."""
    # Before the months: Babel lets the language that it reads first leak into the names of those that follow.
    territories = {name: _territory(name) for name in _territories()}
    parts: dict[str, Mapping[str, object]] = {
        "months": {name: _names(Locale.parse(code).months, range(1, 13)) for name, code in LANGUAGES.items()},
        "other_months": {country: _joined(codes) for country, codes in OTHER_MONTHS.items()},
        "weekdays": {name: _names(Locale.parse(code).days, range(7)) for name, code in LANGUAGES.items()},
        "territories": territories,
    }
    sections = [f"{_dump(name)}: {{\n{_lines(entries)}\n}}" for name, entries in parts.items()]
    return f'{{\n"source": {_dump(HEAD)},\n' + ",\n".join(sections) + "\n}\n"


def _lines(entries: Mapping[str, object]) -> str:
    return ",\n".join(f"{_dump(name)}: {_dump(value)}" for name, value in entries.items())


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _names(names: Mapping[str, Mapping[str, Mapping[int, str]]], numbers: Iterable[int]) -> list[list[str]]:
    """Wide and abbreviated names inside a date and alone; not those that are numerals, such as 3月."""
    forms = [names[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated")]
    found = [dict.fromkeys(form[number].casefold().rstrip(".") for form in forms) for number in numbers]
    return [[name for name in kinds if not any(char.isdigit() for char in name)] for kinds in found]


def _joined(codes: Iterable[str]) -> list[list[str]]:
    """Names of the months in several languages together."""
    parts = [_names(Locale.parse(code).months, range(1, 13)) for code in codes]
    return [list(dict.fromkeys(name for part in parts for name in part[month])) for month in range(12)]


def _territories() -> list[str]:
    """The countries and territories with a currency and a language of their own."""
    names = sorted(name for name in Locale("en").territories if len(name) == 2 and name.isalpha())
    return [name for name in names if get_territory_currencies(name, TODAY) and _languages(name)]


def _territory(territory: str) -> dict[str, object]:
    """Currency now and before, order of day, month and year and signs as in the language most spoken, and languages.

    The names are those in English and in the languages.
    """
    languages = _languages(territory)
    locale = Locale.parse(f"{languages[0]}_{territory}")
    symbols = locale.number_symbols["latn"]
    names = [Locale.parse(language).territories.get(territory, "") for language in ("en", *languages)]
    return {
        "names": [name for name in dict.fromkeys(names) if name],
        **_currencies(territory),
        "order": _order(str(locale.date_formats["short"].pattern)),
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "languages": [_table(language) for language in languages if _table(language)],
    }


def _currencies(territory: str) -> dict[str, object]:
    """The currency now, and those before with the day until which they were used."""
    if territory in REPLACED:
        before, until, now = REPLACED[territory]
        return {"currency": now, "former": [[before, until]]}
    ended = get_territory_currencies(territory, SINCE, TODAY, include_details=True)
    former = [[one["currency"], one["to"].isoformat()] for one in ended if one["to"] and one["to"] >= SINCE]
    # Where the money of a neighbour is legal tender too, such as the rand in Namibia, the own one is printed.
    tender = get_territory_currencies(territory, TODAY)
    now = next((code for code in tender if code.startswith(territory)), tender[0])
    return {"currency": now, **({"former": former} if former else {})}


def _languages(territory: str) -> list[str]:
    """CLDR's names of the official languages that many speak, the most spoken one where none is official."""
    info = get_territory_language_info(territory)
    known = {code: about for name, about in info.items() if (code := _known(name, territory))}
    return official_languages(known)


def _known(language: str, territory: str) -> str | None:
    name = {"zh": "zh_Hans"}.get(language, language)
    return name if localedata.exists(f"{name}_{territory}") else None


def _table(language: str) -> str | None:
    """The keyword table of a language; Malay is read with the Indonesian one."""
    name = {"nb": "no", "nn": None, "ms": "id", "zh_Hans": "zh-Hans", "zh_Hant": "zh-Hant"}.get(language, language)
    return name if name in LANGUAGES else None


def _order(pattern: str) -> str:
    return "".join(dict.fromkeys(char.lower() for char in pattern if char in "dMy"))


if __name__ == "__main__":
    sys.exit(main())
