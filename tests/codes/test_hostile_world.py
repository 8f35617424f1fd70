"""Whatever a code holds, each parser answers: with a claim where the format holds, else with none."""

from __future__ import annotations

import base64
import random
import string
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rpiocr.codes.claims import claim_of
from rpiocr.codes.formats.europe import PARSERS_EUROPE
from rpiocr.codes.formats.payment import PARSERS_PAYMENT
from rpiocr.codes.formats.strict_json import MAX_JSON, flat_object, strict_object
from rpiocr.codes.formats.world import PARSERS_WORLD
from rpiocr.model.codes import CodeClaim
from tests.codes import vectors_world as vectors

PARSERS = PARSERS_WORLD + PARSERS_PAYMENT

VALID = (
    vectors.taiwan_left(75, rest="**********:2:2:1:鮮乳:1:35:麵包:2:20"),
    vectors.chilean_stamp(),
    b"01,32,,26427000000000000000,100.76,20260330,,5F98,",
    vectors.tlv("Shop", "310000000000003", "2026-11-05T12:34:56Z", "115.00", "15.00"),
    vectors.token({"SellerGstin": "27AAPFU0939F1ZV", "DocTyp": "INV", "DocDt": "06/09/2026", "TotInvVal": 105.0}),
    f"https://www.nfce.fazenda.sp.gov.br/qrcode?p={vectors.brazil_key()}|2|1|05|16.50|6162|1|aa".encode(),
    f"{vectors.brazil_key(model='59', rest='000123456004711123456')}|20251105123456|16.50||c2ln".encode(),
    vectors.argentina({"fecha": "2026-11-05", "cuit": 30000000007, "tipoCmp": 6, "nroCmp": 94, "importe": 12100.5}),
    b"https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?id=28c751ac-b6f3-4293-b35e-9ce78b4eb4b8"
    b"&re=AAA010101AAA&rr=XAXX010101000&tt=1650.50&fe=nfsuQW==",
    b"20100070970|03|B001|00000123|108.00|708.00|2026-11-05|-|-|digest|",
    b"NumFac: S1\nFecFac: 2026-11-05\nNitFac: 900123456\nValIva: 1.90\nValTolFac: 11.90\nCUFE: " + b"3a" * 48,
    b"https://www.efactura.dgi.gub.uy/consultaQR/cfe?216753930012,101,A,424298,1007.00,20261105,nh28",
    f"https://ekuatia.set.gov.py/consultas/qr?Id={vectors.paraguay_key()}&dFeEmiDE="
    f"{b'2026-11-05T12:00:00'.hex()}&dTotGralOpe=177&dTotIVA=16&cHashQR=aa".encode(),
    b"https://fc.dgii.gov.do/ecf/ConsultaTimbreFC?RncEmisor=131487272&ENCF=E320000000005&MontoTotal=4487.78"
    b"&CodigoSeguridad=AJIz2R",
    b"https://invoicing.eta.gov.eg/receipts/search/"
    + b"68e656b2" * 8
    + b"/share/2026-11-05T12:34:56Z#Total:1000.000,IssuerRIN:674859545",
    b"https://admin.factura.gob.sv/consultaPublica?ambiente=01&codGen=03754C2B-E078-3A11-E064-00144FFB12D3"
    b"&fechaEmi=2026-11-05",
    b"1020703023|8812|300400500600700|05/11/2019|120.50|120.50|A1-B2-C3-D4|4567890",
    f"https://siat.impuestos.gob.bo/consulta/QR?nit=176360023&cuf="
    f"{vectors.bolivia_key('176360023', '20261105233000', 44463)}&numero=44463".encode(),
    f"https://dgi-fep.mef.gob.pa/Consultas/FacturasPorQR?chFE={vectors.panama_key()}&iAmb=1".encode(),
    vectors.ecuador_key(),
    b"https://verify.tra.go.tz/4E5C2F12345_143501",
    b"BCD\n002\n1\nSCT\n\nFranz\nDE71110220330123456789\nEUR12.30\n\nRF18539007547034",
    vectors.swiss_bill(),
    b"SPD*1.0*ACC:CZ2806000000000168540115*AM:450.00*CC:CZK",
    vectors.emvco(f00="01", f01="12", f53="360", f54="45000", f58="ID", f59="SHOP", f60="CITY"),
    b"upi://pay?pa=shop@okbank&pn=Shop&am=105.00&cu=INR",
)
"""One payload of each format."""


