"""Every language has a name at Tesseract, a package and a script; a missing one is named with what installs it."""

from __future__ import annotations

import pytest

from rpiocr.errors import LanguageMissingError
from rpiocr.extract.tables.files import built_in_names
from rpiocr.recognise.tesseract_models import (
    PACKS,
    Pack,
    Script,
    combined,
    installed_languages,
    languages_read,
    needed,
    pack_for,
    packs_for_script,
    require_languages,
)


@pytest.mark.parametrize(
    ("tag", "code", "package", "script"),
    [
        ("en", "eng", "tesseract-ocr-eng", Script.LATIN),
        ("de-AT", "deu", "tesseract-ocr-deu", Script.LATIN),
        ("cs", "ces", "tesseract-ocr-ces", Script.LATIN),
        ("nn_NO.UTF-8", "nor", "tesseract-ocr-nor", Script.LATIN),
        ("ca_ES.UTF-8@valencia", "cat", "tesseract-ocr-cat", Script.LATIN),
        ("uk", "ukr", "tesseract-ocr-ukr", Script.CYRILLIC),
        ("ko_KR", "kor", "tesseract-ocr-kor", Script.HANGUL),
        ("ja", "jpn", "tesseract-ocr-jpn", Script.JAPANESE),
        ("zh-Hans", "chi_sim", "tesseract-ocr-chi-sim", Script.HAN),
        ("zh_SG.UTF-8", "chi_sim", "tesseract-ocr-chi-sim", Script.HAN),
        ("zh-Hant-HK", "chi_tra", "tesseract-ocr-chi-tra", Script.HAN),
        ("zh_TW", "chi_tra", "tesseract-ocr-chi-tra", Script.HAN),
    ],
)
def test_a_language_has_a_model_a_package_and_a_script(tag: str, code: str, package: str, script: Script) -> None:
    pack = pack_for(tag)
    assert pack
    assert (pack.code, pack.package, pack.script) == (code, package, script)


@pytest.mark.parametrize("tag", ["", "C", "C.UTF-8", "POSIX", "xx", "chi_sim", "12"])
def test_what_is_no_language_has_no_model(tag: str) -> None:
    assert pack_for(tag) is None


def test_no_model_or_language_is_listed_twice() -> None:
    for names in ([pack.language for pack in PACKS], [pack.code for pack in PACKS]):
        assert len(set(names)) == len(names)


def test_every_language_with_keywords_has_a_model_by_the_same_name() -> None:
    for language in built_in_names():
        pack = pack_for(language)
        assert pack
        assert languages_read(pack.code) == (language,)


def test_models_of_a_script_are_those_installed_the_most_spoken_language_first() -> None:
    cyrillic = packs_for_script(Script.CYRILLIC, {"eng", "ukr", "rus", "kor"})
    assert cyrillic == (Pack("ru", "rus", Script.CYRILLIC), Pack("uk", "ukr", Script.CYRILLIC))
    assert packs_for_script(Script.HAN, {"eng"}) == ()


def test_the_languages_of_the_setting_are_returned_and_none_if_they_are_inferred() -> None:
    assert languages_read("deu+chi_tra_vert+eng") == ("de", "zh-Hant", "en")
    assert languages_read("auto") == ()


def test_models_are_joined_as_tesseract_wants_them_each_once() -> None:
    assert combined(["kor", "eng", "kor"]) == "kor+eng"


def test_inferred_languages_need_only_the_base_model() -> None:
    assert needed("auto") == ("eng",)
    assert needed("deu+eng") == ("deu", "eng")
    require_languages("auto")


def test_english_is_among_the_installed_languages() -> None:
    assert "eng" in installed_languages()


def test_a_missing_language_is_named_with_its_package() -> None:
    with pytest.raises(LanguageMissingError, match=r"sudo apt install tesseract-ocr-xyz-abc$"):
        require_languages("eng+xyz_abc")
