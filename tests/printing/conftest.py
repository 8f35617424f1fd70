"""A store with one receipt for each hostile text, for all tests of the printing."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rpiocr.store.database import Database
from tests.printing.hostile import NAMES, TEXTS
from tests.store.readings import evidence, item, keep


def receipt_called(text: str) -> dict[str, Any]:
    """A receipt all of whose texts are this one."""
    rival = {"value": text, "raw": text}
    return {
        "merchant": text,
        **dict.fromkeys(("merchant_legal", "merchant_branch", "address", "phone", "website", "category"), text),
        "receipt_number": text,
        "items": [item(f"{text} findme", unit=text, code=text, tax_code=text)],
        "tax_ids": [{"kind": text, "country": None, "number": text, "valid": False}],
        "payment": {"method": "card", "brand": text, "card_last4": None},
        "warnings": [f"pass_failed: {text}"],
        "evidence": {"merchant": evidence(text, rivals=[rival])},
        "text": f"{text}\nfindme",
    }


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the store; nobody writes to it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'receipts.sqlite'}"
    with closing(Database(url)) as database:
        for number, (text, name) in enumerate(zip(TEXTS, NAMES, strict=True)):
            time = f"{number // 60:02}:{number % 60:02}"
            keep(database, receipt_called(text) | {"time": time}, file=f"/inbox/{name}")
    return url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of files with every third of the hostile names that are no pictures."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in NAMES[::3]:
        (folder / f"{name}.jpg").write_text("no picture", "utf-8")
    return folder
