"""``rpiocr fix`` on items: what a person corrects, adds or deletes counts, and every step can be undone."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.store.tables import CORRECTIONS
from tests.program import Outcome
from tests.store.program import run_command
from tests.store.readings import check_of, item, keep_one

ITEMS = [
    item("Oat Milk", "2.50", quantity=Decimal(2), unit_price=Decimal("1.25")),
    item("Apples", "1.20", quantity=Decimal("0.480"), unit="kg", unit_price=Decimal("2.50")),
    item("Loyalty", "-0.20", kind="discount", applies_to=2),
]
WRONG = check_of(ITEMS, agrees_with=None, complete=False)


def stored(database: Database, **changes: Any) -> int:  # noqa: ANN401
    """A receipt of 4.00 whose items add up to 3.50."""
    values: dict[str, Any] = {"items": ITEMS, "items_check": WRONG, "amount": Decimal("4.00")} | changes
    return keep_one(database, **values)


def known(database: Database, receipt_id: int) -> dict[str, Any]:
    """All that is known of a receipt."""
    outcome = run_command(database.url, "show", receipt_id, "--format", "json")
    shown: dict[str, Any] = json.loads(outcome.stdout, parse_float=Decimal)
    return shown


def fix(database: Database, receipt_id: int, *arguments: str) -> Outcome:
    """Correct, and expect that it is possible."""
    outcome = run_command(database.url, "fix", receipt_id, *arguments)
    assert outcome.status == ExitCode.OK, outcome.stderr
    return outcome


def test_a_corrected_amount_is_added_up_again_and_kept_with_what_it_was(database: Database) -> None:
    receipt_id = stored(database)
    outcome = fix(database, receipt_id, "items.1.amount=3")
    assert outcome.only == {
        "id": receipt_id, "field": "items.1.amount", "was": Decimal("2.50"), "value": Decimal("3.00"),
    }  # fmt: skip
    assert "their sum 4.00 EUR agrees with the total; complete" in outcome.stderr
    shown = known(database, receipt_id)
    assert shown["items"][0]["amount"] == Decimal("3.00")
    assert shown["items_check"] == check_of([item(amount="4.00")], count_read=3)
    assert [(one["field"], one["was"], one["value"]) for one in shown["corrections"]] == [
        ("items.1.amount", Decimal("2.50"), Decimal("3.00"))
    ]
    exported = run_command(database.url, "export", "--format", "ndjson").only
    assert (exported["items"][0]["amount"], exported["items_check"]["complete"]) == (Decimal("3.00"), True)


@pytest.mark.parametrize(
    ("correction", "part", "value"),
    [
        ("items.1.description=Soy  Milk", "description", "Soy Milk"),
        ("items.1.quantity=3", "quantity", 3),
        ("items.1.quantity=0.480", "quantity", Decimal("0.480")),
        ("items.1.quantity=", "quantity", None),
        ("items.1.unit_price=1.439", "unit_price", Decimal("1.439")),
        ("items.1.unit_price=", "unit_price", None),
        ("items.1.amount=2,75", "amount", Decimal("2.75")),
        ("items.1.kind=deposit", "kind", "deposit"),
    ],
)
def test_each_part_of_an_item_can_be_corrected_and_undone(
    database: Database, correction: str, part: str, value: object
) -> None:
    receipt_id = stored(database)
    before = known(database, receipt_id)
    fix(database, receipt_id, correction)
    assert known(database, receipt_id)["items"][0][part] == value
    fix(database, receipt_id, "--undo", f"items.1.{part}")
    assert known(database, receipt_id) == before


def test_what_is_a_discount_is_negative_and_what_no_longer_is_one_is_not(database: Database) -> None:
    receipt_id = stored(database)
    lines = fix(database, receipt_id, "items.1.kind=discount").lines
    assert [(line["field"], line["value"]) for line in lines] == [
        ("items.1.kind", "discount"),
        ("items.1.amount", Decimal("-2.50")),
    ]
    fix(database, receipt_id, "items.3.amount=0.70")
    assert known(database, receipt_id)["items"][2]["amount"] == Decimal("-0.70")
    assert len(fix(database, receipt_id, "items.3.kind=charge").lines) == 2
    fix(database, receipt_id, "items.2.amount=-1.20")
    assert [line["field"] for line in fix(database, receipt_id, "items.2.kind=discount").lines] == ["items.2.kind"]
    assert known(database, receipt_id)["items"][2]["amount"] == Decimal("0.70")


def test_what_is_returned_stays_negative_on_a_refund(database: Database) -> None:
    returned = [item("Tea", "-12.50", kind="discount")]
    receipt_id = stored(database, items=returned, amount=Decimal("-12.50"))
    fix(database, receipt_id, "items.1.kind=item")
    shown = known(database, receipt_id)
    assert shown["items"][0]["amount"] == Decimal("-12.50")
    assert (shown["items_check"]["agrees_with"], shown["items_check"]["complete"]) == ("total", True)


def test_an_item_can_be_added_and_found_and_its_addition_undone(database: Database) -> None:
    receipt_id = stored(database)
    before = known(database, receipt_id)
    assert fix(database, receipt_id, "items.add=BROWN BREAD 0.50").only["field"] == "items.4"
    shown = known(database, receipt_id)
    added = shown["items"][3]
    assert (added["position"], added["description"], added["amount"]) == (4, "BROWN BREAD", Decimal("0.50"))
    assert (added["kind"], added["box"], added["confidence"]) == ("item", None, None)
    assert (shown["items_check"]["agrees_with"], shown["items_check"]["complete"]) == ("total", True)
    assert [one["id"] for one in run_command(database.url, "search", "item:brown bread").lines] == [receipt_id]
    fix(database, receipt_id, "items.4.amount=0.60")
    fix(database, receipt_id, "--undo", "items.4")
    assert known(database, receipt_id) == before


def test_several_items_can_be_added_at_once_and_each_addition_undone(database: Database) -> None:
    receipt_id = stored(database)
    before = known(database, receipt_id)
    outcome = fix(database, receipt_id, "items.add=MILK 0.30", "items.1.kind=deposit", "items.add=BREAD 0.20")
    assert [line["field"] for line in outcome.lines] == ["items.4", "items.1.kind", "items.5"]
    assert "5 items; their sum 4.00 EUR agrees with the total" in outcome.stderr
    fix(database, receipt_id, "--undo", "items.4", "--undo", "items.1.kind")
    assert [one["description"] for one in known(database, receipt_id)["items"][3:]] == ["BREAD"]
    fix(database, receipt_id, "--undo", "items.5")
    assert known(database, receipt_id) == before


def test_items_are_added_all_or_none(database: Database) -> None:
    receipt_id = stored(database)
    outcome = run_command(database.url, "fix", receipt_id, "items.add=MILK 0.30", "items.add=BREAD")
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert len(known(database, receipt_id)["items"]) == 3


def test_the_same_item_can_be_added_twice(database: Database) -> None:
    receipt_id = stored(database)
    fix(database, receipt_id, "items.add=MILK 0.25", "items.add=MILK 0.25")
    assert [one["position"] for one in known(database, receipt_id)["items"]] == [1, 2, 3, 4, 5]


def test_a_receipt_whose_items_were_not_looked_for_gets_a_list_by_hand(database: Database) -> None:
    receipt_id = keep_one(database)
    fix(database, receipt_id, "items.add=Tea 12.50")
    shown = known(database, receipt_id)
    assert [one["description"] for one in shown["items"]] == ["Tea"]
    assert shown["items_check"] == check_of([item()])
    fix(database, receipt_id, "--undo", "items.1")
    assert known(database, receipt_id)["items"] is None


def test_the_others_keep_their_numbers_when_an_item_is_deleted_and_it_comes_back_as_it_was(database: Database) -> None:
    receipt_id = stored(database)
    before = known(database, receipt_id)
    line = fix(database, receipt_id, "items.2.delete").only
    assert (line["field"], line["was"], line["value"]) == ("items.2", ITEMS[1], None)
    shown = known(database, receipt_id)
    assert [(one["position"], one["applies_to"]) for one in shown["items"]] == [(1, None), (3, None)]
    assert fix(database, receipt_id, "items.add=Pears 1.00").only["field"] == "items.4"
    fix(database, receipt_id, "items.4.delete")
    assert fix(database, receipt_id, "items.add=Plums 1.00").only["field"] == "items.5"
    fix(database, receipt_id, "--undo", "items.5")
    fix(database, receipt_id, "--undo", "items.4", "--undo", "items.2.delete")
    fix(database, receipt_id, "--undo", "items.4")
    assert known(database, receipt_id) == before


def test_another_total_is_compared_with_the_items(database: Database) -> None:
    receipt_id = stored(database)
    fix(database, receipt_id, "amount=3.50")
    assert known(database, receipt_id)["items_check"] == check_of(ITEMS)


@pytest.mark.parametrize(
    ("changes", "agrees_with", "complete"),
    [
        ({"subtotal": Decimal("3.80")}, "subtotal", True),
        ({"tax": Decimal("0.20")}, "total", True),
        ({"tax": Decimal("0.10"), "tip": Decimal("0.10")}, "total", True),
        ({"amount": Decimal("-3.80")}, None, False),
        ({"amount": Decimal("-9.00"), "subtotal": Decimal("3.80")}, None, False),
        ({"amount": Decimal("-4.00"), "tax": Decimal("0.20")}, None, False),
        ({"amount": None}, None, False),
        ({"amount": Decimal("3.80"), "items_check": WRONG | {"count_printed": 2}}, "total", True),
        ({"amount": Decimal("3.80"), "items_check": WRONG | {"count_printed": 7}}, "total", False),
    ],
)
def test_corrected_items_are_complete_if_sum_and_number_are_those_of_the_receipt(
    database: Database, changes: dict[str, Any], agrees_with: str | None, *, complete: bool
) -> None:
    receipt_id = stored(database, **changes)
    fix(database, receipt_id, "items.1.amount=2.80")
    check = known(database, receipt_id)["items_check"]
    assert (check["agrees_with"], check["complete"]) == (agrees_with, complete)


@pytest.mark.parametrize(
    ("changes", "agrees_with"),
    [
        ({"amount": Decimal("-3.80")}, "total"),
        ({"amount": Decimal("-4.00"), "tax": Decimal("-0.20")}, "total"),
        ({"amount": Decimal("-4.00"), "tax": Decimal("0.20")}, "total"),
        ({"amount": Decimal("-9.00"), "subtotal": Decimal("-3.80")}, "subtotal"),
        ({"amount": Decimal("-9.00"), "subtotal": Decimal("3.80")}, "subtotal"),
        ({"amount": None, "subtotal": Decimal("-3.80")}, "subtotal"),
        ({"amount": Decimal("3.80")}, None),
        ({"amount": Decimal("4.00"), "tax": Decimal("0.20")}, None),
        ({"amount": Decimal("9.00"), "subtotal": Decimal("3.80")}, None),
    ],
)
def test_negative_items_agree_with_a_refund_only_whether_or_not_its_subtotal_and_tax_have_a_minus(
    database: Database, changes: dict[str, Any], agrees_with: str | None
) -> None:
    returned = [item("Tea", "-2.50"), item("Cup", "-1.20")]
    receipt_id = stored(database, items=returned, **changes)
    fix(database, receipt_id, "items.1.amount=-2.60")
    assert known(database, receipt_id)["items_check"]["agrees_with"] == agrees_with


@pytest.mark.parametrize(("printed", "complete"), [(3, True), (2, True), (4, True), (1, True), (5, False)])
def test_the_printed_number_of_corrected_items_need_not_count_deposits(
    database: Database, printed: int, *, complete: bool
) -> None:
    bought = [item("Water", "2.90", quantity=Decimal(2)), item("Deposit", "0.25", kind="deposit"),
              item("Empties", "-0.50", kind="deposit")]  # fmt: skip
    receipt_id = stored(database, items=bought, amount=Decimal("2.75"), items_check=WRONG | {"count_printed": printed})
    fix(database, receipt_id, "items.1.amount=3.00")
    assert known(database, receipt_id)["items_check"]["complete"] is complete


def test_what_is_added_to_a_refund_is_an_item_if_it_is_negative(database: Database) -> None:
    receipt_id = stored(database, items=[item("Tea", "-2.50")], amount=Decimal("-3.30"))
    fix(database, receipt_id, "items.add=Cup -1.20", "items.add=Restocking 0.40")
    shown = known(database, receipt_id)
    assert [(one["kind"], one["amount"]) for one in shown["items"][1:]] == [
        ("item", Decimal("-1.20")),
        ("discount", Decimal("0.40")),
    ]
    assert shown["items_check"]["complete"] is True


def test_a_corrected_description_does_not_change_what_was_proved(database: Database) -> None:
    receipt_id = stored(database, items_check=check_of(ITEMS), amount=Decimal("3.55"))
    fix(database, receipt_id, "items.1.description=Soy Milk")
    assert known(database, receipt_id)["items_check"] == check_of(ITEMS)
    assert run_command(database.url, "search", "item:oat").lines == []
    assert [line["id"] for line in run_command(database.url, "search", "item:soy").lines] == [receipt_id]


def test_an_item_confirmed_as_it_was_read_is_kept_as_confirmed(database: Database) -> None:
    receipt_id = stored(database)
    assert fix(database, receipt_id, "items.1.amount=2.50").only["confirmed"] is True
    assert known(database, receipt_id)["items_check"] == WRONG


@pytest.mark.parametrize(
    ("changes", "complete"),
    [
        ({}, True),
        ({"amount": Decimal("4.00"), "tax": Decimal("0.50")}, False),
        ({"items_check": WRONG | {"count_printed": 9}}, False),
    ],
)
def test_items_that_are_a_confirmed_total_are_complete_until_that_is_undone(
    database: Database, changes: dict[str, Any], *, complete: bool
) -> None:
    receipt_id = stored(database, **({"amount": Decimal("3.50")} | changes))
    assert known(database, receipt_id)["items_check"]["complete"] is False
    fix(database, receipt_id, "--ok", "amount")
    assert known(database, receipt_id)["items_check"]["complete"] is complete
    assert run_command(database.url, "export", "--format", "ndjson").only["items_check"]["complete"] is complete
    fix(database, receipt_id, "--undo", "amount")
    assert known(database, receipt_id)["items_check"]["complete"] is False


def test_what_was_proved_stays_so_when_the_total_is_confirmed(database: Database) -> None:
    receipt_id = stored(database, items_check=check_of(ITEMS), amount=Decimal("3.55"))
    fix(database, receipt_id, "--ok")
    assert known(database, receipt_id)["items_check"] == check_of(ITEMS)


def test_another_currency_gives_items_its_decimals_where_they_fit(database: Database) -> None:
    items = [item("Tea", "1200.00"), item("Cup", "0.50")]
    receipt_id = keep_one(database, amount=Decimal("1200.00"), items=items)
    fix(database, receipt_id, "currency=JPY")
    assert [str(one["amount"]) for one in known(database, receipt_id)["items"]] == ["1200", "0.50"]


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ("items.9.amount=1.00", "has no item 9; it has 1, 2, 3"),
        ("items.9.delete", "has no item 9; it has 1, 2, 3"),
        ("items.0.amount=1.00", "there is no field 'items.0.amount'"),
        ("items.1.price=1.00", "an item has no 'price' to correct; it has description, quantity"),
        ("items.1.amount=much", "plain number"),
        ("items.1.amount=1.234", "more decimals"),
        ("items.1.amount=", "items.1.amount needs a value; items.1.delete deletes the item"),
        ("items.1.description=", "needs a value"),
        ("items.1.quantity=two", "plain number"),
        ("items.1.kind=gift", "it may be item, discount, deposit, charge"),
        ("items.1.delete=1", "takes no value"),
        ("items.1=Tea", "takes no value"),
        ("items.add=", "items.add needs a value"),
        ("items.add=MILK", "give a description and an amount"),
        ("items.add=2.50", "give a description and an amount"),
        ("items.add=MILK 2.505", "more decimals"),
        ("items.add=MILK\x1b[2J 2.50", "printable"),
        ("items=1", "there is no field 'items'"),
    ],
)
def test_an_item_that_is_not_there_or_cannot_be_changes_nothing_and_the_error_states_what_can(
    database: Database, wrong: str, advice: str
) -> None:
    receipt_id = stored(database)
    before = known(database, receipt_id)
    outcome = run_command(database.url, "fix", receipt_id, "items.2.amount=9.00", wrong)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert advice in outcome.stderr
    assert known(database, receipt_id) == before


def test_a_receipt_without_items_names_the_way_to_add_one(database: Database) -> None:
    outcome = run_command(database.url, "fix", keep_one(database), "items.1.amount=1.00")
    assert outcome.status == ExitCode.USAGE
    assert "has no item 1; items.add='MILK 2.50' adds one" in outcome.stderr


@pytest.mark.parametrize("both", [("items.1.delete", "items.1.amount=1.00"), ("items.1.amount=1.00", "items.1.delete")])
def test_an_item_cannot_be_deleted_and_corrected_at_once(database: Database, both: tuple[str, str]) -> None:
    outcome = run_command(database.url, "fix", stored(database), *both)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert "contradicts another correction" in outcome.stderr


def test_the_part_of_a_deleted_item_cannot_be_undone_before_it_is_back(database: Database) -> None:
    receipt_id = stored(database)
    fix(database, receipt_id, "items.1.amount=3.00")
    fix(database, receipt_id, "items.1.delete")
    outcome = run_command(database.url, "fix", receipt_id, "--undo", "items.1.amount")
    assert outcome.status == ExitCode.USAGE
    assert "has no item 1; it has 2, 3" in outcome.stderr
    fix(database, receipt_id, "--undo", "items.1")
    fix(database, receipt_id, "--undo", "items.1.amount")
    assert known(database, receipt_id)["items"][0]["amount"] == Decimal("2.50")


def test_the_history_of_items_is_shown_in_words(database: Database) -> None:
    receipt_id = stored(database)
    fix(database, receipt_id, "items.1.delete", "items.2.amount=1.30", "items.add=Pears 1.00")
    text = run_command(database.url, "show", receipt_id, "--format", "text").stdout
    assert "items.1: Oat Milk 2.50 became nothing" in text
    assert "items.2.amount: 1.20 became 1.30" in text
    assert "items.4: nothing became Pears 1.00" in text


def test_how_a_name_was_read_is_kept_until_a_person_corrects_it_and_is_back_when_that_is_undone(
    database: Database,
) -> None:
    receipt_id = keep_one(database, items=[item("Milk", "12.50", description_read="M1lk")])
    assert [one["id"] for one in run_command(database.url, "search", "item:milk").lines] == [receipt_id]
    names = []
    for arguments in ((), ("items.1.description=Oat Milk",), ("--undo", "items.1.description")):
        if arguments:
            fix(database, receipt_id, *arguments)
        (exported,) = run_command(database.url, "export", "--format", "ndjson").only["items"]
        (shown,) = known(database, receipt_id)["items"]
        assert exported["description_read"] == shown["description_read"]
        names.append((shown["description"], shown["description_read"]))
    assert names == [("Milk", "M1lk"), ("Oat Milk", None), ("Milk", "M1lk")]


def test_an_item_that_was_deleted_before_names_were_kept_as_read_can_be_restored(database: Database) -> None:
    receipt_id = stored(database)
    fix(database, receipt_id, "items.2.delete")
    with database.transaction() as connection:
        (was,) = connection.execute(select(CORRECTIONS.c.was)).one()
        older = {name: value for name, value in json.loads(was).items() if name != "description_read"}
        connection.execute(update(CORRECTIONS).values(was=json.dumps(older)))
    fix(database, receipt_id, "--undo", "items.2")
    assert known(database, receipt_id)["items"][1]["description"] == "Apples"
