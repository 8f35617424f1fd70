"""rpiocr as a Python library."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from rpiocr import Failure, Reader, Settings, Trace, read_receipt, read_receipts
from rpiocr.errors import (
    EmptyFileError,
    FileMissingError,
    InputError,
    LanguageMissingError,
    NoTextError,
    UnknownFormatError,
)
from rpiocr.model import Agreement, Stop, Verdict
from rpiocr.output.result import answer
from tests.program import OTHER_SMALL, SMALL, timeless

QUICK = Settings(mode="low", retries=0, pass_timeout=300, receipt_timeout=900)


@pytest.mark.parametrize("path", [SMALL, str(SMALL)], ids=["path", "text"])
def test_a_receipt_comes_back_with_money_as_decimal_and_a_real_date(path: Path | str) -> None:
    receipt = read_receipt(path, QUICK)
    assert receipt.fields.amount
    assert receipt.fields.date
    assert receipt.fields.amount.chosen.value == Decimal("63.35")
    assert receipt.fields.date.chosen.value == dt.date(2022, 10, 2)
    assert receipt.fields.time == dt.time(13, 43, 11)
    names = ("tesseract-psm6/default", "tesseract-psm6/high_contrast")
    assert tuple(one.name for one in receipt.passes) == names
    assert [(rung.name, rung.passes) for rung in receipt.rungs] == [("passes", names)]
    assert receipt.fields.amount.supporters == names
    assert receipt.stop is (Stop.SETTLED if receipt.judgement.verdict is Verdict.ACCEPT else Stop.EXHAUSTED)


def test_items_come_back_with_money_as_decimal_and_what_they_agree_with() -> None:
    found = read_receipt(SMALL, QUICK).fields.items
    assert found
    assert [(item.description, item.amount) for item in found.items][-1] == ("Lemonade", Decimal("4.13"))
    assert found.check.agrees_with is Agreement.SUBTOTAL


def test_a_table_of_the_items_without_pandas_is_an_error_that_states_how_to_install_it() -> None:
    # A module that is None is one that cannot be imported, whether or not it is installed.
    script = (
        "import sys; sys.modules['pandas'] = None\n"
        "from rpiocr import Settings, read_receipt\n"
        "from rpiocr.errors import MissingDependencyError\n"
        "receipt = read_receipt(sys.argv[1], Settings(mode='low', retries=0))\n"
        "try:\n    receipt.items_frame()\nexcept MissingDependencyError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(SMALL)], capture_output=True, text=True, check=True)
    assert done.stdout == "items_frame needs pandas, which is not installed: pip install pandas\n"


def test_the_items_are_a_table_of_pandas_by_their_numbers() -> None:
    pytest.importorskip("pandas")
    table = read_receipt(SMALL, QUICK).items_frame()
    assert list(table.index) == [1, 2, 3, 4, 5]
    assert table["amount"].sum() == Decimal("57.57")
    assert set(table["kind"]) == {"item"}


def test_all_pages_of_a_file_come_one_by_one(tmp_path: Path) -> None:
    with Image.open(SMALL) as first, Image.open(OTHER_SMALL) as last:
        first.convert("L").save(tmp_path / "two.tiff", save_all=True, append_images=[last.convert("L")])
    assert [receipt.page for receipt in read_receipts(tmp_path / "two.tiff", QUICK)] == [1, 2]


def test_what_cannot_be_read_raises_an_error_of_its_own_kind(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    Image.new("L", (400, 600), 240).save(tmp_path / "blank.png")
    faults = {"missing.jpg": FileMissingError, "empty.jpg": EmptyFileError, "blank.png": NoTextError}
    for name, kind in faults.items():
        with pytest.raises(kind) as caught:
            read_receipt(tmp_path / name, QUICK)
        assert isinstance(caught.value, InputError)
        assert name in str(caught.value)


def test_a_missing_language_raises_before_any_file_is_opened() -> None:
    with pytest.raises(LanguageMissingError, match="tesseract-ocr-xyz"):
        read_receipt("missing.jpg", Settings(lang="xyz"))


@pytest.mark.slow
def test_bytes_are_read_as_the_file_that_holds_them(tmp_path: Path) -> None:
    (tmp_path / "receipt.jpg").write_bytes(SMALL.read_bytes())
    reader = Reader(QUICK)
    (by_name,) = reader.read(str(tmp_path / "receipt.jpg"))
    (tmp_path / "receipt.jpg").unlink()
    (by_bytes,) = reader.read_bytes(SMALL.read_bytes(), str(tmp_path / "receipt.jpg"))
    assert isinstance(by_name, Trace)
    assert isinstance(by_bytes, Trace)
    assert timeless(dict(answer(by_bytes.receipt))) == timeless(dict(answer(by_name.receipt)))


@pytest.mark.parametrize(("data", "kind"), [(b"", EmptyFileError), (b"no picture", UnknownFormatError)])
def test_bytes_that_are_no_receipt_fail_by_their_name(data: bytes, kind: type[InputError]) -> None:
    (failure,) = Reader(QUICK).read_bytes(data, "mail/attachment 1")
    assert isinstance(failure, Failure)
    assert isinstance(failure.error, kind)
    assert failure.file == "mail/attachment 1"
    assert "mail/attachment 1" in str(failure.error)
