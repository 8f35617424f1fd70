"""The PDF417 of Chilean receipts: an electronic stamp in XML, signed with the key of a range of numbers."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from xml.sax.saxutils import escape

from generator.codes.facts import Facts, Payload, Stated
from generator.codes.keys import rsa_key
from generator.dice import Dice


def encode(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the stamp of a receipt, or of a credit note for a refund; amounts are whole pesos without a sign."""
    kind = "61" if facts.refund else dice.pick(("39", "39", "33"))
    folio = dice.between(1, 999999)
    seller = f"{facts.tax_id[:-1]}-{facts.tax_id[-1]}"
    name = escape(facts.seller.encode("latin-1", "replace").decode("latin-1")[:40])
    item = escape(facts.items[0].name.encode("latin-1", "replace").decode("latin-1")[:40])
    first = folio - folio % 500
    key = rsa_key()
    modulus = base64.b64encode(key.modulus.to_bytes(key.size, "big")).decode()
    caf = (
        f'<CAF version="1.0"><DA><RE>{seller}</RE><RS>{name}</RS><TD>{kind}</TD><RNG><D>{first}</D><H>{first + 500}</H>'
        f"</RNG><FA>{facts.when:%Y-%m-%d}</FA><RSAPK><M>{modulus}</M><E>Aw==</E></RSAPK><IDK>100</IDK></DA>"
        f'<FRMA algoritmo="SHA1withRSA">{base64.b64encode(dice.generator.bytes(64)).decode()}</FRMA></CAF>'
    )
    data = (
        f"<DD><RE>{seller}</RE><TD>{kind}</TD><F>{folio}</F><FE>{facts.when:%Y-%m-%d}</FE><RR>66666666-6</RR>"
        f"<RSR>CLIENTE</RSR><MNT>{abs(int(facts.total))}</MNT><IT1>{item}</IT1>{caf}"
        f"<TSTED>{facts.when:%Y-%m-%dT%H:%M:%S}</TSTED></DD>"
    )
    signature = base64.b64encode(key.sign(data.encode("latin-1"))).decode()
    text = f'<TED version="1.0">{data}<FRMT algoritmo="SHA1withRSA">{signature}</FRMT></TED>'
    stated = Stated(
        kind="cl-ted",
        total=facts.total,
        currency="CLP",
        when=facts.when,
        seller=facts.seller[:40],
        tax_id=facts.tax_id,
        number=str(folio),
    )
    return (Payload(data=text.encode("latin-1"), stated=stated, symbology="PDF417"),)
