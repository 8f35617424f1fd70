"""Mails as mail programs write them, for tests."""

from __future__ import annotations

from email.message import EmailMessage

ORDER = """<html><head><title>Your order</title><style>td { color: red }</style></head><body>
<div style="display:none;max-height:0">Preview: only today 99.00 off your total</div>
<table width="600"><tr><td><img src="https://shop.invalid/logo.png" alt="logo"><h1>Blue Harbour Coffee</h1></td></tr>
<tr><td>Thanks for your order!</td></tr>
<tr><td>Order number 8812<br>Date: March 5, 2026 10:31 AM</td></tr>
<tr><td><table width="100%"><tr><td>2 x Espresso</td><td align="right">$7.00</td></tr>
<tr><td>Croissant</td><td align="right">$4.50</td></tr>
<tr><td>Subtotal</td><td align="right">$11.50</td></tr><tr><td>Sales tax</td><td align="right">$1.02</td></tr>
<tr><td><b>Total</b></td><td align="right"><b>$12.52</b></td></tr>
<tr><td>Visa ending in 4242</td><td align="right">$12.52</td></tr></table></td></tr></table>
<script>document.write("Total $99.99")</script></body></html>"""
"""The mail of a shop: 12.52 dollars on March 5, 2026."""

RECHNUNG = """Buchhandlung Meier
Rechnung Nr. 4711
Rechnungsdatum: 05.11.2025

Faust I                  4,20 EUR
Steppenwolf             11,00 EUR
Versand                  2,90 EUR
Gesamtbetrag            18,10 EUR
enthaltene MwSt. 7 %     1,18 EUR
"""
"""The mail of a shop as plain text: 18.10 euros on 5 November 2025."""


def mail(text: str = "", html: str = "", *, date: str = "Fri, 06 Mar 2026 10:00:00 +0100") -> EmailMessage:
    """A mail with text, HTML, or both."""
    message = EmailMessage()
    message["From"] = "Shop <info@shop.invalid>"
    message["To"] = "Ann <ann@home.invalid>"
    message["Subject"] = "Your receipt"
    message["Date"] = date
    if text or not html:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message


def attach(
    message: EmailMessage, data: bytes, name: str | None, kind: str = "application/octet-stream"
) -> EmailMessage:
    """The mail with an attachment."""
    main, _, sub = kind.partition("/")
    message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message


def forwarded(inner: EmailMessage, text: str = "see below") -> EmailMessage:
    """A mail with another one attached."""
    outer = mail(text)
    outer.add_attachment(inner)
    return outer
