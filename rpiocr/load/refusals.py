"""Errors for files that cannot be decoded."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from rpiocr.decode.limits import MAX_ELONGATION
from rpiocr.decode.wire import EXIT_MEMORY, Code
from rpiocr.errors import (
    DamagedFileError,
    DecoderKilledError,
    EncryptedFileError,
    InputError,
    PictureTooLargeError,
    PictureTooSmallError,
    TimedOutError,
    TooManyPagesError,
)
from rpiocr.load.budget import Limits
from rpiocr.sanitize.text import one_line


@dataclass(frozen=True, slots=True)
class Refusals:
    """Creates the errors for one file; messages refer to it as ``name``."""

    name: str
    limits: Limits

    def of_code(self, code: int, first: int, second: int, text: bytes) -> InputError:
        """Return the error for a refusal code with its two numbers and text; unknown codes count as damage."""
        makers = {
            Code.TOO_LARGE: self._too_large,
            Code.TOO_SMALL: self._too_small,
            Code.TOO_NARROW: self._too_narrow,
            Code.TOO_MUCH_MEMORY: self._too_much_memory,
            Code.TOO_MANY_PAGES: self._too_many_pages,
            Code.ENCRYPTED: self._encrypted,
        }
        if code in makers:
            return makers[Code(code)](first, second)
        return self.damaged(one_line(text.decode("utf-8", "replace")))

    def of_end(self, status: int, memory: int) -> InputError:
        """Return the error for a process that ended with ``status`` after it was seen to hold ``memory`` bytes."""
        if status == -signal.SIGKILL:
            return DecoderKilledError(
                f"{self.name}: the decoder process was killed: make sure that there is enough memory, and try again."
            )
        if status == EXIT_MEMORY or memory > self.limits.memory // 2:
            return self.too_much_memory()
        return self.damaged("its decoder crashed")

    def damaged(self, reason: str) -> InputError:
        """Return the error for a supported format that cannot be decoded."""
        cleaned = " ".join(reason.split()).rstrip(".")
        detail = f" ({cleaned})" if cleaned else ""
        return DamagedFileError(
            f"{self.name} is truncated, damaged or of an unusual kind{detail}: copy it again, or export it as JPEG."
        )

    def too_slow(self) -> InputError:
        """Return the error for an exceeded time limit."""
        return TimedOutError(
            f"{self.name} takes too long to decode: export it again as JPEG, or give each of its pages as an image."
        )

    def too_much_memory(self, what: str = "") -> InputError:
        """Return the error for an exceeded memory limit; ``what`` follows the name."""
        limit = self.limits.memory // 1024**2
        return PictureTooLargeError(
            f"{self.name}{what} takes more than {limit} MiB of memory to decode: give a smaller image or a JPEG."
        )

    def _too_large(self, width: int, height: int) -> InputError:
        return PictureTooLargeError(
            f"{self.name} has {width} x {height} pixels, the limit is {self.limits.pixels}: give a smaller image."
        )

    def _too_small(self, width: int, height: int) -> InputError:
        return PictureTooSmallError(
            f"{self.name} has only {width} x {height} pixels: give the original photo, not a thumbnail."
        )

    def _too_narrow(self, width: int, height: int) -> InputError:
        return PictureTooSmallError(
            f"{self.name} has {width} x {height} pixels; an image more than {MAX_ELONGATION} times as long as wide"
            " is too narrow to contain text: give an image of the receipt alone."
        )

    def _too_much_memory(self, width: int, height: int) -> InputError:
        return self.too_much_memory(f" of {width} x {height} pixels" if width else "")

    def _too_many_pages(self, _limit: int, count: int) -> InputError:
        limit = self.limits.pages
        has = f"{count} pages" if count else f"more than {limit} pages"
        return TooManyPagesError(
            f"{self.name} has {has}, the limit is {limit}: split it into several files, or raise --max-pages."
        )

    def _encrypted(self, _first: int, _second: int) -> InputError:
        return EncryptedFileError(
            f"{self.name} requires a password: save a copy without one, for example by printing it to a PDF."
        )
