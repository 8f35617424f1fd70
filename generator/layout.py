"""Lays out a sale as the lines that a shop prints."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from generator.dice import Dice
from generator.items.printed import PrintedItems
from generator.items.printing import USUAL, print_items
from generator.locales import load_country
from generator.sheet import Line, Look, Sheet, width
from generator.shop import Sale
from generator.sums import (
    print_card_slip,
    print_counts,
    print_payment,
    print_second_currency,
    print_sums,
    print_tax_table,
)
from generator.wording import Wording


@dataclass(frozen=True, slots=True)
class Printout:
    """The printed lines, and which values of the sale appear on them (``time``: HH:MM or HH:MM:SS).

    ``number`` is the receipt number, ``payment`` "cash", "card" or "mobile"; ``own_calendar`` means that the year is
    not Gregorian.
    """

    lines: tuple[Line, ...]
    subtotal_printed: bool
    tax_printed: bool
    time: str | None
    date_text: str
    total_text: str
    signed: bool
    number: str | None = None
    payment: str | None = None
    card_last4: str | None = None
    own_calendar: bool = False
    items: PrintedItems = field(default_factory=PrintedItems)

    @property
    def text(self) -> str:
        """The text of all lines."""
        return "\n".join(line.text for line in self.lines)


def lay_out(dice: Dice, sale: Sale, columns: int, *, slip: bool = False, layout: str = USUAL) -> Printout:
    """Print the sale on a roll of ``columns`` characters, its items in a layout.

    With ``slip``, it is printed without items, as the slip of a card terminal.
    """
    country = load_country(sale.country)
    words = Wording.draw(dice, country, unsigned=sale.refund and dice.chance(0.25))
    sheet = Sheet(columns, cuts_lines=country.cuts_lines)
    rule = dice.pick(("-", "-", "=", "*", "_", ""))
    moment_on_top = slip or dice.chance(0.65)
    time_printed = dice.chance(0.9)

    print_header(sheet, dice, sale, words)
    number = None
    if moment_on_top:
        number = _moment(sheet, dice, sale, words, time_printed=time_printed)
    subtotal_printed = tax_printed = False
    items = PrintedItems()
    if slip:
        paid = print_card_slip(sheet, dice, sale, words)
    else:
        _rule(sheet, rule)
        items = print_items(sheet, dice, sale, words, layout)
        _rule(sheet, rule)
        subtotal_printed, tax_printed = print_sums(sheet, dice, sale, words)
        print_second_currency(sheet, dice, sale, words)
        paid = print_payment(sheet, dice, sale, words)
        tax_printed |= print_tax_table(sheet, dice, sale, words, rule)
        print_counts(sheet, dice, sale, words)
    if not moment_on_top:
        sheet.gap()
        number = _moment(sheet, dice, sale, words, time_printed=time_printed)
    print_footer(sheet, dice, sale, words)
    return Printout(
        lines=tuple(sheet.lines),
        subtotal_printed=subtotal_printed,
        tax_printed=tax_printed,
        time=words.printed_time(sale.when.time()) if time_printed else None,
        date_text=words.date(sale.when.date()),
        total_text=words.number(abs(sale.total)),
        signed=not words.unsigned,
        number=number,
        payment=paid.by,
        card_last4=paid.last4,
        own_calendar=words.own_calendar,
        items=items,
    )


def _rule(sheet: Sheet, mark: str) -> None:
    if mark:
        sheet.rule(mark)
    else:
        sheet.gap()


def print_header(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    """Print name, address and numbers of the shop, and the title of the receipt."""
    shop = sale.shop
    big = dice.pick((Look(), Look(bold=True), Look(tall=2), Look(2, 2), Look(1, 2, bold=True)))
    sheet.centre(shop.name, big)
    details = [*shop.address, shop.phone, shop.tax_id]
    if dice.chance(0.6):
        details.insert(0 if sale.country == "my" else len(details), shop.registration)
    for detail in filter(None, details):
        sheet.centre(detail)
    if sale.refund:
        sheet.gap()
        sheet.centre(words.word("refund_title"), Look(1, 2))
    elif words.country.invoices or dice.chance(0.4):
        title = dice.pick(words.country.invoices or words.country.language.words["invoice"])
        if title:
            sheet.gap()
            sheet.centre(title, Look(bold=dice.chance(0.5)))
    sheet.gap()


def _moment(sheet: Sheet, dice: Dice, sale: Sale, words: Wording, *, time_printed: bool) -> str | None:
    """Print date, time and receipt number; return the number if it is printed."""
    date = words.date(sale.when.date())
    time = words.time(sale.when.time()) if time_printed else ""
    number = dice.fill(dice.choose(words.country.numbers))
    style = dice.between(0, 3)
    if style == 0:
        sheet.pair(words.word("date"), date)
        if time:
            sheet.pair(words.word("time"), time)
        sheet.pair(words.word("number"), number)
    elif style == 1:
        sheet.left(f"{words.word('number')} {number}")
        _together(sheet, date, time)
    elif style == 2:
        if sheet.cuts_lines or width(date) + width(time) < sheet.columns:
            sheet.pair(date, time)
        else:
            _together(sheet, date, time)
        sheet.pair(f"{words.word('cashier')} {dice.between(1, 40):02}", f"#{number}")
    else:
        _together(sheet, f"{words.word('date').rstrip(':')}:", date, time)
        sheet.left(f"{words.word('cashier')}: {dice.between(1, 40):03}")
    if sale.kind == "restaurant":
        sheet.left(f"{words.word('table')} {dice.between(1, 40)}")
    elif sale.kind == "hotel":
        nights = int(sale.items[0].quantity)
        sheet.left(f"{words.word('room')} {dice.between(101, 640)}")
        sheet.left(f"{words.word('arrival')} {words.date(sale.when.date() - dt.timedelta(days=nights))}")
    return number if style < 3 else None


def _together(sheet: Sheet, *parts: str) -> None:
    """Print parts on one line, or on several if they do not fit and lines are not truncated."""
    whole = " ".join(parts).strip()
    if sheet.cuts_lines or width(whole) <= sheet.columns:
        sheet.left(whole)
        return
    for part in filter(None, parts):
        sheet.left(part)


def print_footer(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    """Print store policies, thanks and sometimes a bar code."""
    sheet.gap()
    if dice.chance(0.6):
        later = words.date(sale.when.date() + dt.timedelta(days=dice.pick((14, 30, 90))))
        for text in dice.pick(words.country.language.policies):
            sheet.centre(text.replace("{later}", later))
        sheet.gap()
    sheet.centre(words.word("thanks"))
    if dice.chance(0.35):
        sheet.gap()
        sheet.barcode(dice.fill("#" * 13))
