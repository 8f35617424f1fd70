"""The items of a receipt are read in whatever layout they are printed, and accepted only if their sum proves them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bench.distortion import Distortion
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.decide.items import ItemsStanding, find_items, joined_items, standing_of_items
from rpiocr.extract import Hints
from rpiocr.model import EngineId, ItemKind, ItemList, Line, Pass, Verdict
from rpiocr.recognise.rapidocr.engine import RAPIDOCR
from tests.written import PITCH, PSM_4, PSM_6, languages, read_as, write

END = "TOTAL GBP {total}\nCARD {total}\n12/11/2026 14:05"


def list_of(*texts: str, total: str = "") -> ItemList:
    """The items of a receipt that both engines read well; each has read a text of its own if there are several."""
    engines = (PSM_6, PSM_4, EngineId(RAPIDOCR))
    read = texts if len(texts) > 1 else texts * len(engines)
    pages = [f"CORNER SHOP\nLondon SE1 2AB\n{text}\n{END.format(total=total) if total else ''}" for text in read]
    passes = [read_as(text, engine, confidence=0.97) for text, engine in zip(pages, engines, strict=False)]
    found = understand(passes, 0.0, languages(), Hints(), Judge(0.005))
    items = find_items(found, found.fields)
    assert items is not None
    return items.listed


def rows(found: ItemList) -> list[tuple[str, str | None, str | None, str]]:
    """Description, quantity, unit price and amount of each item."""
    return [
        (
            one.description,
            None if one.quantity is None else str(one.quantity),
            None if one.unit_price is None else str(one.unit_price),
            str(one.amount),
        )
        for one in found.items
    ]


def test_a_name_that_another_pass_has_read_better_is_repaired_and_what_was_read_is_kept() -> None:
    read = "5OUP 1.20\nC0FFEE 5OOG 2.50"
    found = list_of(read, read.replace("5OUP", "SOUP"), total="3.70")
    assert [(one.description, one.description_read) for one in found.items] == [
        ("SOUP", "5OUP"),
        ("COFFEE 500G", "C0FFEE 5OOG"),
    ]
    assert found.verdict is Verdict.ACCEPT


def test_a_name_without_a_misreading_has_no_other_one_that_was_read() -> None:
    assert [one.description_read for one in list_of("WD40 1.20\nH2O 2.50", total="3.70").items] == [None, None]


LAYOUTS = {
    "one line": ("BREAD 2.50 A\nMILK 1L 1.20 A", [("BREAD", None, None, "2.50"), ("MILK 1L", None, None, "1.20")]),
    "quantity above": (
        "2 x 1.25\nBREAD 2.50\nMILK 1.20",
        [("BREAD", "2", "1.25", "2.50"), ("MILK", None, None, "1.20")],
    ),
    "quantity below": (
        "BREAD 2.50\n2 @ 1.25 ea\nMILK 1.20",
        [("BREAD", "2", "1.25", "2.50"), ("MILK", None, None, "1.20")],
    ),
    "a misread sign": (
        "BREAD 2.50\n2 0 1.25\nMILK 1.20",
        [("BREAD", "2", "1.25", "2.50"), ("MILK", None, None, "1.20")],
    ),
    "weights": (
        "APPLES 1.14\n0.456 kg x 2.50 GBP/kg\nMILK 2.56",
        [("APPLES", "0.456", "2.50", "1.14"), ("MILK", None, None, "2.56")],
    ),
    "several for a price": (
        "AVOCADO 2.50\n2 @ 4 / 5.00\nMILK 1.20",
        [("AVOCADO", "2", None, "2.50"), ("MILK", None, None, "1.20")],
    ),
    "description above": (
        "SOURDOUGH BREAD\n2 x 1.25 2.50\nWHOLE MILK\n1 x 1.20 1.20",
        [("SOURDOUGH BREAD", "2", "1.25", "2.50"), ("WHOLE MILK", "1", "1.20", "1.20")],
    ),
    "description below": (
        "Item Qty Price Amount\n1938 2 1.25 2.50 S\nSOURDOUGH BREAD\n1618 1 1.20 1.20 S\nWHOLE MILK",
        [("SOURDOUGH BREAD", "2", "1.25", "2.50"), ("WHOLE MILK", "1", "1.20", "1.20")],
    ),
    "columns": (
        "Qty Description Price Amount\n2 BREAD 1.25 2.50\n1 MILK 1.20 1.20",
        [("BREAD", "2", "1.25", "2.50"), ("MILK", "1", "1.20", "1.20")],
    ),
    "quantity before the description": (
        "2 BREAD 2.50\n1 MILK 1.20",
        [("BREAD", "2", None, "2.50"), ("MILK", "1", None, "1.20")],
    ),
    "codes": (
        "4078500873307 BREAD 2.50\n4078500873308 MILK 1.20",
        [("BREAD", None, None, "2.50"), ("MILK", None, None, "1.20")],
    ),
    "two lines": (
        "SALAMI SECCHI 2.50\nCOLUMBUS BRAND\nCIABATTA ROLLS 1.20\nWHITE FLOUR",
        [("SALAMI SECCHI COLUMBUS BRAND", None, None, "2.50"), ("CIABATTA ROLLS WHITE FLOUR", None, None, "1.20")],
    ),
    "usual prices": (
        "BREAD 2.50\nREGULAR PRICE 3.00\nMILK 1.20\nREGULAR PRICE 1.50",
        [("BREAD", None, None, "2.50"), ("MILK", None, None, "1.20")],
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_items_are_read_as_they_are_laid_out(layout: str) -> None:
    text, expected = LAYOUTS[layout]
    found = list_of(text, total="3.70")
    assert rows(found) == expected
    assert found.check.complete
    assert found.verdict is Verdict.ACCEPT


def test_a_discount_is_negative_and_belongs_to_the_item_above_it() -> None:
    found = list_of("BREAD 2.50\nDISCOUNT -0.50\nMILK 1.20", total="3.20")
    assert [(one.kind, str(one.amount), one.applies_to) for one in found.items] == [
        (ItemKind.ITEM, "2.50", None),
        (ItemKind.DISCOUNT, "-0.50", 1),
        (ItemKind.ITEM, "1.20", None),
    ]


def test_deposits_and_charges_are_named() -> None:
    found = list_of("COLA 1.50\nBOTTLE DEPOSIT 0.25\nBAG FEE 0.10", total="1.85")
    assert [(one.kind, one.applies_to) for one in found.items] == [
        (ItemKind.ITEM, None),
        (ItemKind.DEPOSIT, 1),
        (ItemKind.CHARGE, None),
    ]


def test_the_items_of_a_refund_are_negative_whether_or_not_the_sign_is_printed() -> None:
    for text in ("BREAD 2.50\nMILK 1.20\nREFUND TOTAL", "BREAD -2.50\nMILK -1.20\nREFUND TOTAL"):
        found = list_of(f"*** REFUND ***\n{text} GBP -3.70\nCASH -3.70\n12/11/2026 14:05")
        assert [(one.kind, str(one.amount)) for one in found.items] == [
            (ItemKind.ITEM, "-2.50"),
            (ItemKind.ITEM, "-1.20"),
        ]


def test_items_whose_sign_is_in_doubt_are_not_accepted() -> None:
    text = "RETURN NO 1\nBREAD 2.50\nMILK 1.20\nSUBTOTAL 3.70\nROUNDING -0.02"
    engines = (PSM_6, PSM_4, EngineId(RAPIDOCR))
    page = f"CORNER SHOP\n{text}\nTOTAL GBP -3.68\n12/11/2026 14:05"
    found = understand(
        [read_as(page, one, confidence=0.97) for one in engines], 0.0, languages(), Hints(), Judge(0.005)
    )
    assert found.fields.amount
    unsure = replace(found.fields.amount, verdict=Verdict.RETRY)
    items = find_items(found, replace(found.fields, amount=unsure))
    assert items
    assert {one.amount < 0 for one in items.listed.items} == {True}
    assert items.listed.verdict is Verdict.RETRY


def test_a_sum_that_does_not_agree_is_said_and_not_accepted() -> None:
    found = list_of("BREAD 2.50\nMILK 1.20", total="9.99")
    assert (found.check.sum, found.check.agrees_with, found.check.complete) == (Decimal("3.70"), None, False)
    assert found.verdict is not Verdict.ACCEPT


def test_a_printed_number_of_items_that_differs_is_not_accepted() -> None:
    same, other = (list_of(f"BREAD 2.50\nMILK 1.20\nITEMS SOLD {count}", total="3.70") for count in (2, 3))
    assert (same.verdict, same.check.count_printed) == (Verdict.ACCEPT, 2)
    assert (other.verdict, other.check.count_printed) == (Verdict.RETRY, 3)


WITH_BOTTLES = (
    "4 x 0.75\nCOLA 3.00\nBOTTLE DEPOSIT 0.60\nMILK 1.20\nDISCOUNT -0.20\n"
    "EMPTY BOTTLES DEPOSIT RETURN -0.50\nBAG FEE 0.10"
)
"""Two goods of five pieces, a deposit, a returned one, a discount and a bag: 4.20."""

CONVENTIONS = {
    "all lines": 6,
    "lines without discounts": 5,
    "pieces without discounts": 8,
    "lines without returned deposits": 4,
    "pieces without returned deposits": 7,
    "lines without deposits": 3,
    "pieces without deposits": 6,
    "lines of the goods alone": 2,
    "pieces of the goods alone": 5,
}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_printed_number_of_items_may_count_lines_or_pieces_with_or_without_deposits_and_bags(convention: str) -> None:
    found = list_of(f"{WITH_BOTTLES}\nITEM COUNT {CONVENTIONS[convention]}", total="4.20")
    assert [one.kind.value for one in found.items] == ["item", "deposit", "item", "discount", "deposit", "charge"]
    assert found.check.count_printed == CONVENTIONS[convention]
    assert (found.verdict, found.check.complete) == (Verdict.ACCEPT, True)


@pytest.mark.parametrize("printed", [0, 1, 9, 10])
def test_a_printed_number_of_items_that_no_convention_explains_is_not_accepted(printed: int) -> None:
    found = list_of(f"{WITH_BOTTLES}\nITEM COUNT {printed}", total="4.20")
    assert found.check.count_printed == printed
    assert (found.verdict, found.check.complete) == (Verdict.RETRY, False)


@pytest.mark.parametrize(
    ("printed", "verdict"), [(3, Verdict.ACCEPT), (1, Verdict.ACCEPT), (2, Verdict.ACCEPT), (5, Verdict.RETRY)]
)
def test_bottles_given_back_need_not_be_counted_on_a_german_receipt(printed: int, verdict: Verdict) -> None:
    bought = "MINERALWASSER 2.90\nPFAND 0.25\nPFANDRUECKGABE -0.50"
    found = list_of(f"{bought}\nANZAHL ARTIKEL: {printed}", total="2.65")
    assert [str(one.amount) for one in found.items] == ["2.90", "0.25", "-0.50"]
    assert found.verdict is verdict


def test_a_receipt_without_items_has_an_empty_list_that_is_not_accepted() -> None:
    found = list_of("", total="3.70")
    assert (found.items, found.verdict) == ((), Verdict.RETRY)


def test_an_amount_that_one_pass_misread_is_repaired_by_another_if_the_sum_proves_it() -> None:
    wrong, right = "BREAD 2.60\nMILK 1.20\nTEA 3.00", "BREAD 2.50\nMILK 1.28\nTEA 3.00"
    found = list_of(wrong, wrong, right, total="6.70")
    assert [str(one.amount) for one in found.items] == ["2.50", "1.20", "3.00"]
    assert found.repairs == 1


def test_a_product_named_like_a_unit_is_an_item_if_the_sum_needs_it() -> None:
    found = list_of("BREAD 2.50\nJAM 1.20", total="3.70")
    assert [str(one.amount) for one in found.items] == ["2.50", "1.20"]


@pytest.mark.parametrize("product", ["REESES PIECES", "TIP TOP BREAD", "STEAK TAX FREE"])
def test_a_list_that_may_lack_a_product_named_like_a_tax_or_a_tip_is_not_accepted(product: str) -> None:
    assert list_of(f"BREAD 2.50\n{product} 1.20", total="3.70").verdict is not Verdict.ACCEPT


@pytest.mark.parametrize("text", ["TEA 2.50\nPIE 1.20", "2.50\n1.20", "TEA\n2.50\nPIE\n1.20", "1 x 2.50\n2 x 1.20"])
def test_a_receipt_torn_off_above_its_total_has_a_list_that_is_not_accepted(text: str) -> None:
    passes = [read_as(text, confidence=0.97)]
    found = understand(passes, 0.0, languages(), Hints(), Judge(0.005))
    items = find_items(found, replace(found.fields, amount=None))
    assert items is not None
    assert not items.listed.check.complete
    assert items.listed.verdict is not Verdict.ACCEPT


def test_a_slip_of_a_filling_station_has_one_item_of_its_litres_and_their_price() -> None:
    text = "PUMP 2\nREGULAR 15.202\nPRICE/GAL 4.009\nFUEL TOTAL GBP 60.94\nCARD 60.94\n12/11/2026 14:05"
    assert rows(list_of(text)) == [("REGULAR", "15.202", "4.009", "60.94")]


def test_groups_with_sums_of_their_own_are_one_list() -> None:
    text = "BREAD 2.50\nMILK 1.20\nSUBTOTAL 0% 3.70\nWINE 9.00\nBEER 2.00\nSUBTOTAL 20% 11.00"
    assert [str(one.amount) for one in list_of(text, total="14.70").items] == ["2.50", "1.20", "9.00", "2.00"]


def test_groups_whose_tax_is_added_below_are_one_list_that_is_proved() -> None:
    text = "BREAD 2.50\nMILK 1.20\nSUBTOTAL 0% 3.70\nWINE 9.00\nBEER 2.00\nSUBTOTAL 20% 11.00\nVAT 2.20"
    found = list_of(text, total="16.90")
    assert [str(one.amount) for one in found.items] == ["2.50", "1.20", "9.00", "2.00"]
    assert found.verdict is Verdict.ACCEPT


def test_a_product_whose_name_has_a_word_for_a_former_price_is_an_item() -> None:
    text = "LAVENDER VAN 5.60\nSPAR MILCH 1.20\nBREAD 2.50"
    assert [str(one.amount) for one in list_of(text, total="9.30").items] == ["5.60", "1.20", "2.50"]


COLUMNS = "Item           Qty   Price  Amount\n" + "\n".join(
    (
        "BREAD            2    1.25    2.50",
        "MILK             1    1.20    1.20",
        "{}",
    )
)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("TEA                   3.00    3.00", ("TEA", "1", "3.00", "3.00")),
        ("TEA              §    1.50    3.00", ("TEA", "2", "1.50", "3.00")),
        ("TEA              2     1.5    3.00", ("TEA", "2", "1.50", "3.00")),
        ("TEA              2      50    3.00", ("TEA", "2", "1.50", "3.00")),
    ],
    ids=["quantity lost", "quantity misread", "price cut", "price without its first digit"],
)
def test_a_misread_quantity_or_price_is_found_by_the_columns_that_other_rows_prove(
    row: str, expected: tuple[str, str, str, str]
) -> None:
    assert rows(list_of(COLUMNS.format(row), total="6.70"))[-1] == expected


def test_a_price_that_contradicts_the_number_of_pieces_beside_it_stays_unread() -> None:
    assert rows(list_of(COLUMNS.format("TEA              3    1.50    3.00"), total="6.70"))[-1][2] is None


def test_what_is_read_of_dirt_between_the_columns_is_no_part_of_a_description() -> None:
    text = "\n".join(
        (
            "BREAD    1.25  4  2  0  2    2.50",
            "MILK     1.20  2  1  0  1    1.20",
            "TEA      1.00  6  &éo  3     3.00",
        )
    )
    assert [one.description for one in list_of(text, total="6.70").items] == ["BREAD", "MILK", "TEA"]


def test_a_net_price_with_its_tax_in_a_column_has_its_quantity() -> None:
    text = "BALLPOINT\n1.41  1  0.08  1.49\nPENCIL\n4.71  1  0.28  4.99"
    assert rows(list_of(text, total="6.48")) == [("BALLPOINT", "1", "1.41", "1.49"), ("PENCIL", "1", "4.71", "4.99")]


def test_a_number_of_pieces_below_a_description_is_its_quantity() -> None:
    text = "SPADE\n1,000 pcs 49.99\nHOE\n9555339300051 X 2 45.00"
    assert rows(list_of(text, total="94.99")) == [("SPADE", "1.000", None, "49.99"), ("HOE", "2", None, "45.00")]


def test_a_discount_without_words_is_named_by_the_article_that_it_is_on() -> None:
    text = "190235 HBO ALMONDS 5.99\n0000229383 / 190235 2.20-\n921389 OIL 7.00"
    assert list_of(text, total="10.79").items[1].description == "/ 190235"


def test_a_code_joined_to_a_description_is_no_part_of_it() -> None:
    items = list_of("100100000064-Add Vegetable 0.60\n100100000037-Fish 8.10", total="8.70").items
    assert [(one.description, one.code) for one in items] == [
        ("Add Vegetable", "100100000064"),
        ("Fish", "100100000037"),
    ]


def test_a_description_of_two_rows_above_each_amount_is_read_whole() -> None:
    text = "\n".join(
        (
            "1. CAMIS NCR BILL BOOK",
            '5" x 8"',
            "1 X 3.50  3.50",
            "2. RESTAURANT ORDER CHIT",
            '3" x 6"',
            "2 X 2.90  5.80",
        )
    )
    assert [one.description for one in list_of(text, total="9.30").items] == [
        'CAMIS NCR BILL BOOK 5" x 8"',
        'RESTAURANT ORDER CHIT 3" x 6"',
    ]


def test_a_stroke_in_the_column_of_quantities_is_a_one() -> None:
    text = "Butter Cheese    1  4.15\nEurope Bun       2  3.70\nGreen Tea Mochi  ]  3.30\nWalnut Bread     1  3.95"
    assert rows(list_of(text, total="15.10"))[2][:2] == ("Green Tea Mochi", "1")


def test_a_flag_that_has_joined_the_quantity_is_no_part_of_a_description() -> None:
    text = "F 1 COTTON 10CT 2.92\nF1 SCISSORS EACH 6.58\nT 1 TAPE 2CT 7.17"
    assert rows(list_of(text, total="16.67"))[1][:2] == ("SCISSORS EACH", "1")


def test_a_size_in_inches_behind_a_quantity_begins_a_description() -> None:
    text = '1 9" PIZZA HAWAII 30.30\n2 12" PIZZA TUNA 41.00'
    assert [(str(one.quantity), one.description) for one in list_of(text, total="71.30").items] == [
        ("1", '9" PIZZA HAWAII'),
        ("2", '12" PIZZA TUNA'),
    ]


def test_a_word_for_a_card_may_be_in_a_name_below_an_amount() -> None:
    text = "2590562  90.89\nLOGITECH\nMX MASTER 3 GRAPH\nMAUS SCHNURLOS\n1895949  2.99\nMOUSE PAD"
    assert list_of(text, total="93.88").items[0].description == "LOGITECH MX MASTER 3 GRAPH MAUS SCHNURLOS"


def test_the_heading_of_a_tax_table_is_not_that_of_the_items() -> None:
    text = "BREAD 2.50\nMILK 1.20\nTOTAL GBP 3.70\nCode Amount VAT Total\n20% 3.08 0.62 3.70"
    assert [one.description for one in list_of(text).items] == ["BREAD", "MILK"]


def test_reading_more_helps_nothing_once_all_is_proved_and_legible() -> None:
    passes = [read_as("SHOP\nBREAD 2.50\nMILK 1.20\nTOTAL GBP 3.70\nCARD 3.70\n12/11/2026 14:05", confidence=0.97)]
    clear = understand(passes, 0.0, languages(), Hints(), Judge(0.005))
    other = [read_as("SHOP\nBREAD 2.50\nTOTAL GBP 3.70\nCARD 3.70\n12/11/2026 14:05", confidence=0.97)]
    open_one = understand(other, 0.0, languages(), Hints(), Judge(0.005))
    assert clear.fields.amount
    sure = replace(clear.fields, amount=replace(clear.fields.amount, verdict=Verdict.ACCEPT))
    assert standing_of_items(clear, sure) is ItemsStanding.SETTLED
    assert standing_of_items(open_one, sure) is ItemsStanding.OPEN


def test_items_that_are_proved_and_not_legible_are_not_settled() -> None:
    passes = [read_as("SHOP\nBREAD 2.50\nMILK 1.20\nTOTAL GBP 3.70\nCARD 3.70\n12/11/2026 14:05", confidence=0.7)]
    pale = understand(passes, 0.0, languages(), Hints(), Judge(0.005))
    assert pale.fields.amount
    sure = replace(pale.fields, amount=replace(pale.fields.amount, verdict=Verdict.ACCEPT))
    assert standing_of_items(pale, sure) is ItemsStanding.PROVED


TWO_COLUMNS = """
CORNER SHOP
LARGE WHITE BREAD                 2.50 A
WITH A CARD              2.00
MILK FROM THE FARM                1.20
SMALL BROWN BREAD                 1.75 A
WITH A CARD              1.50
BLACK COFFEE BEANS                8.00
WITH A CARD              7.00
PEARS FROM THE SHOP               1.00
SUBTOTAL                         14.45
TOTAL GBP                        14.45
CARD                             14.45
THANK YOU AND COME AGAIN
12/11/2026 14:05
"""


@pytest.mark.parametrize(
    "distortion", [Distortion(turn, bulge) for turn, bulge in ((-4, 0), (-2, 0), (2, 0), (4, 0), (0, 4), (2, -4))]
)
def test_the_items_of_a_page_askew_or_bulging_are_those_of_a_flat_one(distortion: Distortion) -> None:
    def read(lines: tuple[Line, ...]) -> ItemList:
        passes = [Pass(engine, "default", lines, 0.1) for engine in (PSM_6, PSM_4)]
        found = understand(passes, 0.0, languages(), Hints(), Judge(0.005))
        items = find_items(found, found.fields)
        assert items is not None
        return items.listed

    flat, moved = read(write(TWO_COLUMNS)), read(distortion.of(write(TWO_COLUMNS)))
    assert [str(one.amount) for one in flat.items] == ["2.50", "1.20", "1.75", "8.00", "1.00"]
    assert rows(moved) == rows(flat)
    coffee = distortion.of(write(TWO_COLUMNS))[6].box
    assert abs(moved.items[3].box.middle[1] - coffee.middle[1]) < PITCH / 2


@pytest.mark.parametrize("skew_deg", [-4.0, 4.0])
def test_columns_may_be_upright_where_rows_fall(skew_deg: float) -> None:
    lines = write(TWO_COLUMNS, slant_deg=skew_deg)
    found = understand([Pass(PSM_6, "default", lines, 0.1)], skew_deg, languages(), Hints(), Judge(0.005))
    items = find_items(found, found.fields)
    assert items is not None
    assert [str(one.amount) for one in items.listed.items] == ["2.50", "1.20", "1.75", "8.00", "1.00"]
    (left, _), _, (right, _), _ = items.layout.columns[-1].corners
    assert abs(left - right) < lines[0].box.height


def test_the_pages_of_an_invoice_have_one_list() -> None:
    first, second = list_of("BREAD 2.50", total="2.50"), list_of("MILK 1.20", total="1.20")
    passes = [read_as("SHOP\nTOTAL GBP 3.70\nCARD 3.70\n12/11/2026 14:05")]
    joined = joined_items([first, second], understand(passes, 0.0, languages(), Hints(), Judge(0.005)).fields)
    assert joined is not None
    assert [one.description for one in joined.items] == ["BREAD", "MILK"]
    assert joined.check.agrees_with is not None


def test_the_items_of_several_pages_agree_with_a_total_of_the_same_sign_only() -> None:
    first, second = list_of("BREAD 2.50", total="2.50"), list_of("MILK 1.20", total="1.20")
    passes = [read_as("*** REFUND ***\nSHOP\nREFUND TOTAL GBP -3.70\nCASH -3.70\n12/11/2026 14:05")]
    fields = understand(passes, 0.0, languages(), Hints(), Judge(0.005)).fields
    assert fields.amount is not None
    assert fields.amount.chosen.value == Decimal("-3.70")
    joined = joined_items([first, second], fields)
    assert joined is not None
    assert (joined.check.sum, joined.check.agrees_with) == (Decimal("3.70"), None)
