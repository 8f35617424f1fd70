"""The country of a system is told by its time zone and its locale, and by nothing where they name none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rpiocr.system.home import country_of_zone, homes, time_zone

VARIABLES = ("TZ", "LANG", "LC_ALL", "LC_MESSAGES", "LC_PAPER", "LC_MONETARY", "LC_TIME")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def etc_of(folder: Path, *, link: str | None = None, name: str | None = None) -> Path:
    if link:
        (folder / "localtime").symlink_to(f"/usr/share/zoneinfo/{link}")
    else:
        (folder / "localtime").write_bytes(b"TZif2")
    if name:
        (folder / "timezone").write_text(f"{name}\n", "utf-8")
    return folder


def test_the_link_of_the_clock_tells_the_country(tmp_path: Path) -> None:
    (home,) = homes(etc_of(tmp_path, link="Asia/Seoul", name="Etc/UTC"))
    assert (home.country, home.languages, home.why) == ("KR", ("ko",), "the time zone is Asia/Seoul")


def test_the_name_of_the_time_zone_does_where_the_clock_is_a_copy(tmp_path: Path) -> None:
    assert [home.country for home in homes(etc_of(tmp_path, name="Europe/Kyiv"))] == ["UA"]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Asia/Katmandu", ":/usr/share/zoneinfo/Asia/Kathmandu"])
def test_a_time_zone_set_for_one_user_comes_first_by_any_of_its_names(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    assert [home.country for home in homes(etc_of(tmp_path, link="Europe/Rome"))] == ["NP"]


@pytest.mark.parametrize("zone", ["Etc/UTC", "UTC", "CET-1CEST", "Mars/Olympus", None])
def test_a_zone_of_no_country_tells_none(zone: str | None) -> None:
    assert country_of_zone(zone) is None


def test_a_locale_of_another_country_adds_it_and_one_without_a_country_adds_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etc = etc_of(tmp_path, link="Europe/Zurich")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert [home.country for home in homes(etc)] == ["CH"]
    monkeypatch.setenv("LANG", "it_IT.UTF-8")
    assert [home.country for home in homes(etc)] == ["CH", "IT"]
    monkeypatch.setenv("LC_PAPER", "de_CH.UTF-8")
    assert [home.country for home in homes(etc)] == ["CH"]


def test_without_a_time_zone_there_is_none(tmp_path: Path) -> None:
    assert time_zone(tmp_path / "nowhere") is None


def test_the_countries_are_those_of_the_library_that_has_them() -> None:
    babel = pytest.importorskip("babel")
    root = Path(__file__).parents[2]
    written = json.loads((root / "rpiocr/system/homes.json").read_text("utf-8"))
    if babel.__version__ not in written["source"]:
        pytest.skip(f"written with another version of Babel than {babel.__version__}")
    run = subprocess.run(
        [sys.executable, root / "scripts/homes.py", "--check"], check=False, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (0, "")
