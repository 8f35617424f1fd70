"""What a person said about a merchant counts wherever its next receipt shows: printed, stored, filed, explained."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from rpiocr.errors import ExitCode
from tests.program import SMALL, Outcome, run_with
from tests.watch.places import SETTINGS, Place, lines

BY = "tax number SG gst M141466526, phone number 65558124"
CHECK = f"remembered: Noodle Corner, by {BY}"
SENTENCE = f"Remembered: on another receipt, a person named the shop with {BY} “Noodle Corner”."


def rpiocr(place: Place, *words: object) -> Outcome:
    """Run a command for the user of a folder."""
    outcome = run_with(place.environment(), *words)
    assert outcome.status == ExitCode.OK, outcome.stderr
    return outcome


def again() -> bytes:
    """The same receipt in another file."""
    stream = io.BytesIO()
    with Image.open(SMALL) as picture:
        picture.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.slow
def test_the_next_receipt_has_the_name_everywhere_and_a_total_of_its_own(place: Place) -> None:
    place.add("first.jpg", SMALL.read_bytes())
    (first,) = lines(place.run("--once").stdout)
    rpiocr(place, "fix", 1, "merchant=Noodle Corner", "amount=1.00", "date=2001-01-01")
    place.add("second.png", again())
    (second,) = lines(place.run("--once").stdout)
    assert second["merchant"] == "Noodle Corner"
    assert second["evidence"]["merchant"]["checks"][-1] == CHECK
    assert second["evidence"]["merchant"]["rivals"][0]["value"] == first["merchant"]
    for name in ("amount", "date", "currency", "verdict"):
        assert second[name] == first[name]
    (moved,) = (place.root / name for name in place.placed() if name.endswith(".png"))
    assert json.loads(moved.with_name(moved.name + ".json").read_text("utf-8"))["merchant"] == "Noodle Corner"
    assert place.rows("SELECT merchant FROM receipts") == [("Noodle Corner",), ("Noodle Corner",)]
    told = " ".join(rpiocr(place, "explain", *SETTINGS, moved).stdout.split())
    assert "Merchant: Noodle Corner" in told
    assert SENTENCE in told


@pytest.mark.slow
def test_a_batch_prints_the_name_and_forgets_it_when_it_is_told_to(place: Place, tmp_path: Path) -> None:
    place.add("first.jpg", SMALL.read_bytes())
    (first,) = lines(place.run_batch().stdout)
    rpiocr(place, "merchants", "set", "tax:SG:gst:M141466526", "merchant=Noodle Corner")
    second = tmp_path / "second.png"
    second.write_bytes(again())
    assert lines(rpiocr(place, "batch", *SETTINGS, second).stdout)[0]["merchant"] == "Noodle Corner"
    rpiocr(place, "merchants", "forget", "tax:SG:gst:M141466526")
    assert lines(rpiocr(place, "batch", *SETTINGS, second).stdout)[0]["merchant"] == first["merchant"]
