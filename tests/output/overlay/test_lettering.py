"""Labels show what a receipt says in the script in which it says it, or its characters as escapes."""

from __future__ import annotations

import pytest

from rpiocr.health.fonts import font_finding
from rpiocr.output.overlay.lettering import Lettering, lettering
from rpiocr.system import fonts
from rpiocr.system.fonts import PACKAGE

WORDS = ("Äpfel Œuf Łódź İçli", "Ψωμί άσπρο", "Хлеб ґанок", "바나나 우유", "りんご ジュース", "合計 蘋果汁")


@pytest.fixture
def without_fonts(monkeypatch: pytest.MonkeyPatch) -> Lettering:
    """The lettering of a machine without any of the known fonts."""
    monkeypatch.setattr(fonts, "FONTS", ())
    return lettering.__wrapped__(18)


@pytest.mark.parametrize("words", WORDS)
def test_many_scripts_are_written_as_they_are(words: str) -> None:
    letters = lettering(18)
    assert letters.readable(words) == words
    images = {letters.font.getmask(char).getbbox() for char in words}
    assert len(images) > 2


def test_characters_without_a_glyph_are_escaped() -> None:
    assert lettering(18).readable("ไข่ 2") == "\\u0e44\\u0e02\\u0e48 2"
    assert lettering(18).readable("a\nb") == "a\\nb"


def test_without_a_font_all_but_ascii_is_escaped(without_fonts: Lettering) -> None:
    assert without_fonts.readable("BREAD 2.50") == "BREAD 2.50"
    assert without_fonts.readable("우유") == "\\uc6b0\\uc720"


@pytest.mark.usefixtures("without_fonts")
def test_the_doctor_names_the_package_of_a_font_that_is_missing() -> None:
    found = font_finding()
    assert found.good
    assert found.tip
    assert found.remedy.endswith(PACKAGE)


def test_the_doctor_is_content_with_a_font() -> None:
    assert not font_finding().tip
