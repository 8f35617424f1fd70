"""Removes from the text of a mail what mail programs put around a message that is forwarded or answered.

Names, days and times in these heads are those of the mails, and would be read as those of the receipt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rpiocr.load.rows import Fragment, Row, text_of

QUOTE = re.compile(r"(?:[ \t]*>)+ ?")
"""Marks of quotation at the start of a line."""

FROM = frozenset(
    """
    from von de da van från fra od kimden lähettäjä feladó от від отправитель відправник 差出人 发件人 寄件者 寄件人
    보낸사람 من expéditeur remetente mittente afzender avsändare afsender absender nadawca odesílatel
    """.split()  # noqa: SIM905 - a list over many lines reads worse
)
OTHERS = frozenset(
    """
    sent date to cc bcc subject reply-to gesendet datum an betreff antwort-an envoyé à objet cci répondre-à fecha
    enviado para asunto data assunto inviato oggetto verzonden aan onderwerp skickat till ämne sendt til emne wysłano do
    temat odesláno komu předmět tárgy címzett gönderildi kime konu tarih lähetetty aihe дата кому тема отправлено
    копия 日時 宛先 件名 发送时间 收件人 主题 日期 送信日時 寄件日期 收件者 主旨 보낸날짜 받는사람
    제목 a à alle dátum elküldve
    """.split()  # noqa: SIM905
)
LABEL = re.compile(r"[\W_]{0,3}([^\W\d_][\w -]{0,14}?)[\s*_]{0,3}[:：]")

SEPARATOR = re.compile(r"[-_ ]{0,40}[^\W\d_][^\d]{3,60}(?:[-_]{3,40}|:)")
"""Such as "-----Original Message-----" or "Begin forwarded message:"."""

ATTRIBUTION = re.compile(r"[^@]{0,200}<?[^\s<>@]{1,80}@[^\s<>@]{1,100}>?[^@]{0,40}[:：]")
"""The end of "On Thursday, Ann <ann@example.org> wrote:"."""

YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")

MIN_LABELS = 2


def without_heads(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows without marks of quotation, heads of forwarded mails, and lines that introduce a quotation."""
    plain = [_unquoted(row) for row in rows]
    texts = [text_of(row).strip() for row in plain]
    dropped: set[int] = set()
    for first, last in _blocks(texts):
        dropped.update(range(first, last))
        before = next((place for place in range(first - 1, max(-1, first - 4), -1) if texts[place]), None)
        if before is not None and SEPARATOR.fullmatch(texts[before]):
            dropped.add(before)
    for place, text in enumerate(texts):
        if ATTRIBUTION.fullmatch(text):
            dropped.add(place)
            if place and not YEAR.search(text) and YEAR.search(texts[place - 1]):
                dropped.add(place - 1)
    return tuple(row for place, row in enumerate(plain) if place not in dropped)


def _unquoted(row: Row) -> Row:
    if not row or not (mark := QUOTE.match(row[0].text)):
        return row
    rest = row[0].text[mark.end() :]
    first = (Fragment(rest, row[0].left),) if rest.strip() else ()
    return (*first, *row[1:])


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first row and the one behind the last of each head: several labels in a row, a sender among them."""
    place = 0
    while place < len(texts):
        end = place
        labels = set()
        while end < len(texts) and (label := _label(texts[end])):
            labels.add(label)
            end += 1
        if len(labels) >= MIN_LABELS and labels & FROM:
            yield place, end
        place = max(end, place + 1)


def _label(text: str) -> str | None:
    found = LABEL.match(text)
    label = found[1].strip().casefold().replace(" ", "") if found else None
    return label if label in FROM or label in OTHERS else None
