"""The scripts of the pages are what a browser can run, without a build."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rpiocr.serve.pages.rendering import FOLDER

STATIC = FOLDER / "static"
SCRIPTS = sorted(one for one in STATIC.rglob("*.js") if "vendor" not in one.parts)

MOST_LINES = 400

IMPORTED = re.compile(r'from "(\.[^"]+)"')


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_has_no_syntax_error(script: Path) -> None:
    node = shutil.which("node")
    if not node:
        pytest.skip("Node.js is not installed: apt install nodejs")
    checked = subprocess.run(
        [node, "--input-type=module", "--check", "-"], input=script.read_bytes(), capture_output=True, check=False
    )
    assert checked.stderr.decode() == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_and_loads_what_is_there(script: Path) -> None:
    source = script.read_text("utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    assert [one for one in IMPORTED.findall(source) if not (script.parent / one).is_file()] == []


def test_no_style_and_no_script_leads_to_another_host() -> None:
    own = [*SCRIPTS, STATIC / "rpiocr.css", *(FOLDER / "templates").glob("*.html")]
    assert [one.name for one in own if re.search(r"https?://|url\(", one.read_text("utf-8"))] == []
