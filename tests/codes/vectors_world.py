"""Makes codes of countries outside Europe and of payments, of invented shops: written by the rules of their formats."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

RIGHT_UBN, NEW_UBN = "22099131", "22099136"
"""Business numbers of Taiwan: one that is right by the old and the new rule, one by the new rule alone."""

TAIWAN_CHECK = "ydXZt4LAN1UHN/j1juVcRA=="


def taiwan_left(
    total: int,
    sales: int = 0,
    date: str = "1151105",
    seller: str = RIGHT_UBN,
    rest: str = "",
    encoding: str = "utf-8",
    number: str = "AB12345678",
) -> bytes:
    """Return the left QR code: its 77 characters, and the rest behind a colon."""
    fixed = f"{number}{date}9999{sales:08x}{total:08X}00000000{seller}{TAIWAN_CHECK}"
    return f"{fixed}{f':{rest}' if rest else ''}".encode(encoding)


def tlv(*values: str | bytes) -> bytes:
    """Return the fields of ZATCA with the tags 1, 2, 3 and so on, in base64."""
    packed = [value.encode() if isinstance(value, str) else value for value in values]
    return base64.b64encode(b"".join(bytes([at, len(value)]) + value for at, value in enumerate(packed, 1)))


def argentina(invoice: Mapping[str, object] | str, host: str = "www.afip.gob.ar", *, url_safe: bool = False) -> bytes:
    """Return the link of an invoice, from its keys or from a JSON text."""
    text = invoice if isinstance(invoice, str) else json.dumps(invoice)
    coded = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(text.encode()).decode()
    return f"https://{host}/fe/qr/?p={coded.rstrip('=') if url_safe else coded}".encode()


def token(invoice: Mapping[str, object] | str, issuer: str = "NIC") -> bytes:
    """Return India's JSON Web Token of an invoice; its signature is of zeros."""
    inner = invoice if isinstance(invoice, str) else json.dumps(invoice)
    parts = [{"alg": "RS256", "kid": "0" * 40, "typ": "JWT"}, {"data": inner, "iss": issuer}]
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join((*coded, base64.urlsafe_b64encode(bytes(256)).rstrip(b"=")))


def modulo_11(characters: str, weights: range) -> int:
    """Return the sum of the characters with weights that repeat from the right, modulo 11."""
    values = [ord(character) - ord("0") for character in reversed(characters)]
    return sum(value * weights[at % len(weights)] for at, value in enumerate(values)) % 11


def brazil_key(
    cnpj: str = "00000000000191", month: str = "2611", model: str = "65", rest: str = "001000004711112345678"
) -> str:
    """Return the key of a receipt with its check digit."""
    start = f"35{month}{cnpj}{model}{rest}"
    rest_of_11 = modulo_11(start, range(2, 10))
    return f"{start}{0 if rest_of_11 < 2 else 11 - rest_of_11}"


def paraguay_key(kind: str = "01", seller: str = "444444017", date: str = "20261105") -> str:
    """Return the CDC of an invoice with its check digit."""
    start = f"{kind}{seller}00100100145282{date}1587326098"
    rest = modulo_11(start, range(2, 12))
    return f"{start}{11 - rest if rest > 1 else 0}"


def ecuador_key(kind: str = "01", environment: str = "2", date: str = "05112026") -> bytes:
    """Return the access key of a document with its check digit."""
    start = f"{date}{kind}1790016919001{environment}072126000254002123456781"
    rest = 11 - modulo_11(start, range(2, 8))
    return f"{start}{ {11: 0, 10: 1}.get(rest, rest) }".encode()


def panama_key(kind: str = "01", environment: str = "1") -> str:
    """Return the CUFE of an invoice with its check digit: Luhn's, letters and dashes by the end of their code."""
    start = f"{kind}20000155627992-2-2016-7200252026110500000045710010{1}{environment}924600591"
    digits = [int(one) if one.isdigit() else ord(one) % 10 for one in reversed(start)]
    doubled = [sum(divmod(digit * 2, 10)) if at % 2 == 0 else digit for at, digit in enumerate(digits)]
    return f"FE{start}{-sum(doubled) % 10}"


def bolivia_key(seller: str, time: str, number: int) -> str:
    """Return the CUF of an invoice: its decimal digits with a check digit in base 16, and a control code."""
    digits = f"{seller:>013}{time}000{0:04}111{1:02}{number:010}{0:04}"
    check = modulo_11(digits, range(2, 10))
    return f"{int(f'{digits}{check % 10}'):X}1A2B3C4D5E6F7"


