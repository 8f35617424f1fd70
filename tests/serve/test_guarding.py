"""Only this machine and our own pages are heard, and no client keeps out the others."""

from __future__ import annotations

import io
import re
import select
import socket
from contextlib import ExitStack, suppress

import httpx
import pytest
from PIL import Image

from rpiocr.serve.connection import MAX_CONNECTIONS
from tests.program import SMALL
from tests.serve.serving import ROOT, Serving, body, code, jpeg, to_the_end

PAGES = ("/", "/review", "/receipts", "/export", "/system", "/api/docs")

EVERYWHERE = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cache-control",
)

HOSTS = ("evil.example", "192.168.1.5:8765", "localhost.evil.example", "127.0.0.1@evil", "", "a" * 300)


def ask(service: Serving, method: str, path: str, **headers: str) -> httpx.Response:
    """Send a request with these headers; a _ in a name is a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, service.address + path, headers=named, trust_env=False, timeout=60)


@pytest.mark.parametrize("host", HOSTS)
def test_a_name_that_leads_here_by_rebinding_is_refused(service: Serving, host: str) -> None:
    answer = ask(service, "GET", "/", host=host)
    assert (answer.status_code, code(answer)) == (403, "foreign_request")


def test_this_machine_is_heard_by_each_of_its_names_and_through_a_tunnel(service: Serving) -> None:
    for host in ("localhost", "127.0.0.1:9", "[::1]:8765", "LOCALHOST:1"):
        assert ask(service, "GET", f"{ROOT}/health", host=host).status_code == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "Forwarded", "Via", "CF-Connecting-IP", "X-Forwarded-Anything"])
def test_what_came_through_a_proxy_is_refused(service: Serving, header: str) -> None:
    answer = httpx.get(service.address + "/", headers={header: "1.2.3.4"}, trust_env=False)
    assert (answer.status_code, code(answer)) == (403, "foreign_request")


def test_another_web_site_can_neither_change_nor_fetch_anything(service: Serving) -> None:
    path = f"{ROOT}/receipts"
    for more in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site", "origin": "http://localhost:1"},
        {"origin": service.address},
        {"cookie": "rpiocr=" + "a" * 32},
    ):
        answer = ask(service, "POST", path, content_type="image/jpeg", **more)
        assert (answer.status_code, code(answer)) == (403, "foreign_request"), more
    embedded = ask(service, "GET", f"{ROOT}/exports", sec_fetch_site="cross-site", sec_fetch_mode="no-cors")
    assert (embedded.status_code, code(embedded)) == (403, "foreign_request")
    followed = ask(
        service, "GET", "/", sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document"
    )
    assert followed.status_code == 200


def test_a_page_of_ours_changes_things_by_its_token_and_no_other_browser_can_use_it(service: Serving) -> None:
    page = ask(service, "GET", "/")
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    token = re.search(r'name="csrf-token" content="([0-9a-f]+)"', page.text)
    assert token
    own = {"Origin": service.address, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": token[1]}
    with service.client() as client:
        client.cookies = page.cookies
        sent = client.post("/receipts", files={"file": ("a.jpg", jpeg(77))}, headers=own)
    assert sent.status_code in (200, 202)
    stolen = httpx.post(service.address + f"{ROOT}/receipts", headers=own, trust_env=False)
    assert code(stolen) == "foreign_request"


def test_every_answer_has_the_headers_that_protect_it(service: Serving) -> None:
    paths = (
        *PAGES,
        f"{ROOT}/receipts",
        f"{ROOT}/nothing",
        "/nothing",
        "/static/site.js",
        "/static/nothing",
        f"{ROOT}/metrics",
    )
    for path in paths:
        answer = ask(service, "GET", path)
        assert all(name in answer.headers for name in EVERYWHERE), path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
    refused = service.raw(b"NONSENSE\r\n\r\n").lower()
    assert refused.startswith(b"http/1.1 400")
    assert all(name.encode() in refused for name in EVERYWHERE if name != "cache-control")
    assert b"application/problem+json" in refused


def test_no_page_has_a_script_or_a_style_within_or_loads_anything_from_elsewhere(service: Serving) -> None:
    for path in PAGES:
        text = ask(service, "GET", path).text
        scripts = re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
        assert all("src=" in attributes or "application/json" in attributes for attributes, _ in scripts), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path
        assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", text), path


def test_static_files_are_all_that_can_be_fetched_by_a_path(service: Serving) -> None:
    for path in (
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/%00",
    ):
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        assert service.raw(head.encode()).startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), path


def test_a_request_whose_end_is_ambiguous_is_refused_and_nothing_after_it_is_heard(service: Serving) -> None:
    head = f"POST {ROOT}/receipts HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
    after = f"GET {ROOT}/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for ambiguous in (
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
    ):
        answer = service.raw((head + ambiguous + after).encode())
        assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501")), ambiguous
        assert answer.count(b"HTTP/1.1 ") == 1, ambiguous


def test_a_flood_of_headers_is_refused(service: Serving) -> None:
    with service.connection() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        try:
            for number in range(1000):
                connection.sendall(f"X-{number}: {'a' * 1000}\r\n".encode())
        except OSError:
            pass
        answer = to_the_end(connection)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


def is_open(connection: socket.socket) -> bool:
    """Whether the other side has not closed a connection on which it has nothing to say."""
    ready, _, _ = select.select([connection], [], [], 0)
    return not ready


@pytest.mark.slow
def test_many_connections_that_say_nothing_do_not_keep_out_others(service: Serving) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(service.connection()) for _ in range(MAX_CONNECTIONS + 100)]
        for connection in silent[::2]:
            with suppress(ConnectionError):  # the first ones had to make room
                connection.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        assert service.ask("GET", "/health").status_code == 200
        # It was answered although the others are still there, and not because they were given up.
        assert sum(map(is_open, silent)) > MAX_CONNECTIONS / 2


@pytest.mark.slow
def test_a_request_that_never_comes_to_its_end_is_given_up(service: Serving) -> None:
    with service.connection(60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert to_the_end(connection) == b""


@pytest.mark.slow
def test_a_picture_is_shown_without_what_was_hidden_in_it(service: Serving) -> None:
    hidden = b"<script>alert('hidden')</script>"
    stream = io.BytesIO()
    with Image.open(SMALL) as receipt:
        exif = receipt.getexif()
        exif[0x010E] = hidden.decode()
        receipt.save(stream, "JPEG", exif=exif, comment=hidden, quality=95)
    sent = stream.getvalue() + hidden
    assert sent.count(hidden) == 3
    (found,) = body(service.send(sent, wait=100, name="<script>.html"))["receipts"]
    for shown in ("image", "annotated"):
        answer = service.ask("GET", f"/receipts/{found['id']}/{shown}")
        assert answer.headers["content-type"] == "image/jpeg"
        assert hidden not in answer.content
        assert answer.headers["x-content-type-options"] == "nosniff"
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert not picture.getexif()
    assert "<script>" not in ask(service, "GET", f"/receipts/{found['id']}").text.replace("<script src", "")


def test_values_that_look_like_code_stay_text(service: Serving) -> None:
    from tests.store.readings import keep_one

    bad = "=cmd()|'/C calc'!A0\"<script>alert(1)</script>"
    with service.database() as database:
        number = keep_one(database, merchant=bad)
    page = ask(service, "GET", f"/receipts/{number}").text
    assert "<script>alert" not in page
    assert "<script>alert" not in ask(service, "GET", "/receipts").text
    table = service.ask("GET", "/exports", params={"format": "csv"})
    assert not re.search(r'(^|[,"])=cmd', table.text, re.MULTILINE)
    assert table.headers["content-disposition"].startswith("attachment; ")
    injected = service.ask("GET", "/receipts", params={"q": "x\r\nSet-Cookie: a=b"})
    assert "set-cookie" not in injected.headers
