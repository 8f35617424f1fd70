"""What happens is told as it happens, and nothing is missed by a client that was away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.batch.waiting import until
from tests.serve.serving import Serving, body, jpeg, serving


@contextmanager
def following(service: Serving, last: str = "") -> Iterator[Iterator[dict[str, str]]]:
    """Follow the events of a service."""
    headers = {"Last-Event-ID": last} if last else {}
    with service.client() as client, client.stream("GET", "/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines).startswith("retry: ")
        yield events_in(lines)


def events_in(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Yield events as a browser understands them."""
    event: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line and name:
            event[name] = value
        elif event.get("event"):
            yield event
            event = {}


def to(events: Iterator[dict[str, str]], kind: str) -> list[dict[str, str]]:
    """Return the events up to the first of a kind."""
    found = []
    for event in events:
        found.append(event)
        if event["event"] == kind:
            return found
    return found


def test_each_step_of_an_upload_is_told(service: Serving) -> None:
    with following(service) as events:
        sent = body(service.send(jpeg(1) + b"events"))
        told = to(events, "filed")
        while sent["sha256"] not in told[-1]["data"]:  # of what an earlier test has sent
            told += to(events, "filed")
    own = [json.loads(one["data"]) | {"event": one["event"]} for one in told]
    assert sent["id"] in [one.get("upload") for one in own]
    assert [one["event"] for one in own if one.get("sha256") == sent["sha256"]] == ["reading", "failed", "filed"]


def test_a_client_that_was_away_gets_what_it_missed(service: Serving) -> None:
    with following(service) as events:
        service.send(jpeg(2) + b"events")
        last = to(events, "filed")[-1]["id"]
    missed = body(service.send(jpeg(3) + b"events", wait=60))
    with following(service, last) as events:
        told = to(events, "filed")
    assert json.loads(told[0]["data"])["upload"] == missed["id"]


def test_a_client_of_an_earlier_run_is_told_to_load_everything_anew(service: Serving) -> None:
    for last in ("00000000-1", "nonsense", "9999999"):
        with following(service, last) as events:
            assert next(events)["event"] == "resync"


def test_too_many_followers_are_refused_and_their_places_become_free_again(service: Serving) -> None:
    from rpiocr.serve.context import MAX_FOLLOWERS

    limits = httpx.Limits(max_connections=None)
    with httpx.Client(base_url=service.address, timeout=60, trust_env=False, limits=limits) as client:
        streams = [client.stream("GET", "/api/v1/events") for _ in range(MAX_FOLLOWERS)]
        opened = [one.__enter__() for one in streams]
        assert {one.status_code for one in opened} == {200}
        assert service.ask("GET", "/events").status_code == 429
        for one in streams:
            one.__exit__(None, None, None)
    until(lambda: service.ask("HEAD", "/events").status_code == 200, "places are free again")


@pytest.mark.slow
def test_the_end_of_the_service_ends_the_streams_at_once(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as service, following(service) as events:
        service.process.terminate()
        assert list(events) is not None
        until(lambda: service.process.poll() is not None, "the service ends")
