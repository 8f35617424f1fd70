"""Results that wait to be printed, in a directory that is named after the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpiocr.watch.spool import Spool


@pytest.fixture(autouse=True)
def own_states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """States are those of the test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://pi:first@host/receipts",
        "postgresql://pi:second@host/receipts",
        "postgresql://pi@host/receipts?password=third",
    ],
)
def test_a_new_password_finds_what_was_kept_under_the_old_one(url: str) -> None:
    kept = Spool("postgresql://pi@host/receipts")
    kept.put(7, ({"error": {"code": "no_text", "message": "nothing"}},))
    assert Spool(url).folder == kept.folder
    assert list(Spool(url).left()) == [7]


@pytest.mark.parametrize(
    "other", ["postgresql://pi@host/others", "postgresql://eve@host/receipts", "sqlite:////home/pi/receipts.sqlite"]
)
def test_each_store_has_results_of_its_own(other: str) -> None:
    assert Spool(other).folder != Spool("postgresql://pi:word@host/receipts").folder
