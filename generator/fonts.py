"""The fonts, which are all packaged in Debian; only needed to generate receipts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SHARE = Path("/usr/share/fonts")


@dataclass(frozen=True, slots=True)
class WideFont:
    """A font of East Asian characters, and the size at which they fill two cells."""

    file: str
    package: str
    size: int

    @property
    def path(self) -> Path:
        """Path at which the Debian package installs it."""
        return SHARE / self.file


@dataclass(frozen=True, slots=True)
class Face:
    """A font at the size that fills the printer's character cell.

    ``cell`` is the cell's width and height in dots, ``pitch`` printer dots per dot of the font (2 for the
    coarse matrix of impact printers). A proportional face has the cell of the average digit. ``wide`` is the font of
    characters that take two cells, in ``languages``.
    """

    name: str
    file: str
    package: str
    size: int
    cell: tuple[int, int]
    pitch: int = 1
    proportional: bool = False
    wide: WideFont | None = None
    languages: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Path at which the Debian package installs it."""
        return SHARE / self.file


FACES = (
    Face("terminus-bold", "opentype/terminus/terminus-bold.otb", "fonts-terminus-otb", 24, (12, 24)),
    Face("terminus", "opentype/terminus/terminus-normal.otb", "fonts-terminus-otb", 24, (12, 24)),
    Face("spleen", "opentype/spleen/spleen-12x24.otf", "fonts-spleen", 24, (12, 24)),
    Face("hack", "truetype/hack/Hack-Regular.ttf", "fonts-hack", 20, (12, 24)),
    Face("liberation-mono", "truetype/liberation/LiberationMono-Regular.ttf", "fonts-liberation", 20, (12, 24)),
    Face("dejavu-mono", "truetype/dejavu/DejaVuSansMono.ttf", "fonts-dejavu-core", 20, (12, 24)),
    Face("inconsolata", "truetype/inconsolata/Inconsolata.otf", "fonts-inconsolata", 24, (12, 26)),
    Face("3270", "truetype/3270/3270SemiCondensed-Regular.ttf", "fonts-3270", 24, (12, 25)),
    Face("unifont-dots", "opentype/unifont/unifont.otf", "fonts-unifont", 16, (8, 16), pitch=2),
    Face("terminus-dots", "opentype/terminus/terminus-normal.otb", "fonts-terminus-otb", 16, (8, 16), pitch=2),
    Face(
        "liberation-sans",
        "truetype/liberation/LiberationSans-Regular.ttf",
        "fonts-liberation",
        18,
        (12, 24),
        proportional=True,
    ),
)

SPARE = {
    1: WideFont("truetype/dejavu/DejaVuSansMono.ttf", "fonts-dejavu-core", 20),
    2: WideFont("opentype/unifont/unifont.otf", "fonts-unifont", 16),
}
"""Fallback fonts by pitch, for characters that a printer adds to a font, such as signs of new currencies."""

_TERMINUS = ("opentype/terminus/terminus-normal.otb", "fonts-terminus-otb", 24, (12, 24))
_BOLD = ("opentype/terminus/terminus-bold.otb", "fonts-terminus-otb", 24, (12, 24))
_SPLEEN = ("opentype/spleen/spleen-12x24.otf", "fonts-spleen", 24, (12, 24))
_MONO = ("truetype/liberation/LiberationMono-Regular.ttf", "fonts-liberation", 20, (12, 24))
_DOTS = ("opentype/unifont/unifont.otf", "fonts-unifont", 16, (8, 16))

_IPA = WideFont("opentype/ipafont-gothic/ipag.ttf", "fonts-ipafont-gothic", 24)
_VL = WideFont("truetype/vlgothic/VL-Gothic-Regular.ttf", "fonts-vlgothic", 24)
_UNIFONT_JP = WideFont("opentype/unifont/unifont_jp.otf", "fonts-unifont", 16)
_UNIFONT = WideFont("opentype/unifont/unifont.otf", "fonts-unifont", 16)
_D2 = WideFont("truetype/naver-d2coding/D2Coding-Ver1.3.2-20180524-all.ttc", "fonts-naver-d2coding", 24)
_DOTUM = WideFont("truetype/baekmuk/dotum.ttf", "fonts-baekmuk", 24)
_GULIM = WideFont("truetype/baekmuk/gulim.ttf", "fonts-baekmuk", 24)
_BATANG = WideFont("truetype/baekmuk/batang.ttf", "fonts-baekmuk", 24)
_MICRO = WideFont("truetype/wqy/wqy-microhei.ttc", "fonts-wqy-microhei", 22)
_ZEN = WideFont("truetype/wqy/wqy-zenhei.ttc", "fonts-wqy-zenhei", 24)
_SUNG = WideFont("truetype/arphic-gbsn00lp/gbsn00lp.ttf", "fonts-arphic-gbsn00lp", 24)
_MING = WideFont("truetype/arphic-bsmi00lp/bsmi00lp.ttf", "fonts-arphic-bsmi00lp", 24)

WIDE_FACES = (
    Face("terminus+ipa-gothic", *_TERMINUS, wide=_IPA, languages=("ja",)),
    Face("terminus-bold+ipa-gothic", *_BOLD, wide=_IPA, languages=("ja",)),
    Face("liberation-mono+vl-gothic", *_MONO, wide=_VL, languages=("ja",)),
    Face("spleen+vl-gothic", *_SPLEEN, wide=_VL, languages=("ja",)),
    Face("dots+unifont-jp", *_DOTS, pitch=2, wide=_UNIFONT_JP, languages=("ja",)),
    Face("terminus+dotum", *_TERMINUS, wide=_DOTUM, languages=("ko",)),
    Face("liberation-mono+gulim", *_MONO, wide=_GULIM, languages=("ko",)),
    Face("spleen+batang", *_SPLEEN, wide=_BATANG, languages=("ko",)),
    Face("terminus-bold+d2coding", *_BOLD, wide=_D2, languages=("ko",)),
    Face("terminus+sung", *_TERMINUS, wide=_SUNG, languages=("zh",)),
    Face("spleen+sung", *_SPLEEN, wide=_SUNG, languages=("zh",)),
    Face("terminus-bold+zenhei", *_BOLD, wide=_ZEN, languages=("zh", "zh-Hant")),
    Face("liberation-mono+microhei", *_MONO, wide=_MICRO, languages=("zh", "zh-Hant")),
    Face("terminus+ming", *_TERMINUS, wide=_MING, languages=("zh-Hant",)),
    Face("spleen+ming", *_SPLEEN, wide=_MING, languages=("zh-Hant",)),
    Face("dots+unifont", *_DOTS, pitch=2, wide=_UNIFONT, languages=("ko", "zh", "zh-Hant")),
)
"""Faces with double-width characters."""

PACKAGES = tuple(
    sorted({font.package for face in (*FACES, *WIDE_FACES) for font in (face, face.wide, SPARE[face.pitch]) if font})
)
"""Debian packages of all fonts."""


def missing_packages(faces: Iterable[Face] = (*FACES, *WIDE_FACES)) -> tuple[str, ...]:
    """Return the Debian packages of missing fonts, sorted."""
    fonts = [font for face in faces for font in (face, face.wide, SPARE[face.pitch]) if font]
    return tuple(sorted({font.package for font in fonts if not font.path.is_file()}))
