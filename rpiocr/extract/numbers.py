"""Amounts as they are printed and misread: from text to Decimal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.model import Box, Line, Word

NARROW = "\u2009"
"""Stands for a gap that is narrower than a space: the engine split a word, or a printer spaced its digits."""

NARROW_GAP = 0.3
"""Gaps below this share of the word's height are narrow: a blank is 0.4 of a capital wide, or more."""

DIGIT = r"[0-9OoQDIl|!iSsBGZz]"
TRUE_DIGIT = r"[0-9]"
DIGIT_FOR = str.maketrans("OoQDIl|!iSsBGZz", "000011111558922")

SIGN = r"(?P<sign>[-\u2212\u2013~(])?"
MONEY = r"(?P<money>(?:[A-Za-z]{1,3}\$|[$€£¥₩₹]|RM|USD\$?|EUR|CHF|GBP|MYR|SGD|AUD|CAD|S?Fr|Rs\.?)[ \u2009.:]{0,2})?"
WHOLE = r"(?P<whole>D{1,3}(?:[.,'’\u2009]\u2009?D{3})+|D{1,7})"
CENTS = r"(?P<gap1>[ \u2009]?)(?P<sep>[.,·_])(?P<gap2>[ \u2009]?)(?P<cents>D{2}|[-\u2013\u2014]{1,2})"
END = r"(?P<close>\)|[ \u2009]?-(?![0-9A-Za-z]))?"

BEFORE = r"(?<![0-9][.,:/'-])(?<![0-9])(?<![0-9A-Za-z]/)"
UNIT = r"(?i:[ \u2009]?(?:kgs?|lbs?|oz|ltr|liters?|litres?|ml|cl|km|kwh|uhr|[ap]\.?m)(?![A-Za-z]))"
"""What makes a number with two decimals a weight, a volume or a time; a lone letter may be the code of a tax."""

NO_AMOUNT = r"|[.,:/'][0-9]|[.,][ \u2009]?20[0-9]{2}|[ \u2009]?%|-[0-9]|" + UNIT
AFTER = r"(?![0-9]" + NO_AMOUNT + ")"

STRICT = re.compile(
    BEFORE + SIGN + MONEY + r"(?P<sign2>[-\u2212])?" + (WHOLE + CENTS).replace("D", TRUE_DIGIT) + AFTER + END
)
LOOSE = re.compile(
    r"(?<![0-9A-Za-z.,:/])"
    + SIGN
    + MONEY
    + r"(?P<sign2>[-\u2212])?"
    + (WHOLE + CENTS).replace("D", DIGIT)
    + r"(?![0-9A-Za-z]"
    + NO_AMOUNT
    + ")"
    + END
)
INTEGER = re.compile(
    r"(?<![0-9A-Za-z.,:/#*-])"
    + SIGN
    + MONEY
    + r"(?P<whole>[0-9]{1,3}(?:[.,'’][0-9]{3})+|[0-9]{1,6})(?![0-9A-Za-z%.,:/-])"
)

