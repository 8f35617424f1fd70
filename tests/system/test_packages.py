"""The packages that rpiocr suggests to install are those that the project requires."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rpiocr.system.packages import install_command, install_extra, requirements

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The metadata in pyproject.toml."""
    found: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def test_what_is_required_is_read_from_the_metadata_as_the_project_asks_for_it(project: dict[str, Any]) -> None:
    assert sorted(requirements().values()) == sorted(project["dependencies"])


@pytest.mark.parametrize("extra", ["cluster", "postgresql", "rapidocr", "xlsx"])
def test_what_an_extra_needs_is_named_as_the_project_asks_for_it(extra: str, project: dict[str, Any]) -> None:
    wanted = project["optional-dependencies"][extra]
    assert sorted(requirements(extra).values()) == sorted(wanted)
    assert shlex.split(install_extra(extra))[-len(wanted) :] == list(requirements(extra).values())


def test_a_copy_that_was_never_installed_names_the_extra_itself() -> None:
    program = "from rpiocr.system.packages import *; print(requirements(), install_extra('xlsx'))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(PROJECT)!r}); {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("{} ")
    assert done.stdout.endswith("-m pip install 'rpiocr[xlsx]'\n")


def test_the_command_can_be_pasted_into_a_shell() -> None:
    command = install_command("--help", "some[extra]>=1")

    assert shlex.split(command)[-1] == "some[extra]>=1"
    shell = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert "Install packages" in shell.stdout
