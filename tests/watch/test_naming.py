"""Whatever a file is called, the name that it gets fits its file system, with its results next to it."""

from __future__ import annotations

import os
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from rpiocr.system.files import temporary_for
from rpiocr.watch.filing import free_place, sidecar_of
from rpiocr.watch.naming import name_for, numbered

HOSTILE = {
    "an ending of 250 bytes": b"a." + b"e" * 250,
    "a name of 255 bytes": b"n" * 251 + b".jpg",
    "a name of 255 bytes without an ending": b"n" * 255,
    "three bytes to a character": "語".encode() * 83 + b".jpg",
    "no UTF-8": b"\xff\xfe" * 120 + b".jpg",
    "an escape sequence": b"a\x1b]52;c;ZXZpbA==\x07.jp\x1b[2Jg",
    "several lines": b"a\nb.j\npg",
    "points only": b"...",
    "a long ending that is no UTF-8": b"a." + b"\xff" * 253,
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_place_its_results_and_their_temporary_names_are_short_enough(tmp_path: Path, name: bytes) -> None:
    for _ in range(3):
        place = free_place(tmp_path, os.fsdecode(name))
        for one in (temporary_for(place), temporary_for(sidecar_of(place)), place, sidecar_of(place)):
            one.touch(exist_ok=False)
    assert len(list(tmp_path.iterdir())) == 12


def test_a_name_is_cut_between_characters(tmp_path: Path) -> None:
    place = free_place(tmp_path, "x" + "語" * 80 + ".jpg")
    place.name.encode("utf-8")
    assert place.suffix == ".jpg"


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_numbered_name_can_be_had_for_every_name(name: bytes) -> None:
    first, *others = islice(numbered(os.fsdecode(name)), 12)
    assert os.fsencode(first) == name
    assert len({first, *others}) == 12
    assert max(len(os.fsencode(one)) for one in others) <= 255


def test_text_of_a_receipt_moves_no_cursor_where_its_file_is_listed() -> None:
    receipt = {"date": None, "time": None, "merchant": "a\x9b2J\u202eb\u2028c", "amount": None, "currency": None}
    name = name_for("{merchant}_{name}", [receipt], "scan\x1b[1m.j\x07pg")
    assert name == "a-2J-b-c_scan-[1m.j-pg"


HOLLIS = {"date": "2026-11-13", "time": "10:05", "merchant": "Hollis Apparel", "currency": "USD"}


def test_a_refund_keeps_its_minus_in_the_name_of_its_file() -> None:
    refund = HOLLIS | {"amount": Decimal("-12.01")}
    assert name_for("{date}_{merchant}_{amount}", [refund], "a.png") == "2026-11-13_Hollis-Apparel_-12.01.png"
    assert name_for("{date}-{amount}", [refund], "a.png") == "2026-11-13--12.01.png"
    purchase = HOLLIS | {"amount": Decimal("12.01")}
    assert name_for("{merchant}_{amount}", [purchase], "a.png") == "Hollis-Apparel_12.01.png"


def test_no_program_takes_the_name_of_a_refund_for_an_option() -> None:
    refund = HOLLIS | {"amount": Decimal("-12.01")}
    assert name_for("{amount} {currency}", [refund], "a.png") == "_-12.01 USD.png"


def test_dashes_around_the_name_of_a_shop_are_left_out() -> None:
    receipt = HOLLIS | {"merchant": "-- Hollis --", "amount": Decimal("12.01")}
    assert name_for("{merchant}_{amount}", [receipt], "a.png") == "Hollis_12.01.png"
