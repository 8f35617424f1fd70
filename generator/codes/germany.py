"""The QR code of German tills (DSFinV-K, appendix I): a transaction signed by the till's security module."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives import hashes

from generator.codes.facts import Facts, Payload, Stated
from generator.codes.keys import CURVES, signer
from generator.dice import Dice
from generator.shop import ZERO

ZONE = ZoneInfo("Europe/Berlin")

RATES: dict[Decimal, int] = {Decimal(rate): place for rate, place in ((19, 0), (16, 0), (7, 1), (5, 1), (0, 4))}
"""The place among the five gross amounts of a rate in per cent."""

DIGESTS: dict[str, tuple[hashes.HashAlgorithm, int]] = {
    "ecdsa-plain-SHA256": (hashes.SHA256(), 3),
    "ecdsa-plain-SHA384": (hashes.SHA384(), 4),
}
"""Algorithms of signatures, each with the last number of its object identifier (BSI TR-03111)."""

TIMES = ("unixTime", "unixTime", "utcTime", "generalizedTime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """The fields of the code before its signature, as they are printed; ``finish`` is in UTC."""

    client: str
    kind: str
    data: str
    number: int
    counter: int
    start: dt.datetime
    finish: dt.datetime
    algorithm: str
    time_format: str

    def message(self, public: bytes) -> bytes:
        """Return what is signed: the log message of BSI TR-03151, without its outer sequence."""
        parts = (
            _tlv(0x02, b"\x02"),
            _tlv(0x06, bytes.fromhex("04007f000703070101")),
            _tlv(0x80, b"FinishTransaction"),
            _tlv(0x81, self.client.encode()),
            _tlv(0x82, self.data.encode()),
            _tlv(0x83, self.kind.encode()),
            _tlv(0x85, _integer(self.number)),
            _tlv(0x04, hashlib.sha256(public).digest()),
            _tlv(0x30, _tlv(0x06, bytes.fromhex("04007f000701010401") + bytes([DIGESTS[self.algorithm][1]]))),
            _tlv(0x02, _integer(self.counter)),
            self._time(),
        )
        return b"".join(parts)

    def code(self, curve: str, key: int) -> str:
        """Return the text of the code, signed with a key of a curve."""
        own = signer(curve, key)
        signature = own.sign(self.message(own.public), DIGESTS[self.algorithm][0])
        fields = (
            "V0",
            self.client,
            self.kind,
            self.data,
            str(self.number),
            str(self.counter),
            _moment(self.start),
            _moment(self.finish),
            self.algorithm,
            self.time_format,
            base64.b64encode(signature).decode(),
            base64.b64encode(own.public).decode(),
        )
        return ";".join(fields)

    def _time(self) -> bytes:
        if self.time_format == "unixTime":
            return _tlv(0x02, _integer(int(self.finish.timestamp())))
        if self.time_format == "utcTime":
            return _tlv(0x17, f"{self.finish:%y%m%d%H%M%S}Z".encode())
        return _tlv(0x18, f"{self.finish:%Y%m%d%H%M%S}Z".encode())


def process_data(facts: Facts) -> str:
    """Return what was sold: gross amounts by rate, and what was paid in cash or without."""
    gross = [ZERO] * 5
    for line in facts.taxes:
        gross[RATES.get(line.rate, 4)] += line.gross
    gross[4] += facts.untaxed
    paid = f"{facts.total:.2f}:{'Bar' if facts.cash else 'Unbar'}"
    return f"Beleg^{'_'.join(f'{amount:.2f}' for amount in gross)}^{paid}"


def encode(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code, signed on one of four curves."""
    finish = facts.when.replace(tzinfo=ZONE).astimezone(dt.UTC)
    curve = dice.pick(tuple(CURVES))
    transaction = Transaction(
        client=dice.fill(dice.pick(("KASSE-##", "ZZZ########", "########-####-4###-9###-############", "till#"))),
        kind="Kassenbeleg-V1",
        data=process_data(facts),
        number=dice.between(1, 2 ** dice.between(4, 24)),
        counter=dice.between(1, 2 ** dice.between(6, 26)),
        start=finish - dt.timedelta(seconds=dice.between(2, 900)),
        finish=finish,
        algorithm="ecdsa-plain-SHA384" if curve.endswith("384r1") else "ecdsa-plain-SHA256",
        time_format=dice.pick(TIMES),
    )
    stated = Stated(
        kind="de-tse",
        total=facts.total,
        currency="EUR",
        when=facts.when,
        number=str(transaction.number),
    )
    return (Payload(data=transaction.code(curve, dice.between(1, 3)).encode(), stated=stated),)


def _moment(when: dt.datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}.000Z"


def _tlv(tag: int, value: bytes) -> bytes:
    size = len(value)
    if size < 0x80:
        return bytes([tag, size]) + value
    return bytes([tag, 0x81, size]) + value


def _integer(number: int) -> bytes:
    """Return a positive number as DER does: big-endian, with a leading zero where its first bit is set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")
