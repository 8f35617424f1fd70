"""What is counted in kilometres, kilowatt hours, pieces or points is no money, in every language."""

from __future__ import annotations

import pytest

from rpiocr.extract.fields.total import find_totals
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import Role
from tests.written import rows_of, tables_of, write

COUNTED = [
    "TOTAL MILES 45.20",
    "TOTAL KM 145,20",
    "KM GESAMT 145,20",
    "KWH GESAMT 26,44",
    "Gesamtgewicht 12,50",
    "Total litres 40.12",
    "TOTAL ODDS 12.50",
    "TOTAL M3 18.20",
    "Total kcal 812.00",
    "TOTAL HOURS 7.50",
    "TOTAL NIGHTS 2.00",
    "Distance totale 14,20",
    "Cote totale 12,40",
    "Distancia total 14,20",
    "Peso totale 4,10",
    "Quota totale 8,15",
    "Totale afstand 12,80",
    "Quilometragem 45,20",
    "Samlet vægt 3,20",
    "Totalvikt 3,20",
    "Totalvekt 3,20",
    "Kokonaispaino 3,20",
    "Kurs łączny 12,40",
    "Celková hmotnost 3,20",
    "Toplam ağırlık 3,20",
    "Total jarak 12.40",
    "Общий вес 3.20",
    "Загальна вага 3.20",
    "総距離 12.40",
    "총거리 12.40",
    "总里程 12.40",
    "總里程 12.40",
]


@pytest.mark.parametrize("line", COUNTED)
def test_a_number_whose_label_is_a_quantity_is_no_money(line: str) -> None:
    (row,) = build_receipt_lines(write(line), tables_of(line))
    assert (row.role, row.amounts) == (Role.MEASURE, ())


def test_a_quantity_above_its_number_is_no_money_either() -> None:
    label, number = rows_of("TOTAL KM\n145,20")
    assert (label.role, label.amounts, number.amounts) == (Role.MEASURE, (), ())


MONEY = {
    "TOTAL 20 km 28.40": "28.40",
    "TOTAL LITRES 30.50 45.20": "45.20",
    "TOTAL NIGHTS 2 180.00": "180.00",
    "TOTAL (3 PCS) 28.40": "28.40",
    "TOTAL KM EUR 28,40": "28.40",
    "BANANAS KG 1.98": "1.98",
    "MILK 2 LITRES 2.50": "2.50",
}


@pytest.mark.parametrize("line", MONEY)
def test_a_unit_with_its_own_number_or_a_currency_beside_the_amount_leaves_it_money(line: str) -> None:
    (row,) = rows_of(line)
    assert [str(amount.value) for amount in row.amounts] == [MONEY[line]]


def test_the_number_of_a_ticket_is_no_amount() -> None:
    best = find_totals(rows_of("STADTBAHN\nEinzelfahrt Zone 10-20\nPreis: EUR 3.20\nNr 0045.60"))
    assert [str(one.value) for one in best] == ["3.20"]
