"""Writes rpiocr/extract/tables/trigrams.json: which sequences of three letters occur in the words of the other tables.

python scripts/trigrams.py           write the file
python scripts/trigrams.py --check   report by the exit status whether the file is what would be written

The words are those of the tables of languages, names of months, days and countries, and of towns.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from generated import write_or_check

from rpiocr.extract.tables.files import COMMON, built_in, built_in_names, cldr, places, read_text
from rpiocr.extract.text.trigrams import SCRIPTS, bare, script_of, trigrams_of

FILE = Path(__file__).parent.parent / "rpiocr" / "extract" / "tables" / "trigrams.json"

LEAST_WORDS: Mapping[str, int] = {"latin": 2, "cyrillic": 1, "greek": 1}
"""In how many words a trigram has to occur: in one of all the Latin ones it may be that of an abbreviation."""

SHORTEST = 3
"""Minimum number of letters of a word: shorter ones are abbreviations."""

WORD = re.compile(r"[^\W\d_]+")

QUOTED = re.compile(r'"([^"]*)"')


def main() -> int:
    """Write or check the file; returns the exit status."""
    return write_or_check(FILE, _render, __doc__, "the words of the other tables")


def _render() -> str:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word in sorted(set(_words())):
        scripts = {script_of(letter) for letter in word}
        if len(scripts) == 1 and (script := scripts.pop()):
            counts[script].update(set(trigrams_of(word)))
    source = "Written by scripts/trigrams.py from the words of the other tables: of two letters, which may follow them."
    rows = [f'"source": {json.dumps(source)}']
    rows += [f'"{script}": {{\n{_by_beginning(script, counts[script])}\n}}' for script in SCRIPTS]
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _by_beginning(script: str, counts: Counter[str]) -> str:
    following: dict[str, str] = {}
    for one in sorted(one for one, count in counts.items() if count >= LEAST_WORDS[script]):
        following[one[:2]] = following.get(one[:2], "") + one[2]
    lines = defaultdict(list)
    for beginning, letters in following.items():
        lines[beginning[0]].append(f'"{beginning}": "{letters}"')
    return ",\n".join(", ".join(line) for line in lines.values())


def _words() -> Iterator[str]:
    for text in _texts():
        yield from (word for word in WORD.findall(bare(text)) if len(word) >= SHORTEST)


def _texts() -> Iterator[str]:
    yield from _strings([built_in(name) for name in sorted(built_in_names())])
    yield from QUOTED.findall(read_text(COMMON))
    known = cldr()
    yield from _strings([known[part] for part in ("months", "other_months", "weekdays")])
    yield from _strings([territory["names"] for territory in known["territories"].values()])
    yield from _strings([country.get("towns", "") for country in places().values()])


def _strings(value: object) -> Iterator[str]:
    """Yield the texts of a table; not its patterns, which are in the list `letters`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name != "letters":
                yield from _strings(part)


if __name__ == "__main__":
    sys.exit(main())
