"""Codes that are a link, or a line of values as in a link: Russia, Ukraine, Croatia, Spain, Argentina, Brazil."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from decimal import Decimal

from generator.codes.checks import crc8, mod11_digit
from generator.codes.facts import Facts, Payload, Stated
from generator.dice import Dice

TICKETBAI_HOSTS = (
    "https://batuz.eus/QRTBAI/",
    "https://tbai.egoitza.gipuzkoa.eus/qr/",
    "https://ticketbai.araba.eus/tbai/qrtbai/",
)

STATES = {"SP": "35", "RJ": "33", "PR": "41", "RS": "43", "BA": "29"}
"""Brazilian states, and the numbers with which keys of their receipts begin."""


def encode_russia(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code of a Russian receipt; amounts have no sign, ``n`` tells what it is."""
    seconds = dice.chance(0.4)
    when = facts.when if seconds else facts.when.replace(second=0)
    number = dice.fill("#####").lstrip("0") or "7"
    moment = f"{when:%Y%m%dT%H%M%S}" if seconds else f"{when:%Y%m%dT%H%M}"
    text = f"t={moment}&s={abs(facts.total):.2f}&fn={dice.fill('9999############')}&i={number}"
    text += f"&fp={dice.fill('3#########')}&n={2 if facts.refund else 1}"
    stated = Stated(kind="ru-fns", total=facts.total, currency="RUB", when=when, number=number)
    return (Payload(data=text.encode(), stated=stated),)


