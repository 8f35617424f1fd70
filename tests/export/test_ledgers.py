"""Exports for plain-text accounting, read by the programs themselves where they are installed."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpiocr.errors import ExitCode
from rpiocr.export.accounts import Accounts, by_item
from rpiocr.export.as_beancount import BeancountWriter
from rpiocr.export.as_ledger import LedgerWriter
from rpiocr.export.record import Record
from rpiocr.export.writer import Writer
from rpiocr.model.items import Agreement, ItemsCheck
from rpiocr.store.database import Database
from rpiocr.store.items import KnownItems, StoredItem
from rpiocr.store.merchants import key_from, set_by_hand
from tests.printing.hostile import TEXTS
from tests.store.program import run_command
from tests.store.readings import check_of, item, keep_one

PROGRAMS = {"ledger": "ledger", "hledger": "hledger", "beancount": "bean-check"}
HOSTILE = ("; x", 'a "quoted" \\ name', "two\nlines", "(code) x", "* x", "! x", "a  ; b", "x | y", "=x", "@ 5 EUR",
           "[2024-99-99]", "caf\udce9 \x1b[2J", "100% {x} :tag: key: value, date: 2024-99-99")  # fmt: skip


def program(name: str) -> str:
    """The path of a program; without it the test is skipped."""
    path = shutil.which(PROGRAMS[name])
    if path is None:
        pytest.skip(f"{PROGRAMS[name]} is not installed")
    return path


def parse(name: str, file: Path) -> str:
    """Let a program read a journal, and print the transactions of it that it found, or nothing for Beancount."""
    how = {
        "ledger": ["--args-only", "-f", str(file), "print", "--raw"],
        "hledger": ["-f", str(file), "print"],
        "beancount": ["--no-cache", str(file)],
    }
    done = subprocess.run([program(name), *how[name]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), file.read_text("utf-8")
    return done.stdout


def exported(database: Database, file: Path, kind: str, *arguments: object) -> str:
    """Export into a file; returns the text on standard error."""
    outcome = run_command(database.url, "export", "--format", kind, "--out", file, *arguments)
    assert outcome.status == ExitCode.OK, outcome.stderr
    return outcome.stderr


def test_a_ledger_has_a_transaction_for_each_receipt(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "out.journal"
    keep_one(database, file="/inbox/a.jpg", receipt_number="A(7)", payment={"method": "card", "brand": None,
             "card_last4": None})  # fmt: skip
    keep_one(database, date="2024-04-01", amount=Decimal("-3.10"), verdict="RETRY", file="/inbox/b.jpg")
    assert exported(database, file, "ledger", "--account", "card=Liabilities:Visa Card") == ""
    assert file.read_text("utf-8") == (
        "2024-03-05 * (A7) Corner Shop\n"
        "    ; rpiocr-id: 1\n"
        "    ; rpiocr-file: /inbox/a.jpg\n"
        "    Expenses:Receipts  12.50 EUR\n"
        "    Liabilities:Visa Card  -12.50 EUR\n"
        "\n"
        "2024-04-01 ! (2) Corner Shop\n"
        "    ; rpiocr-id: 2\n"
        "    ; rpiocr-file: /inbox/b.jpg\n"
        "    Expenses:Receipts  -3.10 EUR\n"
        "    Assets:Cash  3.10 EUR\n"
        "\n"
    )


def test_beancount_has_a_transaction_for_each_receipt_and_opens_the_accounts(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "out.beancount"
    keep_one(database, file='/inbox/"a".jpg', merchant='Bob\'s \\ "Shop"')
    run_command(database.url, "fix", 1, "amount=0")
    exported(database, file, "beancount", "--account-expenses", "Expenses:Food", "--account-cash", "Assets:Purse")
    transaction = (
        '2024-03-05 * "Bob\'s \\\\ \\"Shop\\"" "" #rpiocr\n'
        "  rpiocr-id: 1\n"
        '  rpiocr-file: "/inbox/\\"a\\".jpg"\n'
        "  Expenses:Food  0.00 EUR\n"
        "  Assets:Purse  0.00 EUR\n"
        "\n"
    )
    opening = "2024-03-05 open Expenses:Food\n2024-03-05 open Assets:Purse\n\n"
    assert file.read_text("utf-8") == opening + transaction
    exported(database, file, "beancount", "--no-opening", "--account-expenses", "Expenses:Food", "--account-cash",
             "Assets:Purse")  # fmt: skip
    assert file.read_text("utf-8") == transaction


NUMBER = {"kind": "vat", "country": "DE", "number": "DE811128135", "valid": True}


def test_a_purchase_is_booked_to_the_account_that_was_set_for_its_merchant(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "out"
    keep_one(database)
    keep_one(database, date="2024-04-01", tax_ids=[NUMBER])
    keep_one(database, date="2024-04-02", website="shop.example")
    set_by_hand(database, key_from("tax:DE:vat:DE811128135"), {"account": "Expenses:Groceries"})
    set_by_hand(database, key_from("domain:shop.example"), {"account": "Expenses:Groceries"})
    exported(database, file, "beancount")
    postings = [line.split()[0] for line in file.read_text("utf-8").splitlines() if line.startswith("  Expenses")]
    assert postings == ["Expenses:Receipts", "Expenses:Groceries", "Expenses:Groceries"]
    opened = [line for line in file.read_text("utf-8").splitlines() if " open " in line]
    assert opened == [
        "2024-03-05 open Expenses:Receipts",
        "2024-03-05 open Assets:Cash",
        "2024-04-01 open Expenses:Groceries",
    ]
    exported(database, file, "beancount", "--no-opening")
    assert " open " not in file.read_text("utf-8")
    exported(database, file, "ledger", "--account-expenses", "Expenses:Other")
    assert file.read_text("utf-8").count("    Expenses:Groceries  12.50 EUR\n") == 2


def test_two_accounts_for_one_purchase_count_as_none(database: Database, tmp_path: Path) -> None:
    keep_one(database, tax_ids=[NUMBER], website="shop.example")
    set_by_hand(database, key_from("tax:DE:vat:DE811128135"), {"account": "Expenses:Groceries"})
    set_by_hand(database, key_from("domain:shop.example"), {"account": "Expenses:Travel"})
    exported(database, tmp_path / "out", "ledger")
    assert "Expenses:Receipts  12.50 EUR" in (tmp_path / "out").read_text("utf-8")


def test_an_account_of_a_merchant_that_the_program_would_reject_is_named(database: Database, tmp_path: Path) -> None:
    keep_one(database, tax_ids=[NUMBER])
    set_by_hand(database, key_from("tax:DE:vat:DE811128135"), {"account": "groceries"})
    outcome = run_command(database.url, "export", "--format", "beancount", "--out", tmp_path / "out")
    assert (outcome.status, "'groceries' is not a valid account name" in outcome.stderr) == (ExitCode.USAGE, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["ledger", "beancount"])
def test_receipts_that_lack_something_are_left_out_and_reported(database: Database, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "out"
    keep_one(database, date=None)
    keep_one(database, amount=None, merchant="No\nAmount")
    keep_one(database, currency=None)
    keep_one(database, date="2024-04-04")
    said = exported(database, file, kind)
    assert "omitted 3: " in said
    for words in ("1 without date", "1 without amount", "1 without currency"):
        assert words in said
    text = file.read_text("utf-8")
    assert "; receipt 2 has no amount: 2024-03-05 EUR No Amount\n" in text
    assert text.count("rpiocr-id") == 1


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_programs_read_whatever_was_read_off_receipts(database: Database, tmp_path: Path, name: str) -> None:
    kind = "beancount" if name == "beancount" else "ledger"
    program(name)
    for number, text in enumerate(HOSTILE):
        keep_one(
            database, merchant=text, receipt_number=text, file=f"/inbox/{text}{number}.jpg", time=f"10:{number:02}"
        )
    keep_one(database, merchant=None, amount=Decimal("1200"), currency="JPY")
    keep_one(database, date=None, merchant="; \n lost")
    file = tmp_path / "out"
    exported(database, file, kind)
    read = parse(name, file)
    if name != "beancount":
        assert read.count("rpiocr-id") == len(HOSTILE) + 1


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_programs_read_names_of_any_length_and_of_any_malice(tmp_path: Path, name: str) -> None:
    program(name)
    stream = io.BytesIO()
    writer: Writer = LedgerWriter(stream, SPLITTING)
    if name == "beancount":
        writer = BeancountWriter(stream, SPLITTING, opening=True)
    for text in TEXTS:
        made(writer, stream, text, text, f"/inbox/{text}")
        writer.write(replace(RECORD, merchant=text, amount=None))
    out = tmp_path / "out"
    out.write_bytes(stream.getvalue())
    assert name == "beancount" or max(map(len, stream.getvalue().splitlines())) < LONGEST_LINE
    read = parse(name, out)
    if name != "beancount":
        assert read.count("rpiocr-id") == len(TEXTS)


def test_sums_in_the_programs_are_those_of_the_store(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "out"
    for number, amount in enumerate(("0.10", "0.20", "-0.05", "999999999999.99")):
        keep_one(database, amount=Decimal(amount), time=f"10:0{number}")
    exported(database, file, "ledger")
    balance = subprocess.run(
        [program("ledger"), "--args-only", "-f", str(file), "balance", "Expenses"],
        capture_output=True,
        text=True,
        check=True,
    )
    (total,) = (line for line in run_command(database.url, "stats").lines if line["by"] == "all")
    assert balance.stdout.split()[0] == str(total["amount"]) == "1000000000000.24"


BASKET = [
    item("Oat Milk 3,5%", "2.50"),
    item("MILK chocolate", "1.20"),
    item("Bread", "6.00"),
    item("Loyalty", "-0.20", kind="discount", applies_to=1),
    item("Bottle", "0.25", kind="deposit", applies_to=3),
    item("Coupon", "-1.00", kind="discount"),
]
"""Items of 8.75."""

OF_ITEMS = ("--items", "--account", "item:milk=Expenses:Food:Dairy", "--account", "item:choco*=Expenses:Food:Sweets",
            "--account", "card=Liabilities:Visa")  # fmt: skip

BY_CARD = {"method": "card", "brand": None, "card_last4": None}


def kept_basket(database: Database, **changes: Any) -> int:  # noqa: ANN401
    """Keep the receipt of a basket, paid by card: 8.75 and 0.55 of tax."""
    proved = check_of(BASKET, agrees_with="subtotal")
    values: dict[str, Any] = {"amount": Decimal("9.30"), "items": BASKET, "items_check": proved, "payment": BY_CARD}
    return keep_one(database, file="/inbox/a.jpg", **(values | changes))


def test_proved_items_are_posted_to_their_accounts_and_the_rest_to_that_of_the_receipt(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "out.journal"
    kept_basket(database)
    assert exported(database, file, "ledger", *OF_ITEMS) == ""
    assert file.read_text("utf-8") == (
        "2024-03-05 * (1) Corner Shop\n"
        "    ; rpiocr-id: 1\n"
        "    ; rpiocr-file: /inbox/a.jpg\n"
        "    Expenses:Food:Dairy  2.50 EUR  ; Oat Milk 3,5%\n"
        "    Expenses:Food:Sweets  1.20 EUR  ; MILK chocolate\n"
        "    Expenses:Food:Dairy  -0.20 EUR  ; Loyalty\n"
        "    Expenses:Receipts  5.80 EUR\n"
        "    Liabilities:Visa  -9.30 EUR\n"
        "\n"
    )


def test_beancount_keeps_the_descriptions_of_items_as_metadata_and_opens_their_accounts(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "out.beancount"
    kept_basket(database)
    exported(database, file, "beancount", *OF_ITEMS)
    text = file.read_text("utf-8")
    assert "2024-03-05 open Expenses:Food:Sweets\n" in text
    assert text.endswith(
        "  Expenses:Food:Dairy  2.50 EUR\n"
        '    item: "Oat Milk 3,5%"\n'
        "  Expenses:Food:Sweets  1.20 EUR\n"
        '    item: "MILK chocolate"\n'
        "  Expenses:Food:Dairy  -0.20 EUR\n"
        '    item: "Loyalty"\n'
        "  Expenses:Receipts  5.80 EUR\n"
        "  Liabilities:Visa  -9.30 EUR\n\n"
    )


UNPROVED = check_of(BASKET, agrees_with=None, complete=False)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_programs_find_that_transactions_by_item_balance(database: Database, tmp_path: Path, name: str) -> None:
    program(name)
    kept_basket(database)
    refund = [item("Milk", "-1.10"), item("Bread", "-2.00")]
    keep_one(database, items=refund, amount=Decimal("-3.10"), time="10:01")
    keep_one(database, items=[item("Milk", "100"), item("Tea", "1.234")], amount=Decimal("101.234"), currency="KWD")
    kept_basket(database, items_check=UNPROVED, time="10:02")
    keep_one(database, time="10:03")
    file = tmp_path / "out"
    exported(database, file, "beancount" if name == "beancount" else "ledger", *OF_ITEMS)
    read = parse(name, file)
    if name != "beancount":
        assert read.count("Expenses:Food:Dairy") == 4


@pytest.mark.parametrize("kind", ["ledger", "beancount"])
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"items_check": UNPROVED}, "the items are not proved"),
        ({"items": []}, "no items"),
        ({"items": None, "items_check": None}, "no items"),
    ],
)
def test_a_receipt_without_proved_items_is_booked_as_a_whole_and_a_comment_says_why(
    database: Database, tmp_path: Path, kind: str, changes: dict[str, object], reason: str
) -> None:
    file = tmp_path / "out"
    kept_basket(database, **changes)
    assert "1 not split by items, as those are missing or not proved" in exported(database, file, kind, *OF_ITEMS)
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    assert lines[-4:-1] == [f"; {reason}", "Expenses:Receipts  9.30 EUR", "Liabilities:Visa  -9.30 EUR"]
    parse("beancount" if kind == "beancount" else "ledger", file)


def test_items_that_a_person_corrected_until_they_add_up_are_posted(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "out.journal"
    receipt_id = kept_basket(database, items_check=UNPROVED)
    assert run_command(database.url, "fix", receipt_id, "items.3.amount=6.55").status == ExitCode.OK
    exported(database, file, "ledger", *OF_ITEMS)
    assert file.read_text("utf-8").count("Expenses:Food") == 3


def test_items_that_are_a_total_that_a_person_confirmed_are_posted(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "out.journal"
    receipt_id = kept_basket(database, amount=Decimal("8.75"), items_check=UNPROVED, verdict="RETRY")
    assert run_command(database.url, "fix", receipt_id, "--ok").status == ExitCode.OK
    exported(database, file, "ledger", *OF_ITEMS)
    assert file.read_text("utf-8").count("Expenses:Food") == 3


@pytest.mark.parametrize(
    ("accounts", "posted"),
    [
        (("item:milk=Expenses:A", "item:oat milk=Expenses:B"), "Expenses:B"),
        (("item:oat milk=Expenses:B", "item:milk=Expenses:A"), "Expenses:B"),
        (("item:milk=Expenses:A", "item:fine=Expenses:B"), "Expenses:A"),
        (("item:MÍLK=Expenses:A",), "Expenses:A"),
        (("item:cafe=Expenses:A",), "Expenses:A"),
        (("item:mil*=Expenses:A",), "Expenses:A"),
        (("item:oat mi*=Expenses:A",), "Expenses:A"),
        (("item:mil=Expenses:A",), "Expenses:Receipts"),
        (("item:ilk=Expenses:A",), "Expenses:Receipts"),
        (("item:fine milk=Expenses:A",), "Expenses:Receipts"),
    ],
)
def test_the_account_of_an_item_is_that_of_the_longest_match_and_the_first_of_equal_ones(
    database: Database, tmp_path: Path, accounts: tuple[str, ...], posted: str
) -> None:
    file = tmp_path / "out.journal"
    keep_one(database, items=[item("Fine oat-milk, café")])
    exported(database, file, "ledger", "--items", *(word for one in accounts for word in ("--account", one)))
    assert f"    {posted}  12.50 EUR" in file.read_text("utf-8")


def test_a_discount_follows_its_item_unless_its_own_words_have_an_account(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "out.journal"
    bought = [item("Cola", "2.00"), item("Bottle", "0.25", kind="deposit", applies_to=1)]
    keep_one(database, items=bought, amount=Decimal("2.25"))
    of_cola = ("--items", "--account", "item:cola=Expenses:Drinks")
    exported(database, file, "ledger", *of_cola)
    assert "Expenses:Drinks  0.25 EUR  ; Bottle" in file.read_text("utf-8")
    assert "Expenses:Receipts" not in file.read_text("utf-8")
    exported(database, file, "ledger", *of_cola, "--account", "item:bottle=Assets:Bottles")
    assert "Assets:Bottles  0.25 EUR  ; Bottle" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (("--items",), "--items needs the accounts of items"),
        (("--account", "item:milk=Expenses:Food"), "they need --items"),
        (("--items", "--account", "item:milk"), "is not item:WORDS=ACCOUNT"),
        (("--items", "--account", "item:=Expenses:Food"), "is not item:WORDS=ACCOUNT"),
        (("--items", "--account", "item:-=Expenses:Food"), "is not item:WORDS=ACCOUNT"),
        (("--items", "--account", "item:milk=(Expenses)"), "not a valid account name"),
    ],
)
def test_accounts_of_items_that_cannot_be_used_are_wrong_usage(
    database: Database, arguments: tuple[str, ...], advice: str
) -> None:
    outcome = run_command(database.url, "export", "--format", "ledger", *arguments)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert advice in outcome.stderr


LONGEST_LINE = 4096
"""Bytes that ledger reads of a line."""

WORDS = st.text(st.sampled_from('ab ;|()[]{}*!"\\:=@#%,.\n\t\x1bé—½²￾1 2024-99-99'), max_size=25)


RECORD = Record(
    1, dt.date(2024, 3, 5), None, None, Decimal("1.00"), "EUR", None, None, None, None,
    "ACCEPT", 90, "local", None, 1, 1, dt.datetime(2024, 3, 5, tzinfo=dt.UTC), (), "", KnownItems(), (), sure=True,
)  # fmt: skip


SPLITTING = Accounts(by_item=by_item(["item:0=Expenses:Zero"]))


def of_one_item(description: str) -> KnownItems:
    """A proved list of an item of 1.00, for the account of SPLITTING, and another one of -1.00."""
    first = StoredItem(
        1, f"0 {description}", None, None, None, None, Decimal("1.00"), "item", None, None, None, None, None
    )
    back = replace(first, position=2, amount=Decimal("-1.00"))
    return KnownItems((first, back), ItemsCheck(Decimal("0.00"), Agreement.SUBTOTAL, 2, None, complete=True))


def made(writer: Writer, stream: io.BytesIO, merchant: str, number: str, file: str) -> bytes:
    """Write one receipt with these texts, of which the merchant's is that of its items as well."""
    items = of_one_item(merchant)
    writer.write(replace(RECORD, merchant=merchant, receipt_number=number, file=file, items=items))
    writer.close()
    return stream.getvalue()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(merchant=WORDS, number=WORDS, file=WORDS)
