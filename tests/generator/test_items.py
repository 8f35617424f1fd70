"""Claims about the items that are printed and their ground truth; no fonts needed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from generator.items.printing import LAYOUT_NAMES, LAYOUTS, USUAL
from generator.locales import country_codes, load_country, load_language
from generator.receipt import Draft, Order, draft_receipt, orders, truth
from generator.sheet import width
from generator.shop import KINDS

COUNTRIES = ("de", "us", "jp", "kw", "fr", "cl", "my")

LANGUAGES = sorted({load_country(code).language.code for code in country_codes()})

WORDS = ("code", "name", "quantity", "price", "net_price", "gross_price", "amount")
"""Headings of columns."""


def drafts(layout: str, *countries: str, each: int = 4, kind: str | None = None) -> list[Draft]:
    made = [
        Order(seed=8, index=index, country=country, layout=layout, slip=False, kind=kind)
        for country in countries or COUNTRIES
        for index in range(each)
    ]
    return [draft_receipt(order) for order in made]


def key(draft: Draft) -> dict[str, Any]:
    return truth(draft.sale, draft.printout)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@pytest.mark.parametrize("layout", [USUAL, *LAYOUTS])
def test_items_add_up_to_the_total_or_subtotal_that_is_named(layout: str) -> None:
    named = []
    for draft in drafts(layout):
        said = key(draft)
        found = sum((Decimal(item["amount"]) for item in said["items"]), Decimal(0))
        named.append(said["items_sum_to"])
        assert named[-1] is None or found == Decimal(said[named[-1]])
        assert named[-1] or draft.sale.rounding
    assert {"total", "subtotal"} <= set(named)


@pytest.mark.parametrize("layout", [USUAL, *LAYOUTS])
def test_every_number_of_an_item_is_on_the_paper(layout: str) -> None:
    for draft in drafts(layout):
        paper = digits(draft.printout.text.replace("\n", "|"))
        lines = [digits(line.text) for line in draft.printout.lines]
        for item in key(draft)["items"]:
            assert any(digits(item["amount"]) in line for line in lines), item
            assert item["unit_price"] is None or digits(item["unit_price"]) in paper, item
            quantity = Decimal(item["quantity"] or 0)
            assert digits(f"{quantity:.3f}" if quantity % 1 else f"{quantity:.0f}") in paper or not quantity, item


@pytest.mark.parametrize("layout", [USUAL, *LAYOUTS])
def test_every_word_of_a_description_is_on_the_paper(layout: str) -> None:
    for draft in drafts(layout, "de", "us", "fr"):
        for item in key(draft)["items"]:
            # Columns of descriptions are at least ten characters wide: longer words can be broken.
            assert all(word[:8] in draft.printout.text for word in item["description"].split()), item


@pytest.mark.parametrize("country", country_codes())
def test_no_layout_is_wider_than_the_paper(country: str) -> None:
    for layout in LAYOUTS:
        for draft in drafts(layout, country, each=3):
            for line in draft.printout.lines:
                taken = sum(width(cell.text) for cell in line.cells) * line.look.wide
                assert taken <= draft.press.columns, line.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_columns_deposits_options_and_usual_prices(language: str) -> None:
    words = load_language(language).words
    assert all(words[f"col_{name}"] for name in WORDS)
    assert all(words[name] for name in ("deposit", "deposit_return", "option", "usual_price"))


def test_all_layouts_are_drawn_and_a_share_of_all_traits() -> None:
    said = [key(draft_receipt(order)) for order in orders(8, 300, country_codes())]
    assert set(LAYOUT_NAMES) == {row["items_layout"] for row in said if row["items"]}
    traits = {trait for row in said for trait in row["items_traits"]}
    bought = {"weighed", "discount", "offer", "deposit", "charge", "options", "usual price"}
    assert traits >= bought | {"deposit returned", "goods returned", "heading", "refund without minus"}


def test_a_slip_of_a_card_terminal_has_no_items() -> None:
    paid = (draft_receipt(Order(seed=8, index=index, country="au", slip=True)) for index in range(8))
    said = [key(draft) for draft in paid if draft.kind == "card slip"]
    assert said
    assert all(row["items"] == [] and row["items_sum_to"] is None for row in said)


def test_a_quantity_is_stated_only_where_one_is_printed() -> None:
    for draft in drafts(USUAL, "de", kind="supermarket", each=12):
        said = key(draft)
        single = [item for item in said["items"] if item["kind"] == "item" and item["quantity"] in (None, "1")]
        assert all((item["quantity"] is None) == (said["items_layout"] == "one line") for item in single)


def test_an_offer_has_a_quantity_and_no_price_of_one_piece() -> None:
    for draft in drafts("quantity below", kind="supermarket", each=8):
        offers = [item for item in draft.sale.items if item.offer]
        rows = {item["description"]: item for item in key(draft)["items"]}
        for offer in offers:
            assert rows[offer.name]["unit_price"] is None
            assert Decimal(rows[offer.name]["quantity"]) == offer.quantity


def test_a_discount_is_an_item_of_its_own_below_what_it_reduces() -> None:
    for draft in drafts("columns", kind="supermarket"):
        rows = iter(key(draft)["items"])
        for item in draft.sale.items:
            assert Decimal(next(rows)["amount"]) == item.amount
            if item.discount:
                reduced = next(rows)
                assert (reduced["kind"], Decimal(reduced["amount"])) == ("discount", item.discount)


def test_a_discount_on_the_whole_basket_is_no_item() -> None:
    found = [draft for draft in drafts("columns", "de", kind="hardware", each=60) if draft.sale.basket_discount]
    assert found
    assert all(key(draft)["items_sum_to"] == "subtotal" for draft in found)


def test_bags_are_charges_and_deposits_are_deposits() -> None:
    items = [item for draft in drafts("columns", "de", kind="supermarket", each=20) for item in key(draft)["items"]]
    kinds = {item["description"]: item["kind"] for item in items}
    assert kinds["TRAGETASCHE"] == "charge"
    assert kinds["PFAND"] == "deposit"
    assert kinds["BUTTER MILD 250G"] == "item"


def test_goods_and_bottles_that_are_returned_have_a_negative_quantity() -> None:
    made = drafts("columns", kind="supermarket", each=12)
    items = [item for draft in made if not draft.sale.refund for item in key(draft)["items"]]
    back = [item for item in items if item["amount"].startswith("-") and item["kind"] != "discount"]
    assert {item["kind"] for item in back} == {"item", "deposit"}
    assert all(item["quantity"].startswith("-") for item in back)


def test_the_usual_price_of_what_is_reduced_is_printed_and_no_item() -> None:
    made = [
        draft for draft in drafts("columns", kind="supermarket", each=12) if "usual price" in key(draft)["items_traits"]
    ]
    assert made
    for draft in made:
        for item in draft.sale.items:
            if item.usual_price:
                assert item.unit_price < item.usual_price
                assert digits(f"{item.usual_price:.{load_country(draft.sale.country).decimals}f}") in digits(
                    draft.printout.text
                )
        assert len(key(draft)["items"]) == len(draft.sale.items) + sum(bool(item.discount) for item in draft.sale.items)


def test_the_options_of_a_dish_are_printed_and_no_items() -> None:
    for draft in drafts("columns", "de", kind="restaurant"):
        options = {option for item in draft.sale.items for option in item.options}
        assert all(option in draft.printout.text for option in options)
        assert not options & {item["description"] for item in key(draft)["items"]}


@pytest.mark.parametrize("kind", KINDS)
def test_the_layout_does_not_change_who_sells_when(kind: str) -> None:
    made = [drafts(layout, "de", each=1, kind=kind)[0].sale for layout in (USUAL, *LAYOUTS)]
    assert len({(sale.shop, sale.when) for sale in made}) == 1
