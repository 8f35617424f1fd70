"""The country of the system's time zone, from the variable TZ or the link to the zone, by the time zone database."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpiocr.system.time_zone import country_of_time_zone

TABLE = "# comment\nCH\t+4723+00832\tEurope/Zurich\nUS\t+404251-0740023\tAmerica/New_York\tEastern (most areas)\n"


@pytest.fixture
def zone_info(tmp_path: Path) -> Path:
    """A time zone database with two zones."""
    folder = tmp_path / "zoneinfo"
    (folder / "Europe").mkdir(parents=True)
    (folder / "Europe" / "Zurich").write_bytes(b"TZif")
    (folder / "zone.tab").write_text(TABLE)
    return folder


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Zurich", "CH"), (":America/New_York", "US"), ("UTC", None), ("CET-1CEST", None)],
)
def test_the_variable_names_the_zone(zone: str, country: str | None, zone_info: Path, tmp_path: Path) -> None:
    assert country_of_time_zone({"TZ": zone}, tmp_path / "localtime", zone_info) == country


def test_without_the_variable_the_link_counts(zone_info: Path, tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to(zone_info / "Europe" / "Zurich")
    assert country_of_time_zone({}, link, zone_info) == "CH"


def test_without_a_database_nothing_is_known(tmp_path: Path) -> None:
    assert country_of_time_zone({"TZ": "Europe/Zurich"}, tmp_path / "localtime", tmp_path / "missing") is None
