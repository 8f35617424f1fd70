"""Codes of the Americas: what each states, refunds, tests, foreign money and older versions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats import (
    argentina,
    bolivia,
    brazil,
    colombia,
    dominican_republic,
    ecuador,
    el_salvador,
    mexico,
    panama,
    paraguay,
    peru,
    uruguay,
)
from rpiocr.codes.parser import Parser
from rpiocr.model.codes import CodeClaim, Document
from tests.codes import vectors_world as vectors

DAY = dt.date(2026, 11, 5)


def known(parse: Parser, payload: str | bytes) -> CodeClaim:
    claim = parse(payload.encode() if isinstance(payload, str) else payload)
    assert claim is not None
    return claim


def seller_of(claim: CodeClaim) -> tuple[str, str, bool | None]:
    assert claim.tax_id is not None
    return claim.tax_id.kind, claim.tax_id.number, claim.tax_id.valid


BRAZIL = "https://www.nfce.fazenda.sp.gov.br/NFCeConsultaPublica/Paginas/ConsultaQRCode.aspx?p={}"
CNPJ = ("cnpj", "00000000000191", True)
DIGEST = "a" * 40


@pytest.mark.parametrize("rest", [f"2|1|1|{DIGEST}", "3|1"])
def test_a_brazilian_receipt_that_was_online_states_seller_and_number_alone(rest: str) -> None:
    claim = known(brazil.parse, BRAZIL.format(f"{vectors.brazil_key()}|{rest}"))
    assert (claim.country, claim.currency, claim.receipt_number) == ("BR", "BRL", "4711")
    assert (claim.total, claim.date, seller_of(claim)) == (None, None, CNPJ)


@pytest.mark.parametrize(
    "rest", [f"2|1|05|16.50|{'61' * 28}|1|{DIGEST}", "3|1|05|16.50|2|12345678909|c2lnbmF0dXJl", "3|1|05|16.50|||c2ln"]
)
def test_a_brazilian_receipt_of_an_offline_till_states_total_and_day(rest: str) -> None:
    claim = known(brazil.parse, BRAZIL.format(f"{vectors.brazil_key()}|{rest}".replace("|", "%7C")))
    assert (claim.total, claim.date) == (Decimal("16.50"), DAY)


def test_a_brazilian_receipt_of_version_1_states_total_tax_and_the_local_time() -> None:
    link = (
        "http://nfce.sefaz.am.gov.br/nfceweb/consultarNFCe.jsp?chNFe={}&nVersao=100&tpAmb={}&dhEmi={}&vNF=59.22"
        "&vICMS=9.87&digVal=6162&cIdToken=000001&cHashQRCode=AA"
    )
    coded = "323031362d30352d32395432303a35353a30392d30333a3030"
    claim = known(brazil.parse, link.format(vectors.brazil_key(month="1605"), 1, coded))
    assert (claim.total, claim.tax) == (Decimal("59.22"), Decimal("9.87"))
    assert (claim.date, claim.time) == (dt.date(2016, 5, 29), dt.time(20, 55, 9))
    assert known(brazil.parse, link.format(vectors.brazil_key(), 2, coded)).document is Document.TRAINING


def test_a_brazilian_receipt_of_a_test_is_no_purchase() -> None:
    claim = known(brazil.parse, BRAZIL.format(f"{vectors.brazil_key()}|2|2|1|{DIGEST}"))
    assert claim.document is Document.TRAINING


def test_a_brazilian_key_with_letters_in_the_sellers_number_is_read() -> None:
    claim = known(brazil.parse, BRAZIL.format(f"{vectors.brazil_key('12ABC34501DE35')}|3|1"))
    assert seller_of(claim) == ("cnpj", "12ABC34501DE35", True)


def test_a_brazilian_key_whose_check_digits_are_wrong_is_none() -> None:
    key = vectors.brazil_key()
    for at in range(len(key)):
        wrong = f"{key[:at]}{(int(key[at]) + 1) % 10}{key[at + 1 :]}"
        assert brazil.parse(BRAZIL.format(f"{wrong}|3|1").encode()) is None
    assert brazil.parse(BRAZIL.format(f"{vectors.brazil_key('00000000000192')}|3|1").encode()) is None


@pytest.mark.parametrize(
    "rest", ["", "|", "|4|1", "|2|1", "|2|3|1|aa", "|2|1|32|16.50|61|1|aa", "|2|1|05|16,50|61|1|aa"]
)
def test_a_brazilian_link_in_another_version_is_no_receipt(rest: str) -> None:
    assert brazil.parse(BRAZIL.format(f"{vectors.brazil_key()}{rest}").encode()) is None


def test_a_code_of_sao_paulos_sat_states_total_and_local_time() -> None:
    key = vectors.brazil_key(model="59", rest="000123456004711123456")
    claim = known(brazil.parse, f"{key}|20251105123456|16.50||c2lnbmF0dXJl==")
    assert (claim.total, claim.date, claim.time) == (Decimal("16.50"), dt.date(2025, 11, 5), dt.time(12, 34, 56))
    assert (claim.receipt_number, seller_of(claim)) == ("4711", CNPJ)
    assert brazil.parse(f"{key[:-1]}{(int(key[-1]) + 1) % 10}|20251105123456|16.50||c2ln".encode()) is None


ARGENTINA: dict[str, object] = {
    "ver": 1,
    "fecha": "2026-11-05",
    "cuit": 30000000007,
    "ptoVta": 10,
    "tipoCmp": 6,
    "nroCmp": 94,
    "importe": 12100.5,
    "moneda": "PES",
    "ctz": 1,
    "tipoDocRec": 99,
    "nroDocRec": 0,
    "tipoCodAut": "E",
    "codAut": 70417054367476,
}


@pytest.mark.parametrize("host", ["www.afip.gob.ar", "www.arca.gob.ar", "afip.gob.ar"])
def test_an_argentine_invoice_states_total_date_and_seller(host: str) -> None:
    claim = known(argentina.parse, vectors.argentina(ARGENTINA, host))
    assert (claim.total, claim.currency, claim.date) == (Decimal("12100.50"), "ARS", DAY)
    assert (claim.receipt_number, seller_of(claim)) == ("00010-00000094", ("cuit", "30000000007", True))


def test_an_argentine_invoice_in_dollars_is_in_dollars() -> None:
    official = (
        '{"ver":1,"fecha":"2020-10-13","cuit":30000000007,"ptoVta":10,"tipoCmp":1,"nroCmp":94,"importe":12100,'
        '"moneda":"DOL","ctz":65,"tipoDocRec":80,"nroDocRec":20000000001,"tipoCodAut":"E","codAut":70417054367476}'
    )
    claim = known(argentina.parse, vectors.argentina(official))
    assert (claim.total, claim.currency, claim.date) == (Decimal(12100), "USD", dt.date(2020, 10, 13))
    assert known(argentina.parse, vectors.argentina({**ARGENTINA, "moneda": "060"})).currency == "EUR"
    assert known(argentina.parse, vectors.argentina({**ARGENTINA, "moneda": "999"})).currency is None


@pytest.mark.parametrize("kind", [3, 8, 13, 113, 203])
def test_an_argentine_credit_note_is_a_refund(kind: int) -> None:
    claim = known(argentina.parse, vectors.argentina({**ARGENTINA, "tipoCmp": kind}))
    assert (claim.document, claim.total) == (Document.REFUND, Decimal("-12100.50"))


def test_an_argentine_delivery_note_is_no_purchase() -> None:
    assert known(argentina.parse, vectors.argentina({**ARGENTINA, "tipoCmp": 91})).document is Document.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "{ver:1,fecha:2026-11-05,cuit:30000000007,ptoVta:10,tipoCmp:6,nroCmp:94,importe:12100.50,moneda:PES}",
        "{'ver':1,'fecha':'2026-11-05','cuit':'30-00000000-7','ptoVta':00010,'tipoCmp':6,'nroCmp':00000094,"
        "'importe':12100.50,'moneda':'PES',}",
        '{"fecha":"2026-11-05","cuit":"30000000007","ptoVta":"00010","tipoCmp":"006","nroCmp":"94",\r\n'
        '"importe":"12100.50","moneda":"PES","nroDocRec":,"codAut":""}',
    ],
)
def test_an_argentine_invoice_that_lost_marks_of_its_json_is_read(text: str) -> None:
    claim = known(argentina.parse, vectors.argentina(text, url_safe=True))
    assert (claim.total, claim.currency, claim.date) == (Decimal("12100.50"), "ARS", DAY)
    assert claim.receipt_number == "00010-00000094"


@pytest.mark.parametrize(
    "text",
    [
        '{"fecha":"2026-11-05","cuit":30000000007,"tipoCmp":6,"nroCmp":94,"importe":12100,50,"moneda":"PES"}',
        '{"fecha":"2026-11-05","cuit":30000000007,"tipoCmp":6,"nroCmp":94,"importe":1.21e4,"moneda":"PES"}',
        '{"fecha":"2026-11-05","cuit":30000000007,"tipoCmp":6,"nroCmp":94,"importe":NaN,"moneda":"PES"}',
        '{"fecha":"2026-11-05","cuit":30000000007,"tipoCmp":6,"nroCmp":94,"importe":-5,"moneda":"PES"}',
        '{"fecha":"2026-11-05","cuit":30000000007,"tipoCmp":6,"nroCmp":94,"importe":1,"moneda":"PES","importe":2}',
        "{fecha:2026-11-05,cuit:30000000007,tipoCmp:6,nroCmp:94,importe:1,moneda:PES,importe:2}",
        '{"a":{"fecha":"2026-11-05","cuit":30000000007,"tipoCmp":6,"nroCmp":94,"importe":1,"moneda":"PES"}}',
        '{"fecha":"2026-11-05","cuit":30000000007,"tipoCmp":6,"nroCmp":94,"importe":121',
        '["fecha","2026-11-05"]',
        "{}",
        "",
    ],
)
def test_an_argentine_invoice_in_another_form_is_none(text: str) -> None:
    assert argentina.parse(vectors.argentina(text)) is None


MEXICO = (
    "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?id=28c751ac-b6f3-4293-b35e-9ce78b4eb4b8"
    "&re=AAA010101AAA&rr=XAXX010101000&tt={}&fe=nfsuQW=="
)


@pytest.mark.parametrize("total", ["0000001650.500000", "1650.5", "1650.50", "000000000000001650.500000"])
def test_a_mexican_invoice_states_total_and_seller_and_no_date(total: str) -> None:
    claim = known(mexico.parse, MEXICO.format(total))
    assert (claim.total, claim.currency, claim.date) == (Decimal("1650.50"), "MXN", None)
    assert str(claim.total) == "1650.50"
    assert seller_of(claim) == ("rfc", "AAA010101AAA", True)
    assert claim.receipt_number == "28C751AC-B6F3-4293-B35E-9CE78B4EB4B8"


def test_a_mexican_code_in_another_order_or_of_version_3_2_is_read() -> None:
    pairs = "re=AAA010101AAA&rr=XAXX010101000&tt=0000001650.500000&id=28c751ac-b6f3-4293-b35e-9ce78b4eb4b8"
    assert known(mexico.parse, f"?{pairs}").total == Decimal("1650.50")
    link = f"https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?&{pairs}"
    assert known(mexico.parse, f"{link}&fe=nfsuQW==").total == Decimal("1650.50")
    assert mexico.parse(link.encode()) is None


def test_a_mexican_receipt_of_a_payment_is_no_purchase() -> None:
    claim = known(mexico.parse, MEXICO.format("0.00"))
    assert (claim.document, claim.total) == (Document.OTHER, None)


def test_a_mexican_link_elsewhere_or_with_another_form_of_amount_is_none() -> None:
    assert mexico.parse(MEXICO.format("1,650.50").encode()) is None
    assert mexico.parse(MEXICO.format("1650.50").replace("sat.gob.mx", "sat.gob.mx.example.com").encode()) is None


@pytest.mark.parametrize("date", ["2026-11-05", "05/11/2026"])
def test_a_peruvian_receipt_states_total_tax_and_date(date: str) -> None:
    claim = known(peru.parse, f"20100070970|03|B001|00000123|108.00|708.00|{date}|-|-|digest|")
    assert (claim.total, claim.tax, claim.currency, claim.date) == (Decimal("708.00"), Decimal("108.00"), "PEN", DAY)
    assert (claim.receipt_number, seller_of(claim)) == ("B001-00000123", ("ruc", "20100070970", True))


def test_a_peruvian_credit_note_is_a_refund() -> None:
    claim = known(peru.parse, "20100070970|07|BC01|7|108.00|708.00|2026-11-05|1|12345678|")
    assert (claim.document, claim.total, claim.tax) == (Document.REFUND, Decimal("-708.00"), Decimal("-108.00"))


def test_the_peruvian_example_with_a_test_number_is_read_and_its_seller_marked() -> None:
    claim = known(peru.parse, "20512345678|03|B001|00000123|108.00|708.00|2026-08-24|-|-|digest")
    assert (claim.total, seller_of(claim)) == (Decimal("708.00"), ("ruc", "20512345678", False))


@pytest.mark.parametrize(
    "payload",
    [
        "20100070970|99|B001|123|108.00|708.00|2026-11-05|-|-|",
        "20100070970|03|B001|123|708.00|108.00|2026-11-05|-|-|",
        "20100070970|03|B001|123|108.00|1,708.00|2026-11-05|-|-|",
        "20100070970|03|B001|123|108.00|708.00|2026-13-05|-|-|",
        "20100070970|03|B001|123|108.00|708.00",
        "30100070970|03|B001|123|108.00|708.00|2026-11-05|-|-|",
        "20100070970|03|B-01|123|108.00|708.00|2026-11-05|-|-|",
    ],
)
def test_other_fields_by_strokes_are_no_peruvian_receipt(payload: str) -> None:
    assert peru.parse(payload.encode()) is None


COLOMBIA = [
    ("NumFac", "SETP990004217"),
    ("FecFac", "2026-11-05"),
    ("HorFac", "12:34:56-05:00"),
    ("NitFac", "900123456"),
    ("DocAdq", "222222222222"),
    ("ValFac", "9495.80"),
    ("ValIva", "1804.20"),
    ("ValOtroIm", "0.00"),
    ("ValTolFac", "11300.00"),
    ("CUFE", "3a" * 48),
]


@pytest.mark.parametrize(("mark", "end"), [(": ", "\n"), ("=", "\r\n"), (":", " "), (" : ", "\n"), (" ", " ")])
def test_a_colombian_invoice_states_total_tax_date_and_time(mark: str, end: str) -> None:
    claim = known(colombia.parse, end.join(f"{key}{mark}{value}" for key, value in COLOMBIA))
    assert (claim.total, claim.tax, claim.currency) == (Decimal("11300.00"), Decimal("1804.20"), "COP")
    assert (claim.date, claim.time, claim.receipt_number) == (DAY, dt.time(12, 34, 56), "SETP990004217")
    assert seller_of(claim) == ("nit", "900123456", None)


def test_the_colombian_example_without_a_time_is_read() -> None:
    lines = "NumFac: SETP990004217\nFecFac: 2026-09-26\nNitFac: 900123456\nValFac: 9495.80\nValIva: 1804.20\n"
    claim = known(colombia.parse, f"{lines}ValTolFac: 11300.00\nCUFE: {'3a' * 48}")
    assert (claim.total, claim.date, claim.time) == (Decimal("11300.00"), dt.date(2026, 9, 26), None)


def test_a_colombian_seller_with_a_check_digit_is_checked() -> None:
    text = "\n".join(f"{key}: {value}" for key, value in COLOMBIA)
    assert seller_of(known(colombia.parse, text.replace("900123456", "900123456-8"))) == ("nit", "9001234568", True)
    assert seller_of(known(colombia.parse, text.replace("900123456", "9001234567")))[2] is False


def test_a_colombian_link_tells_the_number_alone_and_that_of_a_test_system_no_purchase() -> None:
    link = "https://catalogo-vpfe{}.dian.gov.co/document/searchqr?documentkey=" + "3a" * 48
    claim = known(colombia.parse, link.format(""))
    assert (claim.country, claim.receipt_number, claim.total, claim.date) == ("CO", "3a" * 48, None, None)
    assert known(colombia.parse, link.format("-hab")).document is Document.TRAINING
    text = "\n".join(f"{key}: {value}" for key, value in COLOMBIA)
    assert known(colombia.parse, f"{text}\nQRCode: {link.format('-hab')}").document is Document.TRAINING


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ValTolFac: 11300.00", "ValTolFac: 11.300,00"),
        ("ValTolFac: 11300.00", "ValTolFac: 11300.00\nValTolFac: 1.00"),
        ("FecFac: 2026-11-05", "FecFac: 05-11-2026"),
        ("NitFac: 900123456", "NitFac: X"),
        ("3a3a", "3a"),
    ],
)
def test_colombian_keys_in_another_form_are_no_invoice(old: str, new: str) -> None:
    text = "\n".join(f"{key}: {value}" for key, value in COLOMBIA)
    assert old in text
    assert colombia.parse(text.replace(old, new).encode()) is None


URUGUAY = "https://www.efactura.dgi.gub.uy/consultaQR/cfe?216753930012,{},A,424298,1007.00,{},nh28472Ha%2FIdlJG"


@pytest.mark.parametrize("date", ["20261105", "05/11/2026", "05%2F11%2F2026"])
def test_a_uruguayan_receipt_states_total_date_and_seller(date: str) -> None:
    claim = known(uruguay.parse, URUGUAY.format(101, date))
    assert (claim.total, claim.currency, claim.date) == (Decimal("1007.00"), "UYU", DAY)
    assert (claim.receipt_number, seller_of(claim)) == ("A-424298", ("rut", "216753930012", True))


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (102, Document.REFUND),
        (112, Document.REFUND),
        (202, Document.REFUND),
        (103, Document.SALE),
        (111, Document.SALE),
        (181, Document.OTHER),
        (182, Document.OTHER),
    ],
)
def test_a_uruguayan_credit_note_is_a_refund_and_a_delivery_note_no_purchase(kind: int, document: Document) -> None:
    claim = known(uruguay.parse, URUGUAY.format(kind, "20261105"))
    assert (claim.document, claim.total) == (
        document,
        Decimal("-1007.00" if document is Document.REFUND else "1007.00"),
    )


def test_a_uruguayan_receipt_of_a_test_system_is_no_purchase_and_an_unknown_type_none() -> None:
    link = URUGUAY.format(101, "20261105").replace("www.efactura", "efactura.testing")
    assert known(uruguay.parse, link).document is Document.TRAINING
    assert uruguay.parse(URUGUAY.format(999, "20261105").encode()) is None


PARAGUAY = (
    "https://ekuatia.set.gov.py/consultas{}/qr?nVersion=150&Id={}&dFeEmiDE={}&dRucRec=44444401&dTotGralOpe={}"
    "&dTotIVA=16&cItems=1&DigestValue=6162&IdCSC=0001&cHashQR=aa"
)
ISSUED = b"2026-11-05T23:30:00".hex()


def test_a_paraguayan_invoice_states_total_tax_and_local_time_and_the_seller_not_the_buyer() -> None:
    claim = known(paraguay.parse, PARAGUAY.format("", vectors.paraguay_key(), ISSUED, "177"))
    assert (claim.total, claim.tax, claim.currency) == (Decimal(177), Decimal(16), "PYG")
    assert (claim.date, claim.time) == (DAY, dt.time(23, 30))
    assert (claim.receipt_number, seller_of(claim)) == ("001-001-0014528", ("ruc", "444444017", True))


def test_a_paraguayan_time_has_whole_seconds() -> None:
    issued = b"2026-11-05T12:34:56.789".hex()
    assert known(paraguay.parse, PARAGUAY.format("", vectors.paraguay_key(), issued, "177")).time == dt.time(12, 34, 56)


def test_a_paraguayan_credit_note_is_a_refund_and_a_delivery_note_no_purchase() -> None:
    note = known(paraguay.parse, PARAGUAY.format("", vectors.paraguay_key("05"), ISSUED, "177"))
    assert (note.document, note.total, note.tax) == (Document.REFUND, Decimal(-177), Decimal(-16))
    delivery = known(paraguay.parse, PARAGUAY.format("", vectors.paraguay_key("07"), ISSUED, "0"))
    assert delivery.document is Document.OTHER


def test_a_paraguayan_total_with_cents_is_in_foreign_money() -> None:
    claim = known(paraguay.parse, PARAGUAY.format("", vectors.paraguay_key(), ISSUED, "177.25"))
    assert (claim.total, claim.currency) == (Decimal("177.25"), None)


def test_a_paraguayan_invoice_of_a_test_is_no_purchase_and_a_wrong_check_digit_none() -> None:
    key = vectors.paraguay_key()
    assert known(paraguay.parse, PARAGUAY.format("-test", key, ISSUED, "177")).document is Document.TRAINING
    wrong = f"{key[:-1]}{(int(key[-1]) + 1) % 10}"
    assert paraguay.parse(PARAGUAY.format("", wrong, ISSUED, "177").encode()) is None


def test_a_dominican_receipt_to_a_consumer_states_total_and_no_date() -> None:
    link = (
        "https://fc.dgii.gov.do/ecf/ConsultaTimbreFC?RncEmisor=131487272&ENCF=E320000000005&MontoTotal=4487.78"
        "&CodigoSeguridad=AJIz2R"
    )
    claim = known(dominican_republic.parse, link)
    assert (claim.total, claim.currency, claim.date) == (Decimal("4487.78"), "DOP", None)
    assert (claim.receipt_number, seller_of(claim)) == ("E320000000005", ("rnc", "131487272", True))


DOMINICAN = (
    "https://ecf.dgii.gov.do/{}/consultatimbre?rncemisor=131487272&rnccomprador=131880681&encf={}"
    "&fechaemision=05-11-2026&montototal=250000.00&fechafirma={}&codigoseguridad=AJIz2R"
)


@pytest.mark.parametrize("signed", ["05-11-2026%2012:34:56", "05-11-2026+12%3A34%3A56", "05-11-2026 12:34:56"])
def test_a_dominican_invoice_states_date_and_the_time_of_its_signature(signed: str) -> None:
    claim = known(dominican_republic.parse, DOMINICAN.format("ecf", "E310000000005", signed))
    assert (claim.total, claim.date, claim.time) == (Decimal("250000.00"), DAY, dt.time(12, 34, 56))


def test_a_dominican_signature_of_another_day_is_not_the_time_of_the_purchase() -> None:
    claim = known(dominican_republic.parse, DOMINICAN.format("ecf", "E310000000005", "06-11-2026%2000:10:00"))
    assert (claim.date, claim.time) == (DAY, None)


def test_a_dominican_credit_note_is_a_refund_and_the_systems_for_tests_make_no_purchase() -> None:
    note = known(dominican_republic.parse, DOMINICAN.format("ecf", "E340000000005", ""))
    assert (note.document, note.total) == (Document.REFUND, Decimal("-250000.00"))
    for system in ("testecf", "CerteCF"):
        claim = known(dominican_republic.parse, DOMINICAN.format(system, "E310000000005", ""))
        assert claim.document is Document.TRAINING


def test_a_salvadoran_document_states_its_date() -> None:
    link = (
        "https://admin.factura.gob.sv/consultaPublica?ambiente={}&codGen=03754C2B-E078-3A11-E064-00144FFB12D3"
        "&fechaEmi=2026-11-05"
    )
    claim = known(el_salvador.parse, link.format("01"))
    assert (claim.country, claim.date, claim.total, claim.document) == ("SV", DAY, None, Document.SALE)
    assert known(el_salvador.parse, link.format("00")).document is Document.TRAINING
    assert el_salvador.parse(link.format("02").encode()) is None


BOLIVIA = "https://{}siat.impuestos.gob.bo/consulta/QR?nit=176360023&cuf={}&numero=44463&t=2"


def test_a_bolivian_invoice_holds_its_time_in_its_key() -> None:
    claim = known(bolivia.parse, BOLIVIA.format("", vectors.bolivia_key("176360023", "20261105233000", 44463)))
    assert (claim.total, claim.date, claim.time) == (None, DAY, dt.time(23, 30))
    assert (claim.receipt_number, seller_of(claim)) == ("44463", ("nit", "176360023", None))


@pytest.mark.parametrize(("seller", "number"), [("176360024", 44463), ("176360023", 44464)])
def test_a_bolivian_key_of_another_invoice_tells_no_time(seller: str, number: int) -> None:
    claim = known(bolivia.parse, BOLIVIA.format("", vectors.bolivia_key(seller, "20261105233000", number)))
    assert (claim.date, claim.receipt_number) == (None, "44463")


def test_a_bolivian_invoice_of_the_pilot_is_no_purchase() -> None:
    key = vectors.bolivia_key("176360023", "20261105233000", 44463)
    assert known(bolivia.parse, BOLIVIA.format("piloto", key)).document is Document.TRAINING


def test_a_bolivian_code_of_the_older_format_states_its_total() -> None:
    text = "1020703023|8812|300400500600700|05/11/2019|120.50|120.50|A1-B2-C3-D4|4567890|0|0|0|0"
    claim = known(bolivia.parse, text)
    assert (claim.total, claim.currency, claim.date) == (Decimal("120.50"), "BOB", dt.date(2019, 11, 5))
    assert claim.receipt_number == "8812"
    assert bolivia.parse(text.replace("120.50", "120,50").encode()) is None


PANAMA = "https://dgi-fep.mef.gob.pa/Consultas/FacturasPorQR?chFE={}&iAmb={}&digestValue=ib&jwt=eyJ"


@pytest.mark.parametrize(
    ("key", "date", "number"),
    [
        ("FE0120000000138-289-35920-0489172020090301000861280010117979798825", dt.date(2020, 9, 3), "0100086128"),
        ("FE0120000155627992-2-2016-7200252025102100000045710010319246005912", dt.date(2025, 10, 21), "0000004571"),
    ],
)
def test_a_panamanian_invoice_holds_date_and_number_in_its_key(key: str, date: dt.date, number: str) -> None:
    claim = known(panama.parse, PANAMA.format(key, 1))
    assert (claim.country, claim.date, claim.receipt_number, claim.total) == ("PA", date, number, None)


def test_a_panamanian_credit_note_is_a_refund_and_a_test_no_purchase() -> None:
    assert known(panama.parse, PANAMA.format(vectors.panama_key("04"), 1)).document is Document.REFUND
    assert known(panama.parse, PANAMA.format(vectors.panama_key(environment="2"), 2)).document is Document.TRAINING
    assert known(panama.parse, PANAMA.format(vectors.panama_key(), 2)).document is Document.TRAINING


def test_a_panamanian_key_with_a_wrong_digit_is_none() -> None:
    key = vectors.panama_key()
    for at in range(40, len(key)):
        wrong = f"{key[:at]}{(int(key[at]) + 1) % 10}{key[at + 1 :]}"
        assert panama.parse(PANAMA.format(wrong, 1).encode()) is None


def test_an_ecuadorian_key_states_date_seller_and_number() -> None:
    claim = known(ecuador.parse, b"1811202301179001691900120721260002540020711013510")
    assert (claim.date, claim.total, claim.document) == (dt.date(2023, 11, 18), None, Document.SALE)
    assert (claim.receipt_number, seller_of(claim)) == ("072-126-000254002", ("ruc", "1790016919001", True))


@pytest.mark.parametrize(
    ("kind", "environment", "document"),
    [
        ("01", "2", Document.SALE),
        ("04", "2", Document.REFUND),
        ("06", "2", Document.OTHER),
        ("07", "2", Document.OTHER),
        ("01", "1", Document.TRAINING),
    ],
)
def test_an_ecuadorian_key_tells_the_kind_of_document(kind: str, environment: str, document: Document) -> None:
    assert known(ecuador.parse, vectors.ecuador_key(kind, environment)).document is document


def test_an_ecuadorian_key_with_a_wrong_check_digit_is_none() -> None:
    key = vectors.ecuador_key()
    others = [digit for digit in b"0123456789" if digit != key[-1]]
    assert [ecuador.parse(key[:-1] + bytes([digit])) for digit in others] == [None] * 9
