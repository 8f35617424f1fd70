"""Mails are taken apart by what their parts are, within bounds."""

from __future__ import annotations

import base64
import random
import zipfile
from datetime import date
from io import BytesIO

import pytest

from rpiocr.decode.formats import Format, recognise
from rpiocr.errors import EncryptedFileError, InputError, PictureTooLargeError, TooManyPartsError
from rpiocr.load.mail import read_mail
from rpiocr.load.mail.message import MAX_BYTES, MAX_DEPTH, MAX_PARTS
from tests.einvoice.invoices import cii
from tests.program import SMALL
from tests.test_linear import steps

from .mails import ORDER, RECHNUNG, attach, forwarded, mail

HEAD = b"From: a@b.invalid\r\nTo: c@d.invalid\r\nDate: Fri, 06 Mar 2026 10:00:00 +0100\r\nSubject: x\r\n"


def test_parts_are_known_by_their_content() -> None:
    message = attach(mail("see attached"), SMALL.read_bytes(), "scan.txt", "text/x-odd")
    attach(message, cii(), "invoice.bin")
    attach(message, b"%PDF-1.4 ...", "a.pdf", "application/pdf")
    found = read_mail(message.as_bytes(), "a.eml")
    assert [(part.name, part.format) for part in found.parts] == [
        ("scan.txt", Format.JPEG),
        ("invoice.bin", Format.XML),
        ("a.pdf", Format.PDF),
    ]
    assert [body.text for body in found.bodies] == ["see attached\n"]
    assert found.sent == date(2026, 3, 6)


@pytest.mark.parametrize(
    "marks", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"From ann@home.invalid Fri Mar  6 10:00:00 2026\n"]
)
def test_a_mail_is_recognised_by_its_head(marks: bytes) -> None:
    assert recognise(marks + mail(RECHNUNG).as_bytes()) is Format.MAIL


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Type: text/html\r\n\r\n<html>",
        b"Total: 5.00\nDate: 2026-03-06\n",
        b"From: you\n",
        b"plain text about From: and To:",
        b"",
    ],
)
def test_text_that_is_no_mail_is_none(data: bytes) -> None:
    assert recognise(data) is None


def test_a_pdf_behind_the_head_of_a_web_server_is_still_one() -> None:
    assert recognise(b"Date: today\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4") is Format.PDF


def test_the_parts_of_forwarded_mails_are_taken_too() -> None:
    inner = attach(mail(RECHNUNG), SMALL.read_bytes(), "a.jpg")
    attached = attach(mail("as a file"), forwarded(inner).as_bytes(), "mail.eml")
    found = read_mail(attached.as_bytes(), "a.eml")
    assert [part.name for part in found.parts] == ["a.jpg"]
    assert [body.text.strip().splitlines()[0] for body in found.bodies] == [
        "Buchhandlung Meier",
        "see below",
        "as a file",
    ]


def test_pictures_that_the_text_shows_are_known() -> None:
    message = mail("text", '<p>Hello <img src="cid:photo@x"></p>')
    message.get_payload()[1].add_related(SMALL.read_bytes(), "image", "jpeg", cid="<photo@x>")  # type: ignore[union-attr,index]
    attach(message, SMALL.read_bytes(), "b.jpg", "image/jpeg")
    assert [part.in_text for part in read_mail(message.as_bytes(), "a.eml").parts] == [True, False]


def test_names_are_shown_without_folders_and_control_characters() -> None:
    message = attach(mail("x"), SMALL.read_bytes(), "../../etc/\u202egpj.exe\x1b[2J\n.jpg", "image/jpeg")
    attach(message, SMALL.read_bytes(), "Rechnung März.jpg", "image/jpeg")
    first, second = (part.name for part in read_mail(message.as_bytes(), "a.eml").parts)
    assert first
    assert "/" not in first
    assert first.isprintable()
    assert second == "Rechnung März.jpg"


def test_bytes_of_old_programs_in_headers_are_text() -> None:
    head = HEAD + b'Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename="Beleg M\xe4rz.jpg"\r\n'
    raw = head + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(SMALL.read_bytes())
    (part,) = read_mail(raw, "a.eml").parts
    assert part.name == "Beleg März.jpg"


