"""The installer, run for real: from a copy of the checkout into a prefix of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from rpiocr.store.database import Database

TOP = Path(__file__).parents[2]
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", "man", "requirements", "rpiocr", "scripts", "tests/fixtures")

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Place:
    """A clone of the project, and where it is installed from there; both names hold a space."""

    clone: Path
    prefix: Path

    @property
    def command(self) -> Path:
        """What is on the PATH."""
        return self.prefix / "bin" / "rpiocr"

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.prefix / "share" / "rpiocr" / "venv"

    @property
    def models(self) -> Path:
        """The folder of the second engine's models, if it is installed."""
        return next(self.venv.glob("lib/*/site-packages")) / "rapidocr" / "models"

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run the installer."""
        return subprocess.run(
            ["bash", self.clone / "scripts" / "install_pi.sh", "--prefix", self.prefix, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=plain_environment() | changes,
        )

    def install(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run the installer, which must succeed."""
        done = self.run(*arguments, **changes)
        assert done.returncode == 0, done.stderr
        return done

    def version(self) -> str:
        """Ask the installed command which version it is."""
        return run_command(self.command, "--version").split()[-1]

    def second_engine(self) -> dict[str, Any]:
        """Ask the installed command what it finds about the second engine."""
        return self.finding("second engine")

    def page(self) -> dict[str, Any]:
        """Ask the installed command what it finds about the page."""
        return self.finding("page")

    def finding(self, subject: str) -> dict[str, Any]:
        """Ask the installed command for the only finding about something."""
        doctor: list[str | Path] = [self.command, "doctor", "--format", "json"]
        findings = json.loads(subprocess.run(doctor, stdout=subprocess.PIPE, check=False, cwd="/").stdout)
        (found,) = (finding for finding in findings if finding["what"].startswith(f"{subject}:"))
        assert isinstance(found, dict)
        return found


def plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("RPIOCR_")}


def run_command(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd="/").stdout


def everything_below(folder: Path) -> dict[str, int]:
    """Paths and times of change; bytecode is Python's to write, and the log is new with every run."""
    return {
        str(path.relative_to(folder)): path.lstat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.name != "install.log"
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("my receipts")
    clone = folder / "clone"
    for name in SHIPPED:
        source = TOP / name
        if source.is_dir():
            shutil.copytree(source, clone / name, ignore=shutil.ignore_patterns("__pycache__", "receipts"))
        else:
            clone.mkdir(exist_ok=True)
            shutil.copy(source, clone / name)
    return Place(clone, folder / "my tools")


@pytest.fixture
def installed(place: Place) -> Place:
    place.install()
    return place


@pytest.fixture(scope="module")
def small_place(place: Place) -> Place:
    return Place(place.clone, place.prefix.with_name("my small tools"))


@pytest.fixture
def minimal(small_place: Place) -> Iterator[Place]:
    small_place.install("--minimal")
    yield small_place
    python = small_place.venv / "bin" / "python"
    run_command(python, "-m", "pip", "uninstall", "--yes", "onnxruntime", "rapidocr", "fastapi", "uvicorn")


def test_try_prints_the_json_of_the_sample_and_nothing_else_on_standard_output(place: Place) -> None:
    done = place.install("--try")
    (answer,) = json.loads(done.stdout, parse_float=Decimal)
    truth = json.loads((place.clone / "tests/fixtures/sample.json").read_text("utf-8"))
    assert answer["amount"] == Decimal(truth["total"])
    assert answer["date"] == truth["date"]
    assert "reading the sample receipt" in done.stderr


def test_a_second_run_changes_nothing(installed: Place) -> None:
    before = everything_below(installed.prefix)
    done = installed.install()
    assert everything_below(installed.prefix) == before
    assert done.stdout == ""


def test_both_engines_are_installed_unless_told_otherwise(installed: Place) -> None:
    found = installed.second_engine()
    assert found["good"]
    assert not found["tip"]
    assert str(installed.models) in found["what"]


def test_the_page_is_installed_unless_told_otherwise(installed: Place) -> None:
    found = installed.page()
    assert (found["good"], found["tip"]) == (True, False)


def test_a_page_that_lost_a_package_is_mended_by_the_next_run(installed: Place) -> None:
    shutil.rmtree(next(installed.venv.glob("lib/*/site-packages")) / "uvicorn")
    assert installed.page()["tip"]
    installed.install()
    assert not installed.page()["tip"]


def test_minimal_leaves_the_page_out_and_a_run_without_it_adds_it(minimal: Place) -> None:
    assert minimal.page()["tip"]
    assert "left out the page" in minimal.install("--minimal").stderr
    minimal.install()
    assert not minimal.page()["tip"]
    assert "the page of rpiocr serve, installed before, stays" in minimal.install("--minimal").stderr


def test_a_second_engine_that_was_half_installed_is_mended_by_the_next_run(installed: Place) -> None:
    os.truncate(installed.models / "PP-OCRv6_rec_small.onnx", 1_000_000)
    next(installed.models.parents[1].glob("rapidocr-*.dist-info/RECORD")).unlink()
    assert not installed.second_engine()["good"]
    installed.install()
    assert installed.second_engine()["good"]


def test_minimal_on_an_installation_with_both_engines_removes_nothing_and_says_so(installed: Place) -> None:
    before = everything_below(installed.prefix)
    done = installed.install("--minimal")
    assert everything_below(installed.prefix) == before
    assert "the second engine, installed before, stays" in done.stderr


def test_minimal_leaves_the_second_engine_out_and_reads_all_the_same(minimal: Place) -> None:
    done = minimal.install("--minimal", "--try")
    assert "left out the second engine" in done.stderr
    assert minimal.second_engine()["tip"]
    truth = json.loads((minimal.clone / "tests/fixtures/sample.json").read_text("utf-8"))
    (answer,) = json.loads(done.stdout, parse_float=Decimal)
    assert answer["amount"] == Decimal(truth["total"])


def test_a_run_without_minimal_adds_the_second_engine(minimal: Place) -> None:
    minimal.install()
    found = minimal.second_engine()
    assert found["good"]
    assert not found["tip"]


def works_without_and_says(place: Place, why: str, **changes: str) -> None:
    done = place.install(**changes)
    (said,) = (line for line in done.stderr.splitlines() if "warning: no second engine" in line)
    assert why in said
    assert "To add it later, run this script again" in said
    assert place.second_engine()["tip"]
    assert run_command(place.command, "schema").startswith("{")


UNREACHABLE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "0",
}


