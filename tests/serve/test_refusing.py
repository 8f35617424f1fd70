"""Whatever is sent that cannot be kept is refused with a code and a sentence, and leaves nothing on the disk."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.requests import Request

from rpiocr.serve import receiving
from rpiocr.serve.errors import IncompleteUploadError, TooManyRequestsError
from rpiocr.serve.limits import Budget, Crowd, Rate
from rpiocr.watch.inbox import MAX_BYTES
from tests.batch.waiting import until
from tests.serve.serving import ROOT, Serving, body, code, jpeg, serving, to_the_end

POST = f"POST {ROOT}/receipts HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"

GIGABYTES = 2 * 1024**3


def nothing_is_left(service: Serving) -> None:
    """Wait until the service has noticed, and look."""
    until(lambda: service.hidden() == [], "nothing is left of an upload")


def test_an_upload_of_two_gigabytes_is_refused_before_a_byte_of_it_is_sent(service: Serving) -> None:
    with service.connection() as connection:
        connection.sendall(f"{POST}Content-Length: {GIGABYTES}\r\nExpect: 100-continue\r\n\r\n".encode())
        answer = to_the_end(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert b'"code": "too_large"' in answer
    nothing_is_left(service)


@pytest.mark.slow
def test_an_upload_that_does_not_end_is_cut_off_at_the_limit(service: Serving) -> None:
    def endless() -> Iterator[bytes]:
        yield jpeg()
        while True:
            yield bytes(1024 * 1024)

    assert code(service.ask("POST", "/receipts", content=endless())) == "too_large"
    nothing_is_left(service)


def test_a_client_that_goes_on_sending_what_was_refused_still_gets_the_answer(service: Serving) -> None:
    large = bytes(8 * 1024 * 1024)
    for path in ("/nothing", "/receipts/1/restore", "/receipts/1"):
        answer = service.ask("PATCH", path, content=large)
        assert answer.status_code in (404, 405, 413), path
        assert answer.headers["connection"] == "close"
        assert code(answer)


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("Content-Length: 1000\r\n\r\n", id="announced"),
        pytest.param("Transfer-Encoding: chunked\r\n\r\n400\r\n", id="chunked"),
    ],
)
def test_nothing_is_left_of_half_an_upload(service: Serving, ending: str) -> None:
    with service.connection() as connection:
        connection.sendall(POST.encode() + ending.encode() + jpeg()[:300])
        until(lambda: service.hidden() != [], "the upload has begun")
    nothing_is_left(service)


def test_nothing_is_left_of_half_a_form(service: Serving) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + jpeg()
    answer = service.ask("POST", "/batches", content=form, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert code(answer) == "incomplete_upload"
    nothing_is_left(service)


def bomb() -> bytes:
    """A megabyte of zeros in a few bytes, as an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("receipt.jpg", bytes(10_000_000))
    return stream.getvalue()


LIES = {
    "an archive": (bomb(), "unknown_format"),
    "a page": (b"<html><script>alert(1)</script>", "unknown_format"),
    "a program": (b"\x7fELF" + bytes(200), "unknown_format"),
    "a drawing with scripts": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "unknown_format"),
    "nothing": (b"", "empty_file"),
}


@pytest.mark.parametrize("what", LIES)
def test_what_is_no_picture_is_refused_whatever_it_says_it_is(service: Serving, what: str) -> None:
    data, expected = LIES[what]
    assert code(service.send(data)) == expected
    assert code(service.ask("POST", "/receipts", files={"file": ("a.jpg", data, "image/jpeg")})) == expected
    nothing_is_left(service)


def test_a_picture_of_enormous_size_is_not_decoded(service: Serving) -> None:
    stream = io.BytesIO()
    Image.new("1", (20000, 20000)).save(stream, "PNG")
    found = body(service.send(stream.getvalue(), wait=60))
    assert (found["state"], found["error"]["code"]) == ("failed", "too_large")


