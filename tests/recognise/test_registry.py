"""Which engines there are, and what each says that it can do."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from rpiocr.cloud.engine import ENGINES, GOOGLE_VISION, VISION
from rpiocr.model import EngineFamily, EngineId, EngineKind, PassId
from rpiocr.recognise.engine import EngineProfile
from rpiocr.recognise.rapidocr.engine import RAPIDOCR, is_installed
from rpiocr.recognise.registry import LOCAL
from rpiocr.recognise.tesseract import TESSERACT
from rpiocr.recognise.tesseract_models import Script, installed_languages


def test_every_engine_is_registered_once_the_local_ones_first() -> None:
    assert [one.family for one in ENGINES] == [TESSERACT, RAPIDOCR, GOOGLE_VISION]
    assert [one.family for one in LOCAL] == [TESSERACT, RAPIDOCR]


@pytest.mark.parametrize("profile", list(ENGINES), ids=lambda profile: profile.family.name)
def test_a_remote_engine_has_a_price_and_a_local_one_has_none(profile: EngineProfile) -> None:
    assert (profile.price_usd > Decimal(0)) is (profile.family.kind is EngineKind.REMOTE)


def test_only_what_is_installed_can_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    local = [TESSERACT, RAPIDOCR] if is_installed() else [TESSERACT]
    assert [one.family for one in ENGINES.installed(EngineKind.LOCAL)] == local
    assert ENGINES.installed(EngineKind.REMOTE) == (VISION,)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert TESSERACT not in [one.family for one in ENGINES.installed(EngineKind.LOCAL)]


def test_the_languages_of_an_engine_are_those_of_its_models_or_scripts() -> None:
    languages = {one.family: one.languages() for one in ENGINES}
    assert ("en" in languages[TESSERACT]) is ("eng" in installed_languages())
    assert {"de", "ja", "zh-Hans", "ru", "ko"} <= languages[GOOGLE_VISION]
    if is_installed():
        assert {"de", "ja", "zh-Hans"} <= languages[RAPIDOCR]
        assert not {"ru", "ko"} & languages[RAPIDOCR]


@pytest.mark.parametrize(
    ("family", "script", "knows"),
    [
        (RAPIDOCR, Script.LATIN, True),
        (RAPIDOCR, Script.CYRILLIC, False),
        (RAPIDOCR, None, True),
        (TESSERACT, Script.HANGUL, True),
        (GOOGLE_VISION, Script.THAI, True),
        (EngineFamily("numbers only", scripts=frozenset()), Script.LATIN, False),
    ],
    ids=lambda value: value.name if isinstance(value, EngineFamily) else str(value),
)
def test_an_engine_knows_its_scripts_and_an_unknown_script_is_taken_as_known(
    family: EngineFamily, script: Script | None, *, knows: bool
) -> None:
    assert family.knows(script) is knows


def test_names_are_made_of_family_configuration_and_variant() -> None:
    assert str(PassId(EngineId(TESSERACT, "psm6"), "default")) == "tesseract-psm6/default"
    assert str(PassId(EngineId(RAPIDOCR, "page"), "plain")) == "rapidocr-page/plain"
    assert str(PassId(EngineId(GOOGLE_VISION), "page")) == "google-vision/page"
