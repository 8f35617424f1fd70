"""Builds the text of units, by pure functions of the facts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from rpiocr.errors import ExitCode
from rpiocr.service.errors import UnitTextError
from rpiocr.service.escape import checked, command_line, plain, quoted
from rpiocr.system.files import PRIVATE
from rpiocr.system.json_text import dumps
from rpiocr.system.quiet import TELEMETRY_OFF

MARKER = '# Written by "rpiocr service install" and removed by "rpiocr service uninstall".'
ADVICE = '# Installing again overwrites changes made here; "systemctl edit" keeps them in a file of their own.'
OPTIONS_MARKER = "# rpiocr-service: "

SUCCESS_STATUSES = (ExitCode.HELD_BY_ANOTHER, ExitCode.INTERRUPTED)
"""Exit statuses that systemd should not treat as failures: the folder is held by another process, or stopped."""

FINAL_STATUSES = (ExitCode.USAGE, ExitCode.HELD_BY_ANOTHER)
"""Exit statuses that a restart would only repeat: a wrong setting, or a folder held by another process."""

SMOOTH_BACKOFF_SINCE = 254
"""The first version of systemd that supports growing pauses between restarts."""

SPAN = re.compile(r"([1-9]\d*) ?(s|sec|m|min|h|d)")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
WORDS = ("hourly", "daily", "weekly", "monthly")
SIZE = re.compile(r"[1-9]\d*[KMGT]?")


@dataclass(frozen=True, slots=True)
class Options:
    """The user's options; recorded in the unit, so that a later version can check whether the unit is up to date.

    ``timer`` is empty for a permanent service, otherwise a time span, a time of day or one of WORDS. ``user`` is empty
    for a user unit. ``port`` is that of the page, ``None`` for a watch without a page. All paths are absolute.
    """

    inbox: str
    timer: str = ""
    user: str = ""
    memory_max: str = "1G"
    config: str = ""
    log_format: str = ""
    port: int | None = None

    @property
    def url(self) -> str:
        """The address of the page; empty without one."""
        return f"http://localhost:{self.port}" if self.port else ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the units depend on.

    ``program`` is the command without its arguments, ``writable`` the directories that it changes, ``environment`` the
    variables that it needs, ``network`` whether a setting requires connections to other machines. After
    ``watchdog_s`` seconds of silence it is restarted. ``sandboxed`` is false if the kernel does not allow this user's
    services a file system view of their own; ``private_tmp`` is false if a required directory is inside a temporary
    one. ``file_mode`` is that of new files in the user's directories.
    """

    name: str
    options: Options
    program: tuple[str, ...]
    writable: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    network: bool
    watchdog_s: int
    sandboxed: bool
    private_tmp: bool
    systemd: int
    file_mode: int = PRIVATE


def check_options(options: Options) -> None:
    """Raise UnitTextError if an option cannot be represented in a unit or has a form that systemd would reject."""
    checked(options.inbox, "the folder")
    checked(options.config, "the settings file")
    checked(options.user, "the user")
    if not SIZE.fullmatch(options.memory_max):
        message = f"--memory-max is {options.memory_max!r}; it must be a size in bytes or with K, M or G, such as 1G"
        raise UnitTextError(message)
    if options.timer:
        if options.port:
            message = "--timer does not go with --serve: a page must be there all the time; omit one of them"
            raise UnitTextError(message)
        _when(options.timer)


def units(facts: Facts) -> dict[str, str]:
    """Return the text of each unit by its file name; a timer comes second."""
    head = f"{MARKER}\n{ADVICE}\n{OPTIONS_MARKER}{dumps(asdict(facts.options), ascii_only=True)}\n"
    texts = {f"{facts.name}.service": head + _text(_service(facts))}
    if facts.options.timer:
        texts[f"{facts.name}.timer"] = head + _text(_timer(facts))
    return texts


def main_unit(name: str, options: Options) -> str:
    """Return the name of the unit to enable and start: the timer if there is one."""
    return f"{name}.timer" if options.timer else f"{name}.service"


def is_ours(text: str) -> bool:
    """Return whether a unit file was written by this program."""
    return text.startswith(MARKER)


def options_in(text: str) -> Options | None:
    """Return the user's options recorded in a unit; ``None`` if they cannot be parsed."""
    for line in text.splitlines():
        if line.startswith(OPTIONS_MARKER):
            try:
                return Options(**json.loads(line.removeprefix(OPTIONS_MARKER)))
            except (ValueError, TypeError):
                return None
    return None


Lines = Iterator[str]


def _text(lines: Lines) -> str:
    return "\n".join(lines) + "\n"


def _service(facts: Facts) -> Lines:
    options = facts.options
    yield "[Unit]"
    page = f", and shows them at {options.url}" if options.url else ""
    yield f"Description=Reads the receipts that arrive in {plain(options.inbox)}{page} (rpiocr)"
    if options.user:
        yield f"RequiresMountsFor={quoted(options.inbox)}"
    if not options.timer:
        # restarts without limit: a disk may return, a full card may be cleared
        yield "StartLimitIntervalSec=0"
    yield ""
    yield "[Service]"
    yield from _once(facts) if options.timer else _staying(facts)
    yield from _process(facts)
    yield ""
    yield from _modest(options)
    yield ""
    yield from _confined(facts)
    if not options.timer:
        yield ""
        yield "[Install]"
        yield f"WantedBy={'multi-user' if options.user else 'default'}.target"