BODIES: dict[str, dict[str, Any]] = {
    "no JSON": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "a list": {"json": []},
    "no text": {"json": {"image": 7}},
    "no base64": {"json": {"image": "***"}},
    "deep": {"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}},
    "no Unicode": {"content": b'{"image": "\xff"}', "headers": {"Content-Type": "application/json"}},
    "form without file": {"files": {"file": (None, b"text")}},
    "form without boundary": {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
    "form that is none": {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
    "an encoded form": {"data": {"a": "b"}},
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_holds_no_picture_is_refused_with_what_to_send(service: Serving, what: str) -> None:
    answer = service.ask("POST", "/receipts", **BODIES[what])
    assert answer.status_code in (400, 408, 415)
    assert "send" in body(answer)["detail"]
    nothing_is_left(service)


WRONG: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "unknown address": ("GET", "/nothing", {}, 404, "no_such_thing"),
    "wrong method": ("PUT", "/receipts", {}, 405, "wrong_method"),
    "no such receipt": ("GET", "/receipts/999999", {}, 404, "no_such_receipt"),
    "no number": ("GET", "/receipts/x", {}, 422, "bad_parameter"),
    "huge number": ("GET", f"/receipts/{10**30}", {}, 422, "bad_parameter"),
    "no such upload": ("GET", f"/uploads/{'0' * 32}", {}, 404, "no_such_thing"),
    "wrong parameter": ("GET", "/receipts", {"params": {"limit": 0}}, 422, "bad_parameter"),
    "no cursor": ("GET", "/receipts", {"params": {"cursor": "x"}}, 400, "bad_request"),
    "nothing to find": ("GET", "/receipts", {"params": {"q": "..."}}, 422, "nothing_to_find"),
    "a number as a day": ("GET", "/receipts", {"params": {"since": "1700000000"}}, 422, "bad_parameter"),
    "a key with a tab": ("POST", "/receipts", {"headers": {"Idempotency-Key": "a\tb"}}, 422, "bad_parameter"),
    "a key with letters": ("POST", "/receipts", {"headers": {"Idempotency-Key": b"\xfc"}}, 422, "bad_parameter"),
    "no such export": ("GET", "/exports", {"params": {"format": "exe"}}, 422, "bad_parameter"),
    "unknown change": ("PATCH", "/receipts/1", {"json": {"delete": True}}, 422, "bad_parameter"),
    "body that is no JSON": ("PATCH", "/receipts/1", {"content": b"{"}, 422, "bad_parameter"),
    "large body": ("PATCH", "/receipts/1", {"content": bytes(2_000_000)}, 413, "too_large"),
    "not to restore": ("POST", "/receipts/999999/restore", {}, 404, "no_such_receipt"),
    "no picture of it": ("GET", "/receipts/999999/image", {}, 404, "no_such_receipt"),
}


@pytest.mark.parametrize("what", WRONG)
def test_every_error_is_a_problem_with_the_code_of_the_command_line(service: Serving, what: str) -> None:
    method, path, more, status, expected = WRONG[what]
    answer = service.ask(method, path, **more)
    assert (answer.status_code, code(answer)) == (status, expected)


@pytest.mark.slow
def test_while_another_program_holds_the_store_a_change_is_refused_and_reading_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as service:
        path = service.home / "store" / "receipts.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            answer = service.send(jpeg(1))  # which comes while the store is still held
            assert (answer.status_code, code(answer)) == (503, "store_failed")
            assert int(answer.headers["retry-after"]) > 0
            assert service.ask("GET", "/receipts").status_code == 200
        nothing_is_left(service)
        assert body(service.send(jpeg(1), wait=60))["known"] is False


@pytest.mark.slow
def test_a_store_that_is_gone_or_damaged_is_said_and_comes_back(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as service:
        path = service.home / "store" / "receipts.sqlite"
        kept = path.read_bytes()
        path.write_bytes(b"nonsense" * 1000)
        answers = [service.ask("GET", path) for path in ("/receipts", "/receipts/1", "/review", "/uploads")]
        assert {one.status_code for one in answers} <= {200, 404, 503}
        path.write_bytes(kept)
        until(lambda: service.ask("GET", "/receipts").status_code == 200, "the store is used again")
        assert service.process.poll() is None


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    try:
        with serving(tmp_path / "home", "--watch", str(small / "inbox")) as service:
            refused = service.send(jpeg() + bytes(40 * 1024 * 1024))
            assert (refused.status_code, code(refused)) == (507, "disk_full")
            pieces = (bytes(1024 * 1024) for _ in range(60))
            unannounced = service.ask("POST", "/receipts", content=pieces)
            assert (unannounced.status_code, code(unannounced)) == (507, "disk_full")
            until(lambda: not [one for one in (small / "inbox").iterdir() if "upload" in one.name], "nothing is left")
            assert body(service.send(jpeg(), wait=60))["state"] == "failed"
    finally:
        subprocess.run(["umount", "-l", small], check=False)


def test_uploads_wait_when_there_are_too_many_at_once() -> None:
    rate, crowd, budget = Rate(1.0, 2), Crowd(1, "uploads"), Budget(MAX_BYTES)
    rate.take()
    rate.take()
    with pytest.raises(TooManyRequestsError) as refused:
        rate.take()
    assert refused.value.retry_after_s
    with crowd.one(), pytest.raises(TooManyRequestsError), crowd.one():
        pass
    with budget.part() as part:
        part.add(MAX_BYTES)
        with pytest.raises(TooManyRequestsError):
            part.add(1)
    with budget.part() as part:
        part.add(MAX_BYTES)


def sent(*pieces: bytes, then: float) -> Request:
    """A request whose client sends some pieces, each after ``then`` seconds, and no more."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(then if left else 3600)
        return {"type": "http.request", "body": left.pop(0), "more_body": True}

    return Request({"type": "http", "headers": []}, receive)


async def taken(request: Request) -> bytes:
    """Take a body as uploads are taken."""
    return b"".join([piece async for piece in receiving.pieces(request, MAX_BYTES)])


def test_an_upload_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "SILENCE_S", 0.1)
    with pytest.raises(IncompleteUploadError, match="nothing came"):
        asyncio.run(taken(sent(b"a", then=0)))


def test_an_upload_that_trickles_in_to_hold_its_place_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "SLOW_AFTER_S", 0.05)
    with pytest.raises(IncompleteUploadError, match="slower"):
        asyncio.run(taken(sent(*[b"a"] * 100, then=0.02)))