def test_packages_that_cannot_be_had_are_done_without(minimal: Place) -> None:
    works_without_and_says(minimal, "No matching distribution found for", **UNREACHABLE)


def test_a_full_disk_is_left_as_it_is(minimal: Place, tmp_path: Path) -> None:
    df = tmp_path / "df"
    df.write_text('#!/bin/sh\nprintf "Avail\\n  249\\n"\n', "utf-8")
    df.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    minimal.install(PATH=path)  # adds the page, for which there is room
    before = everything_below(minimal.venv)
    works_without_and_says(minimal, "250 MB are needed, 249 MB are free", PATH=path)
    assert everything_below(minimal.venv) == before


def test_a_second_engine_that_does_not_run_on_this_machine_is_taken_out_again(minimal: Place) -> None:
    # Python runs such a line when it starts; this one ends any process that is about to load the models
    hook = next(minimal.venv.glob("lib/*/site-packages")) / "crash.pth"
    hook.write_text('import os, sys; "import onnxruntime" in str(sys.orig_argv) and os.abort()\n', "utf-8")
    try:
        works_without_and_says(minimal, "it does not run on this machine")
    finally:
        hook.unlink()


def test_the_command_works_after_the_clone_is_moved_away(installed: Place) -> None:
    elsewhere = installed.clone.rename(installed.clone.with_name("moved"))
    try:
        assert run_command(installed.command, "schema").startswith("{")
    finally:
        elsewhere.rename(installed.clone)


def test_a_run_after_a_pull_installs_the_new_version(installed: Place) -> None:
    source = installed.clone / "rpiocr" / "__init__.py"
    text = source.read_text("utf-8")
    source.write_text(re.sub(r'__version__ = ".*"', '__version__ = "99.1.2"', text), "utf-8")
    try:
        installed.install()
        assert installed.version() == "99.1.2"
    finally:
        source.write_text(text, "utf-8")