@cache
def chilean_key() -> RSAPrivateKey:
    """Return a key as the office grants it with a range of numbers; made once, as that takes a while."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(65537, 1024)  # noqa: S505 - as small as those of the office


def chilean_stamp(
    kind: int = 39, total: str = "11990", date: str = "2026-11-05", stamped: str = "2026-11-05T12:34:56", **other: str
) -> bytes:
    """Return a signed stamp; ``other`` replaces what stands in tags of these names."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    public = chilean_key().public_key().public_numbers()
    signed = _stamped_part(
        {
            "RE": "76086428-5",
            "TD": str(kind),
            "F": "4711",
            "FE": date,
            "MNT": total,
            "IT1": "Café con leche",
            "RS": "ALMACÉN &amp; CÍA",
            "M": base64.b64encode(public.n.to_bytes(128, "big")).decode(),
            "E": base64.b64encode(public.e.to_bytes(3, "big")).decode(),
            "TSTED": stamped,
            **other,
        }
    )
    signature = chilean_key().sign(signed.encode("latin-1"), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the format's
    ending = f'<FRMT algoritmo="SHA1withRSA">{base64.b64encode(signature).decode()}</FRMT>'
    return f'<TED version="1.0">{signed}{ending}</TED>'.encode("latin-1")


def _stamped_part(tags: Mapping[str, str]) -> str:
    def tag(name: str) -> str:
        return f"<{name}>{tags[name]}</{name}>"

    grant = (
        f"{tag('RE')}{tag('RS')}{tag('TD')}<RNG><D>1</D><H>9000</H></RNG><FA>2026-01-02</FA>"
        f"<RSAPK>{tag('M')}{tag('E')}</RSAPK><IDK>300</IDK>"
    )
    caf = f'<CAF version="1.0"><DA>{grant}</DA><FRMA algoritmo="SHA1withRSA">{"A" * 86}==</FRMA></CAF>'
    first = "".join(tag(name) for name in ("RE", "TD", "F", "FE"))
    return f"<DD>{first}<RR>66666666-6</RR><RSR>.</RSR>{tag('MNT')}{tag('IT1')}{caf}{tag('TSTED')}</DD>"


def crc(text: str | bytes) -> str:
    """Return the checksum of EMVCo as four hexadecimal digits, by polynomial division of all bits."""
    data = text.encode() if isinstance(text, str) else text
    bits = (int.from_bytes(data, "big") << 16) ^ (0xFFFF << (8 * len(data)))
    for at in range(8 * len(data) - 1, -1, -1):
        if bits >> (at + 16) & 1:
            bits ^= 0x11021 << at
    return f"{bits:04X}"


def emvco(**fields: str) -> bytes:
    """Return a payment code; fields are named ``f54``, each with its value, in order."""
    body = "".join(f"{name[1:]}{len(value):02}{value}" for name, value in fields.items()) + "6304"
    return f"{body}{crc(body)}".encode()


def swiss_bill(**lines: str) -> bytes:
    """Return a QR-bill of the Swiss standard's example; ``lines`` named ``l18`` replace those with this place."""
    plain = [
        "SPC",
        "0200",
        "1",
        "CH4431999123000889012",
        "S",
        "Robert Schneider AG",
        "Rue du Lac",
        "1268",
        "2501",
        "Biel",
    ]
    plain += [
        "CH",
        *[""] * 7,
        "1949.75",
        "CHF",
        "S",
        "Pia-Maria Rutschmann-Schnyder",
        "Grosse Marktgasse",
        "28",
        "9400",
    ]
    plain += ["Rorschach", "CH", "QRR", "210000000003139471430009017", "Order of 15 June 2020", "EPD"]
    plain += ["//S1/10/10201409/11/200701/20/140.000-53/30/102673831/31/200615/32/7.7/40/0:30"]
    for name, value in lines.items():
        plain[int(name[1:])] = value
    return "\n".join(plain).encode()


def slovene_digits(digest: int = 0x0123456789ABCDEF0123456789ABCDEF) -> str:
    """Return the 60 digits of a Slovene receipt with their check digit."""
    digits = f"{digest:039}12345678261105123456"
    return f"{digits}{sum(map(int, digits)) % 10}"


def sha1_of(message: bytes) -> bytes:
    """Return the hash that Chilean stamps sign."""
    return hashlib.sha1(message, usedforsecurity=False).digest()
