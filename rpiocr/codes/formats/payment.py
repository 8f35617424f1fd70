"""The parsers of codes that ask for a payment, in the order in which they are tried."""

from __future__ import annotations

from rpiocr.codes.formats.payments import emvco, epc, spayd, swiss_qr_bill, upi
from rpiocr.codes.parser import Parser

PARSERS_PAYMENT: tuple[Parser, ...] = (epc.parse, swiss_qr_bill.parse, spayd.parse, emvco.parse, upi.parse)
