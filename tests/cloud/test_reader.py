"""Reading over a real socket: what the service does, what the user gets, and what it cost."""

from __future__ import annotations

import logging
import os
import socket
import sqlite3
import stat
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import grpc
import pytest
from google.cloud import vision_v1

from rpiocr.cloud.cache import answer_key
from rpiocr.cloud.engine import VISION
from rpiocr.cloud.options import CloudOptions
from rpiocr.cloud.reader import CloudReader
from rpiocr.errors import CloudBudgetError, CloudError, CloudLedgerError
from rpiocr.model import Box

from .conftest import KEY, MakeOptions, StartServer, make_page
from .limits import LIMITS
from .processes import run_python
from .server import (
    RECEIPT,
    RECEIPT_TEXT,
    Behaviour,
    annotation_of,
    answers,
    answers_bytes,
    answers_in_band_error,
    batch_of,
    fails,
    fails_echoing_the_key,
    hangs,
    word,
)

UNAVAILABLE = fails(grpc.StatusCode.UNAVAILABLE, "overloaded")


def quick(options: CloudOptions) -> CloudReader:
    """Make a reader that does not pause between attempts."""
    return CloudReader(VISION, options, sleep=lambda _: None)


def outcomes(options: CloudOptions) -> list[str]:
    """Of all calls in the ledger."""
    with closing(sqlite3.connect(options.state_dir / "cloud-calls.sqlite")) as database:
        return [row[0] for row in database.execute("SELECT outcome FROM calls ORDER BY id")]


