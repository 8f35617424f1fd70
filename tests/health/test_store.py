"""Doctor knows the store and its last backup, and makes neither."""

from __future__ import annotations

from pathlib import Path

from rpiocr.errors import ExitCode
from rpiocr.health.store import store_findings
from rpiocr.store.database import HEAD
from tests.keep.household import Household
from tests.store.program import run_command


def test_a_store_is_counted_and_its_last_backup_is_known(household: Household, tmp_path: Path) -> None:
    store, backup = store_findings(household.url)
    assert store.good
    assert f"step {HEAD}, 8 receipts" in store.what
    assert backup.tip
    assert run_command(household.url, "backup", tmp_path / "backup.zip").status == ExitCode.OK
    _, backup = store_findings(household.url)
    assert not backup.tip
    assert str(tmp_path / "backup.zip") in backup.what


def test_a_store_that_is_not_there_is_no_fault_and_is_not_made(tmp_path: Path) -> None:
    (finding,) = store_findings(f"sqlite:///{tmp_path / 'new' / 'receipts.sqlite'}")
    assert finding.good
    assert not (tmp_path / "new").exists()


def test_a_damaged_store_and_one_out_of_reach_are_faults_that_show_no_password(tmp_path: Path) -> None:
    file = tmp_path / "receipts.sqlite"
    file.write_bytes(b"no database " * 500)
    for url in (f"sqlite:///{file}", "postgresql://somebody:opensesame@127.0.0.1:1/receipts"):
        (finding,) = store_findings(url)
        assert not finding.good
        assert finding.remedy
        assert "opensesame" not in finding.what
