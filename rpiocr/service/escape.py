"""Values as systemd reads them in unit files."""

from __future__ import annotations

from rpiocr.service.errors import UnitTextError

UNSAFE_IN_PROGRAM = frozenset("'\"\\")
"""What systemd refuses in the path of a program, however it is quoted."""


def checked(text: str, what: str) -> str:
    """Return ``text`` if a unit can hold it at all; raises UnitTextError, which calls it ``what``, if not.

    Line breaks and other control characters, and bytes that are no UTF-8, cannot be written.
    """
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
        message = (
            f"{what} {text!r} has a line break or another control character, which systemd does not take; rename it"
        )
        raise UnitTextError(message)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        message = f"{what} {text!r} is not written in UTF-8, and systemd takes no other; rename it"
        raise UnitTextError(message) from None
    return text


def plain(text: str) -> str:
    """Return text for a setting that is read to the end of the line, such as Description."""
    return text.replace("%", "%%")


def quoted(text: str) -> str:
    """Return one word for a setting that holds several, such as ReadWritePaths, Environment or ExecStart."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain(escaped)}"'


def command_line(words: tuple[str, ...]) -> str:
    """Return a value for ExecStart; the first of ``words`` is the absolute path of the program."""
    if UNSAFE_IN_PROGRAM & set(words[0]):
        # the shell gives its place to the program, which so remains the one that systemd started and listens to
        words = ("/bin/sh", "-c", 'exec "$0" "$@"', *words)
    # after a colon no $ means a variable
    return ":" + " ".join(map(quoted, words))
