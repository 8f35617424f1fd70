"""Tesseract's models: the language, code, script and Debian package of each."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from rpiocr.errors import ChildError, LanguageMissingError, TesseractMissingError
from rpiocr.system.child import Bounds, run

INSTALL = "sudo apt install"
INSTALL_HINT = f"install it with: {INSTALL} tesseract-ocr"

AUTO = "auto"
"""Used in place of languages: they are inferred from the page."""

DETECTION = "osd"
"""The model that does not read text, but detects orientation and script."""

BASE = "eng"
"""The model for a page in an unknown language."""

LIST_LIMIT_S = 20.0
"""Time limit in seconds for Tesseract to list its models: a thousand times what it takes, even from a slow SD card."""

CODE = re.compile(r"[a-z_]+")
"""The name of a language's model; other names are those of script models."""


class Script(StrEnum):
    """Scripts, by the names that Tesseract's script detection uses, if it has one."""

    LATIN = "Latin"
    CYRILLIC = "Cyrillic"
    GREEK = "Greek"
    HANGUL = "Hangul"
    JAPANESE = "Japanese"
    HAN = "Han"
    ARABIC = "Arabic"
    HEBREW = "Hebrew"
    THAI = "Thai"
    DEVANAGARI = "Devanagari"


@dataclass(frozen=True, slots=True)
class Pack:
    """A model of Tesseract: the tag of its language (ISO 639-1, with the script for Chinese), its code, its script."""

    language: str
    code: str
    script: Script

    @property
    def package(self) -> str:
        """The Debian package that installs it."""
        return package_of(self.code)


def package_of(code: str) -> str:
    """Return the Debian package of a model, by its code."""
    return f"tesseract-ocr-{code.replace('_', '-')}"


_CODES = {
    Script.LATIN: (
        "en:eng de:deu fr:fra it:ita es:spa pt:por nl:nld pl:pol cs:ces sv:swe da:dan no:nor fi:fin tr:tur id:ind "
        "ms:msa ro:ron hu:hun sk:slk sl:slv hr:hrv et:est lv:lav lt:lit is:isl ga:gle ca:cat eu:eus gl:glg sq:sqi "
        "lb:ltz mt:mlt af:afr sw:swa vi:vie bs:bos cy:cym"
    ),
    Script.CYRILLIC: "ru:rus uk:ukr be:bel bg:bul mk:mkd sr:srp kk:kaz ky:kir mn:mon tg:tgk",
    Script.GREEK: "el:ell",
    Script.HANGUL: "ko:kor",
    Script.JAPANESE: "ja:jpn",
    Script.HAN: "zh-Hans:chi_sim zh-Hant:chi_tra",
    Script.ARABIC: "ar:ara fa:fas ur:urd",
    Script.HEBREW: "he:heb",
    Script.THAI: "th:tha",
    Script.DEVANAGARI: "hi:hin mr:mar ne:nep",
}

PACKS = tuple(
    Pack(language, code, script)
    for script, pairs in _CODES.items()
    for language, code in (pair.split(":") for pair in pairs.split())
)
"""Models that Debian packages, for each script the most spoken language first."""

_BY_TAG = {pack.language.lower(): pack for pack in PACKS}

_OTHER_TAGS = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans"}
_OTHER_TAGS |= {"zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}
"""Other tags of languages; Chinese without a script gets that of the region."""


def pack_for(language: str) -> Pack | None:
    """Return the model for a language, by a tag or locale such as ``de``, ``de-AT``, ``zh-Hant``, ``zh_TW.UTF-8``."""
    parts = re.findall(r"[a-z]+", re.sub(r"[.@].*", "", language.lower()))
    for tag in ("-".join(parts[:2]), *parts[:1]):
        found = _BY_TAG.get(_OTHER_TAGS.get(tag, tag))
        if found:
            return found
    return None


def packs_for_script(script: Script, installed: Collection[str]) -> tuple[Pack, ...]:
    """Return the models of a script that are ``installed`` (codes), the most spoken language first."""
    return tuple(pack for pack in PACKS if pack.script is script and pack.code in installed)


def languages_read(languages: str) -> tuple[str, ...]:
    """Return the tags of the languages that the setting ``lang`` names; none if they are inferred from the page."""
    codes = [] if languages == AUTO else [code.removesuffix("_vert") for code in languages.split("+")]
    return tuple(pack.language for code in codes for pack in PACKS if pack.code == code)


def combined(codes: Iterable[str]) -> str:
    """Return codes as for ``tesseract -l``, such as ``kor+eng``, each once, in order of priority."""
    return "+".join(dict.fromkeys(codes))


def needed(languages: str) -> tuple[str, ...]:
    """Return the codes that the setting ``lang`` needs: those it names, or the base if the page decides."""
    return (BASE,) if languages == AUTO else tuple(dict.fromkeys(languages.split("+")))


def program() -> str:
    """Return the path of the program tesseract, or of the one that a user of the library has configured in pytesseract.

    Raises TesseractMissingError if there is no such program.
    """
    # Whoever has configured it has imported it. Importing it takes a tenth of a second, for NumPy and Pillow.
    configured = sys.modules.get("pytesseract.pytesseract")
    found = shutil.which(str(configured.tesseract_cmd) if configured else "tesseract")
    if found is None:
        message = f"the program tesseract was not found; {INSTALL_HINT}"
        raise TesseractMissingError(message)
    return found


@cache
def installed_languages() -> frozenset[str]:
    """Return the codes of the models that Tesseract has, ``osd`` among them; raises TesseractMissingError."""
    return list_languages(LIST_LIMIT_S)


def list_languages(limit_s: float) -> frozenset[str]:
    """As ``installed_languages``, but runs Tesseract each time, with a time limit of ``limit_s`` seconds."""
    try:
        ended = run((program(), "--list-langs"), Bounds(limit_s))
    except ChildError as error:
        raise _does_not_run(str(error)) from error
    # Version 3 ends with status 1, and prints the list as an error.
    if ended.status not in (0, 1):
        raise _does_not_run(f"it ended with status {ended.status}")
    try:
        listed = (ended.out + ended.err).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _does_not_run("its list of languages is no text") from error
    return frozenset(filter(CODE.fullmatch, map(str.strip, listed.splitlines())))


def _does_not_run(why: str) -> TesseractMissingError:
    return TesseractMissingError(
        f"the program tesseract is installed but does not run ({why}); {INSTALL_HINT} --reinstall"
    )


def require_languages(languages: str) -> None:
    """Check ``languages`` (as for ``tesseract -l``, or ``auto``); raises LanguageMissingError naming the packages.

    Tesseract itself continues without a missing language as long as it has one of several.
    """
    missing = sorted(set(needed(languages)) - installed_languages())
    if missing:
        packages = " ".join(map(package_of, missing))
        message = f"Tesseract has no model for {', '.join(missing)}; install it with: {INSTALL} {packages}"
        raise LanguageMissingError(message)
