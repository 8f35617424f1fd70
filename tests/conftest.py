"""The program with a home of its own, and one reading of all committed receipts for many tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import hypothesis
import pytest
from PIL import Image, ImageDraw

from tests import recorded, shared
from tests.processor_time import Measure
from tests.program import QUICK, RECEIPTS, SAMPLE, SMALL, Outcome, Run, run_in
from tests.slow import keep_one_of_each, leave_out_whole_set

# A busy machine is no reason to fail. What a run finds, the next one tries first, unless it starts from nothing.
hypothesis.settings.register_profile("everywhere", deadline=None)
hypothesis.settings.register_profile("CI", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("CI" if os.environ.get("CI") else "everywhere")


def pytest_configure(config: pytest.Config) -> None:
    """Measure, and keep answers of Tesseract for the time of this run."""
    config.pluginmanager.register(Measure())
    if not hasattr(config, "workerinput"):
        recorded.start(shared.start(config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what the quick run leaves out."""
    keep_one_of_each(items)
    leave_out_whole_set(items)


@pytest.fixture(autouse=True, scope="session")
def interrupts_arrive() -> None:
    """A shell starts what it runs in the background with Ctrl-C ignored, and nohup ignores the closed terminal.

    Programs started from here would inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def run(home: Path) -> Run:
    """Run the program in that home."""

    def run(*arguments: object, stdin: bytes = b"", **changes: str) -> Outcome:
        return run_in(home, *arguments, stdin=stdin, **changes)

    return run


@pytest.fixture(scope="session")
def pictures() -> list[Path]:
    """All committed receipts."""
    return [SAMPLE, *sorted((RECEIPTS / "img").iterdir())]


@pytest.fixture(scope="session")
def whole_set(pictures: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run over all committed receipts."""
    home = tmp_path_factory.mktemp("home")
    return shared.once("whole_set", lambda: run_in(home, "scan", *QUICK, *pictures))


@pytest.fixture(scope="session")
def undated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A receipt whose date is covered; its total of 63.35 is proved by the cash."""
    read = run_in(tmp_path_factory.mktemp("home"), "scan", *QUICK, SMALL).only
    x, y, width, height = read["evidence"]["date"]["box"]
    covered = tmp_path_factory.mktemp("covered") / "covered.png"
    with Image.open(SMALL) as picture:
        ImageDraw.Draw(picture).rectangle((x - 5, y - 5, x + width + 5, y + height + 5), fill=235)
        picture.save(covered)
    return covered
