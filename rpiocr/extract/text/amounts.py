"""Finds amounts in text, as they are printed and misread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from rpiocr.extract.bounds import MAX_PARTS
from rpiocr.extract.tables.confusables import Use, digit_class, digit_for, sign
from rpiocr.extract.tables.currencies import amount_signs
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of, split_by_script
from rpiocr.model import Box, Line, Word
from rpiocr.model.currency import USUAL_DECIMALS

NARROW = "\u2009"
"""Marks a gap that is narrower than a space: the engine split a word, or the printer spaced its digits."""

NARROW_GAP = 0.3
"""Maximum width of a narrow gap as a share of the word's height: a space is at least 0.4 of a capital wide."""

ZEROS = "\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040\u17e0\u1810"
"""The digit zero of scripts with digits of their own, each followed by 1 to 9 in Unicode: Arabic, Persian and Urdu,
Devanagari, Bengali, Gurmukhi, Gujarati, Odia, Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Tibetan, Burmese, Khmer,
Mongolian."""

FOLDED = str.maketrans(
    {chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(94)}
    | {chr(ord(zero) + digit): str(digit) for zero in ZEROS for digit in range(10)}
    | {
        "\u066b": ".",
        "\u066c": ",",
        "\u3000": " ",
        "\u00a0": " ",
        "\u202f": NARROW,
        "\uffe5": "¥",
        "\uffe6": "₩",
        "\uffe1": "£",
        "\uff61": ".",
        "\u3002": ".",
    }
)


def fold(text: str) -> str:
    """Return a text of the same length with plain characters instead of full-width ones, and the digits 0 to 9."""
    return text if text.isascii() else text.translate(FOLDED)


DIGIT = digit_class(Use.AMOUNT)
TRUE_DIGIT = r"[0-9]"
DIGIT_FOR = digit_for(Use.AMOUNT)

SIGN = r"(?:(?P<sign>[-\u2212\u2013~(▲△])=?)?"
WHOLE = r"(?P<whole>D{1,3}(?:[.,'’\u2009]\u2009?D{3})+|D{1,2}(?:,D{2})+,D{3}|D{1,7})"
CENTS = r"(?P<gap1>[ \u2009]?)(?P<sep>[.,·_])(?P<gap2>[ \u2009]?)(?P<cents>CC|[-\u2013\u2014]{1,2})"
BEFORE = r"(?<![0-9][.,:/'-])(?<![0-9])(?<![0-9A-Za-z]/)"
MINUS = r"(?P<sign2>[-\u2212])?"

SPLIT_GAP = 0.6
"""Maximum gap, in heights of the digits, where an engine read a space inside an amount in narrow print; a usual space
is at least as wide."""

SIGN_BETWEEN = re.compile(
    r"(?<![0-9.,])(?P<sign>-)?(?P<whole>[0-9]{1,5})(?P<money>€)(?P<cents>[0-9]{2})(?![0-9.,])(?P<close>)(?P<sign2>)(?P<gap1>)"
    r"(?P<sep>)(?P<gap2>)"
)
"""The currency sign in place of the decimal point: 12€50."""

SPACED_DATE = re.compile(
    r"(?<![0-9])(?:20[0-9]{2}\.[ \u2009]?[0-9]{1,2}\.[ \u2009]?[0-9]{1,2}"
    r"|[0-9]{1,2}\.[ \u2009][0-9]{1,2}\.[ \u2009](?:20)?[0-9]{2})(?![0-9])"
)
"""A date with spaces between its parts (2024. 11. 21. and 21. 11. 24), which are not amounts."""


@dataclass(frozen=True, slots=True)
class AmountPatterns:
    """The patterns of amounts, with the signs of all currencies and the units of a lexicon.

    ``strict`` and ``loose`` have decimals, the latter with look-alike letters; ``spaced_groups`` has thousands
    separated by spaces, as in French, Polish or Swedish; ``split`` a space that an engine read in narrow print:
    $1 11.83. ``integer`` and ``units`` are whole numbers, which are quantities or identifiers if ``counted`` follows or
    ``id_before`` precedes them.
    """

    strict: re.Pattern[str]
    loose: re.Pattern[str]
    spaced_groups: re.Pattern[str]
    split: re.Pattern[str]
    integer: re.Pattern[str]
    units: re.Pattern[str]
    counted: re.Pattern[str]
    id_before: re.Pattern[str]


