"""Clients go away, the service ends at any moment: nothing is lost, and nothing is read for nobody."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tests.batch.waiting import until
from tests.program import fake_tesseract, run_in
from tests.serve.serving import Serving, body, jpeg, picture, serving


def readers(service: Serving) -> list[psutil.Process]:
    """The programs that read pictures for a service at this moment."""
    with suppress(psutil.Error):
        return [one for one in psutil.Process(service.process.pid).children(recursive=True) if "sleep" in one.name()]
    return []


def held(folder: Path) -> str:
    """Return a PATH whose Tesseract reads for ever."""
    return fake_tesseract(folder, "sleep 1000")


@pytest.mark.slow
def test_the_reading_of_a_client_that_goes_away_ends_and_can_be_taken_up_again(tmp_path: Path) -> None:
    with serving(tmp_path / "home", PATH=held(tmp_path / "bin")) as service:
        data = picture(1)
        with pytest.raises(httpx.TimeoutException), service.client(timeout_s=3) as client:
            client.post("/receipts", content=data, params={"wait": 300}, headers={"Content-Type": "image/jpeg"})
        until(lambda: _state(service) == ("failed", "client_gone"), "its reading ends")
        assert readers(service) == []
        failed = service.inbox.with_name("failed")
        until(lambda: [one.read_bytes() for one in failed.glob("*.jpg")] == [data], "it is in failed/")
        (upload,) = body(service.ask("GET", "/uploads"))["uploads"]
        assert service.ask("POST", f"/uploads/{upload['id']}/retry").status_code == 202
        until(lambda: readers(service), "it is read again")


def _state(service: Serving) -> tuple[str, str | None]:
    newest = body(service.ask("GET", "/uploads"))["uploads"][0]
    return newest["state"], newest["error"] and newest["error"]["code"]


@pytest.mark.slow
def test_a_file_is_read_on_as_long_as_anybody_wants_it(tmp_path: Path) -> None:
    with serving(tmp_path / "home", PATH=held(tmp_path / "bin")) as service:
        data = picture(2)
        assert service.send(data).status_code == 202
        until(lambda: readers(service), "it is being read")
        with pytest.raises(httpx.TimeoutException), service.client(timeout_s=2) as client:
            client.post("/receipts", content=data, params={"wait": 300}, headers={"Content-Type": "image/jpeg"})
        time.sleep(3)
        assert _state(service) == ("reading", None)
        waited = service.send(data, wait=1)
        assert (waited.status_code, body(waited)["known"]) == (202, True)


@pytest.mark.slow
def test_a_service_that_ends_answers_those_who_wait(tmp_path: Path) -> None:
    with serving(tmp_path / "home", PATH=held(tmp_path / "bin")) as service, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(service.send, picture(3), wait=300)
        until(lambda: readers(service), "it is being read")
        assert service.stop() == 0  # the reader would be held for ever
        assert waiting.result().status_code == 202
        assert [one.name for one in service.inbox.iterdir() if not one.name.startswith(".")] == ["receipt.jpg"]


@pytest.mark.slow
def test_uploads_survive_a_service_that_is_killed_at_any_moment(tmp_path: Path) -> None:
    sent: list[bytes] = []
    for number, wait_s in enumerate((0.0, 0.1, 0.25, 0.4)):
        with serving(tmp_path / "home") as service:
            for place in range(5):
                data = jpeg(place) + bytes([number])
                assert service.send(data).status_code in (200, 202)
                sent.append(data)
            time.sleep(wait_s)
            service.process.send_signal(signal.SIGKILL)
    with serving(tmp_path / "home") as service:
        until(lambda: _is_over(service), "all are read")
        uploads = body(service.ask("GET", "/uploads"))["uploads"]
        assert len(uploads) == len(sent)
        assert {one["error"]["code"] for one in uploads} == {"too_small"}
        kept = [one.read_bytes() for one in service.inbox.with_name("failed").glob("*.jpg")]
        assert sorted(kept) == sorted(sent)
        assert service.hidden() == []


def _is_over(service: Serving) -> bool:
    uploads = body(service.ask("GET", "/uploads"))["uploads"]
    return all(one["state"] in ("read", "failed") for one in uploads) and not list(service.inbox.glob("*.jpg"))


def test_a_second_service_says_that_the_port_is_taken(service: Serving, tmp_path: Path) -> None:
    home = tmp_path / "other"
    home.mkdir()
    other = run_in(home, "serve", "--port", service.port, XDG_DATA_HOME=str(home / "data"))
    assert other.status == 6
    assert "--port" in other.stderr
