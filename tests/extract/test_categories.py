"""A file of categories that is wrong is refused, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from rpiocr.errors import SettingsError
from rpiocr.extract.tables.categories import read_categories


def refusal(folder: Path, text: str) -> str:
    """The message for a file with this text."""
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        read_categories(file)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[rename]\ngrocery = "food"', "did you mean groceries?"),
        ('[rename]\nxyz = "food"', "there are pets, pharmacy_health"),
        ("[rename]\ngroceries = 5", "as text"),
        ('[rename]\ngroceries = ""', "up to 40 letters"),
        ('[rename]\ngroceries = "a\\nb"', "up to 40 letters"),
        ('[rename]\ngroceries = "=1+1"', "up to 40 letters"),
        ('rename = "food"', "write it as a section"),
        ('[other]\nx = "y"', "use [rename] or [categories.NAME]"),
        ("[categories]\ncar = 5", "give it words"),
        ("[categories.car]", "give it words"),
        ('[categories.car]\nword = ["garage"]', "it may have words and merchants"),
        ('[categories.car]\nwords = "garage"', "write a list of texts"),
        ("[categories.car]\nmerchants = [5]", "write a list of texts"),
        ('[categories.car]\nwords = ["*"]', "write a list of texts"),
        ("[categories\n", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named_with_the_remedy(text: str, hint: str, tmp_path: Path) -> None:
    message = refusal(tmp_path, text)
    assert hint in message
    assert "mine.toml" in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read"):
        read_categories(tmp_path / "nowhere.toml")