@lru_cache(maxsize=4)
def amount_patterns(lexicon: Lexicon, decimals: int = USUAL_DECIMALS) -> AmountPatterns:
    """Return the patterns of amounts with the words of a lexicon.

    In a currency with three ``decimals`` amounts with two are known as well: some tills round to ten.
    """
    cents = "D{3}|D{2}(?!D)" if decimals == 3 else "D{2}"
    number = WHOLE + CENTS.replace("CC", cents)
    digits = cents.replace("D", TRUE_DIGIT)
    symbols, codes = any_of(amount_signs().symbols), any_of(amount_signs().letters)
    money = rf"(?P<money>(?:[A-Za-z]{{1,3}}\$|{symbols}|(?<![^\W\d_])(?:{codes}))[ \u2009.:]{{0,2}})?"
    named = rf"(?:{symbols}|(?i:{codes}))"
    minus = rf"[ \u2009]?-(?![0-9A-Za-z])|[ \u2009]?{named}-(?![ \u2009]?[^\W_])"
    end = rf"(?P<close>(?:[ \u2009]?{named}[ \u2009]?)?\)|{minus})?"
    measure = rf"(?i:[ \u2009]?{any_of(lexicon.units.measure)}(?![^\W\d_]))"
    no_amount = rf"|[.,:/'][0-9]|[.,][ \u2009]?20[0-9]{{2}}|[ \u2009]?%|-[0-9]|{measure})"
    after = r"(?![0-9]" + no_amount
    return AmountPatterns(
        re.compile(BEFORE + SIGN + money + MINUS + number.replace("D", TRUE_DIGIT) + after + end),
        re.compile(
            r"(?<![0-9A-Za-z.,:/])"
            + SIGN
            + money
            + MINUS
            + number.replace("D", DIGIT)
            + r"(?![0-9A-Za-z]"
            + no_amount
            + end
        ),
        re.compile(
            BEFORE
            + SIGN
            + money
            + MINUS
            + r"(?P<whole>[1-9][0-9]{0,2}(?:[ \u2009][0-9]{3})+)"
            + rf"(?P<gap1>)(?P<sep>[.,])(?P<gap2>)(?P<cents>{digits})"
            + after
            + end
        ),
        re.compile(
            BEFORE
            + SIGN
            + rf"(?P<money>{symbols})(?P<sign2>-)?(?P<whole>[1-9][0-9]{{0,2}}[ \u2009][0-9]{{1,3}})"
            + rf"(?P<gap1>)(?P<sep>[.,])(?P<gap2>)(?P<cents>{digits})"
            + after
            + end
        ),
        re.compile(
            r"(?<![0-9A-Za-z.,:/#*-])"
            + SIGN
            + money
            + r"(?P<whole>[0-9]{1,3}(?:[.,'’][0-9]{3})+|[0-9]{1,6})(?![0-9A-Za-z%.,:/-])"
        ),
        _units(symbols, codes),
        _counted(lexicon),
        re.compile(rf"(?:[xX×*✕@#№]|{any_of(lexicon.units.before_id)}\.?)[ \u2009:]*$", re.IGNORECASE),
    )


GROUP_AFTER_SPACE = r"(?<![0-9][ \u2009])[1-9][0-9]{0,2}[ \u2009]0[0-9]{2}(?=(?:[ \u2009]\S{1,2})?\s*$)"
"""Thousands and a group that begins with 0, at the end of a line: such a group is no number of its own."""