def encode_ukraine(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code of a Ukrainian receipt; its amount has no sign, and nothing tells a refund."""
    number = dice.fill("######").lstrip("0") or "7"
    fields = [
        f"date={facts.when:%Y%m%d}",
        f"time={facts.when:%H%M%S}",
        f"id={number}",
        f"sm={abs(facts.total):.2f}",
        f"fn={dice.fill('40########')}",
    ]
    if dice.chance(0.5):
        fields = dice.sample(fields, len(fields))
    if dice.chance(0.5):
        fields.insert(0, f"mac={uuid.UUID(bytes=dice.generator.bytes(16)).hex}")
    text = f"https://cabinet.tax.gov.ua/cashregs/check?{'&'.join(fields)}"
    stated = Stated(kind="ua-tax", total=abs(facts.total), currency="UAH", when=facts.when, number=number)
    return (Payload(data=text.encode(), stated=stated),)


def encode_croatia(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code of a Croatian receipt: its amount is in cents, its time in minutes."""
    mark = uuid.UUID(bytes=dice.generator.bytes(16))
    proof = f"jir={mark}" if dice.chance(0.7) else f"zki={mark.hex}"
    base = dice.pick(("https://porezna.gov.hr/rn?", "https://porezna.gov.hr/rn/?"))
    when = facts.when.replace(second=0)
    text = f"{base}{proof}&datv={when:%Y%m%d_%H%M}&izn={int(facts.total * 100)}"
    return (Payload(data=text.encode(), stated=Stated(kind="hr-rn", total=facts.total, currency="EUR", when=when)),)


def encode_spain(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code of TicketBAI, which Basque shops print, or that of VeriFactu."""
    return _ticketbai(facts, dice) if dice.chance(0.5) else _verifactu(facts, dice)


def ticketbai_link(base: str, identifier: str, series: str, number: str, total: str) -> str:
    """Return a TicketBAI link with its two check sums; the identifier comes with its last hyphen, without the sum."""
    link = f"{base}?id={identifier}{crc8(identifier):03}&s={series}&nf={number}&i={total}"
    return f"{link}&cr={crc8(link):03}"


def _ticketbai(facts: Facts, dice: Dice) -> Sequence[Payload]:
    signature = base64.b64encode(dice.generator.bytes(12)).decode()[:13].replace("/", "A").replace("+", "B")
    signature = f"{signature:A<13}"
    number = dice.fill("#####").lstrip("0") or "7"
    identifier = f"TBAI-{facts.tax_id}-{facts.when:%d%m%y}-{signature}-"
    text = ticketbai_link(
        dice.pick(TICKETBAI_HOSTS), identifier, dice.pick(("T", "A", "TB25")), number, str(facts.total)
    )
    stated = _stated("es-ticketbai", facts, number)
    return (Payload(data=text.encode(), stated=stated),)


def _verifactu(facts: Facts, dice: Dice) -> Sequence[Payload]:
    number = dice.fill("########-Z##")
    way = dice.pick(("ValidarQR", "ValidarQR", "ValidarQRNoVerifactu"))
    total = f"{facts.total:.2f}".rstrip("0").rstrip(".") if dice.chance(0.5) else f"{facts.total:.2f}"
    text = (
        f"https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/{way}?nif={facts.tax_id}&numserie={number}"
        f"&fecha={facts.when:%d-%m-%Y}&importe={total}"
    )
    stated = _stated("es-verifactu", facts, number)
    return (Payload(data=text.encode(), stated=stated),)


def encode_argentina(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code of an Argentine receipt: JSON in base64; credit notes have a type, and amounts no sign."""
    counter = dice.between(1, 99999)
    values = {
        "ver": 1,
        "fecha": facts.when.date().isoformat(),
        "cuit": int(facts.tax_id),
        "ptoVta": dice.between(1, 40),
        "tipoCmp": dice.pick((3, 8, 13) if facts.refund else (1, 6, 11)),
        "nroCmp": counter,
        "importe": float(abs(facts.total)),
        "moneda": "PES",
        "ctz": 1,
        "tipoDocRec": 99,
        "nroDocRec": 0,
        "tipoCodAut": "E",
        "codAut": int(dice.fill("7#############")),
    }
    packed = base64.b64encode(json.dumps(values, separators=(",", ":")).encode()).decode()
    host = dice.pick(("www.afip.gob.ar", "www.arca.gob.ar"))
    stated = _stated("ar-invoice", facts, f"{values['ptoVta']:05}-{counter:08}")
    return (Payload(data=f"https://{host}/fe/qr/?p={packed}".encode(), stated=stated),)


def _stated(kind: str, facts: Facts, number: str) -> Stated:
    """Return what links state that have the day of a sale and no time."""
    return Stated(
        kind=kind,
        total=facts.total,
        currency=facts.currency,
        when=facts.when,
        has_time=False,
        tax_id=facts.tax_id,
        number=number,
    )


def brazil_key(state: str, facts: Facts, number: int, emission: str) -> str:
    """Return the access key of an NFC-e without its check digit; ``emission`` is the digit of its mode and a code."""
    return f"{STATES[state]}{facts.when:%y%m}{facts.tax_id:0>14}65001{number:09}{emission}"


def encode_brazil(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code of an NFC-e: of version 1 or of 2 offline with its total, of 2 online without."""
    version = dice.pick(("1", "2", "2 offline"))
    state = dice.pick(tuple(STATES))
    number = dice.between(1, 999999)
    mode = "9" if version == "2 offline" else "1"
    key = brazil_key(state, facts, number, mode + dice.fill("########"))
    key += str(mod11_digit(key))
    base = f"http://www.nfce.fazenda.{state.lower()}.gov.br/NFCE/qrcode"
    digest = dice.generator.bytes(20).hex()
    total: Decimal | None = facts.total
    when = None
    if version == "1":
        when = facts.when
        moment = f"{when:%Y-%m-%dT%H:%M:%S}-03:00".encode().hex()
        text = f"{base}?chNFe={key}&nVersao=100&tpAmb=1&dhEmi={moment}&vNF={facts.total:.2f}&vICMS=0.00&digVal={digest}"
        text += f"&cIdToken=000001&cHashQRCode={dice.generator.bytes(20).hex().upper()}"
    elif version == "2":
        text = f"{base}?p={key}|2|1|1|{dice.generator.bytes(20).hex().upper()}"
        total = None
    else:
        when = facts.when
        text = f"{base}?p={key}|2|1|{when:%d}|{facts.total:.2f}|{digest}|1|{dice.generator.bytes(20).hex().upper()}"
    stated = Stated(
        kind="br-nfce",
        total=total,
        currency="BRL",
        when=when,
        has_time=version == "1",
        tax_id=facts.tax_id,
        number=str(number),
    )
    return (Payload(data=text.encode(), stated=stated),)
