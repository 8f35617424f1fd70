"""Exports for plain-text accounting, read by the programs themselves where they are installed."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rpiocr.errors import ExitCode
from rpiocr.export.accounts import Accounts
from rpiocr.export.as_beancount import BeancountWriter
from rpiocr.export.as_ledger import LedgerWriter
from rpiocr.export.record import Record
from rpiocr.export.writer import Writer
from rpiocr.store.database import Database
from rpiocr.store.items import KnownItems
from tests.printing.hostile import TEXTS
from tests.store.program import run_command
from tests.store.readings import keep_one

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
    writer: Writer = LedgerWriter(stream, Accounts())
    if name == "beancount":
        writer = BeancountWriter(stream, Accounts(), opening=True)
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


LONGEST_LINE = 4096
"""Bytes that ledger reads of a line."""

WORDS = st.text(st.sampled_from('ab ;|()[]{}*!"\\:=@#%,.\n\t\x1bé—½²￾1 2024-99-99'), max_size=25)


RECORD = Record(
    1, dt.date(2024, 3, 5), None, None, Decimal("1.00"), "EUR", None, None, None, None,
    "ACCEPT", 90, "local", None, 1, 1, dt.datetime(2024, 3, 5, tzinfo=dt.UTC), (), "", KnownItems(), (), sure=True,
)  # fmt: skip


def made(writer: Writer, stream: io.BytesIO, merchant: str, number: str, file: str) -> bytes:
    """Write one receipt with these texts."""
    writer.write(replace(RECORD, merchant=merchant, receipt_number=number, file=file))
    writer.close()
    return stream.getvalue()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(merchant=WORDS, number=WORDS, file=WORDS)
@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.slow
def test_no_text_breaks_a_transaction(tmp_path: Path, name: str, merchant: str, number: str, file: str) -> None:
    program(name)
    stream = io.BytesIO()
    writer: Writer = LedgerWriter(stream, Accounts())
    if name == "beancount":
        writer = BeancountWriter(stream, Accounts(), opening=True)
    out = tmp_path / "out"
    out.write_bytes(made(writer, stream, merchant, number, file))
    read = parse(name, out)
    if name != "beancount":
        assert read.count("1.00 EUR") == 2


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
