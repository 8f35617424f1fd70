"""What ``rpiocr doctor`` finds about the page, on a machine with and without its packages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rpiocr.health.page import page_finding
from rpiocr.health.service import service_findings
from tests.service.machine import Machine, machine_in


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine whose user examines it."""
    made = machine_in(tmp_path)
    (made.notes / "state").write_text("ActiveState=active\nSubState=running\n", "utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(made.home / "config"))
    monkeypatch.setenv("PATH", made.path)
    monkeypatch.setenv("NOTES", str(made.notes))
    return made


def test_the_versions_of_the_page_are_reported() -> None:
    finding = page_finding()
    assert (finding.good, finding.tip) == (True, False)
    assert "fastapi" in finding.what
    assert "uvicorn" in finding.what


def test_packages_of_the_page_that_are_missing_are_no_fault_but_a_tip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    finding = page_finding()
    assert (finding.good, finding.tip) == (True, True)
    assert "not installed (uvicorn)" in finding.what
    assert " -m pip install " in finding.remedy


def test_a_service_that_cannot_show_its_page_is_a_fault(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.run("install", "--serve", machine.inbox).status == 0
    assert [finding.good for finding in service_findings()] == [True]
    monkeypatch.setitem(sys.modules, "fastapi", None)
    (finding,) = service_findings()
    assert not finding.good
    assert "the packages of the page are not installed" in finding.what
    assert " -m pip install " in finding.remedy


def test_a_watch_needs_no_packages_of_the_page(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.run("install", machine.inbox).status == 0
    monkeypatch.setitem(sys.modules, "fastapi", None)
    assert [finding.good for finding in service_findings()] == [True]
