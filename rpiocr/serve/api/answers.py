"""How receipts, uploads and files look in the API: the contract of ``rpiocr scan``, and what the store adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from rpiocr.model.fields import SPECS
from rpiocr.model.provenance import Notice
from rpiocr.output.result import SCHEMA_VERSION, warning_text
from rpiocr.serve.uploads import Upload
from rpiocr.store.details import details
from rpiocr.system.json_text import dumps

ROOT = "/api/v1"

CONTRACT = ("page", "pages", "part", "attachment", "sha256", "source", "verdict", "quality")
AFTER_FIELDS = ("passes", "elapsed_s")

OF_STORE = (
    *("read_at", "state", "sure", "archived_at", "duplicate_of", "duplicate_why", "duplicates", "corrections"),
    "confirmations",
)
"""What the store knows of a receipt beside the result; paths of this machine are left out."""

EVIDENCE = ("raw", "box", "votes", "passes", "checks", "rivals")


class Json(Response):
    """A JSON answer in which money keeps its decimals."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Return the document."""
        return dumps(content).encode("utf-8", "backslashreplace")


def receipt_of(connection: Connection, receipt_id: int) -> dict[str, Any]:
    """Return a stored receipt, with corrections applied; raises NoSuchReceiptError, DamagedRowError."""
    return receipt_json(details(connection, receipt_id))


def receipt_json(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return a receipt: the keys of a result of ``rpiocr scan``, then ``id`` and those of the store."""
    evidence = known["evidence"]
    rated = {name: one for name, one in evidence.items() if one["confidence"] is not None or one["verdict"]}
    return {
        "schema_version": SCHEMA_VERSION,
        "file": _name(known["file"]),
        **{name: known[name] for name in CONTRACT},
        **{spec.name: known[spec.name] for spec in SPECS if spec.name in known},
        "tax_ids": known["tax_ids"] or None,
        "items_check": known.get("items_check"),
        "codes": known["codes"],
        "confidence": {name: one["confidence"] for name, one in rated.items()},
        "verdicts": {name: one["verdict"] for name, one in rated.items()},
        "evidence": {name: _evidence(one) for name, one in evidence.items()},
        "warnings": [warning_text(Notice(one["code"], one["message"])) for one in known["warnings"]],
        **{name: known[name] for name in AFTER_FIELDS},
        "id": known["id"],
        **{name: known[name] for name in OF_STORE if name in known},
        "links": links_of(known["id"]),
    }


def links_of(receipt_id: int) -> dict[str, str]:
    """Return the addresses of what belongs to a receipt."""
    own = f"{ROOT}/receipts/{receipt_id}"
    return {"self": own, **{name: f"{own}/{name}" for name in ("image", "annotated", "explain", "items")}}


def upload_json(upload: Upload, receipts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return an upload with its state, and what was read from it."""
    error = None if upload.error is None else {"code": upload.error[0], "message": upload.error[1]}
    return {
        "id": upload.id,
        "name": upload.name,
        "sha256": upload.sha256,
        "size": upload.size,
        "received_at": upload.received_at.isoformat(timespec="seconds"),
        "state": upload.state,
        "known": upload.known,
        "error": error,
        "receipts": list(receipts),
        "links": {"self": f"{ROOT}/uploads/{upload.id}"},
    }


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _evidence(one: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: one[name] for name in EVIDENCE}
    box, where = one["box"], {"page": one["page"]} if "page" in one else {}
    return found | {"box": None if None in box else list(box)} | where