def test_a_store_that_the_new_version_will_change_is_backed_up_before_and_it_is_said_how_to_go_back(
    installed: Place, tmp_path: Path
) -> None:
    store = tmp_path / ".local" / "share" / "rpiocr" / "receipts.sqlite"
    Database(f"sqlite:///{store}", step="0001").close()
    home = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    kept = tmp_path / "state" / "rpiocr" / "before-updates"
    kept.mkdir(parents=True)
    for year in range(2020, 2024):
        (kept / f"{year}0101T000000Z.zip").touch()
    done = installed.install(**home)
    assert "to go back: " in done.stderr
    assert len(list(kept.iterdir())) == 3
    (backup,) = (path for path in kept.iterdir() if path.stat().st_size)
    with ZipFile(backup) as archive, closing(sqlite3.connect(store)) as database:
        assert "store/receipts.sqlite" in archive.namelist()
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    Database(f"sqlite:///{store}").close()
    assert "backed up" not in installed.install(**home).stderr


def test_an_environment_that_lost_its_python_or_half_of_its_packages_is_built_anew(installed: Place) -> None:
    # as an upgrade of the distribution leaves it
    for link in (installed.venv / "bin").glob("python*"):
        link.unlink()
        link.symlink_to("/usr/bin/python3.0")
    # as an interruption leaves it
    (installed.venv / "installed-source").unlink()
    shutil.rmtree(next(installed.venv.glob("lib/*/site-packages/click")))
    installed.install()
    assert run_command(installed.command, "schema").startswith("{")


