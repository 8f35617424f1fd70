"""Names Tesseract's models for the country of this system, and what says that it is there.

The installer runs this module before anything else is installed, so it imports the standard library alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rpiocr.recognise.tesseract_models import BASE, Pack, pack_for
from rpiocr.system.home import homes, set_locale


@dataclass(frozen=True, slots=True)
class HomeModel:
    """A model that receipts of this country need, and why it is thought to be this country."""

    pack: Pack
    why: str


def home_models(installed: Collection[str] = ()) -> tuple[HomeModel, ...]:
    """Return the models for the system's own language and those of its country, without BASE and those installed."""
    named = set_locale()
    asked = [(named[1], "{}={}".format(*named))] if named else []
    asked += [
        (language, f"{language} is spoken in {home.country}, and {home.why}")
        for home in homes()
        for language in home.languages
    ]
    found: dict[Pack, str] = {}
    for language, why in asked:
        pack = pack_for(language)
        if pack and pack.code != BASE and pack.code not in installed:
            found.setdefault(pack, why)
    return tuple(HomeModel(pack, why) for pack, why in found.items())
