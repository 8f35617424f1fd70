"""Parts of mails that are not read, and what a person is told about them."""

from __future__ import annotations

ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
"""Content that needs a key, or is wrapped in a signature."""

IGNORED = frozenset(
    {
        *("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"),
        *("application/pgp-keys", "application/pgp-encrypted", "text/calendar", "text/x-vcard", "text/vcard"),
        *("text/x-amp-html", "text/css", "text/enriched", "message/delivery-status", "message/external-body"),
    }
)
"""What mails have beside their content, and content by reference, which is never fetched: nobody misses them."""

PGP_START = "-----BEGIN PGP MESSAGE-----"

ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".pages", ".numbers")

TNEF = b"\x78\x9f\x3e\x22"
"""First bytes of winmail.dat."""


def note_on(data: bytes, kind: str, name: str | None) -> str | None:
    """Return why an attachment was not read; None for a part that has no name, and is none."""
    if data.startswith(TNEF) or kind == "application/ms-tnef":
        title = name or "winmail.dat"
        return f"{title} holds attachments in a format of Outlook: have the mail sent again as HTML or plain text"
    if name is None:
        return None
    if data.startswith(ARCHIVES) and not name.lower().endswith(OFFICE):
        return f"{name} is an archive, which is not opened: unpack it, and give the files in it"
    return f"{name} is in no format that is read: save it as a PDF"
