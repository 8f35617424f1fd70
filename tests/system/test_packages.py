"""What rpiocr says to install is what the project asks for."""

from __future__ import annotations

import shlex
import subprocess
import tomllib
from pathlib import Path

from rpiocr.system.packages import CLUSTER, POSTGRESQL, XLSX, install_command

PROJECT = Path(__file__).parents[2]


def test_what_an_extra_needs_is_named_as_the_project_asks_for_it() -> None:
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]

    assert {name: extras[name] for name in ("cluster", "postgresql", "xlsx")} == {
        "cluster": [CLUSTER],
        "postgresql": [POSTGRESQL],
        "xlsx": [XLSX],
    }


def test_the_command_can_be_pasted_into_a_shell() -> None:
    command = install_command("--help", "some[extra]>=1")

    assert shlex.split(command)[-1] == "some[extra]>=1"
    shell = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert "Install packages" in shell.stdout
