"""A home in which the commands of the manual find what they speak of: receipts, a watched folder and a store."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import Image

from tests.docs.pages import Block
from tests.program import OTHER_SMALL, RECEIPTS, SMALL, script, surroundings
from tests.recorded import path_with_answers
from tests.service.machine import SYSTEMCTL

QUICKEST = {"RPIOCR_MODE": "low", "RPIOCR_RETRIES": "0", "RPIOCR_VARIANT": "default", "RPIOCR_PSM": "6"}
"""How the manual's commands read, unless they say how: one pass of Tesseract."""

RPIOCR = """#!/bin/sh
# A watch ends when its folder is empty; else it would wait for more receipts.
case " $* " in " watch "*" --status "*) ;; " watch "*) set -- "$@" --once ;; esac
exec {program} "$@"
"""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A home as it is before the first block of a page."""

    home: Path
    saved: Path

    def reset(self) -> None:
        """Bring the home back to how it was made, so that no page depends on another one."""
        shutil.rmtree(self.home)
        shutil.copytree(self.saved, self.home, symlinks=True)

    def run(self, block: Block) -> subprocess.CompletedProcess[str]:
        """Run a block in the home; the first command that fails ends it."""
        python = [sys.executable, "-W", "error", "-c", block.text]
        shell = ["bash", "-euo", "pipefail", "-c", block.text]
        return subprocess.run(
            python if block.language == "python" else shell,
            cwd=self.home,
            env=_environment(self.home),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def _environment(home: Path) -> dict[str, str]:
    inherited = surroundings(home, **QUICKEST, RPIOCR_CLOUD="never", NOTES=str(home / "tmp"))
    places = {name: value for name, value in inherited.items() if not name.startswith("XDG_")}
    return places | {"PATH": f"{home / 'programs'}:{path_with_answers()}", "USER": "pi"}


def sandbox_in(folder: Path) -> Sandbox:
    """Make a home below ``folder``, and have two receipts read into its store."""
    home = folder / "home"
    home.mkdir()
    _install(home / "programs", "rpiocr", RPIOCR.format(program=script()))
    _install(home / "programs", "systemctl", SYSTEMCTL)
    (home / "tmp").mkdir()
    (home / "tmp" / "state").write_text("ActiveState=active\nSubState=running\nUnitFileState=enabled\n", "utf-8")
    _lay_out(home)
    environment = _environment(home)
    batch = ["rpiocr", "batch", "--quiet", "Receipts"]
    subprocess.run(batch, cwd=home, env=environment, check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(home, folder / "saved", symlinks=True)
    return Sandbox(home, folder / "saved")


def _install(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(script, "utf-8")
    program.chmod(0o755)


def _lay_out(home: Path) -> None:
    for name in ("receipts/inbox", "Receipts", "stick"):
        (home / name).mkdir(parents=True)
    for name in ("receipt.jpg", "photo.jpg", "receipts/mall.jpg", "receipts/inbox/scan.jpg"):
        shutil.copy(SMALL, home / name)
    shutil.copy(OTHER_SMALL, home / "stick" / "fuel.jpg")
    for receipt in (OTHER_SMALL, RECEIPTS / "img" / "us_tax_cash.jpg"):
        shutil.copy(receipt, home / "Receipts")
    with Image.open(OTHER_SMALL) as picture:
        picture.convert("L").save(home / "scan.pdf")
        pillow_heif.from_pillow(picture.convert("RGB")).save(home / "IMG_0042.HEIC")