@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.slow
def test_no_text_breaks_a_transaction(tmp_path: Path, name: str, merchant: str, number: str, file: str) -> None:
    program(name)
    stream = io.BytesIO()
    writer: Writer = LedgerWriter(stream, SPLITTING)
    if name == "beancount":
        writer = BeancountWriter(stream, SPLITTING, opening=True)
    out = tmp_path / "out"
    out.write_bytes(made(writer, stream, merchant, number, file))
    read = parse(name, out)
    if name != "beancount":
        assert read.count("1.00 EUR") == 4


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        ("ledger", "Expenses:a  b"),
        ("ledger", "Expenses;x"),
        ("ledger", "(Expenses)"),
        ("ledger", "Expenses:"),
        ("beancount", "Expenses"),
        ("beancount", "expenses:food"),
        ("beancount", "Expenses:Fast Food"),
        ("beancount", "Expenses:food"),
    ],
)
def test_a_name_that_is_not_an_account_is_wrong_usage(
    database: Database, tmp_path: Path, kind: str, option: str
) -> None:
    out = tmp_path / "out"
    outcome = run_command(database.url, "export", "--format", kind, "--out", out, "--account-expenses", option)
    assert outcome.status == ExitCode.USAGE
    assert option in outcome.stderr
    assert not out.exists()


@pytest.mark.parametrize("given", ["card", "card=", "cheque=Assets:Bank"])
def test_an_account_for_no_way_of_paying_is_wrong_usage(database: Database, given: str) -> None:
    assert run_command(database.url, "export", "--format", "ledger", "--account", given).status == ExitCode.USAGE


def test_beancount_takes_every_account_that_is_accepted(database: Database, tmp_path: Path) -> None:
    program("beancount")
    keep_one(database, payment={"method": "mobile", "brand": None, "card_last4": None})
    file = tmp_path / "out"
    accounts = ("--account-expenses", "Expenses:7-Zwerge:Käse", "--account-cash", "Assets:Älter-2", "--account",
                "mobile=Liabilities:X")  # fmt: skip
    exported(database, file, "beancount", *accounts)
    assert "Liabilities:X  -12.50 EUR" in file.read_text("utf-8")
    parse("beancount", file)
