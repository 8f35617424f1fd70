"""The documents say what the program does, and cog notices when they no longer do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rpiocr.cli import cli
from rpiocr.errors import ExitCode
from rpiocr.settings import DEFAULTS, PREFIX, SPECS, read_settings_file, settings_file

PROJECT = Path(__file__).parents[2]
CLI_PAGE = (PROJECT / "docs" / "CLI.md").read_text("utf-8")
SETTINGS_PAGE = (PROJECT / "docs" / "SETTINGS.md").read_text("utf-8")
README = (PROJECT / "README.md").read_text("utf-8")
READING = (PROJECT / "docs" / "READING.md").read_text("utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project's documents and of what they are made from."""
    for folder in ("docs", "man", "rpiocr", "scripts", "tests"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    return tmp_path


def cog(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run cog on the documents of a copy, with the package of that copy."""
    pages = ["README.md", "docs/*.md", "man/*"]
    command = [sys.executable, "-m", "cogapp", "--verbosity=1", *arguments, *pages]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=project)


def every_option() -> Iterator[tuple[str, click.Command, click.Option]]:
    """Each command's name, the command, and each of its options."""
    context = click.Context(cli)
    commands = ((name, cli.get_command(context, name)) for name in cli.list_commands(context))
    for name, command in [("rpiocr", cli), *commands]:
        assert command, name
        for option in command.params:
            if isinstance(option, click.Option):
                yield name, command, option


@pytest.mark.slow
def test_a_changed_help_text_makes_the_documents_stale_until_they_are_written_anew(copy: Path) -> None:
    assert cog(copy, "-r").returncode == 0
    settings = copy / "rpiocr" / "settings.py"
    settings.write_text(
        settings.read_text("utf-8").replace("Maximum number of cloud calls per day.", "Never more calls a day.")
    )

    stale = cog(copy, "--check", "--diff")

    assert stale.returncode != 0
    assert "+Never more calls a day." in stale.stdout
    assert "changed man/rpiocr-scan.1" in stale.stdout
    assert cog(copy, "-r").returncode == 0
    assert cog(copy, "--check").returncode == 0


@pytest.mark.slow
def test_a_check_writes_nothing(copy: Path) -> None:
    page = copy / "docs" / "CLI.md"
    old = page.read_text("utf-8").replace("\n## rpiocr scan\n", "\n## rpiocr read\n")
    page.write_text(old)

    assert cog(copy, "--check").returncode != 0

    assert page.read_text("utf-8") == old


def test_a_lost_marker_in_the_readme_is_reported(copy: Path) -> None:
    readme = copy / "README.md"
    before, _, after = readme.read_text("utf-8").rpartition("<!-- [[[end]]] -->\n")
    readme.write_text(before + after)

    checked = cog(copy, "--check")

    assert checked.returncode != 0
    assert "README.md" in checked.stderr
    assert "[[[end]]]" in checked.stderr


@pytest.mark.slow
def test_the_answer_to_the_sample_that_another_tesseract_gave_stays(copy: Path) -> None:
    readme = copy / "README.md"
    other = readme.read_text("utf-8").replace("WAN FOOK", "WAN F00K")
    readme.write_text(other)

    assert cog(copy, "-r").returncode == 0

    assert readme.read_text("utf-8") == other


@pytest.mark.slow
def test_the_answer_to_the_sample_is_read_anew_once_it_is_removed(copy: Path) -> None:
    readme = copy / "README.md"
    assert cog(copy, "-r", "-x").returncode == 0
    assert "2016-11-17" not in readme.read_text("utf-8")

    assert cog(copy, "-r").returncode == 0

    table, answer = re.findall(r"cog\.previous[^\n]+\n```\w*\n(.+?)\n```\n", readme.read_text("utf-8"), re.DOTALL)
    assert "2016-11-17" in table
    assert json.loads(answer)["date"] == "2016-11-17"
    assert (copy / "docs" / "CLI.md").read_text("utf-8") == CLI_PAGE


@pytest.mark.slow
def test_the_page_of_a_command_that_is_no_more_is_reported(copy: Path) -> None:
    shutil.copy(copy / "man" / "rpiocr-scan.1", copy / "man" / "rpiocr-skan.1")

    checked = cog(copy, "--check")

    assert checked.returncode != 0
    assert "rpiocr-skan" in checked.stderr


def test_every_command_and_option_has_help_and_stands_in_the_command_page() -> None:
    for name, command, option in every_option():
        assert command.help, name
        assert option.help, option.name
        title = "rpiocr" if command is cli else f"rpiocr {name}"
        lines = CLI_PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0].splitlines()
        written = [line for line in lines if re.match(rf"- `[^`]*{option.opts[-1]}[ `]", line)]
        assert len(written) == 1, f"{title} {option.opts}"
        assert f": {' '.join(option.help.split())}" in written[0]


def test_every_code_of_a_warning_stands_in_the_command_page() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (PROJECT / "rpiocr").rglob("*.py"))
    codes = set(re.findall(r'\b(?:Notice|Advice)\(\s*"(\w+)"', source)) - {"contradicts_proof"}  # of a correction
    listed = CLI_PAGE.partition("\n## Warning codes\n")[2].partition("\n- ")[2]
    assert set(re.findall(r"`(\w+)`[,:]", listed)) == codes


