"""Controls systemd through systemctl."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rpiocr.errors import ChildError, ChildNotStartedError
from rpiocr.service.places import Scope
from rpiocr.system.child import Bounds, run

LIMIT_S = 360
"""Maximum time of a command: starting may wait for the program to be ready, as long as the unit allows."""

OUT_OF_REACH = re.compile(r"Failed to connect to .*bus|has not been booted with systemd|Host is down", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome of one command: whether systemd was reached, whether it succeeded, and its output."""

    command: str
    reached: bool
    done: bool
    output: str


def ask(scope: Scope, *arguments: str) -> Reply:
    """Run ``systemctl`` with ``arguments`` on the units of ``scope``; never raises."""
    command = ("systemctl", *scope.flag, *arguments)
    try:
        ended = run(command, Bounds(LIMIT_S), environment=_environment(scope))
    except ChildNotStartedError as error:
        return Reply(" ".join(command), reached=False, done=False, output=str(error))
    except ChildError as error:
        return Reply(" ".join(command), reached=True, done=False, output=str(error))
    output = (ended.err if ended.status else ended.out).decode("utf-8", errors="replace").strip()
    reached = ended.status == 0 or not OUT_OF_REACH.search(output)
    return Reply(" ".join(command), reached, ended.status == 0, output)


def _environment(scope: Scope) -> Mapping[str, str]:
    own = {"LC_ALL": "C.UTF-8"}
    runtime = Path(f"/run/user/{os.geteuid()}")
    # after su, or from cron, the variable that locates the user's manager is not set
    if scope.user and "XDG_RUNTIME_DIR" not in os.environ and runtime.is_dir():
        own["XDG_RUNTIME_DIR"] = str(runtime)
    return os.environ | own