def fiscal_claims_of(payload: bytes) -> list[CodeClaim]:
    return [claim for parse in PARSERS_WORLD if (claim := parse(payload))]


def claims_of(payload: bytes) -> list[CodeClaim]:
    return [claim for parse in PARSERS if (claim := parse(payload))]


@pytest.mark.parametrize("payload", VALID, ids=range(len(VALID)))
def test_each_format_is_claimed_by_one_parser_alone(payload: bytes) -> None:
    claims = claims_of(payload)
    assert len(claims) == 1
    assert [parse(payload) for parse in PARSERS_EUROPE] == [None] * len(PARSERS_EUROPE)
    assert claim_of(payload) == claims[0]


def is_sound(claim: CodeClaim) -> bool:
    amounts = [claim.total, claim.tax, *(item.amount for item in claim.items)]
    return all(amount is None or (amount.is_finite() and abs(amount) < Decimal(10) ** 24) for amount in amounts)


@given(st.binary(max_size=300))
def test_random_bytes_get_an_answer(payload: bytes) -> None:
    assert claims_of(payload) == []


@given(st.sampled_from(VALID), st.integers(0, 2000), st.integers(0, 8), st.binary(max_size=8))
@settings(max_examples=400)
def test_a_code_that_is_nearly_right_gets_an_answer(payload: bytes, at: int, length: int, other: bytes) -> None:
    start = at % len(payload)
    assert all(is_sound(claim) for claim in claims_of(payload[:start] + other + payload[start + length :]))


@given(st.sampled_from(VALID), st.text(max_size=40), st.integers(0, 2000))
@settings(max_examples=200)
def test_texts_in_any_script_within_a_code_get_an_answer(payload: bytes, text: str, at: int) -> None:
    start = at % len(payload)
    assert all(
        is_sound(claim) for claim in claims_of(payload[:start] + text.encode("utf-8", "replace") + payload[start:])
    )


def test_ten_thousand_random_payloads_are_no_codes() -> None:
    chance = random.Random(20261105)  # noqa: S311 - the same payloads in every run
    alphabets = (bytes(range(256)), string.digits.encode(), string.printable.encode(), b"0123456789|,;:*ABCDEF=/&?")
    starts = (b"", b"https://", b"A", b"01,", b"**", b"SPD*1.0*", b"BCD\n002\n1\nSCT\n", b"000201", b"eyJ", b"<TED ")
    for at in range(10_000):
        alphabet = alphabets[at % len(alphabets)]
        payload = bytes(chance.choices(alphabet, k=chance.randrange(120)))
        assert claims_of(chance.choice(starts) + payload) == []


def test_a_fiscal_code_that_is_cut_off_states_no_other_total() -> None:
    for payload in VALID:
        whole = claims_of(payload)[0]
        for end in range(len(payload)):
            assert all(claim.total in (None, whole.total) for claim in fiscal_claims_of(payload[:end]))


def nested(depth: int) -> str:
    text = '{"importe":1}'
    for _ in range(depth):
        text = base64.b64encode(text.encode()).decode()
    return text