def test_every_setting_stands_in_its_page_with_flag_variable_and_key() -> None:
    for name in SPECS:
        section = SETTINGS_PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert f"`--{name.replace('_', '-')} " in section
        assert f"`{PREFIX}{name.upper()}=" in section
        assert f"`{name} = " in section


def test_the_lines_that_the_settings_page_shows_for_the_file_can_be_put_into_the_file(tmp_path: Path) -> None:
    lines = re.findall(r"^- file: `(.+)`$", SETTINGS_PAGE, re.MULTILINE)
    file = tmp_path / "settings.toml"
    file.write_text("\n".join(lines), "utf-8")

    assert set(read_settings_file(file, required=True)) == set(DEFAULTS)


def test_the_settings_file_is_where_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert f"`~/{settings_file().relative_to(tmp_path)}`" in SETTINGS_PAGE

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    assert f"`$XDG_CONFIG_HOME/{settings_file().relative_to(tmp_path / 'elsewhere')}`" in SETTINGS_PAGE


def test_the_manual_explains_every_exit_status() -> None:
    explained = {int(status) for status in re.findall(r"^\| (\d+) \|", READING, re.MULTILINE)}

    assert explained == {int(code) for code in ExitCode}


def test_the_keyword_table_of_the_manual_has_the_groups_of_the_built_in_ones() -> None:
    (example,) = re.findall(r"is\.toml <<'END'\n(.+?)\nEND\n", READING, re.DOTALL)
    english = tomllib.loads((PROJECT / "rpiocr/extract/tables/languages/en.toml").read_text("utf-8"))

    for section, groups in tomllib.loads(example).items():
        assert set(groups) <= set(english[section])
    assert len(tomllib.loads(example)["dates"]["months"]) == len(english["dates"]["months"])


def test_every_key_of_a_result_is_explained_in_the_manual() -> None:
    schema = json.loads((PROJECT / "rpiocr" / "output" / "schema.json").read_text("utf-8"))
    table = READING.partition("\n## The JSON\n")[2].partition("\n## ")[0]
    explained = {
        key for row in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)
    }

    assert explained == set(schema["$defs"]["result"]["properties"]) - {"schema_version"}


def test_a_newcomer_reads_the_readme_in_one_go_and_finds_every_page_of_the_manual_in_it() -> None:
    assert len(README.splitlines()) <= 160
    for page in (PROJECT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"(docs/{page.name})" in README


def test_links_between_the_documents_lead_somewhere() -> None:
    pages = [*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")]
    for page in pages:
        text = page.read_text("utf-8")
        images = [(path, "") for path in re.findall(r'<img src="([^"]+)"', text)]
        for path, anchor in images + re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", text):
            target = page.parent / path if path else page
            assert target.exists(), f"{page.name}: {path}"
            assert not anchor or anchor in anchors(target), f"{page.name}: {path}#{anchor}"


def anchors(page: Path) -> set[str]:
    """What links to the headings of a page end with."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
