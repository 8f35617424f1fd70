"""The cloud is off unless configured, and a wrong setting is said before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rpiocr.cloud.engine import VISION
from rpiocr.cloud.options import CloudOptions, Endpoint, parse_endpoint
from rpiocr.cloud.reader import CloudReader
from rpiocr.errors import SettingsError

from .conftest import KEY
from .limits import LIMITS

HERE = Path("state")


def options_of(**chosen: Any) -> CloudOptions:  # noqa: ANN401 - any option
    """Options that differ so from those of most tests."""
    return CloudOptions(state_dir=HERE, **(LIMITS | chosen))


def test_credentials_in_the_environment_alone_do_not_switch_the_cloud_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/etc/hostname")
    monkeypatch.setenv("GOOGLE_API_KEY", KEY)
    assert not options_of().configured
    with pytest.raises(SettingsError, match="neither an API key nor credentials"):
        CloudReader(VISION, options_of())


def test_a_key_or_credentials_switch_the_cloud_on() -> None:
    assert options_of(api_key=KEY).configured
    assert options_of(credentials="default").configured
    assert not options_of(api_key="").configured


def test_the_key_is_not_in_what_options_print() -> None:
    assert KEY not in repr(options_of(api_key=KEY))


@pytest.mark.parametrize(
    "changes",
    [
        {"api_key": KEY, "credentials": "default"},
        {"api_key": f"{KEY}\n"},
        {"api_key": f"{KEY} {KEY}"},
        {"api_key": "schlüssel"},
        {"timeout_s": 0},
        {"timeout_s": float("nan")},
        {"attempts": 0},
        {"daily_cap": -1},
        {"monthly_cap": -1},
        {"endpoint": "http://127.0.0.1:80", "credentials": "default"},
        {"endpoint": "http://vision.example.com"},
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_without_showing_the_key(changes: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as caught:
        options_of(**changes)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "text, endpoint",
    [
        ("eu-vision.googleapis.com", Endpoint("eu-vision.googleapis.com:443", secure=True)),
        ("vision.example.com:8443", Endpoint("vision.example.com:8443", secure=True)),
        ("https://vision.example.com/", Endpoint("vision.example.com:443", secure=True)),
        ("http://127.0.0.1:50051", Endpoint("127.0.0.1:50051", secure=False)),
        ("http://localhost", Endpoint("localhost:80", secure=False)),
        ("http://[::1]:50051", Endpoint("[::1]:50051", secure=False)),
    ],
)
def test_an_endpoint_is_a_host_or_a_url(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(text) == endpoint


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.com",
        "https://",
        "https://example.com/v1/images",
        "https://user:secret@example.com",
        "https://example.com?key=secret",
        "example.com:port",
        "https://[::1",
        "http://10.0.0.5:80",
    ],
)
def test_anything_else_is_no_endpoint(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_endpoint(text)
    assert "secret" not in str(caught.value)
