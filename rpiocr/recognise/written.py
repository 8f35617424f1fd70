"""Text and data that no engine has to recognise: their characters are exact, so that their confidence is 1."""

from __future__ import annotations

from rpiocr.model import EngineFamily

TEXT = EngineFamily("text", exact=True)
"""Text of a document itself, such as the body of a mail."""

E_INVOICE = EngineFamily("e-invoice", exact=True)
"""The fields of an e-invoice."""
