"""Everything below the items: sums, payment, tax table, counts, and the card terminal's slip."""

from __future__ import annotations

from generator.dice import Dice
from generator.sheet import Cell, Look, Sheet
from generator.shop import ZERO, Sale, TaxLine, rounded
from generator.wording import Wording


def print_sums(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> tuple[bool, bool]:
    """From subtotal to total; tells whether the subtotal and the whole tax are among the lines."""
    tax_shown = not sale.tax_included and sale.tax != ZERO
    extras = sale.basket_discount or sale.service or tax_shown
    subtotal_shown = bool(extras) or (sale.due != sale.goods) or dice.chance(0.3)
    if subtotal_shown:
        sheet.pair(words.word("subtotal"), words.number(sale.goods))
    if sale.basket_discount:
        sheet.pair(words.word("basket_discount"), words.number(sale.basket_discount))
    if sale.service:
        sheet.pair(words.word("service"), words.number(sale.service))
    if tax_shown:
        for line in (line for line in sale.taxes if line.tax):
            sheet.pair(f"{sale.tax_name} {words.percent(line.rate)}", words.number(line.tax))
    if sale.tip:
        sheet.pair(words.word("tip"), words.number(sale.tip))
    _total(sheet, dice, sale, words)
    return subtotal_shown, tax_shown


def _total(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    look = dice.pick((Look(), Look(bold=True), Look(tall=2), Look(2, 2), Look(1, 2, bold=True), Look(2, 1)))
    label = words.word("refund_total" if sale.refund else "total")
    zero_rounding = sale.country == "my" and sale.payment.cash and dice.chance(0.5)
    if sale.rounding or zero_rounding:
        sheet.pair(words.word("total_before_rounding"), words.number(sale.due))
        sheet.pair(words.word("rounding"), words.number(sale.rounding))
        label = words.word("total_rounded")
    if dice.chance(0.4):
        sheet.gap()
    if dice.chance(0.15) and look.wide == 1:
        sheet.left(label, look)
        sheet.row(Cell(words.money(sale.total), sheet.columns, "right"), look=look)
    else:
        sheet.pair(label, words.money(sale.total), look)
    if look.tall > 1 or dice.chance(0.3):
        sheet.gap()


def print_payment(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    """Cash and change, or a card with its number masked."""
    paid = sale.payment
    if paid.cash and sale.refund:
        sheet.pair(words.word("cash_refund"), words.number(sale.total))
    elif paid.cash:
        sheet.pair(words.word("cash"), words.number(paid.tendered))
        if paid.change or dice.chance(0.6):
            sheet.pair(words.word("change"), words.number(paid.change))
    else:
        sheet.pair(words.word("card"), words.number(sale.total))
        if dice.chance(0.6):
            sheet.left(f"XXXX XXXX XXXX {dice.fill('####')}")
            sheet.left(f"{words.word('auth')} {dice.fill('######')}")
    guide = words.country.tips and sale.kind == "restaurant" and not sale.tip and not sale.refund
    if guide and dice.chance(0.6):
        sheet.gap()
        sheet.left(words.word("suggested"))
        for percent in (15, 18, 20):
            sheet.left(f"  {percent}% = {words.number(rounded(sale.goods * percent / 100))}")


def print_tax_table(sheet: Sheet, dice: Dice, sale: Sale, words: Wording, rule: str) -> bool:
    """Print how much of the total is tax where prices hold it; tells whether all of it was printed."""
    regime = words.country.regime(sale.when.date())
    if not sale.tax_included or regime is None or not sale.tax_name:
        return False
    sheet.gap()
    if not regime.table and len(sale.taxes) < 3:
        sheet.pair(words.word("tax_included").replace("{tax}", sale.tax_name), words.number(sale.tax))
        return True
    if rule:
        sheet.rule(rule)
    full = sheet.columns
    stops = (full * 0.46, full * 0.7, full) if full < 40 else (full * 0.54, full * 0.77, full)
    heads = (words.word("net"), sale.tax_name, words.word("gross"))
    _table_row(sheet, words.word("rate"), heads, stops)
    for line in sale.taxes:
        _table_row(sheet, f"{line.code} {words.percent(line.rate)}", _numbers(line, words), stops)
    if dice.chance(0.5):
        net = sum((line.net for line in sale.taxes), ZERO)
        gross = sum((line.gross for line in sale.taxes), ZERO)
        total = TaxLine("", ZERO, net, sale.tax, gross)
        _table_row(sheet, words.word("tax_total"), _numbers(total, words), stops)
        return True
    return len(sale.taxes) == 1


def _numbers(line: TaxLine, words: Wording) -> tuple[str, str, str]:
    return words.number(line.net), words.number(line.tax), words.number(line.gross)


def _table_row(sheet: Sheet, label: str, values: tuple[str, str, str], stops: tuple[float, float, float]) -> None:
    cells = (Cell(value, stop, "right") for value, stop in zip(values, stops, strict=True))
    sheet.row(Cell(label, 0), *cells)


def print_counts(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    """How many items, how many pieces, how much saved: lines that rival the total."""
    if sale.kind not in {"supermarket", "pharmacy", "hardware"} or sale.refund:
        return
    pieces = sum(1 if item.unit else int(item.quantity) for item in sale.items)
    if dice.chance(0.5):
        sheet.gap()
        sheet.pair(words.word("items"), str(len(sale.items)))
    if dice.chance(0.35):
        sheet.pair(
            words.word("quantity"),
            words.number(sum((i.quantity for i in sale.items), ZERO), 2)
            if any(i.unit for i in sale.items)
            else str(pieces),
        )
    if sale.savings and dice.chance(0.7):
        sheet.pair(words.word("savings"), words.number(sale.savings))


def print_card_slip(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    """Print the sale as a card terminal does."""
    sheet.pair("TID", dice.fill("########"))
    sheet.pair("MID", dice.fill("0000######"))
    sheet.left(f"{words.word('card')} ************{dice.fill('####')}")
    sheet.gap()
    sheet.left(words.word("refund_title" if sale.refund else "sale"))
    sheet.pair(words.word("amount"), words.money(sale.total), dice.pick((Look(), Look(tall=2), Look(2, 2))))
    sheet.gap()
    sheet.pair(words.word("auth"), dice.fill("######"))
    sheet.pair("AID", dice.fill("A0000000######"))
    sheet.centre(words.word("approved"))
    sheet.centre(words.word("card_slip"))
