"""What a service that embeds a watch is told about its files, as it happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rpiocr.errors import defect
from rpiocr.model.records import ReadFile
from rpiocr.settings import Settings
from rpiocr.store.journal import Found
from rpiocr.system.log import Log


class Follower(Protocol):
    """Follows the files of a watch, each by its id in the journal.

    The methods are called one at a time, in the threads of the watch, which does nothing else meanwhile: they have to
    return soon. They may call the methods of the watch's ``Control``. Each step is in the journal before it is told;
    what a process recorded just before it was killed is never told, so ask the store once the watch is ``ready``.
    """

    def ready(self) -> None:
        """The watch holds the folder, perhaps again, and has finished what an earlier process left in it."""

    def settings_for(self, found: Found, settings: Settings) -> Settings:
        """Return the settings for reading a file; ``settings`` are those of the watch."""

    def reading(self, file_id: int, found: Found) -> None:
        """A file is about to be read; ``answered``, ``failed`` or ``again`` follows."""

    def answered(self, file_id: int, found: Found, read: ReadFile) -> None:
        """A file was read, and its receipts are in the store, if it has any; ``filed`` follows."""

    def failed(self, file_id: int, found: Found, code: str, message: str) -> None:
        """A file could not be read, which is in the store; ``filed`` follows."""

    def filed(self, file_id: int, found: Found, moved_to: str | None) -> None:
        """A file is finished, perhaps one that an earlier process read; ``moved_to`` is None if it was not moved."""

    def again(self, file_id: int, found: Found) -> None:
        """The processing of a file ended without an outcome; it is taken again later."""

    def left(self, file_id: int, found: Found) -> None:
        """A file is in the store already, and stays where it is."""


class NullFollower:
    """Does nothing, and reads every file with the settings of the watch; the base of followers of some events."""

    def ready(self) -> None:
        """See Follower."""

    def settings_for(self, found: Found, settings: Settings) -> Settings:  # noqa: ARG002 - as Follower
        """See Follower."""
        return settings

    def reading(self, file_id: int, found: Found) -> None:
        """See Follower."""

    def answered(self, file_id: int, found: Found, read: ReadFile) -> None:
        """See Follower."""

    def failed(self, file_id: int, found: Found, code: str, message: str) -> None:
        """See Follower."""

    def filed(self, file_id: int, found: Found, moved_to: str | None) -> None:
        """See Follower."""

    def again(self, file_id: int, found: Found) -> None:
        """See Follower."""

    def left(self, file_id: int, found: Found) -> None:
        """See Follower."""


@dataclass(frozen=True, slots=True)
class GuardedFollower:
    """Passes everything on to a follower, and logs its exceptions as defects: they must not hurt the watch."""

    follower: Follower
    log: Log

    def ready(self) -> None:
        """See Follower."""
        self._tell("", self.follower.ready)

    def settings_for(self, found: Found, settings: Settings) -> Settings:
        """See Follower; the settings of the watch, if it fails."""
        chosen = settings

        def choose() -> None:
            nonlocal chosen
            chosen = self.follower.settings_for(found, settings)

        self._tell(found.path, choose)
        return chosen

    def reading(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self._tell(found.path, lambda: self.follower.reading(file_id, found))

    def answered(self, file_id: int, found: Found, read: ReadFile) -> None:
        """See Follower."""
        self._tell(found.path, lambda: self.follower.answered(file_id, found, read))

    def failed(self, file_id: int, found: Found, code: str, message: str) -> None:
        """See Follower."""
        self._tell(found.path, lambda: self.follower.failed(file_id, found, code, message))

    def filed(self, file_id: int, found: Found, moved_to: str | None) -> None:
        """See Follower."""
        self._tell(found.path, lambda: self.follower.filed(file_id, found, moved_to))

    def again(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self._tell(found.path, lambda: self.follower.again(file_id, found))

    def left(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self._tell(found.path, lambda: self.follower.left(file_id, found))

    def _tell(self, file: str, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not the watch's
            report = defect(file or "rpiocr", error)
            self.log.error(report.code, file=file or None, message=str(report))
