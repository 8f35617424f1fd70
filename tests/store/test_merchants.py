"""What people said about a merchant counts for its later receipts, can be read and changed, and touches no amount."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rpiocr.cli import cli
from rpiocr.errors import ExitCode, RpiocrError
from rpiocr.model.records import ReadFile
from rpiocr.output.remembered import with_memory
from rpiocr.store import trash
from rpiocr.store.corrections import correct, take_back, take_back_last
from rpiocr.store.database import Database
from rpiocr.store.details import details
from rpiocr.store.journal import Journal
from rpiocr.store.merchants import MAX_KEPT, forget, key_from, recall, set_by_hand
from rpiocr.store.removal import remove
from tests.program import Outcome
from tests.store.program import run_command
from tests.store.readings import claimed, evidence, found, reading
from tests.store.test_steps import old_store

NUMBER = {"kind": "vat", "country": "DE", "number": "DE811128135", "valid": True}
OTHER = {"kind": "vat", "country": "DE", "number": "DE136695976", "valid": True}
KEY = "tax:DE:vat:DE811128135"
READ = "INH. M. MUSTERMANN"


def receipt(name: str | None = READ, *tax_ids: Mapping[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """A receipt with a printed name and tax numbers, by default NUMBER."""
    return {"merchant": name, "tax_ids": list(tax_ids or (NUMBER,))} | changes


def arrive(database: Database, **given: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - values of a result
    """Store a receipt as a watch and a batch do; returns its number, and its result."""
    read = with_memory(database, reading(given))
    stored = Journal(database).answered(claimed(database, read), read)
    return stored[0].receipt_id, dict(read.receipts[0].answer)


def known(database: Database, receipt_id: int) -> dict[str, Any]:
    """All that the store has on a receipt."""
    with database.snapshot() as connection:
        return details(connection, receipt_id)


def named(database: Database, name: str, *receipts: dict[str, Any]) -> list[int]:
    """Store receipts, and have a person name the merchant of each."""
    ids = [arrive(database, **one)[0] for one in receipts]
    for receipt_id in ids:
        correct(database, receipt_id, [("merchant", name)])
    return ids


def merchants(url: str, *words: str) -> Outcome:
    """Run ``rpiocr merchants`` on a store."""
    try:
        result = CliRunner().invoke(
            cli, ["merchants", words[0], "--store", url, *words[1:]], standalone_mode=False, catch_exceptions=False
        )
    except RpiocrError as error:
        return Outcome(error.exit_code, "", str(error))
    return Outcome(int(result.return_value), result.stdout, result.stderr)


def test_the_next_receipt_with_the_same_tax_number_has_the_name_that_a_person_gave(database: Database) -> None:
    named(database, "Kiosk am Eck", receipt())
    receipt_id, answer = arrive(database, **receipt("1NH. M. MUSTERMAN", amount=Decimal("7.10"), date="2024-04-01"))
    assert answer["merchant"] == "Kiosk am Eck"
    shown = answer["evidence"]["merchant"]
    assert shown["checks"] == ["remembered: Kiosk am Eck, by tax number DE vat DE811128135"]
    assert (shown["raw"], shown["votes"]) == ("1NH. M. MUSTERMAN", 0)
    assert [one["value"] for one in shown["rivals"]] == ["1NH. M. MUSTERMAN"]
    stored = known(database, receipt_id)
    assert stored["merchant"] == "Kiosk am Eck"
    assert stored["evidence"]["merchant"]["checks"] == shown["checks"]
    assert stored["corrections"] == []


def test_what_is_remembered_changes_no_total_and_no_date(database: Database) -> None:
    (first,) = named(database, "Kiosk am Eck", receipt())
    correct(database, first, [("amount", "99.99"), ("date", "2020-01-01"), ("currency", "CHF")])
    given = receipt(amount=Decimal("7.10"), date="2024-04-01", currency="EUR")
    plain = reading(given).receipts[0].answer
    _, answer = arrive(database, **given)
    changed = {name for name, value in answer.items() if value != plain[name]}
    assert changed == {"merchant", "sha256", "file", "evidence", "confidence"} - unchanged(answer, plain)
    for name in ("amount", "date", "currency"):
        assert answer["evidence"][name] == plain["evidence"][name]
        assert answer["confidence"][name] == plain["confidence"][name]


def unchanged(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """The keys with the same values."""
    return {name for name, value in one.items() if value == other[name]}


def test_a_receipt_without_a_readable_name_gets_it(database: Database) -> None:
    named(database, "Kiosk am Eck", receipt())
    receipt_id, answer = arrive(database, **receipt(None))
    assert (answer["merchant"], answer["verdicts"]["merchant"]) == ("Kiosk am Eck", "ACCEPT")
    assert answer["evidence"]["merchant"]["box"] is None
    assert known(database, receipt_id)["evidence"]["merchant"]["value"] == "Kiosk am Eck"


def test_another_store_knows_nothing(database: Database, tmp_path: Path) -> None:
    named(database, "Kiosk am Eck", receipt())
    with closing(Database(f"sqlite:///{tmp_path / 'another.sqlite'}")) as another:
        _, answer = arrive(another, **receipt())
    assert (answer["merchant"], answer["evidence"]["merchant"]["checks"]) == (READ, [])


def test_a_shop_that_prints_another_name_keeps_it_and_the_remembered_one_is_offered(database: Database) -> None:
    named(database, "Aral Hauptstraße", receipt("ARAL"))
    receipt_id, answer = arrive(database, **receipt("SUBWAY"))
    assert answer["merchant"] == "SUBWAY"
    shown = answer["evidence"]["merchant"]
    assert shown["rivals"] == [{"value": "Aral Hauptstraße", "raw": "", "box": None}]
    assert shown["checks"] == ["remembered?: Aral Hauptstraße, by tax number DE vat DE811128135"]
    assert known(database, receipt_id)["evidence"]["merchant"]["rivals"] == [{"value": "Aral Hauptstraße", "raw": ""}]


def test_a_name_given_on_two_receipts_overrules_another_print(database: Database) -> None:
    named(database, "Kiosk am Eck", receipt("VIELEN DANK"), receipt("KASSE 4 BON 17"))
    _, answer = arrive(database, **receipt("WIR SIND GERN DA"))
    assert answer["merchant"] == "Kiosk am Eck"


def test_the_number_of_a_buyer_does_not_rename_the_shops_that_print_it(database: Database) -> None:
    named(database, "Paper Trade", receipt("PAPER TRADE", NUMBER), receipt("PAPER TRADE", NUMBER))
    _, answer = arrive(database, **receipt("Timber Ltd", OTHER, NUMBER))
    assert answer["merchant"] == "Timber Ltd"


def test_two_names_for_one_number_are_both_offered_and_neither_counts(database: Database) -> None:
    named(database, "Aral", receipt("ARAL"))
    named(database, "Subway", receipt("SUBWAY"))
    _, answer = arrive(database, **receipt("ESPRESSO HOUSE"))
    assert answer["merchant"] == "ESPRESSO HOUSE"
    assert [one["value"] for one in answer["evidence"]["merchant"]["rivals"]] == ["Subway", "Aral"]
    assert arrive(database, **receipt(None))[1]["merchant"] is None


def test_the_phone_number_of_a_shop_decides_where_its_company_has_several(database: Database) -> None:
    named(database, "Aral", receipt("ARAL", phone="030 / 123 45 67"))
    named(database, "Subway", receipt("SUBWAY", phone="030 7654321"))
    _, answer = arrive(database, **receipt(None, phone="(030) 7654 321"))
    assert answer["merchant"] == "Subway"
    assert answer["evidence"]["merchant"]["checks"] == ["remembered: Subway, by phone number 0307654321"]


@pytest.mark.parametrize(
    "identity",
    [
        {"tax_ids": [NUMBER | {"valid": False}]},
        {"phone": "12 34 56"},
        {"website": "gmail.com"},
        {"website": "amazon.de"},
        {"website": "shop.ebay.co.uk"},
    ],
)
def test_what_identifies_nobody_teaches_nothing(database: Database, identity: dict[str, Any]) -> None:
    named(database, "Kiosk am Eck", {"merchant": READ, "tax_ids": None} | identity)
    assert merchants(database.url, "list").lines == []


@pytest.mark.parametrize(
    "identity",
    [{"tax_ids": [NUMBER | {"valid": None}]}, {"phone": "+49 30 1234567"}, {"website": "kiosk-am-eck.example"}],
)
def test_a_number_without_a_rule_a_phone_number_and_a_website_identify_a_shop(
    database: Database, identity: dict[str, Any]
) -> None:
    named(database, "Kiosk am Eck", {"merchant": READ, "tax_ids": None} | identity)
    assert arrive(database, **{"merchant": READ, "tax_ids": None} | identity)[1]["merchant"] == "Kiosk am Eck"


def test_a_corrected_phone_number_identifies_from_then_on(database: Database) -> None:
    given = {"merchant": READ, "tax_ids": None, "phone": "030 1234567"}
    (first,) = named(database, "Kiosk am Eck", given)
    correct(database, first, [("phone", "030 7654321")])
    assert arrive(database, **given)[1]["merchant"] == READ
    assert arrive(database, **given | {"phone": "0307654321"})[1]["merchant"] == "Kiosk am Eck"


def test_a_name_that_was_confirmed_counts_as_one_that_was_given(database: Database) -> None:
    first, _ = arrive(database, **receipt("Kiosk am Eck"))
    correct(database, first, (), ["merchant"])
    assert arrive(database, **receipt("KlOSK AN ECK"))[1]["merchant"] == "Kiosk am Eck"


def test_a_correction_that_is_taken_back_is_forgotten(database: Database) -> None:
    (first,) = named(database, "Kiosk", receipt())
    correct(database, first, [("merchant", "Kiosk am Eck")])
    assert arrive(database, **receipt())[1]["merchant"] == "Kiosk am Eck"
    take_back(database, first, ["merchant"])
    assert arrive(database, **receipt())[1]["merchant"] == "Kiosk"
    take_back_last(database, first)
    assert arrive(database, **receipt())[1]["merchant"] == READ
    assert merchants(database.url, "list").lines == []


def test_what_a_deleted_receipt_taught_goes_and_comes_back_with_it(database: Database) -> None:
    (first,) = named(database, "Kiosk am Eck", receipt())
    trash.put(database, first)
    assert arrive(database, **receipt())[1]["merchant"] == READ
    restored = trash.take_back(database, first)
    assert arrive(database, **receipt())[1]["merchant"] == "Kiosk am Eck"
    remove(database, [restored])
    assert arrive(database, **receipt())[1]["merchant"] == READ


def test_a_category_is_remembered_with_where_it_is_from(database: Database) -> None:
    first, _ = arrive(database, **receipt(category="groceries"))
    correct(database, first, [("category", "newspapers")])
    receipt_id, answer = arrive(database, **receipt(category="groceries"))
    assert answer["category"] == "newspapers"
    shown = answer["evidence"]["category"]
    assert shown["checks"] == ["remembered: newspapers, by tax number DE vat DE811128135"]
    assert [one["value"] for one in shown["rivals"]] == ["groceries"]
    assert known(database, receipt_id)["evidence"]["category"]["checks"] == shown["checks"]


def test_a_name_set_by_hand_replaces_what_receipts_taught(database: Database) -> None:
    named(database, "Aral", receipt("ARAL"))
    named(database, "Subway", receipt("SUBWAY"))
    outcome = merchants(database.url, "set", KEY, "merchant=Rest Stop", "category=travel")
    assert outcome.status == ExitCode.OK
    answer = arrive(database, **receipt("ESPRESSO HOUSE"))[1]
    assert (answer["merchant"], answer["category"]) == ("Rest Stop", "travel")
    merchants(database.url, "set", KEY, "merchant=")
    assert arrive(database, **receipt("ESPRESSO HOUSE"))[1]["merchant"] == "ESPRESSO HOUSE"


def test_the_list_has_each_key_with_all_that_was_said_of_it(database: Database) -> None:
    ids = named(database, "Kiosk am Eck", receipt(), receipt())
    set_by_hand(database, key_from("domain:shop.example"), {"account": "Expenses:Shop"})
    row = {"key": KEY, "merchant": ["Kiosk am Eck"], "category": [], "account": [], "receipts": ids, "by_hand": False}
    other = {"merchant": [], "category": [], "account": ["Expenses:Shop"], "receipts": [], "by_hand": True}
    assert merchants(database.url, "list").lines == [{"key": "domain:shop.example"} | other, row]
    table = merchants(database.url, "list", "--format", "table").stdout
    assert "Kiosk am Eck" in table
    assert "Expenses:Shop" in table
    csv = merchants(database.url, "list", "--format", "csv").stdout
    assert f'Kiosk am Eck,,,"{ids[0]}, {ids[1]}",false' in csv


def test_one_merchant_is_shown_with_the_receipts_that_taught_it(database: Database) -> None:
    (first,) = named(database, "Kiosk am Eck", receipt())
    shown = json.loads(merchants(database.url, "show", KEY).stdout)
    assert (shown["key"], shown["merchant"]) == (KEY, ["Kiosk am Eck"])
    (said,) = shown["said"]
    assert (said["value"], said["printed"], said["receipt"]) == ("Kiosk am Eck", READ, first)
    assert READ in merchants(database.url, "show", KEY, "--format", "table").stdout


def test_what_is_forgotten_does_not_count_and_all_are_forgotten_or_none(database: Database) -> None:
    named(database, "Kiosk am Eck", receipt())
    outcome = merchants(database.url, "forget", KEY, "phone:0301234567")
    assert (outcome.status, "nothing is remembered of phone:0301234567" in outcome.stderr) == (4, True)
    assert arrive(database, **receipt())[1]["merchant"] == "Kiosk am Eck"
    assert merchants(database.url, "forget", KEY).status == ExitCode.OK
    assert arrive(database, **receipt())[1]["merchant"] == READ


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("show", "Kiosk"), "give tax:COUNTRY:KIND:NUMBER, phone:DIGITS or domain:NAME"),
        (("show", "iban:DE02120300000000202051"), "give tax:COUNTRY:KIND:NUMBER"),
        (("show", "tax:811128135"), "give country, kind and number"),
        (("set", "phone:110", "merchant=Police"), "at least 7 digits"),
        (("set", "domain:gmail.com", "merchant=Mail"), "belongs to a single merchant"),
        (("forget", "domain:-"), "belongs to a single merchant"),
        (("set", KEY, "amount=12.30"), "a merchant has no 'amount'; there are merchant, category, account"),
        (("set", KEY, "merchant=a\x1b[2Jb"), "printable"),
    ],
)
def test_a_wrong_key_or_value_is_refused_with_what_is_right(
    database: Database, words: tuple[str, ...], advice: str
) -> None:
    outcome = merchants(database.url, *words)
    assert outcome.status == ExitCode.USAGE
    assert advice in outcome.stderr
    assert merchants(database.url, "list").lines == []


def test_an_unknown_merchant_has_a_status_of_its_own(database: Database) -> None:
    outcome = merchants(database.url, "show", "domain:shop.example")
    assert (outcome.status, outcome.stderr) == (
        ExitCode.UNREADABLE_INPUT,
        "nothing is remembered of domain:shop.example; rpiocr merchants list prints what is",
    )


def test_a_store_that_another_program_has_locked_is_named_and_nothing_is_set(tmp_path: Path) -> None:
    path = tmp_path / "receipts.sqlite"
    Database(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        outcome = merchants(f"sqlite:///{path}?timeout=0.1", "set", KEY, "merchant=Kiosk")
    assert outcome.status == ExitCode.STORE
    assert str(path) in outcome.stderr
    assert merchants(f"sqlite:///{path}", "list").lines == []


def test_a_key_is_written_as_it_is_listed_whatever_marks_it_is_typed_with() -> None:
    assert str(key_from("tax:de:VAT:DE 811.128-135")) == "tax:DE:vat:DE811128135"
    assert str(key_from("phone:+49 (30) 123-4567")) == "phone:49301234567"
    assert str(key_from("domain:www.Shop.example")) == "domain:shop.example"


def test_a_file_of_many_receipts_is_looked_up_at_once(database: Database) -> None:
    numbers = [NUMBER | {"number": f"DE{number:09}"} for number in range(300)]
    set_by_hand(database, key_from("tax:DE:vat:DE000000299"), {"merchant": "Kiosk am Eck"})
    read: ReadFile = with_memory(database, reading(*(receipt("A", number) for number in numbers)))
    assert [one.answer["merchant"] for one in read.receipts][-2:] == ["A", "Kiosk am Eck"]
    assert found(read).path == read.file


def test_nothing_is_left_of_a_key_that_was_forgotten(database: Database) -> None:
    set_by_hand(database, key_from(KEY), {"merchant": "Kiosk am Eck", "account": "Expenses:Kiosk"})
    assert forget(database, [key_from(KEY)]) == 2
    with database.snapshot() as connection:
        assert recall(connection, [key_from(KEY)]) == ()


def test_a_name_printed_as_it_is_remembered_is_borne_out(database: Database) -> None:
    named(database, "Kiosk am Eck", receipt())
    _, answer = arrive(database, **receipt("Kiosk am Eck", evidence={"merchant": evidence("KIOSK AM ECK", votes=1)}))
    shown = answer["evidence"]["merchant"]
    assert (shown["votes"], shown["rivals"]) == (1, [])
    assert shown["checks"] == ["remembered: Kiosk am Eck, by tax number DE vat DE811128135"]


def test_a_shop_that_was_confirmed_often_is_remembered_by_its_last_receipts(database: Database) -> None:
    ids = named(database, "Kiosk am Eck", *[receipt() for _ in range(MAX_KEPT + 2)])
    assert merchants(database.url, "list").only["receipts"] == ids[2:]
    assert arrive(database, **receipt())[1]["merchant"] == "Kiosk am Eck"


def test_the_print_decides_which_of_several_names_is_offered(database: Database) -> None:
    named(database, "Aral Hauptstraße", receipt("ARAL"))
    named(database, "Subway", receipt("SUBWAY"))
    assert arrive(database, **receipt("Subway"))[1]["evidence"]["merchant"]["rivals"] == []
    rivals = arrive(database, **receipt("SUBVVAY"))[1]["evidence"]["merchant"]["rivals"]
    assert [one["value"] for one in rivals] == ["Subway"]


def test_saying_the_same_again_teaches_what_was_forgotten(database: Database) -> None:
    (first,) = named(database, "Kiosk am Eck", receipt())
    forget(database, [key_from(KEY)])
    assert correct(database, first, [("merchant", "Kiosk am Eck")]) == ()
    assert arrive(database, **receipt())[1]["merchant"] == "Kiosk am Eck"


def test_a_store_of_the_step_before_remembers_nothing_and_learns_once_it_is_current(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'receipts.sqlite'}"
    with closing(old_store(url, "0012")) as database, database.snapshot() as connection:
        assert recall(connection, [key_from(KEY)]) == ()
    with closing(Database(url)) as database:
        correct(database, 1, [("merchant", "Tea House"), ("website", "tea.example")])
        assert arrive(database, merchant=None, website="tea.example")[1]["merchant"] == "Tea House"


def test_show_says_where_a_name_and_a_category_are_from(database: Database) -> None:
    set_by_hand(database, key_from(KEY), {"merchant": "Kiosk am Eck", "category": "newspapers"})
    receipt_id, _ = arrive(database, **receipt())
    shown = run_command(database.url, "show", receipt_id, "--format", "text").stdout
    assert "remembered: Kiosk am Eck, by tax number DE vat DE811128135" in " ".join(shown.split())
    assert "newspapers; remembered: newspapers, by tax number DE vat DE811128135" in " ".join(shown.split())