def test_what_is_not_read_is_told() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("receipt.jpg", b"\0" * 50_000_000)
    message = attach(mail("x"), archive.getvalue(), "receipts.zip", "application/zip")
    attach(message, b"\x78\x9f\x3e\x22" + b"x" * 100, "winmail.dat", "application/ms-tnef")
    attach(message, b"PK\x03\x04", "letter.docx")
    attach(message, b"BEGIN:VCALENDAR", "invite.ics", "text/calendar")
    found = read_mail(message.as_bytes(), "a.eml")
    assert found.parts == ()
    archived, outlook, letter = found.left_out
    assert archived == "receipts.zip is an archive, which is not opened: unpack it, and give the files in it"
    assert outlook.startswith("winmail.dat holds attachments in a format of Outlook")
    assert letter == "letter.docx is in no format that is read: save it as a PDF"


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nAAAA",
        b"Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\nVersion: 1\r\n--b--\r\n",
        b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nAAAA\r\n",
    ],
    ids=["S/MIME", "PGP/MIME", "PGP"],
)
def test_an_encrypted_mail_is_told(rest: bytes) -> None:
    with pytest.raises(EncryptedFileError, match=r"^a\.eml is encrypted"):
        read_mail(HEAD + rest, "a.eml")


def test_a_signature_is_no_obstacle() -> None:
    rest = (
        b"Content-Type: multipart/signed; boundary=b; protocol=x\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nTotal 5\r\n"
        b"--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nAAAA\r\n--b--\r\n"
    )
    found = read_mail(HEAD + rest, "a.eml")
    assert ([body.text for body in found.bodies], found.left_out) == (["Total 5"], ())


def nested(depth: int) -> bytes:
    """A mail with parts within each other."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(depth)
    )
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\nTotal 5.00\r\n"


BOMBS = {
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * (MAX_PARTS + 1),
    "very many parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    "depth": nested(MAX_DEPTH + 1),
    "great depth": nested(3000),
    "mails in mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "many lines in deep parts": nested(40) + b"x\n" * 700_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_too_many_parts_or_too_deep_ones_are_refused(name: str) -> None:
    with pytest.raises(TooManyPartsError, match=r"^a\.eml has more than"):
        read_mail(BOMBS[name], "a.eml")


def test_as_many_parts_and_levels_as_allowed_are_read() -> None:
    assert [body.text for body in read_mail(nested(MAX_DEPTH), "a.eml").bodies] == ["Total 5.00"]
    parts = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * (MAX_PARTS - 1)
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
    assert read_mail(raw, "a.eml").bodies[0].text.count("x") == MAX_PARTS - 1


def test_a_mail_larger_than_servers_take_is_refused() -> None:
    with pytest.raises(PictureTooLargeError, match="too large for a mail"):
        read_mail(HEAD + b"\r\n" + b"x" * MAX_BYTES, "a.eml")


HOSTILE_HEADS = {
    "semicolons": b"Content-Type: a/b" + b";" * 2_000_000,
    "open quote": b'Content-Type: a/b; x="' + b";" * 2_000_000,
    "folds": b"Content-Type: a/b\r\n" + b" ;x\r\n" * 100_000,
    "brackets": b"Content-Type: " + b"(" * 1_000_000,
    "encoded words": b"Content-Disposition: attachment; filename=" + b"=?utf-8?b?w6Q=?=" * 100_000,
    "numbered parameters": b"Content-Type: a/b; name*99999999999=x; name*0*=utf-8''%FF%00",
    "codec": b"Content-Type: text/plain; charset=zip",
    "transfer": b"Content-Type: image/png\r\nContent-Transfer-Encoding: uuencode",
}


@pytest.mark.parametrize("name", HOSTILE_HEADS)
def test_heads_that_are_made_to_do_harm_cost_little(name: str) -> None:
    raw = HEAD + HOSTILE_HEADS[name] + b"\r\n\r\nbegin 644 x\r\nabc\r\n"
    assert steps(lambda: read_mail(raw, "a.eml")) < 1_000_000


def test_any_damage_gives_a_mail_or_a_known_error() -> None:
    whole = forwarded(attach(mail(RECHNUNG, ORDER), cii(), "a.xml")).as_bytes()
    chance = random.Random(3)  # noqa: S311 - not for secrets
    read = 0
    for _ in range(400):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            place = chance.randrange(3000)
            raw[place : place + chance.randint(0, 20)] = chance.randbytes(chance.randint(0, 4))
        try:
            read_mail(bytes(raw), "a.eml")
        except InputError:
            continue
        read += 1
    assert read > 0
