"""Prints everything below the items: sums, payment, tax table, counts, and the slip of a card terminal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from generator.dice import Dice
from generator.locales import SecondCurrency
from generator.sheet import Cell, Look, Sheet, width
from generator.shop import ZERO, Sale, TaxLine, rounded
from generator.wording import Wording

WALLET, SECOND = 21, 22
"""Side streams of random numbers: payment by phone, and the total in a second currency."""


@dataclass(frozen=True, slots=True)
class Paid:
    """The printed payment method, and the last four digits of the card if they are printed."""

    by: Literal["cash", "card", "mobile"]
    last4: str | None = None


def print_sums(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> tuple[bool, bool]:
    """Print the lines from subtotal to total; return whether the subtotal and the whole tax are among them."""
    tax_shown = not sale.tax_included and sale.tax != ZERO
    extras = sale.basket_discount or sale.service or tax_shown
    subtotal_shown = bool(extras) or (sale.due != sale.goods) or dice.chance(0.3)
    taxed = [line for line in sale.taxes if line.tax] if tax_shown else []
    if subtotal_shown:
        sheet.pair(words.word("subtotal"), words.amount(sale.goods))
    for key, amount in (("basket_discount", sale.basket_discount), ("service", sale.service)):
        if amount:
            sheet.pair(words.word(key), words.amount(amount))
    for line in taxed:
        label = words.word("tax_added") if words.has("tax_added") else "{tax} {rate}"
        sheet.pair(_tax_label(label, sale, line, words), words.amount(line.tax))
    if sale.tip:
        sheet.pair(words.word("tip"), words.amount(sale.tip))
    _total(sheet, dice, sale, words)
    return subtotal_shown, len(taxed) == 1


def _total(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    look = dice.pick((Look(), Look(bold=True), Look(tall=2), Look(2, 2), Look(1, 2, bold=True), Look(2, 1)))
    label = words.word("refund_total" if sale.refund else "total")
    zero_rounding = sale.country == "my" and sale.payment.cash and dice.chance(0.5)
    if sale.rounding or zero_rounding:
        sheet.pair(words.word("total_before_rounding"), words.amount(sale.due))
        sheet.pair(words.word("rounding"), words.amount(sale.rounding))
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


def print_second_currency(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    """Print the total in the country's second currency, on a share of receipts."""
    second = words.country.second_currency
    dice = dice.side(SECOND)
    if second is None or not dice.chance(second.share):
        return
    sheet.pair(dice.pick(second.words), _converted(sale, second, words))


def _converted(sale: Sale, second: SecondCurrency, words: Wording) -> str:
    worth = rounded(sale.total * second.rate)
    return second.pattern.replace("{n}", words.number(worth, second.decimals))