def test_bash_completes_commands(installed: Place) -> None:
    script = """
        PATH="$1/bin:$PATH"
        source "$1/share/bash-completion/completions/rpiocr"
        COMP_WORDS=(rpiocr "$2") COMP_CWORD=1
        $(complete -p rpiocr | sed 's/.*-F \\([^ ]*\\).*/\\1/') rpiocr
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    offered = run_command("bash", "-c", script, "bash", installed.prefix, "sc").split()
    assert set(offered) == {"scan", "schema"}


@pytest.mark.skipif(not shutil.which("man"), reason="man is not installed")
def test_man_finds_the_page_of_a_command(installed: Place) -> None:
    path = f"PATH={installed.prefix}/bin:/usr/bin:/bin"
    found = Path(run_command("env", path, "man", "-w", "rpiocr-scan").strip())
    assert found.resolve() == (installed.venv / "share" / "man" / "man1" / "rpiocr-scan.1").resolve()


def test_a_page_of_somebody_else_stays_and_one_of_a_command_that_is_no_more_goes(installed: Place) -> None:
    folder = installed.prefix / "share" / "man" / "man1"
    gone, other = folder / "rpiocr-gone.1", folder / "rpiocr-scan.1"
    gone.symlink_to(installed.venv / "share" / "man" / "man1" / gone.name)
    other.unlink()
    other.write_text("mine", "utf-8")
    try:
        installed.install()
        assert other.read_text("utf-8") == "mine"
        assert not gone.is_symlink()
    finally:
        other.unlink()
    installed.install()
    assert other.is_symlink()


def test_workbooks_of_excel_can_be_written(installed: Place) -> None:
    python = installed.venv / "bin" / "python"
    assert run_command(python, "-c", "import openpyxl; print('there')") == "there\n"


def test_a_command_of_the_same_name_is_not_overwritten(installed: Place) -> None:
    installed.command.unlink()
    installed.command.write_text("somebody else's", "utf-8")
    try:
        done = installed.run()
        assert done.returncode == 1
        assert "move it away" in done.stderr
        assert installed.command.read_text("utf-8") == "somebody else's"
    finally:
        installed.command.unlink()


def test_uninstall_leaves_only_what_the_user_put_there(installed: Place) -> None:
    data = installed.prefix / "share" / "rpiocr" / "receipts.db"
    tool = installed.prefix / "bin" / "other"
    for file in (data, tool):
        file.write_text("mine", "utf-8")
    installed.install("--uninstall")
    left = set(installed.prefix.rglob("*"))
    shutil.rmtree(installed.prefix)
    assert left == {data, data.parent, data.parent.parent, tool, tool.parent}


TELEMETRY = (
    *("deviceid", "deviceid.lock", "deviceid.tmp.0b1f8c62-5a3e-4d0c-9f4e-2f5a7c1d9e10"),
    *("onnxruntime.db", "onnxruntime.db-journal", "onnxruntime.db-wal", "onnxruntime.db-shm", "onnxruntime.db.ses"),
)
"""What ONNX Runtime writes, in a folder of its own and beside it."""


def plant_telemetry(folder: Path) -> dict[str, str]:
    """Make what ONNX Runtime would have left, and the files of others beside it; returns where that is looked for."""
    own = folder / "cache" / "Microsoft" / "DeveloperTools" / ".onnxruntime"
    own.mkdir(parents=True)
    for name in TELEMETRY:
        (own / name).touch()
    temporary = folder / "tmp"
    temporary.mkdir()
    (temporary / ".ses").write_text("1795994639830\n2beb2c78-b3d8-fcdb-28bc-ceedb13e7f93\n", "utf-8")
    return {"XDG_CACHE_HOME": str(folder / "cache"), "TMPDIR": str(temporary), "HOME": str(folder)}


def test_uninstall_removes_what_onnx_runtime_kept_and_the_folders_that_are_empty_then(
    place: Place, tmp_path: Path
) -> None:
    done = place.install("--uninstall", **plant_telemetry(tmp_path))
    assert {path.name for path in tmp_path.rglob("*")} == {"cache", "tmp"}
    assert "removed what ONNX Runtime kept" in done.stderr


def test_what_others_keep_beside_it_stays(place: Place, tmp_path: Path) -> None:
    where = plant_telemetry(tmp_path)
    tools = tmp_path / "cache" / "Microsoft" / "DeveloperTools"
    others = {
        *(tools.parent / "edge", tools / "deviceid", tools / ".onnxruntime" / "model.onnx"),
        *(tools / ".onnxruntime" / "deviceids", tools / ".onnxruntime" / "onnxruntime.dbx", tmp_path / "tmp" / ".ses"),
    }
    for path in others:
        path.write_text("another program's", "utf-8")
    place.install("--uninstall", **where)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == others


def test_a_link_in_the_place_of_its_folder_is_not_followed(place: Place, tmp_path: Path) -> None:
    where = plant_telemetry(tmp_path)
    own = tmp_path / "cache" / "Microsoft" / "DeveloperTools" / ".onnxruntime"
    elsewhere = own.rename(tmp_path / "elsewhere")
    own.symlink_to(elsewhere)
    place.install("--uninstall", **where)
    assert {path.name for path in elsewhere.iterdir()} == set(TELEMETRY)


def test_an_update_removes_what_onnx_runtime_kept_under_an_earlier_version_and_leaves_nothing_new(
    installed: Place, tmp_path: Path
) -> None:
    done = installed.install("--try", **plant_telemetry(tmp_path))
    assert "removed what ONNX Runtime kept" in done.stderr
    assert not (tmp_path / "cache" / "Microsoft").exists()
    assert not (tmp_path / "tmp" / ".ses").exists()


def test_a_package_that_is_not_the_one_that_was_tested_is_not_installed(place: Place) -> None:
    """As a registry serves it that was broken into."""
    elsewhere = Place(place.clone, place.prefix.with_name("my forged tools"))
    lock = place.clone / "requirements" / "base.txt"
    text = lock.read_text("utf-8")
    name, _, rest = text.partition("==")
    lock.write_text(name + "==" + re.sub(r"sha256:[0-9a-f]{64}", f"sha256:{'0' * 64}", rest, count=3), "utf-8")
    try:
        done = elsewhere.run("--minimal")
    finally:
        lock.write_text(text, "utf-8")
    assert done.returncode == 1
    assert name in done.stderr
    assert "--newest" in done.stderr
    assert not elsewhere.command.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-flag"],
        ["--lang"],
        ["--lang", "../x"],
        ["--purge"],
        ["--minimal", "--uninstall"],
        ["--newest", "--uninstall"],
    ],
)
def test_wrong_usage_ends_with_status_2_and_installs_nothing(place: Place, arguments: list[str]) -> None:
    untouched = Place(place.clone, place.prefix.with_name("untouched"))
    done = untouched.run(*arguments)
    assert done.returncode == 2
    assert "--help" in done.stderr
    assert not untouched.prefix.exists()
