"""Collects what the units depend on: the program, directories, settings, and features of this machine."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from rpiocr.errors import ChildError
from rpiocr.service.egress import local_sockets, ways_out
from rpiocr.service.errors import UnsuitableFolderError
from rpiocr.service.escape import checked
from rpiocr.service.places import Account, account
from rpiocr.service.units import Facts, Options
from rpiocr.settings import Settings, load_settings
from rpiocr.system.child import Bounds, run
from rpiocr.system.files import PRIVATE_FOLDER, folder_mode

TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - nothing is written there by this name

NAMESPACE_PROBE = ("unshare", "--user", "--map-current-user", "--mount", "true")
PROBE_LIMIT_S = 10

MIN_WATCHDOG_S = 300
"""Longer than any receipt takes with the default limits, even with a busy SD card."""

OLDEST_SYSTEMD = 252
"""The version of Debian 12, assumed if the version is unknown."""


def gather(name: str, options: Options) -> Facts:
    """Return the facts for units called ``name``.

    Raises UnsuitableFolderError, ServiceUserError, UnitTextError or SettingsError.
    """
    inbox = Path(options.inbox)
    owner = account(options.user)
    settings = _settings(owner, options.config)
    _check_inbox(inbox, owner)
    own = (owner.data, owner.state, *((owner.pictures,) if options.port else ()))
    needed = (inbox.parent, *own, *_store_folder(settings))
    seen = (*needed, Path(sys.prefix), *local_sockets(settings))
    private_tmp = not any(_temporary(folder) for folder in seen)
    return Facts(
        name=name,
        options=options,
        program=tuple(checked(word, "the program") for word in _program()),
        writable=tuple(dict.fromkeys(map(_named, (*needed, *(() if private_tmp else map(Path, TEMPORARY)))))),
        environment=tuple((variable, checked(value, variable)) for variable, value in owner.environment),
        network=bool(ways_out(settings)),
        watchdog_s=_watchdog_s(settings),
        sandboxed=bool(options.user) or _namespaces_work(),
        private_tmp=private_tmp,
        systemd=_systemd_version(),
        file_mode=settings.file_mode_bits,
    )


def folders(facts: Facts) -> Mapping[Path, int]:
    """Return the directories that must exist before the service starts, and the modes for creating them."""
    inbox = Path(facts.options.inbox)
    own = dict.fromkeys(map(Path, facts.writable), PRIVATE_FOLDER)
    return own | dict.fromkeys((inbox.parent, inbox), folder_mode(facts.file_mode))


def _named(folder: Path) -> str:
    return checked(str(folder), "the folder")


def _check_inbox(inbox: Path, owner: Account) -> None:
    if inbox.exists() and not inbox.is_dir():
        message = f"{inbox} is not a folder; give the folder in which the receipts arrive"
        raise UnsuitableFolderError(message)
    if inbox.parent in (inbox, Path("/")):
        message = f"{inbox} is directly below /, which a service may not write to; give one further down"
        raise UnsuitableFolderError(message)
    own = owner.uid == os.geteuid()
    if own and inbox.parent.is_dir() and not os.access(inbox.parent, os.W_OK | os.X_OK):
        message = (
            f"{inbox.parent} is not writable, but processed files are moved there, into done, review and failed;"
            " change its permissions or watch another folder"
        )
        raise UnsuitableFolderError(message)


def _program() -> tuple[str, ...]:
    """Return the command of this program: the script that was called or is next to Python, else the module."""
    called, installed = Path(sys.argv[0]).absolute(), Path(sys.executable).with_name("rpiocr")
    for script in (called, installed):
        if script.name == "rpiocr" and script.is_file() and os.access(script, os.X_OK):
            # the link created by pipx and the script itself are the same program
            return (str(script.resolve()),)
    return (sys.executable, "-m", "rpiocr")


def _settings(owner: Account, config: str) -> Settings:
    """Return the settings as the service will see them, without the variables of this shell."""
    if config:
        return load_settings(environ={}, file=Path(config))
    return load_settings(environ={}, file=owner.settings) if owner.settings.exists() else Settings()


def _store_folder(settings: Settings) -> tuple[Path, ...]:
    """Return the directory of an SQLite store outside the default location."""
    found = re.fullmatch(r"sqlite:///(/[^?]+)(\?.*)?", settings.store)
    return (Path(found[1]).parent,) if found else ()


def _watchdog_s(settings: Settings) -> int:
    """Return the watchdog limit in seconds: four times the limits of one receipt, so that none can exceed it."""
    longest = settings.receipt_timeout + settings.vision_timeout * settings.vision_attempts
    return max(MIN_WATCHDOG_S, round(4 * longest))


def _temporary(folder: Path) -> bool:
    return any(folder.is_relative_to(place) for place in TEMPORARY)


def _namespaces_work() -> bool:
    """Return whether this user may create namespaces: tested, as kernels and security modules can forbid it."""
    try:
        return run(NAMESPACE_PROBE, Bounds(PROBE_LIMIT_S)).status == 0
    except ChildError:
        return False


def _systemd_version() -> int:
    try:
        output = run(("systemctl", "--version"), Bounds(PROBE_LIMIT_S)).out
    except ChildError:
        return OLDEST_SYSTEMD
    found = re.match(rb"systemd (\d+)", output)
    return int(found[1]) if found else OLDEST_SYSTEMD