@pytest.mark.parametrize(
    "payload",
    [
        vectors.argentina(nested(3)),
        vectors.argentina('{"fecha":"2026-11-05","x":"' + "y" * 4096 + '"}'),
        vectors.argentina("[" * 2000 + "]" * 2000),
        vectors.argentina('{"a":' * 700 + "1" + "}" * 700),
        vectors.argentina('{"importe":' + "9" * 3000 + "}"),
        vectors.argentina('{"importe":1' + "0" * 3000 + "e" + "9" * 500 + "}"),
        vectors.token('{"DocTyp":"INV","TotInvVal":' + "9" * 3500 + "}"),
        vectors.token("[" * 3000),
        vectors.token('"' + nested(3) + '"'),
        b"eyJ" + b"A" * 6000 + b"." + b"eyJ" + b"A" * 500 + b".A",
        b"eyJ" + b"." * 5000,
        b"AQ" + b"A" * 8000,
        base64.b64encode(vectors.tlv("Shop", "310000000000003", "2026-11-05T12:34:56Z", "115.00", "15.00")),
        b"<TED" + b" " * 8000,
        b"<TED version='1.0'>" + b"<DD>" * 2000,
        b"<TED version='1.0'><DD>" + b"&a;" * 2600,
        b" " * 8192,
        b"http://" + b"a." * 4000,
        b"https://www.efactura.dgi.gub.uy/" + b"/cfe" * 2000 + b"?" + b"1," * 20,
        b"https://verify.tra.go.tz/" + b"A" * 8000,
        b"https://etims.kra.go.ke/" + b"index/" * 1300,
        b"https://www.afip.gob.ar/fe/qr/?" + b"p=e30=&" * 1000,
        b"NumFac: " + b"ValIva: 1 " * 800,
        b"NumFac" + b" " * 8000,
        b"000201" + b"0100" * 2000 + b"6304ABCD",
        b"SPD*1.0*" + b"A:1*" * 2000,
        b"SPC\n0200\n1\n" + b"\n" * 8000,
        b"BCD\n002\n1\nSCT\n" + b"\n" * 8000,
        b"20100070970|" + b"1|" * 4000,
        b"1020703023|8812|300400500600700|" + b"1|" * 4000,
        b"https://siat.impuestos.gob.bo/consulta/QR?nit=176360023&numero=1&cuf=" + b"F" * 8000,
        vectors.taiwan_left(1, rest="**********:1:1:2:" + "QUFB" * 2000),
        vectors.taiwan_left(1, rest="**********:1:1:1:" + "a:1:" * 1900),
    ],
)
def test_hostile_payloads_get_an_answer_without_a_total_that_they_do_not_state(payload: bytes) -> None:
    assert all(claim.country == "TW" and claim.total == 1 for claim in claims_of(payload))


@pytest.mark.parametrize(
    "payload",
    [
        vectors.token(
            {
                "SellerGstin": "27AAPFU0939F1ZV",
                "DocTyp": "INV",
                "DocDt": "06/09/2026",
                "TotInvVal": 105.0,
                "DocNo": "A\ud800\x1b1",
            }
        ),
        b"NumFac: A\x1b1\nFecFac: 2026-11-05\nNitFac: 900123456\nValTolFac: 11.90\nCUFE: " + b"3a" * 48,
        b"SID*1.0*ID:A\x1b1*DD:20261105*AM:16.50",
        b"A:123456789*B:999999990*C:PT*D:FS*E:N*F:20261105*G:A\x1b1*H:0*I1:PT*I7:0.65*I8:0.15*N:0.15*O:0.80*Q:YhGV*R:1",
    ],
)
def test_a_number_is_a_line_that_can_be_stored_and_printed(payload: bytes) -> None:
    claim = claim_of(payload)
    assert claim is not None
    assert claim.receipt_number is not None
    assert claim.receipt_number.isprintable()
    assert claim.receipt_number.split() == ["A", "1"]


def test_json_is_bounded_and_keeps_numbers_as_they_are_written() -> None:
    assert strict_object('{"a": 1.10, "b": "x", "c": 12345678901234567890}') == {
        "a": "1.10",
        "b": "x",
        "c": "12345678901234567890",
    }
    for refused in ('{"a": NaN}', '{"a": 1, "a": 2}', "[1]", "1", '{"a": 1', f'{{"a": "{"x" * MAX_JSON}"}}', "[" * 99):
        assert strict_object(refused) is None
    for refused in (
        '{"a": 1, "a": 2}',
        "[1]",
        "1",
        '{"a": 1',
        f'{{"a": "{"x" * MAX_JSON}"}}',
        "{a: [1]}",
        "{a: 1 b: 2}",
    ):
        assert flat_object(refused) == {}
    assert flat_object("{a: 1.10, 'b': \"x, y\",}") == {"a": "1.10", "b": "x, y"}
    assert flat_object("{a: {b: 1}}") == {}