def print_payment(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> Paid:
    """Print cash and change, a card with its masked number, or a payment by phone."""
    paid = _print_paid(sheet, dice, sale, words)
    guide = words.country.tips and sale.kind == "restaurant" and not sale.tip and not sale.refund
    if guide and dice.chance(0.6):
        sheet.gap()
        sheet.left(words.word("suggested"))
        for percent in (15, 18, 20):
            sheet.left(f"  {percent}% = {words.number(rounded(sale.goods * percent / 100))}")
    return paid


def _print_paid(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> Paid:
    paid = sale.payment
    if paid.cash and sale.refund:
        sheet.pair(words.word("cash_refund"), words.amount(sale.total))
        return Paid("cash")
    if paid.cash:
        sheet.pair(words.word("cash"), words.amount(paid.tendered))
        if paid.change or dice.chance(0.6):
            sheet.pair(words.word("change"), words.amount(paid.change))
        return Paid("cash")
    if words.has("wallet") and dice.side(WALLET).chance(words.country.wallet_share):
        sheet.pair(words.word("wallet"), words.amount(sale.total))
        return Paid("mobile")
    sheet.pair(words.word("card"), words.amount(sale.total))
    if not dice.chance(0.6):
        return Paid("card")
    number = dice.fill(dice.choose(words.country.card_numbers))
    sheet.left(number)
    sheet.left(f"{words.word('auth')} {dice.fill('######')}")
    return Paid("card", _last4(number))


def _last4(number: str) -> str:
    return "".join(character for character in number if character.isdigit())[-4:]


def print_tax_table(sheet: Sheet, dice: Dice, sale: Sale, words: Wording, rule: str) -> bool:
    """Print the tax that is included in the total; return whether all of it is printed."""
    regime = words.country.regime(sale.when.date())
    if not sale.tax_included or regime is None or not sale.tax_name:
        return False
    sheet.gap()
    if not regime.table and len(sale.taxes) < 3:
        sheet.pair(words.word("tax_included").replace("{tax}", sale.tax_name), words.amount(sale.tax))
        return True
    if words.has("tax_of"):
        return _print_tax_rows(sheet, sale, words)
    if rule:
        sheet.rule(rule)
    return _print_columns(sheet, dice, sale, words)


def _print_columns(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> bool:
    """Print a table of net, tax and gross for each rate; return whether one row has the whole tax."""
    full = sheet.columns
    stops = (full * 0.46, full * 0.7, full) if full < 40 else (full * 0.54, full * 0.77, full)
    heads = (words.word("net"), sale.tax_name, words.word("gross"))
    rows = [(words.word("rate"), heads)]
    rows += [(f"{line.code} {words.percent(line.rate)}", _numbers(line, words)) for line in sale.taxes]
    summed = dice.chance(0.5)
    if summed:
        net = sum((line.net for line in sale.taxes), ZERO)
        gross = sum((line.gross for line in sale.taxes), ZERO)
        total = TaxLine("", ZERO, net, sale.tax, gross)
        rows.append((words.word("tax_total"), _numbers(total, words)))
    widest = max(sum(map(width, (label, *values))) for label, values in rows)
    if (sheet.cuts_lines and widest <= full) or all(_fits(label, values, stops) for label, values in rows):
        for label, values in rows:
            _table_row(sheet, label, values, stops)
    else:
        for label, (_, tax, _) in rows:
            sheet.pair(label, tax)
    return summed or len(sale.taxes) == 1


def _fits(label: str, values: tuple[str, str, str], stops: tuple[float, float, float]) -> bool:
    """Return whether there is at least one column between the cells of a table row."""
    ends = (width(label), *stops[:2])
    return all(stop - width(value) >= end + 1 for value, stop, end in zip(values, stops, ends, strict=True))


def _print_tax_rows(sheet: Sheet, sale: Sale, words: Wording) -> bool:
    """Print rows for each rate instead of a table; return whether one row has the whole tax."""
    for line in sale.taxes:
        if not line.rate and words.has("exempt"):
            _tax_row(sheet, "exempt", line.gross, sale, line, words)
            continue
        for key, amount in (("tax_net", line.net), ("tax_gross", line.gross), ("tax_of", line.tax)):
            if words.has(key):
                _tax_row(sheet, key, amount, sale, line, words)
    return sum(1 for line in sale.taxes if line.rate) == 1


def _tax_row(sheet: Sheet, key: str, amount: Decimal, sale: Sale, line: TaxLine, words: Wording) -> None:
    """Print a row in a wording in which a bar can be followed by the pattern of the amount."""
    label, _, value = words.word(key).partition("|")
    sheet.pair(_tax_label(label, sale, line, words), (value or "{n}").replace("{n}", words.amount(amount)))


def _tax_label(pattern: str, sale: Sale, line: TaxLine, words: Wording) -> str:
    return pattern.format(tax=sale.tax_name, rate=words.percent(line.rate), code=line.code)


def _numbers(line: TaxLine, words: Wording) -> tuple[str, str, str]:
    return words.number(line.net), words.number(line.tax), words.number(line.gross)


def _table_row(sheet: Sheet, label: str, values: tuple[str, str, str], stops: tuple[float, float, float]) -> None:
    cells = (Cell(value, stop, "right") for value, stop in zip(values, stops, strict=True))
    sheet.row(Cell(label, 0), *cells)


def print_counts(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    """Print the number of items and pieces, and the savings: lines that compete with the total."""
    if sale.kind not in {"supermarket", "pharmacy", "hardware"} or sale.refund:
        return
    sold = [item for item in sale.items if item.quantity > 0]
    pieces = sum(1 if item.unit else int(item.quantity) for item in sold)
    if dice.chance(0.5):
        sheet.gap()
        sheet.pair(words.word("items"), str(len(sale.items)))
    if dice.chance(0.35):
        sheet.pair(
            words.word("quantity"),
            words.number(sum((item.quantity for item in sold), ZERO), 2)
            if any(item.unit for item in sold)
            else str(pieces),
        )
    if sale.savings and dice.chance(0.7):
        sheet.pair(words.word("savings"), words.amount(sale.savings))


def print_card_slip(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> Paid:
    """Print the sale as a card terminal does."""
    sheet.pair("TID", dice.fill("########"))
    sheet.pair("MID", dice.fill("0000######"))
    card = words.word("card")
    last4 = dice.fill("####")
    sheet.left(f"{card} ************{last4}")
    sheet.gap()
    sheet.left(words.word("refund_title" if sale.refund else "sale"))
    sheet.pair(words.word("amount"), words.money(sale.total), dice.pick((Look(), Look(tall=2), Look(2, 2))))
    sheet.gap()
    sheet.pair(words.word("auth"), dice.fill("######"))
    sheet.pair("AID", dice.fill("A0000000######"))
    sheet.centre(words.word("approved"))
    sheet.centre(words.word("card_slip"))
    return Paid("card", last4)
