"""In text that was read without any error, the rules find what stands there, in every country that is drawn."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bench.texts import main, read
from generator.locales import country_codes, load_country
from generator.receipt import Order
from rpiocr.extract import Languages

WITHOUT_TABLES = ("hu", "is")
"""Languages of receipts whose words the tool does not know: what is found there rests on sums alone."""

KNOWN = [code for code in country_codes() if load_country(code).language.code not in WITHOUT_TABLES]

SEED = 9504
RECEIPTS = 6


@pytest.fixture(scope="module")
def languages() -> Languages:
    """All languages, of which each text chooses."""
    return Languages(named=("en",))


@pytest.mark.parametrize("country", KNOWN)
def test_the_total_is_found_wherever_a_receipt_comes_from(country: str, languages: Languages) -> None:
    texts = [read(Order(seed=SEED, index=index, country=country), languages) for index in range(RECEIPTS)]
    missed = [text.printout.text for text in texts if not text.found["total"]]
    assert not missed, missed[0]


def test_the_table_counts_each_field_of_the_receipts_that_have_it() -> None:
    done = CliRunner().invoke(main, ["--seed", str(SEED), "--receipts", "2", "--country", "fr", "--country", "jp"])
    assert done.exit_code == 0, done.output
    rows = [line.split("|")[1:4] for line in done.output.splitlines() if line.startswith("| ")]
    counted = [(row[0].strip(), row[1].strip()) for row in rows[2:]]
    assert counted == [("fr", "2"), ("jp", "2"), ("all", "4")]
