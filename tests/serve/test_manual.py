"""What the page about the API shows works as it is shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import Block, blocks
from tests.program import OTHER_SMALL, PROJECT, SMALL
from tests.serve.serving import Serving

HERE = "tests/serve/test_manual.py"

PORT = "localhost:8765"

SHOWN = [block for block in blocks(PROJECT / "docs" / "API.md") if HERE in block.reason]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pictures that the page names."""
    made = tmp_path_factory.mktemp("manual")
    shutil.copyfile(SMALL, made / "receipt.jpg")
    shutil.copyfile(OTHER_SMALL, made / "photo.jpg")
    return made


@pytest.mark.slow
@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.place)
def test_what_the_page_about_the_api_shows_works(service: Serving, folder: Path, block: Block) -> None:
    text = block.text.replace(PORT, f"localhost:{service.port}")
    if block.language == "python":
        command = [sys.executable, "-c", text]
    else:
        failing = text.replace("curl ", "curl --fail-with-body -sS ")
        command = ["bash", "-euo", "pipefail", "-c", failing]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()
    assert '"error": {' not in done.stdout
