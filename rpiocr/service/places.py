"""The owner of a service, and the directories of its units and data."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from rpiocr.service.errors import ServiceUserError
from rpiocr.settings import settings_file, state_dir
from rpiocr.system.files import make_folder

SYSTEM_UNITS = Path("/etc/systemd/system")

XDG_VARIABLES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")

PACKAGED = {
    False: ("/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"),
    True: (
        "/etc/systemd/user",
        "/usr/local/lib/systemd/user",
        "/usr/lib/systemd/user",
        "/usr/local/share/systemd/user",
    ),
}
"""Directories of packaged units, of the system (false) and of users (true), which ours would override."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user that the service runs as, and the user's directories.

    ``environment`` holds the variables that the service needs in order to use the same directories.
    """

    uid: int
    gid: int
    data: Path
    state: Path
    cache: Path
    settings: Path
    environment: tuple[tuple[str, str], ...]

    @property
    def inbox(self) -> Path:
        """Where receipts arrive unless the user names a folder; done, review and failed are next to it."""
        return self.data / "receipts" / "inbox"

    @property
    def pictures(self) -> Path:
        """The folder of pictures that were made for browsers, which can be made again at any time."""
        return self.cache / "pictures"


@dataclass(frozen=True, slots=True)
class Scope:
    """The units of the system, or those of one user."""

    user: bool

    @property
    def folder(self) -> Path:
        """The directory of the units."""
        return Path(platformdirs.user_config_dir("systemd")) / "user" if self.user else SYSTEM_UNITS

    @property
    def hidden_by_us(self) -> tuple[Path, ...]:
        """Directories of units that one of the same name in ``folder`` would override."""
        own = (Path(platformdirs.user_data_dir("systemd")) / "user",) if self.user else ()
        return own + tuple(map(Path, PACKAGED[self.user]))

    @property
    def flag(self) -> tuple[str, ...]:
        """The flag of systemctl and journalctl that selects the units of the system or of a user."""
        return ("--user",) if self.user else ()


def check_rights(scope: Scope) -> None:
    """Raise ServiceUserError if this user cannot, or should not, change the units of ``scope``."""
    if not scope.user and os.geteuid() != 0:
        message = "only root can change units of the system; run this with sudo, or without --system"
        raise ServiceUserError(message)
    if scope.user and os.geteuid() == 0 and os.environ.get("SUDO_USER", "root") != "root":
        message = "with sudo, this would be a service of root; run it without sudo, or with --system"
        raise ServiceUserError(message)


def default_user() -> str:
    """Return the user who called sudo, for a system service; raises ServiceUserError without sudo."""
    name = os.environ.get("SUDO_USER", "root")
    if name == "root":
        message = "name the owner of the receipts with --user-name: the service runs as that user"
        raise ServiceUserError(message)
    return name


def account(user: str) -> Account:
    """Return the account of ``user``, or of the current user if empty."""
    return _other(user) if user else _own()


def _own() -> Account:
    set_here = tuple((name, os.environ[name]) for name in XDG_VARIABLES if os.environ.get(name))
    data = Path(platformdirs.user_data_dir("rpiocr"))
    cache = Path(platformdirs.user_cache_dir("rpiocr"))
    return Account(os.geteuid(), os.getegid(), data, state_dir(), cache, settings_file(), set_here)


def _other(user: str) -> Account:
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        message = f"the user {user!r} does not exist on this machine; give another with --user-name"
        raise ServiceUserError(message) from None
    home = Path(entry.pw_dir)
    if not home.is_dir():
        message = f"the user {user} has no home directory ({home}) for the store; give another --user-name"
        raise ServiceUserError(message)
    share, state, cache = (home / folder / "rpiocr" for folder in (".local/share", ".local/state", ".cache"))
    return Account(entry.pw_uid, entry.pw_gid, share, state, cache, home / ".config/rpiocr/settings.toml", ())


def make_folders(folders: Mapping[Path, int], owner: Account) -> Iterator[Path]:
    """Create missing directories, each with its mode, and their parents; yields each created one.

    They are owned by ``owner``. Raises OSError on failure.
    """
    for folder, mode in folders.items():
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            make_folder(each, mode)
            if os.geteuid() != owner.uid:
                os.chown(each, owner.uid, owner.gid, follow_symlinks=False)
            yield each
