"""Chooses the models of Tesseract for a page, if the user leaves that to rpiocr."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rpiocr.extract import Languages
from rpiocr.model import Pass, Prepared
from rpiocr.recognise.script_detection import script_of
from rpiocr.recognise.tesseract_models import BASE, PACKS, Pack, Script, combined, installed_languages, pack_for
from rpiocr.system.cancellation import Cancellation

SURE_WORD = 0.7
"""Minimum confidence of a word that counts as evidence of a language: characters that the model does not know come out
as short words, which some language or other has."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models to read with, as for ``tesseract -l``; ``missing_package`` would install better ones.

    ``latin`` is whether the page is in Latin script; it has to be rotated clockwise by ``quarters`` of a full turn
    first.
    """

    codes: str
    latin: bool = True
    missing_package: str | None = None
    quarters: int = 0


def models_by_words(passes: Sequence[Pass], languages: Languages) -> Models | None:
    """Infer the models from the words that were read; ``None`` where they show no language but English.

    The package of a language in Latin script is missing only if the words that were read with confidence show that
    language most: a few doubtful words of an English receipt are Spanish too.
    """
    texts = [line.text for one in passes if one.error is None for line in one.lines]
    packs = [pack for name in languages.languages_of(texts) if (pack := pack_for(name)) and pack.code != BASE]
    if not packs:
        return None
    models = _models(packs[0])
    if models.latin and models.missing_package and packs[0] != _main_pack(passes, languages):
        return replace(models, missing_package=None)
    return models


def are_words_known(passes: Sequence[Pass], languages: Languages) -> bool:
    """Return whether the words that were read with confidence show any language, English included."""
    return bool(_sure_languages(passes, languages))


def _main_pack(passes: Sequence[Pass], languages: Languages) -> Pack | None:
    """Return the model of the language that words read with confidence show most, None if they show none."""
    shown = _sure_languages(passes, languages)
    return pack_for(shown[0]) if shown else None


def _sure_languages(passes: Sequence[Pass], languages: Languages) -> tuple[str, ...]:
    lines = (line for one in passes if one.error is None for line in one.lines)
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
    return Models(BASE, latin=False, missing_package=most_spoken.package, quarters=seen.quarters)


def _models(pack: Pack) -> Models:
    """Return a model as it is used: one for Latin script alone, others together with the one for English."""
    latin = pack.script is Script.LATIN
    if pack.code not in installed_languages():
        return Models(BASE, latin, pack.package)
    return Models(pack.code if latin else combined((pack.code, BASE)), latin)
