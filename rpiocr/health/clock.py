"""Checks whether the clock of the machine is set by a time server: dates after today are not accepted."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from rpiocr.errors import ChildError
from rpiocr.system.child import Bounds, run
from rpiocr.system.finding import Finding, bad, good

SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
"""Made by systemd-timesyncd once the clock was set."""

ASK = ("timedatectl", "show", "--property=NTPSynchronized", "--value")
"""Asks the kernel, by systemd, whether any program keeps the clock: timesyncd, chrony or ntpd. Nothing is sent."""

LIMIT_S = 5.0


def clock_finding(state: Path = SYNCHRONIZED) -> Finding:
    """Examine whether the clock is synchronised; ``state`` is the file by which systemd-timesyncd says so."""
    now = dt.datetime.now().astimezone()
    what = f"clock: {now:%Y-%m-%d %H:%M}"
    kept = True if state.exists() else _kept()
    if kept is None:
        return good(f"{what}; whether a time server keeps it is not known here")
    if kept:
        return good(f"{what}, kept by a time server")
    what += "; no time server keeps it: if it is behind, receipts of today are not accepted"
    return bad(what, "sudo timedatectl set-ntp true")


def _kept() -> bool | None:
    """Return what systemd says; None where it is not there."""
    try:
        # Programs of systemd report to the socket of a service that starts them.
        ended = run(ASK, Bounds(LIMIT_S), environment={"PATH": os.environ.get("PATH", os.defpath)})
    except ChildError:
        return None
    answer = ended.out.decode("utf-8", errors="replace").strip()
    return {"yes": True, "no": False}.get(answer) if ended.status == 0 else None
