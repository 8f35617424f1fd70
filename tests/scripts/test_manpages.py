"""The manual pages: a formatter reads them without a complaint, man finds them, and nothing of the help is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.commands.test_help import ALL
from tests.program import PROJECT

PAGES = sorted((PROJECT / "man").glob("*.1"))


def shown(page: Path) -> str:
    """What a person reads of a page, each run of spaces and ends of lines as one space."""
    if not shutil.which("man"):
        pytest.skip("man is not installed")
    done = subprocess.run(
        ["man", "--no-hyphenation", "--no-justification", "-l", page],
        env={"PATH": "/usr/bin:/bin", "MANWIDTH": "200", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    return " ".join(re.sub(".\b", "", done.stdout).split())


def test_there_is_a_page_for_every_command() -> None:
    assert sorted(page.stem for page in PAGES) == sorted(one.command_path.replace(" ", "-") for one in ALL)


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_the_formatter_has_nothing_to_complain_about() -> None:
    done = subprocess.run(
        ["groff", "-K", "utf8", "-man", "-Tutf8", "-ww", "-z", *PAGES], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


@pytest.mark.parametrize("context", ALL, ids=lambda one: str(one.command_path))
def test_a_page_shows_the_help_the_options_and_the_examples(context: click.Context) -> None:
    text = shown(PROJECT / "man" / f"{context.command_path.replace(' ', '-')}.1")
    for option in context.command.get_params(context):
        if isinstance(option, click.Option):
            flags, meaning = option.get_help_record(context) or ("", "")
            assert f" {flags} {' '.join(meaning.split())} " in text
    for example in context.command.examples:  # type: ignore[attr-defined]
        assert f"{example.does}: {example.line} " in text
    help_text = " ".join((context.command.help or "").split()).replace("`", "")
    assert help_text.partition("Exit status")[0].strip() in text


def test_man_finds_a_page_below_a_prefix_whose_programs_are_on_the_path(tmp_path: Path) -> None:
    if not shutil.which("man"):
        pytest.skip("man is not installed")
    folder = tmp_path / "share" / "man" / "man1"
    folder.mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    for page in PAGES:
        (folder / page.name).symlink_to(page)
    for name in ("rpiocr", "rpiocr-scan", "rpiocr-service-install"):
        found = subprocess.run(
            ["man", "-w", name],
            env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert Path(found.stdout.strip()).resolve() == PROJECT / "man" / f"{name}.1"


@pytest.mark.parametrize(
    "script",
    [path for path in sorted((PROJECT / "scripts").iterdir()) if path.suffix == ".sh" and path.stem != "system"],
)
def test_every_shell_script_prints_its_help_and_does_nothing_else(script: Path, tmp_path: Path) -> None:
    for flag in ("-h", "--help"):
        done = subprocess.run(["bash", script, flag], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert f"bash scripts/{script.name}" in done.stdout
        assert done.stderr == ""


@pytest.mark.parametrize("script", ["cldr.py", "homes.py", "picture.py"])
def test_every_script_in_python_has_help(script: str) -> None:
    done = subprocess.run(
        [sys.executable, PROJECT / "scripts" / script, "--help"], capture_output=True, text=True, check=True
    )
    assert done.stdout.lower().startswith("usage: ")
