"""The models for the country of the system are named, with the reason, but not those that it has."""

from __future__ import annotations

import pytest

from rpiocr.recognise.home_models import home_models


@pytest.fixture
def in_zurich(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LC_PAPER", "LC_MONETARY", "LC_TIME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "Europe/Zurich")
    monkeypatch.setenv("LANG", "pt_PT.UTF-8")


@pytest.mark.usefixtures("in_zurich")
def test_a_country_needs_the_models_of_all_languages_that_many_speak_there() -> None:
    assert [model.pack.code for model in home_models()] == ["por", "deu", "fra", "ita"]


@pytest.mark.usefixtures("in_zurich")
def test_what_is_installed_is_not_missing() -> None:
    (model,) = home_models(["por", "deu", "ita", "eng"])
    assert (model.pack.package, model.why) == (
        "tesseract-ocr-fra",
        "fr is spoken in CH, and the time zone is Europe/Zurich",
    )


def test_a_system_in_no_country_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LC_PAPER", "LC_MONETARY", "LC_TIME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert home_models() == ()
