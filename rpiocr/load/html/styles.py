"""What inline styles and attributes say about an element: whether its text is seen, and how it is placed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]

HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
RGB = re.compile(r"rgba?\(\s*([0-9]{1,3})\s*[, ]\s*([0-9]{1,3})\s*[, ]\s*([0-9]{1,3})\s*(?:[,/]\s*([0-9.]{1,6})\s*)?\)")
NAMED: Mapping[str, Colour] = {
    **{"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ghostwhite": (248, 248, 255)},
    **{"whitesmoke": (245, 245, 245), "ivory": (255, 255, 240), "red": (255, 0, 0), "gray": (128, 128, 128)},
}
LENGTH = re.compile(r"(-?[0-9]{0,6}(?:\.[0-9]{1,6})?)(px|pt|em|rem|%|)")

MAX_STYLE = 2000
"""Maximum length of a style that is looked at."""

MIN_CONTRAST = 24
"""Minimum difference of two colours, summed over red, green and blue, that a reader sees."""

TINY_PX = 1.0
"""Maximum size of letters that nobody sees, in any unit."""

FAR_PX = -500.0
"""What is moved so far to the left or up is outside of the page."""

BESIDE = frozenset({"inline-block", "inline-table", "inline-flex", "table-cell"})


@dataclass(frozen=True, slots=True)
class Style:
    """What text inherits: whether it is too small or invisible, its colour and background; None if unknown."""

    is_tiny: bool = False
    is_visible: bool = True
    colour: Colour | None = (0, 0, 0)
    background: Colour | None = (255, 255, 255)
    is_preformatted: bool = False

    @property
    def is_seen(self) -> bool:
        """Whether text of this style can be read."""
        return not self.is_tiny and self.is_visible and not self._has_no_contrast

    @property
    def _has_no_contrast(self) -> bool:
        if self.colour is None or self.background is None:
            return False
        return sum(abs(one - other) for one, other in zip(self.colour, self.background, strict=True)) < MIN_CONTRAST


def declarations(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the declarations of a style attribute, in lower case; the last of a name counts."""
    found = {}
    for one in attributes.get("style", "")[:MAX_STYLE].lower().split(";"):
        name, _, value = one.partition(":")
        found[name.strip()] = value.replace("!important", "").strip()
    return found


def is_dropped(attributes: Mapping[str, str], style: Mapping[str, str]) -> bool:
    """Return whether an element is not shown with all that is in it."""
    hidden = style.get("display") == "none" or "hidden" in attributes or style.get("mso-hide") == "all"
    clear = style.get("opacity", "1").strip("0.") == "" and style.get("opacity", "1") != ""
    flat = style.get("overflow") == "hidden" and any(_length(style.get(one)) == 0 for one in ("max-height", "height"))
    moved = min(_length(style.get(one)) or 0.0 for one in ("text-indent", "left", "top", "margin-left")) <= FAR_PX
    struck = "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", "")
    return hidden or clear or flat or moved or struck


def inherited(parent: Style, tag: str, attributes: Mapping[str, str], style: Mapping[str, str]) -> Style:
    """Return the style of an element within one of the style ``parent``."""
    size = _length(style.get("font-size"))
    shown = style.get("visibility")
    colour, background = style.get("color") or attributes.get("color"), _background(attributes, style)
    return replace(
        parent,
        is_tiny=parent.is_tiny if size is None else size <= TINY_PX,
        is_visible=parent.is_visible if shown is None else shown == "visible",
        colour=parent.colour if colour is None else _colour(colour, parent.background),
        background=parent.background if background is None else _colour(background, parent.background),
        is_preformatted=parent.is_preformatted or tag == "pre" or style.get("white-space", "").startswith("pre"),
    )


def is_beside(style: Mapping[str, str]) -> bool:
    """Return whether a block is placed beside what is before it."""
    return style.get("display") in BESIDE or style.get("float") in ("left", "right")


def is_flexible(style: Mapping[str, str]) -> bool:
    """Return whether the children of an element are placed side by side."""
    return "flex" in style.get("display", "") and "column" not in style.get("flex-direction", "")


def is_right(attributes: Mapping[str, str], style: Mapping[str, str]) -> bool:
    """Return whether text is set to the right."""
    return (style.get("text-align") or attributes.get("align", "").lower()) in ("right", "end")


def _background(attributes: Mapping[str, str], style: Mapping[str, str]) -> str | None:
    if "background" in attributes or "url(" in style.get("background", "") + style.get("background-image", ""):
        return "a picture"
    return style.get("background-color") or style.get("background") or attributes.get("bgcolor")


def _colour(text: str, behind: Colour | None) -> Colour | None:
    """Return a colour; that of what is behind if it is transparent, None if it is unknown."""
    text = text.strip().lower()
    if text in ("transparent", "none", "inherit", "initial", ""):
        return behind
    if (found := HEX.match(text)) and len(text.split(maxsplit=1)[0]) in (4, 7):
        digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := RGB.match(text):
        if found[4] is not None and found[4].strip("0.") == "":
            return behind
        return int(found[1]), int(found[2]), int(found[3])
    return NAMED.get(text)


def _length(text: str | None) -> float | None:
    """Return a length as a number, whatever its unit; None if there is none."""
    found = LENGTH.fullmatch(text or "")
    return float(found[1]) if found and found[1] not in ("", "-") else None
