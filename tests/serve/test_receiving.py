"""Receipts come in: in every way that a client may send them, each read once."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from itertools import islice
from typing import Any

import httpx
import jsonschema
import pytest

from rpiocr.decode.formats import Format
from rpiocr.extract.dates.photo_names import day_in_name
from rpiocr.serve.arriving import named
from rpiocr.watch.inbox import is_ignored
from rpiocr.watch.naming import numbered
from tests.program import SMALL
from tests.serve.serving import ROOT, Serving, body, code, jpeg, picture, serving

CONTRACT: dict[str, Any] = json.loads(files("rpiocr.output").joinpath("schema.json").read_text("utf-8"))

OF_STORE = {
    *("id", "read_at", "state", "sure", "archived_at", "duplicate_of", "duplicate_why", "duplicates", "corrections"),
    *("confirmations", "links"),
}
"""The keys that a receipt has beside those of `rpiocr scan`."""

WAIT_S = 100


def test_a_receipt_is_sent_and_its_answer_is_that_of_scan(service: Serving) -> None:
    answer = service.send(picture(100), wait=WAIT_S, name="lunch.png")
    assert answer.status_code == 200
    upload = body(answer)
    assert (upload["state"], upload["known"], upload["name"]) == ("read", False, "lunch.jpg")
    (receipt,) = upload["receipts"]
    assert (receipt["currency"], str(receipt["amount"])) == ("SGD", "63.35")
    assert receipt.keys() >= OF_STORE
    # JSON Schema knows no Decimal; rows of items have a position in the store.
    line = {name: one for name, one in answer.json()["receipts"][0].items() if name not in OF_STORE}
    for item in line["items"] or ():
        del item["position"]
    jsonschema.Draft202012Validator(CONTRACT).validate(line)
    assert body(service.ask("GET", f"/receipts/{receipt['id']}")) == receipt
    again = service.send(picture(100), wait=WAIT_S)
    assert (body(again)["known"], [one["id"] for one in body(again)["receipts"]]) == (True, [receipt["id"]])


def ways(data: bytes) -> Iterator[dict[str, Any]]:
    """All ways to send a picture."""
    encoded = base64.b64encode(data).decode()
    yield {"content": data, "headers": {"Content-Type": "image/jpeg"}}
    yield {"content": data, "headers": {"Content-Type": "application/octet-stream"}}
    yield {"files": {"file": ("a.jpg", data, "image/jpeg")}}
    yield {"files": {"whatever": ("a.jpg", data, "text/plain")}, "data": {"note": "fields are ignored"}}
    yield {"json": {"image": encoded, "name": "a.jpg"}}
    yield {"json": {"image": f"data:image/jpeg;base64,{encoded}"}}
    yield {"content": (data[place : place + 100] for place in range(0, len(data), 100))}


def test_a_picture_may_be_a_form_its_bytes_or_base64_and_is_the_same_picture(service: Serving) -> None:
    data = jpeg(10)
    answers = [body(service.ask("POST", "/receipts", **way)) for way in ways(data)]
    assert len({one["sha256"] for one in answers}) == 1


def test_without_waiting_the_answer_says_where_to_look(service: Serving) -> None:
    answer = service.send(jpeg(20))
    assert answer.status_code == 202
    assert answer.headers["location"] == body(answer)["links"]["self"]
    with service.client() as client:
        found = client.get(answer.headers["location"].removeprefix(ROOT), params={"wait": WAIT_S})
    assert (body(found)["state"], body(found)["error"]["code"]) == ("failed", "too_small")


def test_what_cannot_be_read_has_the_code_and_sentence_of_the_command_line(service: Serving) -> None:
    upload = body(service.send(jpeg(30), wait=WAIT_S))
    assert (upload["state"], upload["error"]["code"], upload["receipts"]) == ("failed", "too_small", [])
    assert str(service.home) not in str(upload)
    line = service.ask(
        "POST",
        "/receipts",
        params={"wait": WAIT_S},
        content=jpeg(30),
        headers={"Content-Type": "image/jpeg", "Accept": "application/x-ndjson"},
    )
    assert line.headers["content-type"].startswith("application/x-ndjson")
    assert json.loads(line.text)["error"]["code"] == "too_small"


def test_a_file_that_could_not_be_read_is_read_again_on_demand(service: Serving) -> None:
    upload = body(service.send(jpeg(40), wait=WAIT_S))
    again = service.ask("POST", f"/uploads/{upload['id']}/retry")
    assert again.status_code == 202
    assert body(again)["state"] in ("waiting", "reading", "failed")
    found = body(service.ask("GET", f"/uploads/{upload['id']}", params={"wait": WAIT_S}))
    assert (found["state"], found["error"]["code"]) == ("failed", "too_small")
    read = body(service.send(SMALL.read_bytes(), wait=WAIT_S))
    assert code(service.ask("POST", f"/uploads/{read['id']}/retry")) == "wrong_state"
    assert code(service.ask("POST", "/files/999999/retry")) == "wrong_state"


def test_a_request_that_is_repeated_with_its_key_gets_the_same_upload(service: Serving) -> None:
    def send(data: bytes, key: str, **query: float) -> httpx.Response:
        headers = {"Content-Type": "image/jpeg", "Idempotency-Key": key}
        return service.ask("POST", "/receipts", content=data, headers=headers, params=query)

    first, again = send(jpeg(50), "k1"), send(jpeg(50), "k1", deadline=30)
    assert body(first)["id"] == body(again)["id"]
    other = send(jpeg(50), "k2")
    assert body(other)["id"] != body(first)["id"]
    assert body(other)["sha256"] == body(first)["sha256"]
    assert code(send(jpeg(51), "k1")) == "key_reused"
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda _: send(jpeg(52), "k3"), range(8)))
    assert {one.status_code for one in at_once} <= {200, 202}
    assert len({body(one)["id"] for one in at_once}) == 1
    with ThreadPoolExecutor(8) as pool:
        mixed = list(pool.map(lambda number: send(jpeg(60 + number % 2), "k4"), range(8)))
    assert {one.status_code for one in mixed} <= {200, 202, 422}


@pytest.mark.slow
def test_the_same_receipt_from_ten_clients_at_once_is_read_once(service: Serving) -> None:
    data = picture(1)
    with ThreadPoolExecutor(10) as pool:
        answers = [body(one) for one in pool.map(lambda _: service.send(data, wait=WAIT_S), range(10))]
    assert {one["state"] for one in answers} == {"read"}
    assert len({receipt["id"] for one in answers for receipt in one["receipts"]}) == 1
    assert sum(not one["known"] for one in answers) == 1
    kept = [one for one in service.inbox.parent.rglob("*.jpg") if one.read_bytes() == data]
    assert len(kept) == 1


def test_many_files_are_answered_line_by_line_and_one_bad_file_does_not_cost_the_others(service: Serving) -> None:
    parts = [("file", (f"{number}.jpg", jpeg(100 + number), "image/jpeg")) for number in range(6)]
    parts.insert(2, ("file", ("notes.jpg", b"just text", "image/jpeg")))
    parts.append(("file", ("again.jpg", jpeg(100), "image/jpeg")))
    with service.client() as client, client.stream("POST", "/batches", files=parts) as answer:
        assert answer.status_code == 200
        lines = [json.loads(line) for line in answer.iter_lines()]
    assert sorted(line["error"]["code"] for line in lines) == ["too_small"] * 6 + ["unknown_format"]
    assert service.hidden() == []


def test_a_form_with_several_files_is_refused_as_one_receipt_and_leaves_nothing(service: Serving) -> None:
    parts = [("file", (f"several{number}.jpg", jpeg(150 + number), "image/jpeg")) for number in range(4)]
    assert code(service.ask("POST", "/receipts", files=parts)) == "bad_request"
    assert service.hidden() == []
    assert list(service.inbox.glob("several*")) == []
    checked = service.ask("POST", "/check", files=parts)
    assert code(checked) == "too_small"
    assert service.hidden() == []


@pytest.mark.slow
def test_a_receipt_that_was_deleted_and_is_sent_again_is_read_anew(service: Serving) -> None:
    data = picture(2)
    (first,) = body(service.send(data, wait=WAIT_S))["receipts"]
    assert service.ask("DELETE", f"/receipts/{first['id']}").status_code == 204
    assert code(service.ask("GET", f"/receipts/{first['id']}")) == "no_such_receipt"
    again = body(service.send(data, wait=WAIT_S))
    assert (again["state"], again["known"]) == ("read", False)
    (anew,) = again["receipts"]
    assert anew["read_at"] >= first["read_at"]
    assert service.ask("GET", f"/receipts/{anew['id']}").status_code == 200


NAMES = (
    "../../escape.jpg",
    "..\\..\\escape.jpg",
    "/etc/passwd",
    "nul\x00byte.jpg",
    "line\r\nX-Evil: 1.jpg",
    "a" * 290,
    "ü" * 140,
    "\u202egpj.exe",
    ".rpiocr.lock",
    ".hidden.jpg",
    "x.part",
    "~backup",
    "Thumbs.db",
    '"; rm -rf /.jpg',
    "<script>alert(1)</script>.jpg",
    "=cmd()|' /C calc'!A0.jpg",
    "-rf.jpg",
    "   ",
    ".",
    "..",
    "CON.jpg",
    "emoji \U0001f9fe.jpg",
)


@pytest.mark.parametrize(
    "name", ["IMG_20240315_142233.HEIC", r"C:\Users\me\Scan_20240315.pdf", "WhatsApp Image 2024-03-15 at 14:22:33.jpeg"]
)
def test_the_day_in_the_name_of_a_photo_is_kept(name: str) -> None:
    kept = [*islice(numbered(named(name, Format.JPEG)), 3)]
    assert [day_in_name(one) for one in kept] == [dt.date(2024, 3, 15)] * 3


@pytest.mark.parametrize("name", NAMES)
def test_a_name_becomes_one_that_can_be_seen_and_that_the_watch_does_not_ignore(name: str) -> None:
    kept = named(name, Format.JPEG)
    assert kept.endswith(".jpg")
    assert "/" not in kept
    assert kept.isprintable()
    assert not is_ignored(kept)
    assert not kept.startswith("-")
    assert len(kept.encode()) <= 200


@pytest.mark.slow
def test_no_name_that_a_client_gives_leads_anywhere_but_into_the_inbox(service: Serving) -> None:
    def outside() -> list[str]:
        folders = (service.home, service.inbox.parent, service.inbox.parent.parent)
        names = (one.name for folder in folders for one in folder.iterdir())
        return sorted(name for name in names if name not in ("done", "review", "failed"))

    before = outside()
    for number, name in enumerate(NAMES):
        data = jpeg(160) + bytes([number])
        sent = body(service.send(data, name=name, wait=WAIT_S))
        kept = sent["name"]
        assert "/" not in kept
        assert not kept.startswith((".", "~", "-"))
        assert kept.endswith(".jpg")
        assert kept.isprintable()
        assert len(kept.encode()) <= 255
        assert (sent["state"], sent["error"]["code"]) == ("failed", "too_small"), name
        form = service.ask("POST", "/receipts", files={"file": (name, data + b"form", "image/jpeg")})
        assert form.status_code in (200, 202, 400), name
    assert outside() == before
    assert service.hidden() == []


@pytest.mark.slow
def test_a_receipt_from_the_folder_and_the_same_from_a_client_are_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("both") / "home") as service:
        data = picture(3)
        (service.inbox / "dropped.jpg").write_bytes(data)
        answers = [body(service.send(data, wait=WAIT_S)) for _ in range(2)]
        assert {(one["state"], one["known"]) for one in answers} == {("read", True)}
        assert len({receipt["id"] for one in answers for receipt in one["receipts"]}) == 1
