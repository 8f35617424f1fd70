"""The table of brands is small, complete, with its licence, and read only when a receipt needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rpiocr.extract.brands.table import brand_table
from rpiocr.extract.tables.files import names_in
from rpiocr.extract.text.folding import key
from tests.program import PROJECT

FOLDER = PROJECT / "rpiocr" / "extract" / "tables" / "brands"


def test_it_has_the_shops_of_all_continents() -> None:
    table = brand_table()
    for name in (
        "Lidl",
        "Walmart",
        "Woolworths",
        "Pick n Pay",
        "Indomaret",
        "ローソン",
        "이마트",
        "Магнит",
    ):
        assert key(name) in table.places, name
    assert len(table.brands) > 10_000


def test_every_brand_is_found_by_its_own_name() -> None:
    table = brand_table()
    names = [line.split("\t")[0] for line in table.brands]
    lost = [
        name for name in names if 1 < len(key(name)) <= 40 and not key(name).isdigit() and key(name) not in table.places
    ]
    assert lost == []


def test_every_brand_has_a_kind_and_a_country_that_exists() -> None:
    table = brand_table()
    codes = {code.lstrip("-") for area in table.areas for code in area.split()}
    assert {code for code in codes if code != "*" and not (len(code) == 2 and code.isupper())} == set()
    assert {name.upper() for name in names_in("countries")} - codes == set()
    assert all(table.areas)
    assert all(table.kinds)


def test_it_is_small_and_its_licence_is_beside_it() -> None:
    assert (FOLDER / "brands.tsv.gz").stat().st_size < 700_000
    assert "Redistributions in binary form must reproduce" in (FOLDER / "LICENSE").read_text("utf-8")
    assert "name-suggestion-index" in (FOLDER / "NOTICE").read_text("utf-8")


def test_it_is_not_read_before_a_line_is_looked_up() -> None:
    code = (
        "from rpiocr.extract import extract\n"
        "from rpiocr.extract.brands import find_brands\n"
        "from rpiocr.extract.brands.table import brand_table\n"
        "assert brand_table.cache_info().currsize == 0\n"
        "assert find_brands(['Lidl'], 'DE')[0].name == 'Lidl'\n"
        "assert brand_table.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT)


@pytest.mark.slow
def test_it_is_what_the_packages_give() -> None:
    packages = ("NSI", "BORDERS", "COMMON_WORDS")
    if not all(Path(os.environ.get(name, "/nowhere")).is_dir() for name in packages):
        pytest.skip(f"the folders of the npm packages are not in {', '.join(packages)}")
    run = subprocess.run(
        [sys.executable, "scripts/brands.py", "--check"], check=False, capture_output=True, text=True, cwd=PROJECT
    )
    assert (run.returncode, run.stdout) == (0, "")
