"""What mail programs put around forwarded and quoted text is not read as a receipt."""

from __future__ import annotations

import pytest

from rpiocr.load.mail.quoting import without_heads
from rpiocr.load.rows import rows_of_text, text_of

from .mails import RECHNUNG

OWN = RECHNUNG.splitlines()

HEADS = {
    "Gmail": """---------- Forwarded message ---------
From: Shop <info@shop.invalid>
Date: Fri, Nov 7, 2025 at 10:00 AM
Subject: Order
To: <ann@home.invalid>
""",
    "Outlook": """-----Ursprüngliche Nachricht-----
Von: Shop <info@shop.invalid>
Gesendet: Freitag, 7. November 2025 10:00
An: Ann
Betreff: Ihre Bestellung
""",
    "Apple": """Anfang der weitergeleiteten Nachricht:

Von: Shop <info@shop.invalid>
Betreff: Ihre Bestellung
Datum: 7. November 2025 um 10:00:00 MEZ
An: ann@home.invalid
""",
    "French": """*De :* Boutique <info@shop.invalid>
*Envoyé :* vendredi 7 novembre 2025 10:00
*À :* ann@home.invalid
*Objet :* Votre commande
""",
    "Japanese": """差出人: Shop <info@shop.invalid>
日時: 2025年11月7日 10:00
件名: ご注文
宛先: ann@home.invalid
""",
    "an answer": "Am 07.11.2025 um 10:00 schrieb Shop <info@shop.invalid>:\n",
    "a long answer": "On Friday, November 7, 2025 at 10:00 AM, The Shop\n<info@shop.invalid> wrote:\n",
}


def kept(text: str) -> list[str]:
    return [text_of(row) for row in without_heads(tuple(rows_of_text(text)))]


@pytest.mark.parametrize("name", HEADS)
def test_the_head_of_a_forwarded_mail_is_left_out(name: str) -> None:
    assert [line for line in kept(f"{HEADS[name]}\n{RECHNUNG}") if line] == [line for line in OWN if line]


def test_marks_of_quotation_are_left_out() -> None:
    quoted = "\n".join(f"> > {line}" if line else ">" for line in OWN)
    assert [line for line in kept(quoted) if line] == [line for line in OWN if line]


@pytest.mark.parametrize(
    "text",
    [
        RECHNUNG,
        "From: Hamburg\nTotal: 12.00",
        "Date: 2026-03-05\nTo: table 5",
        "--- Café Brandt ---\nDate: 2026-03-05\nTotal: 3.50",
        "Questions? shop@shop.invalid",
    ],
)
def test_a_receipt_of_its_own_stays_whole(text: str) -> None:
    assert kept(text) == text.splitlines()