def _once(facts: Facts) -> Lines:
    yield "Type=oneshot"
    yield f"ExecStart={command_line(_command(facts, '--once'))}"


def _staying(facts: Facts) -> Lines:
    yield "Type=notify"
    yield "NotifyAccess=main"
    yield f"ExecStart={command_line(_command(facts))}"
    yield f"WatchdogSec={facts.watchdog_s}"
    yield "TimeoutStartSec=5min"
    yield "Restart=on-failure"
    yield f"RestartPreventExitStatus={_numbers(FINAL_STATUSES)}"
    if facts.systemd >= SMOOTH_BACKOFF_SINCE:
        yield "RestartSec=5s"
        yield "RestartSteps=6"
        yield "RestartMaxDelaySec=5min"
    else:
        yield "RestartSec=30s"


def _command(facts: Facts, *flags: str) -> tuple[str, ...]:
    options = facts.options
    config = ("--config", options.config) if options.config else ()
    log = ("--log-format", options.log_format) if options.log_format else ()
    if options.port:
        return *facts.program, "serve", *config, *log, "--port", str(options.port), "--watch", options.inbox
    # nothing after -- is an option, whatever the name of the folder
    return *facts.program, "watch", *flags, *config, *log, "--", options.inbox


def _process(facts: Facts) -> Lines:
    yield f"SuccessExitStatus={_numbers(SUCCESS_STATUSES)}"
    if facts.options.user:
        yield f"User={plain(facts.options.user)}"
    for variable, value in (*facts.environment, TELEMETRY_OFF):
        yield f"Environment={quoted(f'{variable}={value}')}"
    yield f"SyslogIdentifier={facts.name}"
    # the receipt being read is finished, with its running passes
    yield "KillMode=mixed"
    yield "TimeoutStopSec=2min"


def _modest(options: Options) -> Lines:
    yield f"MemoryMax={options.memory_max}"
    # a pass that needs too much memory is killed, without losing the receipt
    yield "OOMPolicy=continue"
    if options.port:
        # somebody waits for the page; the processes that read step back by themselves
        return
    yield "# Everything else on this machine comes first."
    yield "Nice=10"
    yield "CPUSchedulingPolicy=batch"
    yield "IOSchedulingClass=idle"


def _confined(facts: Facts) -> Lines:
    yield "# It sees the system as it is, and changes only these folders."
    if facts.options.user:
        yield from _view(facts)
        yield from _SYSTEM_ONLY
        yield from _packets(facts)
    elif facts.sandboxed:
        # without this, systemd cannot give a user service its own view of the file system
        yield "PrivateUsers=yes"
        yield from _view(facts)
    else:
        yield "# Not held to here: this kernel lets users make no namespaces."
    yield "NoNewPrivileges=yes"
    yield f"RestrictAddressFamilies={' '.join(_families(facts))}"
    yield from _ANYWHERE


def _packets(facts: Facts) -> Lines:
    """Yield what limits the packets of a system unit: programs in the kernel, which a user's manager may not load."""
    if facts.network:
        return
    if facts.options.port:
        yield "IPAddressAllow=localhost"
        yield f"SocketBindAllow=ipv4:tcp:{facts.options.port}"
        yield "SocketBindDeny=any"
    yield "IPAddressDeny=any"


def _families(facts: Facts) -> tuple[str, ...]:
    if facts.network:
        return "AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"
    return ("AF_UNIX", "AF_INET") if facts.options.port else ("AF_UNIX",)


def _view(facts: Facts) -> Lines:
    yield "ProtectSystem=strict"
    # not tmpfs: the program itself is often installed in a home directory
    yield "ProtectHome=read-only"
    yield from (f"ReadWritePaths={quoted(folder)}" for folder in facts.writable)
    if facts.private_tmp:
        yield "PrivateTmp=yes"
    if not (facts.network or facts.options.port):
        # sockets in the file system, such as those of systemd and PostgreSQL, stay reachable;
        # a page would not be, as a private network has a localhost of its own
        yield "PrivateNetwork=yes"


# These drop capabilities, which a user's manager does not have anyway.
_SYSTEM_ONLY = (
    "CapabilityBoundingSet=",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
)

# No MemoryDenyWriteExecute: callbacks from C libraries into Python need memory that is written, then executed.
_ANYWHERE = (
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged",
    # a library that tries calls it does not need continues without them
    "SystemCallErrorNumber=EPERM",
)


def _timer(facts: Facts) -> Lines:
    yield "[Unit]"
    yield f"Description=When to read the receipts that arrived in {plain(facts.options.inbox)} (rpiocr)"
    yield ""
    yield "[Timer]"
    yield from _when(facts.options.timer)
    yield ""
    yield "[Install]"
    yield "WantedBy=timers.target"


def _when(timer: str) -> tuple[str, ...]:
    if SPAN.fullmatch(timer):
        # the span starts at the end of a run, so that runs never overlap and missed ones are not caught up
        return ("OnActiveSec=10s", f"OnUnitInactiveSec={timer}", "AccuracySec=5s")
    clock = CLOCK.fullmatch(timer)
    if clock or timer in WORDS:
        calendar = f"*-*-* {int(clock[1]):02d}:{clock[2]}:00" if clock else timer
        return (f"OnCalendar={calendar}", "Persistent=true")
    message = f"--timer is {timer!r}; it may be a time span such as 5min, a time of day such as 03:30, or one of "
    raise UnitTextError(message + ", ".join(WORDS))


def _numbers(codes: tuple[ExitCode, ...]) -> str:
    return " ".join(str(int(code)) for code in codes)
