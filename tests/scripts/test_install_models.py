"""The installer adds a font and the models of Tesseract for a system's country, says why, and can be asked before."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rpiocr.system.fonts import PACKAGE

INSTALLER = Path(__file__).parents[2] / "scripts" / "install_pi.sh"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs that comes first: a Tesseract with the models for English and German."""
    tesseract = tmp_path / "tesseract"
    tesseract.write_text("#!/bin/sh\nprintf 'List of available languages (3):\\ndeu\\neng\\nosd\\n'\n", "utf-8")
    tesseract.chmod(0o755)
    return tmp_path


def dry_run(programs: Path, *arguments: str, zone: str, locale: str = "C.UTF-8", installer: Path = INSTALLER) -> str:
    fixed = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    done = subprocess.run(
        ["bash", installer, "--dry-run", "--prefix", programs / "prefix", *arguments],
        env=fixed | {"PATH": f"{programs}:{os.environ['PATH']}", "TZ": zone, "LANG": locale},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == ""
    assert not (programs / "prefix").exists()
    return done.stderr


def test_the_models_of_the_country_are_installed_and_it_is_said_why(programs: Path) -> None:
    said = dry_run(programs, zone="Asia/Kathmandu")
    assert "Tesseract's model nep, because ne is spoken in NP, and the time zone is Asia/Kathmandu" in said
    assert "nothing was changed" in said


def test_a_model_that_is_there_or_asked_for_anyway_is_not_added_again(programs: Path) -> None:
    said = dry_run(programs, "--lang", "fra", zone="Europe/Zurich", locale="de_CH.UTF-8")
    assert "the Debian packages tesseract-ocr-fra" in said
    assert "model ita, because it is spoken in CH" in said
    assert "model deu" not in said
    assert "model fra" not in said


@pytest.mark.parametrize("minimal", [(), ("--minimal",)])
def test_a_system_in_no_country_gets_no_more_than_before(minimal: tuple[str, ...], programs: Path) -> None:
    assert "because" not in dry_run(programs, *minimal, zone="UTC")


def test_nothing_is_removed_by_a_dry_run(programs: Path) -> None:
    done = subprocess.run(
        ["bash", INSTALLER, "--uninstall", "--dry-run", "--prefix", programs], check=False, capture_output=True
    )
    assert done.returncode == 2


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the program for a system that has no fonts."""
    top = INSTALLER.parents[1]
    for name in ("scripts", "rpiocr"):
        shutil.copytree(top / name, tmp_path / "clone" / name, ignore=shutil.ignore_patterns("__pycache__"))
    known = tmp_path / "clone" / "rpiocr" / "system" / "fonts.py"
    known.write_text(known.read_text("utf-8").replace("/usr/share/fonts", str(tmp_path)), "utf-8")
    return tmp_path / "clone"


def test_the_font_of_labels_is_installed_where_none_has_their_characters(programs: Path, clone: Path) -> None:
    said = dry_run(programs, zone="UTC", installer=clone / "scripts" / INSTALLER.name)
    assert f"would install the font {PACKAGE}" in said
    (programs / "truetype" / "wqy").mkdir(parents=True)
    (programs / "truetype" / "wqy" / "wqy-microhei.ttc").touch()
    assert "font" not in dry_run(programs, zone="UTC", installer=clone / "scripts" / INSTALLER.name)
