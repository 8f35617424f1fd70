"""Reports the state of a service, and whether its files match what this version writes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rpiocr.errors import RpiocrError
from rpiocr.service.facts import gather
from rpiocr.service.files import text_of, unit_files
from rpiocr.service.places import Scope
from rpiocr.service.systemctl import ask
from rpiocr.service.units import Options, is_ours, main_unit, options_in, units

PROPERTIES = "ActiveState,SubState,UnitFileState,Result,ExecMainStatus,NRestarts,StatusText,MemoryCurrent"


@dataclass(frozen=True, slots=True)
class Status:
    """Whether the service or its timer is active, a description of its state, and whether it is to serve the page."""

    active: bool
    lines: tuple[str, ...]
    serves: bool = False


def status(name: str, scope: Scope) -> Status:
    """Query systemd about the units called ``name`` and compare their files; raises UnitFileError."""
    texts = {path: text for path in unit_files(name, scope) if (text := text_of(path)) is not None}
    if not texts:
        return Status(active=False, lines=(f"not installed: {scope.folder / name}.service does not exist",))
    options = next((found for text in texts.values() if (found := options_in(text))), None)
    states = {path.name: _state(path.name, scope) for path in texts}
    main = main_unit(name, options) if options else f"{name}.service"
    lines = (
        *(f"{unit}: {_described(state)}" for unit, state in states.items()),
        *((_task(options),) if options else ()),
        *_compared(name, scope, options, texts),
    )
    serves = bool(options and options.port)
    return Status(states.get(main, {}).get("ActiveState") == "active", lines, serves)


def _task(options: Options) -> str:
    return f"reads {options.inbox}" + (f", shown at {options.url}" if options.url else "")


def _state(unit: str, scope: Scope) -> Mapping[str, str]:
    reply = ask(scope, "show", unit, f"--property={PROPERTIES}")
    if not reply.done:
        return {"unknown": reply.output.partition("\n")[0]}
    return dict(line.split("=", 1) for line in reply.output.splitlines() if "=" in line)


def _described(state: Mapping[str, str]) -> str:
    if "unknown" in state:
        return f"systemd cannot be queried: {state['unknown']}"
    return ", ".join(_state_facts(state))


def _state_facts(state: Mapping[str, str]) -> Iterator[str]:
    yield f"{state.get('ActiveState')} ({state.get('SubState')})"
    if state.get("UnitFileState"):
        yield state["UnitFileState"]
    if state.get("Result", "success") != "success":
        yield f"ended by {state['Result']} {state.get('ExecMainStatus')}"
    if state.get("NRestarts", "0") != "0":
        yield f"restarted {state['NRestarts']} times"
    memory = state.get("MemoryCurrent", "")
    if memory.isdecimal() and len(memory) < 16:  # memory that is not accounted is reported as the greatest number
        yield f"{int(memory) / 1024**2:.0f} MB"
    # systemd keeps the last status text of a service that has ended
    if state.get("StatusText") and state.get("ActiveState") == "active":
        yield state["StatusText"]


def _compared(name: str, scope: Scope, options: Options | None, texts: Mapping[Path, str]) -> Iterator[str]:
    wanted: Mapping[str, str] | None = None
    if options:
        try:
            wanted = units(gather(name, options))
        except (RpiocrError, OSError) as error:
            yield f"the files cannot be compared: {error}"
            return
    for path, text in texts.items():
        if not is_ours(text):
            yield f"{path}: not written by rpiocr"
        elif options is None or wanted is None:
            yield f"{path}: written by another version; install again"
        elif wanted.get(path.name) == text:
            yield f"{path}: up to date"
        else:
            yield f"{path}: differs from what this version writes; fix it: {_again(name, scope, options)}"
    if wanted:
        yield from (f"{scope.folder / file}: missing" for file in wanted if scope.folder / file not in texts)


def _again(name: str, scope: Scope, options: Options) -> str:
    """Return the command that writes the units again."""
    words = ["rpiocr", "service", "install", "--name", name]
    if not scope.user:
        words = ["sudo", *words, "--system", "--user-name", options.user]
    words += ["--serve"] if options.port else []
    for flag, value in (
        ("--timer", options.timer),
        ("--port", str(options.port or "")),
        ("--memory-max", options.memory_max),
        ("--config", options.config),
        ("--log-format", options.log_format),
    ):
        words += [flag, value] if value else []
    return shlex.join([*words, "--", options.inbox])
