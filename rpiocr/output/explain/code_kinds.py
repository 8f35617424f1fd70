"""Plain English for formats of codes, for what proves them, and for symbologies."""

from __future__ import annotations

from collections.abc import Mapping

from rpiocr.model.codes import Document

KINDS: Mapping[str, str] = {
    "al-efi": "an Albanian till",
    "ar-invoice": "an Argentine invoice",
    "at-rksv": "an Austrian till",
    "az-ekassa": "an Azerbaijani till",
    "bg-fiscal": "a Bulgarian till",
    "bo-invoice": "a Bolivian invoice",
    "br-nfce": "a Brazilian till",
    "br-sat": "a Brazilian till",
    "ca-srm": "a till in Québec",
    "cl-ted": "a Chilean invoice",
    "cn-invoice": "a Chinese invoice",
    "co-invoice": "a Colombian invoice",
    "cz-eet": "a Czech till",
    "cz-invoice": "a Czech invoice",
    "de-tse": "a German till",
    "do-ecf": "a Dominican invoice",
    "ec-key": "an Ecuadorian invoice",
    "eg-ereceipt": "an Egyptian till",
    "emvco": "a payment by scanning",
    "epc": "a bank transfer",
    "es-ticketbai": "a Basque till",
    "es-verifactu": "a Spanish invoice",
    "gr-mydata": "a Greek invoice",
    "gr-till": "a Greek till",
    "hr-rn": "a Croatian till",
    "in-einvoice": "an Indian invoice",
    "ke-etims": "a Kenyan till",
    "ke-tims": "a Kenyan till",
    "kg-salyk": "a Kyrgyz till",
    "kz-ofd": "a Kazakh till",
    "me-efi": "a Montenegrin till",
    "mk-fiscal": "a Macedonian till",
    "mx-cfdi": "a Mexican invoice",
    "my-myinvois": "a Malaysian invoice",
    "pa-invoice": "a Panamanian invoice",
    "pe-receipt": "a Peruvian receipt",
    "pl-ksef": "a Polish invoice",
    "pt-invoice": "a Portuguese invoice",
    "py-invoice": "a Paraguayan invoice",
    "ru-fns": "a Russian till",
    "rw-ebm": "a Rwandan till",
    "sa-zatca": "a Saudi invoice",
    "si-zoi": "a Slovenian till",
    "sk-ekasa": "a Slovak till",
    "sk-ekasa-offline": "a Slovak till",
    "spayd": "a bank transfer",
    "sv-dte": "a Salvadoran invoice",
    "swiss-qr-bill": "a Swiss bill",
    "taxcore": "a till with TaxCore",
    "tr-invoice": "a Turkish invoice",
    "tw-barcode": "a Taiwanese invoice",
    "tw-einvoice": "a Taiwanese invoice",
    "tz-receipt": "a Tanzanian till",
    "ua-tax": "a Ukrainian till",
    "ug-efris": "a Ugandan till",
    "upi": "a payment by phone",
    "uy-cfe": "a Uruguayan invoice",
    "uz-ofd": "an Uzbek till",
    "zm-invoice": "a Zambian till",
}
"""What a code of each format is of; any other is named by its format."""

PROOFS: Mapping[str, str] = {
    "cl-ted": "its signature holds",
    "de-tse": "its signature holds",
    "es-ticketbai": "its checksums hold",
    "pt-invoice": "its sums and the check digit of its tax number hold",
    "taxcore": "its checksum holds",
}
"""The check within a code of each format that can be proved; any other has ``PROOF``."""

PROOF = "a check within it holds"

NO_PROOF = "it has the form that it should have, but nothing in it proves that it was read without error"

SYMBOLOGIES: Mapping[str, str] = {
    "Aztec": "An Aztec code",
    "Code128": "A barcode (Code 128)",
    "Code39": "A barcode (Code 39)",
    "DataMatrix": "A Data Matrix code",
    "EAN13": "A barcode (EAN-13)",
    "EAN8": "A barcode (EAN-8)",
    "MicroQRCode": "A Micro QR code",
    "PDF417": "A PDF417 code",
    "QRCode": "A QR code",
}
"""Each symbology with its article; any other is a code in parentheses."""

DOCUMENTS: Mapping[Document, str] = {
    Document.REFUND: "It marks a refund.",
    Document.CANCELLED: "It marks a document that was cancelled, or that cancels another one.",
    Document.TRAINING: "It marks a document that was made to practise or to test.",
    Document.REQUEST: "What was paid may be another amount.",
    Document.OTHER: "It marks a document that is no purchase.",
}
"""What follows from the kind of a document, unless it is a plain sale."""
