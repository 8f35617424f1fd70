"""The fonts, all of them packaged in Debian; needed only where receipts are generated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SHARE = Path("/usr/share/fonts")


@dataclass(frozen=True, slots=True)
class Face:
    """A font at the size that fills the printer's character cell.

    ``cell`` is the cell's width and height in dots, ``pitch`` printer dots per dot of the font (2 for the
    coarse matrix of impact printers). A proportional face has the cell of the average digit.
    """

    name: str
    file: str
    package: str
    size: int
    cell: tuple[int, int]
    pitch: int = 1
    proportional: bool = False

    @property
    def path(self) -> Path:
        """Where the Debian package puts it."""
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

PACKAGES = tuple(sorted({face.package for face in FACES}))
"""What ``apt-get install`` needs."""


def missing_packages() -> tuple[str, ...]:
    """Return the Debian packages of which a font is not there, sorted."""
    return tuple(sorted({face.package for face in FACES if not face.path.is_file()}))
