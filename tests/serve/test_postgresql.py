"""A book in PostgreSQL: the same page and API, over a schema of a server in place of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serve.serving import body, code, picture, serving
from tests.store.postgres import Server, server, why_absent

__all__ = ["server"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(why_absent()), reason=str(why_absent()))]


def test_a_receipt_is_read_found_corrected_deleted_and_restored_in_postgresql(server: Server, tmp_path: Path) -> None:
    with server.fresh() as url, serving(tmp_path / "home", RPIOCR_STORE=url) as served:
        sent = body(served.send(picture(1), wait=60))
        (receipt,) = sent["receipts"]
        place = f"/receipts/{receipt['id']}"

        again = body(served.send(picture(1), wait=60))
        assert (again["known"], again["receipts"][0]["id"]) == (True, receipt["id"])

        found = body(served.ask("GET", "/receipts", params={"q": receipt["merchant"].split()[0], "sure": "true"}))
        listed = [one["id"] for one in found["receipts"]]
        assert listed == ([receipt["id"]] if receipt["sure"] else [])

        changed = body(served.ask("PATCH", place, json={"set": {"amount": "12.34"}, "archived": True}))
        assert (str(changed["amount"]), changed["archived_at"] is None) == ("12.34", False)

        assert served.ask("DELETE", place).status_code == 204
        assert code(served.ask("GET", place)) == "no_such_receipt"
        restored = body(served.ask("POST", f"{place}/restore"))
        assert str(restored["amount"]) == "12.34"
        assert restored["corrections"] == changed["corrections"]
        assert restored["items"] == changed["items"]


def test_two_books_in_one_server_know_nothing_of_each_other(server: Server, tmp_path: Path) -> None:
    with (
        server.fresh() as one,
        server.fresh() as other,
        serving(tmp_path / "one", RPIOCR_STORE=one) as first,
        serving(tmp_path / "other", RPIOCR_STORE=other) as second,
    ):
        sent = body(first.send(picture(2), wait=60))
        assert sent["receipts"]
        assert body(second.ask("GET", "/receipts"))["receipts"] == []
        assert code(second.ask("GET", f"/receipts/{sent['receipts'][0]['id']}")) == "no_such_receipt"
