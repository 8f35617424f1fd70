"""The domain model: immutable types that all stages of the program share."""

from rpiocr.model.codes import Code, CodeClaim, CodeStatus, FoundCode
from rpiocr.model.engine import EngineFamily, EngineId, EngineKind, PassId
from rpiocr.model.evidence import Ballot, Candidate, Field, Verdict, Veto, VetoKind
from rpiocr.model.fields import Fields, Method, Payment, TaxId
from rpiocr.model.geometry import NOWHERE, Affine, Box, Homography, map_box
from rpiocr.model.items import Agreement, Item, ItemKind, ItemList, ItemsCheck
from rpiocr.model.memory import MerchantKey, Statement
from rpiocr.model.page_layout import PageLayout
from rpiocr.model.provenance import Check, CheckKind, CheckName, Kind, Notice, Provenance
from rpiocr.model.receipt import Judgement, Receipt, Rung, Source, Stop
from rpiocr.model.text import CropId, Line, Page, Pass, Pixels, Prepared, Reading, Word

__all__ = [
    "NOWHERE",
    "Affine",
    "Agreement",
    "Ballot",
    "Box",
    "Candidate",
    "Check",
    "CheckKind",
    "CheckName",
    "Code",
    "CodeClaim",
    "CodeStatus",
    "CropId",
    "EngineFamily",
    "EngineId",
    "EngineKind",
    "Field",
    "Fields",
    "FoundCode",
    "Homography",
    "Item",
    "ItemKind",
    "ItemList",
    "ItemsCheck",
    "Judgement",
    "Kind",
    "Line",
    "MerchantKey",
    "Method",
    "Notice",
    "Page",
    "PageLayout",
    "Pass",
    "PassId",
    "Payment",
    "Pixels",
    "Prepared",
    "Provenance",
    "Reading",
    "Receipt",
    "Rung",
    "Source",
    "Statement",
    "Stop",
    "TaxId",
    "Verdict",
    "Veto",
    "VetoKind",
    "Word",
    "map_box",
]
