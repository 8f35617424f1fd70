"""What monitoring asks: whether all is well, what reading costs, and whether a picture is good enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO

import pytest
from PIL import Image

from tests.program import SMALL
from tests.serve.serving import Serving, body, code, jpeg, picture

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(
    rf'(?P<name>{NAME})(?:\{{(?P<labels>{NAME}="(?:[^"\\\n]|\\[\\n"])*"(?:,{NAME}="(?:[^"\\\n]|\\[\\n"])*")*)\}})?'
    r" (?P<value>[+-]?(?:[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|Inf)|NaN)"
)
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


def parsed(text: str) -> Mapping[str, Mapping[str, float]]:
    """Parse the text format of Prometheus strictly; returns the samples of each metric, by name and labels."""
    assert text.endswith("\n")
    found: dict[str, dict[str, float]] = {}
    kinds: dict[str, str] = {}
    helped: list[str] = []
    current = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            current = line.split(" ", 3)[2]
            assert current not in helped, f"{current} is described twice"
            helped.append(current)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == current, f"{name} has a type but no help before it"
            kinds[name] = kind
            found[name] = {}
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert any(sample["name"] == current + suffix for suffix in SUFFIXES[kinds[current]]), line
            key = f"{sample['name']}{{{sample['labels'] or ''}}}"
            assert key not in found[current], f"{key} comes twice"
            found[current][key] = float(sample["value"])
    return found


def test_health_says_that_the_watch_runs(service: Serving) -> None:
    found = body(service.ask("GET", "/health"))
    assert found["state"] == "watching"
    assert found["free_bytes"] > 0
    assert str(service.home) not in str(found)


def test_metrics_can_be_read_by_prometheus_and_count_what_is_read(service: Serving) -> None:
    before = parsed(service.ask("GET", "/metrics").text)
    service.send(jpeg(1) + b"metrics", wait=60)
    answer = service.ask("GET", "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    after = parsed(answer.text)
    name = "rpiocr_files_read_total"
    assert after[name][f"{name}{{}}"] == before[name][f"{name}{{}}"] + 1
    costs = after["rpiocr_file_cpu_seconds"]
    buckets = [value for key, value in costs.items() if "_bucket" in key]
    assert buckets == sorted(buckets)
    assert buckets[-1] == costs["rpiocr_file_cpu_seconds_count{}"]
    assert all(name.startswith("rpiocr_") for name in after)
    assert set(after["rpiocr_files"]) >= {'rpiocr_files{state="filed"}'}


def test_a_picture_is_checked_without_being_kept(service: Serving) -> None:
    before = body(service.ask("GET", "/uploads"))
    found = body(service.ask("POST", "/check", content=SMALL.read_bytes(), headers={"Content-Type": "image/jpeg"}))
    assert [page["page"] for page in found["pages"]] == [1]
    unreadable = service.ask("POST", "/check", content=jpeg(), headers={"Content-Type": "image/jpeg"})
    assert (unreadable.status_code, code(unreadable)) == (422, "too_small")
    assert str(service.home) not in unreadable.text
    assert body(service.ask("GET", "/uploads")) == before
    assert service.hidden() == []


@pytest.mark.slow
def test_a_picture_and_its_explanation_are_shown(service: Serving) -> None:
    (receipt,) = body(service.send(SMALL.read_bytes(), wait=100))["receipts"]
    links = receipt["links"]
    with service.client() as client:
        page = client.get(service.address + links["explain"])
        assert page.headers["content-type"].startswith("text/html")
        assert "script-src" not in page.headers["content-security-policy"]
        assert "<html" in page.text
        picture = client.get(service.address + links["image"])
        again = client.get(service.address + links["image"], headers={"If-None-Match": picture.headers["etag"]})
    assert picture.content.startswith(b"\xff\xd8\xff")
    assert again.status_code in (200, 304)


@pytest.mark.slow
def test_lists_get_a_small_picture_and_everybody_else_the_whole_page(service: Serving) -> None:
    receipt = body(service.send(picture(77), wait=60))["receipts"][0]
    sizes = {}
    for size in ("full", "small"):
        answer = service.ask("GET", f"/receipts/{receipt['id']}/image", params={"size": size})
        assert answer.headers["content-type"] == "image/jpeg"
        with Image.open(BytesIO(answer.content)) as shown:
            sizes[size] = shown.size
    with Image.open(SMALL) as original:
        assert sizes["full"] == original.size
    assert max(sizes["small"]) == 240
    assert service.ask("GET", f"/receipts/{receipt['id']}/image", params={"size": "huge"}).status_code == 422
