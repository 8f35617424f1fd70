"""Chooses the models of Tesseract for a page, if the user leaves that to rpiocr."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rpiocr.extract import Languages
from rpiocr.extract.tables.countries import countries
from rpiocr.model import Pass, Prepared
from rpiocr.recognise.script_detection import is_letter_of, script_of
from rpiocr.recognise.tesseract import TESSERACT
from rpiocr.recognise.tesseract_models import BASE, PACKS, Pack, Script, combined, installed_languages, pack_for
from rpiocr.system.cancellation import Cancellation

SURE_WORD = 0.7
"""Minimum confidence of a word that counts as evidence of a language: characters that the model does not know come out
as short words, which some language or other has."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models to read with, as for ``tesseract -l``; ``missing_package`` would install better ones.

    ``script`` is that of the page; it has to be rotated clockwise by ``quarters`` of a full turn first.
    """

    codes: str
    script: Script = Script.LATIN
    missing_package: str | None = None
    quarters: int = 0

    @property
    def latin(self) -> bool:
        """Whether the page is in Latin script."""
        return self.script is Script.LATIN

    @property
    def scripts(self) -> frozenset[str]:
        """The scripts that the models can read."""
        return frozenset(pack.script for pack in PACKS if pack.code in self.codes.split("+"))


def models_by_words(passes: Sequence[Pass], languages: Languages) -> Models | None:
    """Infer the models from the words that were read; ``None`` where they show no language but English.

    The package of a language in Latin script is missing only if the words that were read with confidence show that
    language most: a few doubtful words of an English receipt are Spanish too.
    """
    texts = [line.text for one in _own(passes) for line in one.lines]
    packs = [pack for name in languages.languages_of(texts) if (pack := pack_for(name)) and pack.code != BASE]
    if not packs:
        return None
    models = _models(packs[0])
    if models.latin and models.missing_package and packs[0] != _main_pack(passes, languages):
        return replace(models, missing_package=None)
    return models


def models_of_country(code: str) -> Models | None:
    """Return the models for the first language of a country (ISO 3166) whose model is installed; ``None`` without one.

    A code on a receipt tells its country before a word was read.
    """
    country = countries().get(code)
    packs = [pack_for(language) for language in country.languages] if country else []
    installed = installed_languages()
    return next((_models(pack) for pack in packs if pack and pack.code != BASE and pack.code in installed), None)


SCRIPT_SHARE = 0.4
"""Minimum share of a script among the letters that its model reads, weighted by confidence. On 47 photos of drawn
receipts in Korean, Russian and Ukrainian it is 0.62 to 1; models for Cyrillic, Hangul, Japanese and Devanagari reach 0
to 0.08 on eight receipts in Latin script, three of them scanned in coarse print."""


def shows_script(passes: Sequence[Pass], script: Script) -> bool:
    """Return whether many of the letters that Tesseract read with the present models are of a script."""
    read = own = 0.0
    for one in passes:
        if one.engine.family != TESSERACT or one.error or one.is_earlier:
            continue
        for word in (word for line in one.lines for word in line.words):
            letters = [char for char in word.text if char.isalpha()]
            read += word.confidence * len(letters)
            own += word.confidence * sum(is_letter_of(char, script) for char in letters)
    return own > SCRIPT_SHARE * read


def are_words_known(passes: Sequence[Pass], languages: Languages) -> bool:
    """Return whether the words that were read with confidence show any language, English included."""
    return bool(_sure_languages(passes, languages))


def _own(passes: Sequence[Pass]) -> tuple[Pass, ...]:
    return tuple(one for one in passes if one.error is None and not one.is_earlier)


def _main_pack(passes: Sequence[Pass], languages: Languages) -> Pack | None:
    """Return the model of the language that words read with confidence show most, None if they show none."""
    shown = _sure_languages(passes, languages)
    return pack_for(shown[0]) if shown else None


def _sure_languages(passes: Sequence[Pass], languages: Languages) -> tuple[str, ...]:
    lines = (line for one in _own(passes) for line in one.lines)
    sure = (" ".join(word.text for word in line.words if word.confidence >= SURE_WORD) for line in lines)
    return languages.languages_of(sure)


def models_by_script(
    images: Iterable[Prepared],
    by_words: Models | None,
    timeout_s: float,
    scratch: Path,
    cancellation: Cancellation | None = None,
) -> Models | None:
    """Infer the models by reading some lines with each; ``None`` where that shows Latin script, or nothing.

    Among the models of one script, words are better evidence than the confidence of characters, so those of
    ``by_words`` are kept if they read that script. For ``images`` and ``cancellation`` see ``script_of``.
    """
    seen = script_of(images, timeout_s, scratch, cancellation=cancellation)
    if seen is None or seen.script is Script.LATIN:
        return None
    if by_words and any(pack.code in by_words.codes.split("+") for pack in seen.packs):
        return replace(by_words, quarters=seen.quarters)
    if seen.packs:
        return replace(_models(seen.packs[0]), quarters=seen.quarters)
    most_spoken = next(pack for pack in PACKS if pack.script is seen.script)
    return Models(BASE, seen.script, most_spoken.package, seen.quarters)


def _models(pack: Pack) -> Models:
    """Return a model as it is used: one for Latin script alone, others together with the one for English."""
    if pack.code not in installed_languages():
        return Models(BASE, pack.script, pack.package)
    return Models(pack.code if pack.script is Script.LATIN else combined((pack.code, BASE)), pack.script)
