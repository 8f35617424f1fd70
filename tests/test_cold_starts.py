"""Every command loads by itself what it needs: tests that run in forks of a loaded program would not see that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.program import ALONE, Outcome, run_in
from tests.sanitize.test_secrets import ARGUMENTS
from tests.slow import slow_but
from tests.streams.processes import fill_store

QUICK = ("scan", "list", "fix", "service")


def run_in_new_home(home: Path, name: str, arguments: Sequence[object]) -> Outcome:
    """Run a command where there is a store with a receipt and a folder that may be watched."""
    (home / "inbox").mkdir(parents=True)
    url = fill_store(home)
    alone = ALONE if name in ("scan", "explain", "watch", "batch") else ()
    words = (str(home / one) if one == "inbox" else one for one in arguments)
    return run_in(home, name, *alone, *words, RPIOCR_STORE=url)


@pytest.mark.parametrize("name", slow_but(QUICK, ARGUMENTS))
@pytest.mark.slow
def test_a_command_that_is_started_from_nothing_ends_as_one_in_a_fork(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    forked = run_in_new_home(tmp_path / "forked", name, ARGUMENTS[name])
    monkeypatch.setenv("COLD_STARTS", "1")
    (tmp_path / "receipts.csv").unlink(missing_ok=True)
    (tmp_path / "receipts.zip").unlink(missing_ok=True)
    started = run_in_new_home(tmp_path / "started", name, ARGUMENTS[name])
    assert started.status == forked.status != ExitCode.DEFECT, started.stderr
    assert started.stdout.count("\n") == forked.stdout.count("\n")