def _units(symbols: str, codes: str) -> re.Pattern[str]:
    """Return the pattern of amounts without decimals, including misread yen signs."""
    spaced, dense = split_by_script(amount_signs().after_whole)
    yen, before_digit = re.escape(sign("yen")), sign("yen_before_digit")
    money = (
        rf"(?P<money>(?:[A-Za-z]{{1,3}}\$|{symbols}|[{yen}]|(?<![^\W\d_])(?:{codes}|[{before_digit}](?=[0-9])))"
        r"[ \u2009.:]{0,2})?"
    )
    after = rf"(?P<after>[ \u2009]?(?:{any_of(dense)}|{any_of(spaced)}(?![A-Za-z])))?"
    return re.compile(
        r"(?<![0-9A-Za-z/#])(?<![0-9][.,:-])"
        + SIGN
        + money
        + MINUS
        + r"(?P<whole>[0-9]{1,3}(?:[.,'’][ \u2009]?[0-9]{3})+"
        + rf"|[1-9][0-9]{{0,2}}(?:[ \u2009][0-9]{{3}})+(?=[ \u2009]?{any_of(amount_signs().spaced_thousands)})"
        + rf"|{GROUP_AFTER_SPACE}|[1-9][0-9]{{0,6}}|0)"
        + after
        + r"(?P<close>\))?(?![0-9A-Za-z:/%]|[ \u2009]%|[.,-][0-9])"
    )


def _counted(lexicon: Lexicon) -> re.Pattern[str]:
    spaced, dense = split_by_script(lexicon.units.counter)
    return re.compile(rf"[ \u2009]?(?:[xX×*@✕]|{any_of(dense)}|{any_of(spaced)}\b)", re.IGNORECASE)


