"""Claims about the lines that are printed; no fonts needed."""

import json
from decimal import Decimal
from pathlib import Path

import pytesseract
import pytest
from PIL import Image

from generator.fixtures import ORDERS, SAMPLE
from generator.locales import country_codes
from generator.receipt import Draft, Order, draft_receipt, orders, truth
from generator.sheet import width
from generator.shop import KINDS

FIXTURES = Path(__file__).parents[1] / "fixtures"
COMMITTED = {**{f"receipts/key/{name}": order for name, order in ORDERS.items()}, "sample": SAMPLE}


def drafts(country: str, kind: str) -> list[Draft]:
    return [draft_receipt(Order(seed=2, index=i, country=country, kind=kind)) for i in range(12)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("country", country_codes())
def test_total_date_and_shop_of_the_truth_are_printed_on_the_receipt(country: str, kind: str) -> None:
    for draft in drafts(country, kind):
        text = draft.printout.text
        assert draft.printout.total_text in text
        assert draft.printout.date_text in text
        heading = "".join("".join(text.split("\n")[:4]).split())
        assert "".join(draft.sale.shop.name.split()) in heading


@pytest.mark.parametrize("country", country_codes())
def test_no_line_is_wider_than_the_paper(country: str) -> None:
    for draft in drafts(country, "supermarket"):
        for line in draft.printout.lines:
            length = sum(width(cell.text) for cell in line.cells)
            assert length * line.look.wide <= draft.press.columns


def test_the_total_is_printed_in_the_format_of_the_country() -> None:
    texts = {
        country: [d.printout.total_text for d in drafts(country, "hardware") if abs(d.sale.total) >= 1000]
        for country in ("de", "ch", "my")
    }
    assert any("." in text and text[-3] == "," for text in texts["de"])
    assert any("'" in text and text[-3] == "." for text in texts["ch"])
    assert any("," in text and text[-3] == "." for text in texts["my"])


def test_a_receipt_does_not_depend_on_how_many_are_made() -> None:
    assert orders(4, 30, ("de", "us"))[:5] == orders(4, 5, ("de", "us"))


def test_the_level_of_wear_does_not_change_what_is_printed() -> None:
    clean, heavy = (draft_receipt(Order(seed=2, index=3, country="gb", level=level)) for level in ("clean", "heavy"))
    assert clean.printout == heavy.printout


@pytest.mark.parametrize("name", sorted(COMMITTED))
def test_committed_truth_is_that_of_the_generator(name: str) -> None:
    key = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    draft = draft_receipt(COMMITTED[name])
    said = truth(draft.sale, draft.printout)
    assert {field: key[field] for field in said} == said


def test_committed_receipts_cover_several_countries_and_features() -> None:
    keys = [json.loads(path.read_text(encoding="utf-8")) for path in (FIXTURES / "receipts/key").glob("*.json")]
    assert {"at", "au", "ch", "de", "gb", "my", "sg", "us"} <= {key["country"].lower() for key in keys}
    traits = {trait for key in keys for trait in key["traits"]}
    wanted = {"refund", "rounding", "discount", "service", "tip", "cash", "card", "thousands", "month name"}
    assert wanted | {"ambiguous date", "two-digit year", "refund without minus"} <= traits
    assert any(Decimal(key["total"]) < 0 for key in keys)


def test_every_committed_image_has_its_truth_and_the_set_stays_small() -> None:
    pictures = list((FIXTURES / "receipts/img").iterdir())
    keys = {path.stem for path in (FIXTURES / "receipts/key").iterdir()}
    assert {path.stem for path in pictures} == keys == set(ORDERS)
    assert sum(path.stat().st_size for path in pictures) < 2_500_000


@pytest.mark.slow
def test_tesseract_alone_reads_total_tax_and_date_off_the_sample() -> None:
    with Image.open(FIXTURES / "sample.jpg") as picture:
        words = pytesseract.image_to_string(picture, lang="eng", config="--psm 6").split()
    key = json.loads((FIXTURES / "sample.json").read_text(encoding="utf-8"))
    date = draft_receipt(SAMPLE).printout.date_text
    assert {key["total"], key["tax"], date} <= set(words)
