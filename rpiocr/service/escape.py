"""Escapes values for systemd unit files."""

from __future__ import annotations

from rpiocr.service.errors import UnitTextError

UNSAFE_IN_PROGRAM = frozenset("'\"\\")
"""Characters that systemd rejects in the path of a program, even quoted."""


def checked(text: str, what: str) -> str:
    """Return ``text`` if a unit can contain it; otherwise raises UnitTextError, which refers to it as ``what``.

    Control characters, line breaks included, and bytes that are not UTF-8 cannot be represented.
    """
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
        message = (
            f"{what} {text!r} has a line break or another control character, which systemd does not accept; rename it"
        )
        raise UnitTextError(message)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        message = f"{what} {text!r} is not valid UTF-8, which systemd requires; rename it"
        raise UnitTextError(message) from None
    return text


def plain(text: str) -> str:
    """Escape text for a setting that extends to the end of the line, such as Description."""
    return text.replace("%", "%%")


def quoted(text: str) -> str:
    """Quote one word for a setting with several, such as ReadWritePaths, Environment or ExecStart."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain(escaped)}"'


def command_line(words: tuple[str, ...]) -> str:
    """Return a value for ExecStart; the first of ``words`` is the absolute path of the program."""
    if UNSAFE_IN_PROGRAM & set(words[0]):
        # the shell replaces itself by the program, so that this remains the main process for systemd
        words = ("/bin/sh", "-c", 'exec "$0" "$@"', *words)
    # the colon disables the expansion of variables
    return ":" + " ".join(map(quoted, words))