def test_a_page_comes_back_as_lines_with_boxes(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(answers(RECEIPT))
    reading = quick(options(server.endpoint)).read(make_page())
    assert [line.text for line in reading.lines] == RECEIPT_TEXT
    assert reading.lines[0].box == Box(10, 20, 130, 40)
    assert not reading.from_cache
    assert reading.elapsed_s > 0


def test_the_same_picture_is_paid_for_once(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(answers(RECEIPT))
    chosen = options(server.endpoint, daily_cap=1)
    first = quick(chosen).read(make_page())
    again = quick(chosen).read(make_page())
    assert again.from_cache
    assert again.lines == first.lines
    assert len(server.calls) == 1
    assert outcomes(chosen) == ["answered"]


def test_threads_that_read_one_picture_at_once_pay_for_it_once(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(answers(RECEIPT))
    reader = quick(options(server.endpoint))
    with ThreadPoolExecutor(4) as pool:
        readings = list(pool.map(reader.read, [make_page()] * 8))
    assert [reading.from_cache for reading in readings].count(False) == 1
    assert len(server.calls) == 1


def test_a_blank_page_is_an_answer_that_is_kept(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(answers(vision_v1.TextAnnotation()))
    reader = quick(options(server.endpoint))
    assert reader.read(make_page()).lines == ()
    assert reader.read(make_page()).from_cache
    assert len(server.calls) == 1


def test_a_damaged_answer_on_disk_is_asked_for_again(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(answers(RECEIPT))
    chosen = options(server.endpoint)
    quick(chosen).read(make_page())
    (kept,) = (chosen.state_dir / "cloud-answers").iterdir()
    kept.write_bytes(kept.read_bytes()[:40])
    assert not quick(chosen).read(make_page()).from_cache
    assert quick(chosen).read(make_page()).from_cache
    assert len(server.calls) == 2


def test_the_request_asks_for_dense_text_with_the_page_the_hints_and_the_key(
    start_server: StartServer, options: MakeOptions
) -> None:
    server = start_server(answers(RECEIPT))
    quick(options(server.endpoint, language_hints=("de", "en"))).read(make_page())
    (call,) = server.calls
    kinds = [feature.type_ for feature in call.request.features]
    assert kinds == [vision_v1.Feature.Type.DOCUMENT_TEXT_DETECTION]
    assert call.request.image.content.startswith(b"\xff\xd8\xff")
    assert list(call.request.image_context.language_hints) == ["de", "en"]
    assert call.metadata["x-goog-api-key"] == KEY


def test_boxes_of_a_page_that_was_sent_smaller_are_those_of_the_page(
    start_server: StartServer, options: MakeOptions
) -> None:
    server = start_server(answers(RECEIPT))
    reading = quick(options(server.endpoint)).read(make_page(width=200, height=8000))
    assert reading.lines[0].words[0].box == Box(20, 40, 120, 80)


def test_an_overloaded_service_that_recovers_is_asked_again_and_each_call_counts(
    start_server: StartServer, options: MakeOptions
) -> None:
    server = start_server(UNAVAILABLE, answers(RECEIPT))
    chosen = options(server.endpoint)
    assert quick(chosen).read(make_page()).lines
    assert outcomes(chosen) == ["failed", "answered"]


@pytest.mark.parametrize(
    "behaviour, code",
    [
        (UNAVAILABLE, "cloud_unavailable"),
        (fails(grpc.StatusCode.RESOURCE_EXHAUSTED, "quota"), "cloud_unavailable"),
        (fails(grpc.StatusCode.INTERNAL, "oops"), "cloud_unavailable"),
        (fails(grpc.StatusCode.DEADLINE_EXCEEDED, "too slow"), "cloud_timeout"),
    ],
)
def test_a_service_that_stays_down_is_asked_a_bounded_number_of_times(
    start_server: StartServer, options: MakeOptions, behaviour: Behaviour, code: str
) -> None:
    server = start_server(behaviour)
    chosen = options(server.endpoint, attempts=4)
    pauses: list[float] = []
    with pytest.raises(CloudError) as caught:
        CloudReader(VISION, chosen, sleep=pauses.append).read(make_page())
    assert caught.value.code == code
    assert len(server.calls) == 4
    assert outcomes(chosen) == ["failed"] * 4
    assert [0.25 <= pauses[0] <= 0.5, 0.5 <= pauses[1] <= 1, 1 <= pauses[2] <= 2] == [True] * 3


GARBAGE_WORDS = annotation_of(word("", (0, 0, 9, 9)), word("off", (-90, -90, -50, -50)))


@pytest.mark.parametrize(
    "behaviour, code",
    [
        (fails(grpc.StatusCode.PERMISSION_DENIED, "billing is off"), "cloud_denied"),
        (fails(grpc.StatusCode.UNAUTHENTICATED, "who are you"), "cloud_denied"),
        (fails(grpc.StatusCode.INVALID_ARGUMENT, "API key not valid. Please pass one."), "cloud_denied"),
        (fails(grpc.StatusCode.INVALID_ARGUMENT, "bad hint"), "cloud_refused"),
        (fails(grpc.StatusCode.UNIMPLEMENTED, "no such method"), "cloud_refused"),
        (answers_in_band_error(3, "Bad image data."), "cloud_refused"),
        (answers_in_band_error(14, "try later"), "cloud_refused"),
        (answers(GARBAGE_WORDS), "cloud_garbage"),
        (answers_bytes(b"\xff\xff\xff<html>Please log in</html>"), "cloud_garbage"),
        (answers_bytes(batch_of()), "cloud_garbage"),
        (answers_bytes(batch_of(*[vision_v1.AnnotateImageResponse()] * 2)), "cloud_garbage"),
    ],
)
def test_an_answer_that_asking_again_would_not_mend_is_one_call_and_is_not_kept(
    start_server: StartServer, options: MakeOptions, behaviour: Behaviour, code: str
) -> None:
    server = start_server(behaviour, answers(RECEIPT))
    chosen = options(server.endpoint)
    with pytest.raises(CloudError) as caught:
        quick(chosen).read(make_page())
    assert caught.value.code == code
    assert len(server.calls) == 1
    assert outcomes(chosen) == ["failed"]
    assert not quick(chosen).read(make_page()).from_cache


def test_the_service_s_own_words_reach_the_user_on_one_line(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(answers_in_band_error(3, "Bad image\ndata. " + "x" * 5000))
    with pytest.raises(CloudError, match=r"Bad image data\. x+ \(code 3\)") as caught:
        quick(options(server.endpoint)).read(make_page())
    assert len(str(caught.value)) < 500


def test_a_hanging_service_is_given_up_after_the_timeout(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(hangs())
    chosen = options(server.endpoint, timeout_s=1.0, attempts=1)
    with pytest.raises(CloudError, match=r"within 1 s") as caught:
        quick(chosen).read(make_page())
    assert caught.value.code == "cloud_timeout"
    (call,) = server.calls
    assert call.deadline_s < 2
    assert outcomes(chosen) == ["failed"]


def test_a_spent_budget_makes_no_call_but_leaves_known_answers(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(answers(RECEIPT))
    reader = quick(options(server.endpoint, monthly_cap=1))
    reader.read(make_page("first"))
    with pytest.raises(CloudBudgetError, match="monthly cap"):
        reader.read(make_page("second"))
    assert len(server.calls) == 1
    assert reader.read(make_page("first")).from_cache


def test_retries_stop_at_the_cap(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(UNAVAILABLE)
    with pytest.raises(CloudBudgetError):
        quick(options(server.endpoint, attempts=5, daily_cap=2)).read(make_page())
    assert len(server.calls) == 2


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_machine_without_a_network_does_not_spend_its_budget(options: MakeOptions) -> None:
    chosen = options(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(CloudError) as caught:
        quick(chosen).read(make_page())
    assert caught.value.code == "cloud_unavailable"
    assert outcomes(chosen) == []


def test_a_network_that_comes_back_between_attempts_is_used(start_server: StartServer, options: MakeOptions) -> None:
    port = free_port()
    chosen = options(f"http://127.0.0.1:{port}", attempts=2)
    reader = CloudReader(VISION, chosen, sleep=lambda _: start_server(answers(RECEIPT), port=port))
    assert [line.text for line in reader.read(make_page()).lines] == RECEIPT_TEXT
    assert outcomes(chosen) == ["answered"]


def test_a_host_that_accepts_and_says_nothing_costs_no_call(options: MakeOptions) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        chosen = options(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.3, attempts=1)
        with pytest.raises(CloudError) as caught:
            quick(chosen).read(make_page())
    assert caught.value.code == "cloud_unavailable"
    assert outcomes(chosen) == []


@pytest.mark.parametrize("code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.INVALID_ARGUMENT])
def test_a_key_that_the_service_echoes_is_shown_nowhere(
    start_server: StartServer, options: MakeOptions, caplog: pytest.LogCaptureFixture, code: grpc.StatusCode
) -> None:
    server = start_server(fails_echoing_the_key(code))
    caplog.set_level(logging.DEBUG)
    reader = quick(options(server.endpoint))
    with pytest.raises(CloudError, match=r"no such key: \[key\]") as caught:
        reader.read(make_page())
    told = "".join(traceback.format_exception(caught.value)) + repr(reader) + repr(vars(reader)) + caplog.text
    assert KEY not in told


@pytest.mark.parametrize("name, content", [("cloud-calls.sqlite", b"junk" * 999), ("cloud-locks", b"")])
def test_without_a_sound_ledger_no_call_is_made(
    start_server: StartServer, options: MakeOptions, name: str, content: bytes
) -> None:
    server = start_server(answers(RECEIPT))
    chosen = options(server.endpoint)
    chosen.state_dir.mkdir()
    (chosen.state_dir / name).write_bytes(content)
    with pytest.raises(CloudLedgerError) as caught:
        quick(chosen).read(make_page())
    assert caught.value.code == "cloud_ledger"
    assert server.calls == []


@pytest.mark.parametrize("kind", ["file", "nothing", "folder", "fifo"])
@pytest.mark.parametrize("place", ["cloud-calls.sqlite", "cloud-locks", "cloud-answers", "lock", "answer"])
def test_nothing_is_written_through_what_lies_in_the_state_folder(
    start_server: StartServer, options: MakeOptions, tmp_path: Path, place: str, kind: str
) -> None:
    server = start_server(answers(RECEIPT))
    chosen = options(server.endpoint)
    key = answer_key(make_page(), VISION.question)
    names = {"lock": f"cloud-locks/{key[:2]}.lock", "answer": f"cloud-answers/{key}.json"}
    planted = chosen.state_dir / names.get(place, place)
    planted.parent.mkdir(parents=True)
    victims = tmp_path / "victims"
    (victims / "folder").mkdir(parents=True)
    (victims / "file").write_bytes(b"precious")
    if kind == "fifo":
        os.mkfifo(planted)
    else:
        planted.symlink_to(victims / kind)
    if place == "answer":
        assert quick(chosen).read(make_page()).lines
        assert stat.S_ISREG(planted.lstat().st_mode)
    else:
        with pytest.raises(CloudLedgerError):
            quick(chosen).read(make_page())
        assert server.calls == []
    assert {str(path.relative_to(victims)) for path in victims.rglob("*")} == {"file", "folder"}
    assert (victims / "file").read_bytes() == b"precious"


def test_where_the_answer_could_not_be_kept_no_call_is_made(start_server: StartServer, options: MakeOptions) -> None:
    server = start_server(answers(RECEIPT))
    chosen = options(server.endpoint)
    chosen.state_dir.mkdir()
    (chosen.state_dir / "cloud-answers").touch()
    with pytest.raises(CloudLedgerError):
        quick(chosen).read(make_page())
    assert server.calls == []


@pytest.mark.parametrize("content", [None, "", "{}", '{"type": "authorized_user"}'])
def test_credentials_that_cannot_be_loaded_are_denied_before_anything_is_counted(
    tmp_path: Path, content: str | None
) -> None:
    account = tmp_path / "account.json"
    if content is not None:
        account.write_text(content)
    chosen = CloudOptions(credentials=str(account), state_dir=tmp_path / "state", **LIMITS)
    with pytest.raises(CloudError) as caught:
        quick(chosen).read(make_page())
    assert caught.value.code == "cloud_denied"
    assert outcomes(chosen) == []


def test_default_credentials_that_are_not_there_are_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    chosen = CloudOptions(credentials="default", state_dir=tmp_path / "state", **LIMITS)
    with pytest.raises(CloudError) as caught:
        quick(chosen).read(make_page())
    assert caught.value.code == "cloud_denied"


def test_the_reader_loads_google_s_client_only_for_a_call() -> None:
    loaded = run_python("import sys, rpiocr.cloud.reader; print('google' in sys.modules, 'grpc' in sys.modules)")
    assert loaded.split() == ["False", "False"]
