"""Doctor says whether a time server keeps the clock, by which dates after today are doubted."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpiocr.health import clock
from rpiocr.health.clock import clock_finding


def test_a_clock_that_timesyncd_has_set_is_good(tmp_path: Path) -> None:
    state = tmp_path / "synchronized"
    state.touch()
    finding = clock_finding(state)
    assert finding.good
    assert "kept by a time server" in finding.what


@pytest.mark.parametrize(("answer", "good"), [(True, True), (False, False), (None, True)])
def test_a_clock_that_nothing_keeps_is_a_fault(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    answer: bool | None,  # noqa: FBT001
    good: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(clock, "_kept", lambda: answer)
    finding = clock_finding(tmp_path / "none")
    assert finding.good is good
    assert bool(finding.remedy) is not good


def test_a_machine_without_systemd_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(clock, "ASK", ("rpiocr-no-such-program",))
    assert clock_finding(tmp_path / "none").good