CENTS_ONLY = re.compile(
    r"(?:^|[ \u2009:A-Za-z$])(?P<amount>(?P<sign>[-\u2212\u2013(])?[.,](?P<cents>[0-9]{2})(?P<close>\)|[ \u2009]?-)?)"
    r"[ \u2009]*$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a line: its value, the text as read, its location and confidence, and what was corrected.

    ``cut`` is the amount behind the space of a thousand, which may as well separate a number of articles: TOTAL 3
    125,00; None if there is no such space. ``joined`` is the longer amount that this one is the end of if a space
    separates thousands before a decimal point: R 2 696.45 of South Africa. ``padded``: zeros precede the number, as in
    the numbers of tickets.
    """

    value: Decimal
    raw: str
    box: Box
    confidence: float
    start: int
    end: int
    corrected: bool = False
    whole_only: bool = False
    money: str = ""
    cut: Amount | None = None
    joined: Amount | None = None
    padded: bool = False


@dataclass(frozen=True, slots=True)
class LineText:
    """A line as one string, with the word that each character belongs to."""

    text: str
    owners: tuple[int, ...]
    words: tuple[Word, ...]

    def box(self, start: int, end: int) -> Box:
        """Return the box of the characters from ``start`` to before ``end``, interpolated within words."""
        boxes = []
        for index in dict.fromkeys(self.owners[start:end]):
            if index < 0:
                continue
            word = self.words[index]
            first = self.owners.index(index)
            size = len(word.text)
            left = max(0, start - first) / size
            right = min(size, end - first) / size
            boxes.append(
                Box(
                    word.box.left + left * word.box.width,
                    word.box.top,
                    word.box.left + right * word.box.width,
                    word.box.bottom,
                )
            )
        return Box.around(boxes)

    def confidence(self, start: int, end: int) -> float:
        """Return the lowest confidence of the words in that range."""
        return min(self.words[index].confidence for index in set(self.owners[start:end]) if index >= 0)


def line_text(line: Line) -> LineText:
    """Join the words of a line, a narrow gap as NARROW, any other as a space."""
    pieces, owners = [], []
    previous: Word | None = None
    for index, word in enumerate(line.words):
        if previous is not None:
            gap = word.box.left - previous.box.right
            pieces.append(NARROW if gap < NARROW_GAP * min(word.box.height, previous.box.height) else " ")
            owners.append(-1)
        pieces.append(word.text)
        owners += [index] * len(word.text)
        previous = word
    return LineText("".join(pieces), tuple(owners), line.words)


def find_amounts(
    line: LineText, lexicon: Lexicon, *, point_after_blanks: bool = False, decimals: int = USUAL_DECIMALS
) -> tuple[Amount, ...]:
    """Find every amount with decimals in a line, left to right: with two, or three if the currency has so many.

    With ``point_after_blanks``, 1 812.30 is one amount, as tills in Ukraine and Russia print it, and not one item for
    812.30.

    Look-alike letters are read as digits only if the rest is a number with decimals; such an amount is marked as
    corrected.
    """
    text = SPACED_DATE.sub(lambda date: "#" * len(date.group()), fold(line.text))
    patterns = amount_patterns(lexicon, decimals)
    spaced = [match for match in patterns.spaced_groups.finditer(text) if _in_one(line, match)]
    grouped = [match for match in spaced if match["sep"] == "," or match["money"] or point_after_blanks]
    grouped += SIGN_BETWEEN.finditer(text)
    found = [_amount(line, match, corrected=fixed) for match, fixed in _ungrouped(line, text, patterns, grouped)]
    found = [_with_joined(line, amount, spaced) for amount in found]
    found += [replace(_amount(line, match, corrected=False), cut=_cut(line, match)) for match in grouped]
    return tuple(sorted(found, key=lambda amount: amount.start))


def _ungrouped(
    line: LineText, text: str, patterns: AmountPatterns, grouped: Sequence[re.Match[str]]
) -> list[tuple[re.Match[str], bool]]:
    """Return the amounts outside of ``grouped``, and whether their characters or spaces were corrected."""
    plain, mended = _plain_and_corrected(text, patterns)
    split = [match for match in patterns.split.finditer(text) if _is_split(line, match)]
    mended += [match for match in split if not _meets_any(match, (*grouped, *mended))]
    plain = [match for match in plain if not _meets_any(match, split)]
    rest = [(match, False) for match in plain] + [(match, True) for match in mended]
    return [(match, fixed) for match, fixed in rest if not _meets_any(match, grouped)]


def _meets_any(match: re.Match[str], others: Iterable[re.Match[str]]) -> bool:
    return any(_overlap(match, other) for other in others)


def _with_joined(line: LineText, amount: Amount, spaced: Sequence[re.Match[str]]) -> Amount:
    """Return an amount with the longer one that it may be the end of, if spaces separate thousands on its page."""
    match = next((match for match in spaced if match.start() < amount.start and match.end() == amount.end), None)
    return replace(amount, joined=_amount(line, match, corrected=False)) if match else amount


def _cut(line: LineText, match: re.Match[str]) -> Amount | None:
    """Return the amount behind the only space of a match of ``spaced_groups`` without a currency sign."""
    if match.re is SIGN_BETWEEN or match["money"] or match["sign"] or match["whole"].count(" ") != 1:
        return None
    start = match.end("whole") - 3
    end = match.end()
    whole, box, confidence = match["whole"][-3:], line.box(start, end), line.confidence(start, end)
    if whole.startswith("0"):
        return None
    return Amount(Decimal(f"{whole}.{match['cents']}"), line.text[start:end].strip(), box, confidence, start, end)


def _plain_and_corrected(text: str, patterns: AmountPatterns) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """Return the amounts of digits alone, and those in which look-alike letters are read as digits."""
    plain = list(patterns.strict.finditer(text))
    mended = []
    for match in patterns.loose.finditer(text):
        number = match["whole"] + match["cents"]
        if 2 * sum(char.isdigit() for char in number) < len(number):
            continue
        inside = [other for other in plain if _overlap(match, other)]
        if all(_cut_off(match, other) for other in inside):
            plain = [other for other in plain if other not in inside]
            mended.append(match)
    return plain, mended


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


ONE_SPACE = 1.8
"""Maximum width of one space in character widths; gaps between columns are wider."""

ONE_SPACE_STEPS = 2.5
"""Maximum distance, in character pitches, of the starts of the characters around one space: it is two, with two spaces
three."""


PRICE_TIMES = re.compile(r"[.,][0-9]{2,3}[ \u2009]?[xX×*][ \u2009]?$")
"""Between a unit price and a quantity, which is not a group of thousands: 62,50 x 2 125,00."""


def _in_one(line: LineText, match: re.Match[str]) -> bool:
    """Return whether the gaps between the thousands are single spaces, and none of them follows a quantity."""
    if PRICE_TIMES.search(match.string[: match.start()]):
        return False
    return are_single_spaces(line, match.start("whole"), match.end("whole"))


def are_single_spaces(line: LineText, start: int, end: int) -> bool:
    """Return whether no gap between the words in a range of characters is wider than one space."""
    blanks = (at for at in range(start, end) if line.text[at] == " ")
    return all(_is_one_space(line.words[line.owners[at - 1]], line.words[line.owners[at + 1]]) for at in blanks)


DIGITS_APART = re.compile(r"(?<=[0-9]) (?=[0-9])")


def _with_columns_apart(line: LineText, text: str) -> str:
    """Return a text of the same length with a tab for each gap between digits that is wider than one space."""
    return DIGITS_APART.sub(lambda gap: " " if are_single_spaces(line, gap.start(), gap.end()) else "\t", text)


def _is_one_space(before: Word, after: Word) -> bool:
    """Return whether two words are at most one space apart.

    If one word is longer than the other, the pitch of the characters shows it, whether or not a word's box contains all
    of its outer characters: one engine's boxes do, the other's end in the middle of them.
    """
    gap = after.box.left - before.box.right
    longer, shorter = sorted((before, after), key=lambda word: -len(word.text))
    more = len(longer.text) - len(shorter.text)
    pitch = (longer.box.width - shorter.box.width) / more if more else 0.0
    if pitch <= 0:
        return gap <= ONE_SPACE * (before.box.width + after.box.width) / (len(before.text) + len(after.text))
    outer = shorter.box.width - (len(shorter.text) - 1) * pitch
    return gap + outer <= ONE_SPACE_STEPS * pitch


def _is_split(line: LineText, match: re.Match[str]) -> bool:
    """Return whether the digits on both sides of the space are as close to each other as those of one number can be."""
    at = next(at for at in range(match.start("whole"), match.end("whole")) if line.text[at] in (" ", NARROW))
    before, after = line.words[line.owners[at - 1]], line.words[line.owners[at + 1]]
    return after.box.left - before.box.right < SPLIT_GAP * min(before.box.height, after.box.height)


def _cut_off(loose: re.Match[str], strict: re.Match[str]) -> bool:
    """Return whether the digits of ``strict`` are the end of ``loose``, as of 6Z4.50 or l2.50, but not of S12.50."""
    lost = loose.string[loose.start("whole") : strict.start()]
    return bool(lost) and (lost.rstrip(".,'’ " + NARROW) in ("l", "I") or lost[0].isdigit())


def find_whole_amounts(line: LineText, lexicon: Lexicon) -> Iterator[Amount]:
    """Find whole numbers, as amounts are printed in currencies without decimals; many are not amounts."""
    text = fold(line.text)
    for match in amount_patterns(lexicon).integer.finditer(text):
        yield _whole(line, match)


def find_units(line: LineText, lexicon: Lexicon) -> tuple[tuple[Amount, ...], tuple[Amount, ...]]:
    """Find the amounts of a currency without decimals: those with groups or a sign, and separately plain numbers.

    A plain number is an amount only in the column of amounts. Dates, times, phone numbers, ids, percentages and counts
    are excluded; amounts whose decimals are printed nevertheless (15.000,00) are included.
    """
    text = fold(line.text)
    patterns = amount_patterns(lexicon)
    sure = [amount for amount in find_amounts(line, lexicon) if amount.value == amount.value.to_integral_value()]
    plain = []
    text = _with_columns_apart(line, NO_UNITS.sub(lambda other: "#" * len(other.group()), text))
    for match in patterns.units.finditer(text):
        if any(match.start() < other.end and other.start < match.end() for other in sure):
            continue
        if not re.fullmatch("[0-9]+", match["whole"]) or match["money"] or match["after"]:
            sure.append(_whole(line, match))
        elif not patterns.counted.match(text, match.end()) and not patterns.id_before.search(text[: match.start()]):
            plain.append(_whole(line, match))
    return tuple(sorted(sure, key=lambda amount: amount.start)), tuple(plain)


NO_UNITS = re.compile(
    r"(?<![0-9.,])(?:[0-9]{1,4}[ \u2009]?[-/.][ \u2009]?[0-9]{1,2}[ \u2009]?[-/.][ \u2009]?[0-9]{1,4}"
    r"|\+[0-9][-0-9 ()\u2009]{6,}[0-9]|[0-9]{2,4}(?:-[0-9]{3,}){1,2}|[0-9]{3}-[0-9]{2}-[0-9]{5}"
    r"|0[0-9]{1,4}(?:[- ()\u2009]{1,2}[0-9]{2,4})+"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)(?![0-9,])"
)
"""Dates, times, and phone numbers and other ids in groups, which are not searched for amounts."""


def _whole(line: LineText, match: re.Match[str]) -> Amount:
    value = Decimal(re.sub(r"\D", "", match["whole"]))
    bracketed = match["sign"] == "("
    groups = match.groupdict()
    minus = (match["sign"] and not bracketed) or groups.get("sign2") or (bracketed and groups.get("close", ")"))
    start, end = match.span()
    money = (match["money"] or "").strip(" .:" + NARROW) or (groups.get("after") or "").strip(" " + NARROW)
    return Amount(
        -value if minus else value,
        line.text[start:end].strip(),
        line.box(start, end),
        line.confidence(start, end),
        start,
        end,
        whole_only=True,
        money=money,
    )


def find_cents(line: LineText) -> tuple[Amount, ...]:
    """Find cents that are printed without a leading zero at the end of a line, as in ``ROUNDING .02``."""
    match = CENTS_ONLY.search(fold(line.text))
    if not match:
        return ()
    start, end = match.span("amount")
    value = Decimal(f"0.{match['cents']}")
    negative = match["sign"] or match["close"]
    raw, confidence = line.text[start:end].strip(), line.confidence(start, end)
    return (Amount(-value if negative else value, raw, line.box(start, end), confidence, start, end),)


OPENED = re.compile(r"\([^\W\d_]{1,4}[ \u2009.]{0,2}\Z")
"""A bracket before the name of a currency: (R 853.35)."""


def _amount(line: LineText, match: re.Match[str], *, corrected: bool) -> Amount:
    whole = re.sub(r"\D", "", match["whole"].translate(DIGIT_FOR) if corrected else match["whole"])
    cents = match["cents"].translate(DIGIT_FOR) if corrected else match["cents"]
    if not cents.isdigit():
        cents = "00"
    value = Decimal(f"{whole}.{cents}")
    start, end = match.span()
    spaced = bool(match["gap1"] or match["gap2"] or (match["sep"] and match["sep"] in "·_"))
    return Amount(
        -value if _is_negative(match) else value,
        line.text[start:end].strip().replace(NARROW, ""),
        line.box(start, end),
        line.confidence(start, end),
        start,
        end,
        corrected=corrected or spaced,
        money=(match["money"] or "").strip(" .:" + NARROW),
        padded=len(whole) > 1 and whole.startswith("0"),
    )


def _is_negative(match: re.Match[str]) -> bool:
    """Return whether an amount has a minus on either side, or stands in brackets."""
    close = match["close"] or ""
    opened = match["sign"] == "(" or OPENED.search(match.string, 0, match.start())
    minus = match["sign"] not in (None, "(", "~") or match["sign2"] or close.endswith("-")
    return bool(minus or (opened and close.endswith(")")))


def net_tax_gross(amounts: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return the first three amounts of which two add up to the third, sorted; None if there are none.

    Only the first MAX_PARTS amounts are considered.
    """
    for values in combinations(amounts[:MAX_PARTS], 3):
        low, middle, high = sorted(values)
        if low >= 0 and low + middle == high and high > 0:
            return low, middle, high
    return None