CENTS_ONLY = re.compile(
    r"(?:^|[ \u2009:A-Za-z$])(?P<amount>(?P<sign>[-\u2212\u2013(])?[.,](?P<cents>[0-9]{2})(?P<close>\)|[ \u2009]?-)?)"
    r"[ \u2009]*$"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a line: its value, the text it was read from, where, how surely, and what was corrected."""

    value: Decimal
    raw: str
    box: Box
    confidence: float
    start: int
    end: int
    corrected: bool = False
    whole_only: bool = False
    money: str = ""


@dataclass(frozen=True, slots=True)
class LineText:
    """A line as one string, with the word behind each character."""

    text: str
    owners: tuple[int, ...]
    words: tuple[Word, ...]

    def box(self, start: int, end: int) -> Box:
        """The box of the characters from ``start`` to before ``end``, cut out of words by their share."""
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
        """The lowest confidence of the words in that range."""
        return min(self.words[index].confidence for index in set(self.owners[start:end]) if index >= 0)


def line_text(line: Line) -> LineText:
    """Join the words of a line, a narrow gap as NARROW, any other as a space."""
    text, owners = "", []
    previous: Word | None = None
    for index, word in enumerate(line.words):
        if previous is not None:
            gap = word.box.left - previous.box.right
            text += NARROW if gap < NARROW_GAP * min(word.box.height, previous.box.height) else " "
            owners.append(-1)
        text += word.text
        owners += [index] * len(word.text)
        previous = word
    return LineText(text, tuple(owners), line.words)


def find_amounts(line: LineText) -> tuple[Amount, ...]:
    """Find every amount with two decimals in a line, left to right.

    Look-alike letters are taken for digits only where a number with decimals stands otherwise, and such an
    amount is marked as corrected.
    """
    plain = list(STRICT.finditer(line.text))
    mended = []
    for match in LOOSE.finditer(line.text):
        number = match["whole"] + match["cents"]
        if 2 * sum(char.isdigit() for char in number) < len(number):
            continue
        inside = [other for other in plain if match.start() < other.end() and other.start() < match.end()]
        if all(_cut_off(match, other) for other in inside):
            plain = [other for other in plain if other not in inside]
            mended.append(match)
    found = [_amount(line, match, corrected=False) for match in plain]
    found += [_amount(line, match, corrected=True) for match in mended]
    return tuple(sorted(found, key=lambda amount: amount.start))


def _cut_off(loose: re.Match[str], strict: re.Match[str]) -> bool:
    """Tell whether the digits of ``strict`` are the end of ``loose``: of 6Z4.50, or of l2.50, not of S12.50."""
    lost = loose.string[loose.start("whole") : strict.start()]
    return bool(lost) and (lost.rstrip(".,'’ " + NARROW) in ("l", "I") or lost[0].isdigit())


def find_whole_amounts(line: LineText) -> Iterator[Amount]:
    """Find amounts without decimals, as printed for currencies that have none; many are no amounts at all."""
    for match in INTEGER.finditer(line.text):
        value = Decimal(re.sub(r"\D", "", match["whole"]))
        start, end = match.span()
        yield Amount(
            -value if match["sign"] else value,
            match.group().strip(),
            line.box(start, end),
            line.confidence(start, end),
            start,
            end,
            whole_only=True,
            money=(match["money"] or "").strip(),
        )


def find_cents(line: LineText) -> tuple[Amount, ...]:
    """Find cents that are printed without a nought before them, at the end of a line, as in ``ROUNDING .02``."""
    match = CENTS_ONLY.search(line.text)
    if not match:
        return ()
    start, end = match.span("amount")
    value = Decimal(f"0.{match['cents']}")
    negative = match["sign"] or match["close"]
    raw, confidence = match["amount"].strip(), line.confidence(start, end)
    return (Amount(-value if negative else value, raw, line.box(start, end), confidence, start, end),)


def _amount(line: LineText, match: re.Match[str], *, corrected: bool) -> Amount:
    whole = re.sub(r"\D", "", match["whole"].translate(DIGIT_FOR) if corrected else match["whole"])
    cents = match["cents"].translate(DIGIT_FOR) if corrected else match["cents"]
    if not cents.isdigit():
        cents = "00"
    value = Decimal(f"{whole}.{cents}")
    bracketed = match["sign"] == "(" and match["close"] == ")"
    minus = match["sign"] not in (None, "(", "~") or match["sign2"] or (match["close"] or "").strip() == "-"
    start, end = match.span()
    spaced = bool(match["gap1"] or match["gap2"]) or match["sep"] in "·_"
    return Amount(
        -value if bracketed or minus else value,
        match.group().strip().replace(NARROW, ""),
        line.box(start, end),
        line.confidence(start, end),
        start,
        end,
        corrected=corrected or spaced,
        money=(match["money"] or "").strip(" .:" + NARROW),
    )
