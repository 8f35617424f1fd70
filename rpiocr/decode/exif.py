"""Reads from EXIF data when a photo was taken."""

from __future__ import annotations

import re

from PIL import Image

EXIF_DIRECTORY = 0x8769
TIME_TAG, OFFSET_TAG = 0x9003, 0x9011
"""DateTimeOriginal and OffsetTimeOriginal: that of the file itself changes when a program saves a copy."""

TIME = re.compile(r"([0-9]{4}):([0-9]{2}):([0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})")
OFFSET = re.compile(r"[+-][0-9]{2}:[0-9]{2}")

MAX_BYTES = 64 * 1024
"""Maximum length of EXIF data in a container without a limit of its own; in a JPEG they fit into one segment."""


def taken(image: Image.Image) -> str | None:
    """Return when a photo was taken, as ISO 8601 with the offset from UTC if there is one; None if it does not say.

    The numbers may be none of a calendar: the reader has to check them.
    """
    try:
        return _time(image.getexif())
    except Exception:  # noqa: BLE001 - any exception here concerns only the tags
        return None


def taken_by_bytes(data: object) -> str | None:
    """Return the same for the bytes of EXIF data; None if they are none."""
    if not isinstance(data, bytes) or len(data) > MAX_BYTES:
        return None
    try:
        tags = Image.Exif()
        tags.load(data)
        return _time(tags)
    except Exception:  # noqa: BLE001 - as above
        return None


def _time(tags: Image.Exif) -> str | None:
    directory = tags.get_ifd(EXIF_DIRECTORY)
    found = TIME.fullmatch(_text(directory.get(TIME_TAG)))
    if not found:
        return None
    year, month, day, clock = found.groups()
    offset = _text(directory.get(OFFSET_TAG))
    return f"{year}-{month}-{day}T{clock}{offset if OFFSET.fullmatch(offset) else ''}"


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip("\0 ") if isinstance(value, str) else ""
