"""Installs and removes a service, and yields one line per completed step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rpiocr.service.errors import ForeignUnitError, SystemdRefusedError, UnsuitableFolderError
from rpiocr.service.facts import folders
from rpiocr.service.files import check_free, remove, text_of, unit_files, write
from rpiocr.service.hints import hints, later, log_command
from rpiocr.service.places import Scope, account, make_folders
from rpiocr.service.systemctl import ask
from rpiocr.service.units import Facts, is_ours, main_unit, options_in, units


def install(facts: Facts, scope: Scope, *, start: bool) -> Iterator[str]:
    """Write the units, reload systemd and start them; yields what was done and the next steps.

    If nothing has changed, a running service is left running; without ``start`` it is only enabled. If systemd cannot
    be reached, the commands to run later are yielded. Raises ServiceError.
    """
    check_free(facts.name, scope)
    yield from _make_folders(facts)
    yield from _leave_behind(facts, scope)
    changed = False
    for path, text in unit_paths(facts, scope).items():
        wrote = write(path, text)
        changed = changed or wrote
        yield f"wrote {path}" if wrote else f"{path} is up to date"
    unit = main_unit(facts.name, facts.options)
    begin = [("restart" if changed else "start", unit)] if start else []
    yield from _run(scope, facts.name, [("daemon-reload",), ("enable", unit), *begin])
    yield from hints(facts, scope, started=start)


def uninstall(name: str, scope: Scope) -> Iterator[str]:
    """Stop and disable the units called ``name`` and remove their files; yields what was done.

    Receipts and the store stay. Raises ServiceError, for example if the files were not written by rpiocr.
    """
    texts = {path: text for path in unit_files(name, scope) if (text := text_of(path)) is not None}
    ours = [path for path, text in texts.items() if is_ours(text)]
    foreign = [path for path in texts if path not in ours]
    if foreign and not ours:
        message = f"{foreign[0]} was not written by rpiocr and is left unchanged; give the --name it was installed with"
        raise ForeignUnitError(message)
    if not ours:
        yield f"nothing to remove: {scope.folder / name}.service does not exist"
        return
    yield from _remove(scope, ours)
    yield from (f"left unchanged, as it was not written by rpiocr: {path}" for path in foreign)
    for arguments in (("daemon-reload",), ("reset-failed", *(path.name for path in ours))):
        reply = ask(scope, *arguments)
        if reply.done:
            yield f"ran {reply.command}"
    yield "receipts, settings and the store are kept"


def _remove(scope: Scope, units: Sequence[Path]) -> Iterator[str]:
    yield from _disable(scope, *units)
    for path in units:
        remove(path)
        yield f"removed {path}"


def _make_folders(facts: Facts) -> Iterator[str]:
    try:
        for folder in make_folders(folders(facts), account(facts.options.user)):
            yield f"created {folder}"
    except OSError as error:
        message = f"the folder {error.filename} cannot be created: {error.strerror}; create it or give another"
        raise UnsuitableFolderError(message) from error


def _leave_behind(facts: Facts, scope: Scope) -> Iterator[str]:
    """Stop a unit of the other kind installed under this name before, and report if it read another folder."""
    timer, service = unit_files(facts.name, scope)
    before = options_in(text_of(service) or "")
    if before and before.inbox != facts.options.inbox:
        yield f"instead of {before.inbox}, which is no longer read (for both, give one of them its own --name)"
    if before and not before.timer and facts.options.timer:
        yield from _disable(scope, service)
    if not facts.options.timer and text_of(timer) is not None:
        yield from _disable(scope, timer)
        remove(timer)
        yield f"removed {timer}"


def _disable(scope: Scope, *paths: Path) -> Iterator[str]:
    reply = ask(scope, "disable", "--now", *(path.name for path in paths))
    if reply.done:
        yield f"ran {reply.command}"
    elif reply.reached:
        message = f"{reply.command} failed, so nothing was changed: {_first_line(reply.output)}"
        raise SystemdRefusedError(message)
    else:
        yield f"systemd cannot be reached from here, so running services are not stopped: {_first_line(reply.output)}"


def _run(scope: Scope, name: str, steps: Sequence[tuple[str, ...]]) -> Iterator[str]:
    for index, step in enumerate(steps):
        reply = ask(scope, *step)
        if not reply.reached:
            yield f"systemd cannot be reached from here: {_first_line(reply.output)}"
            commands = " && ".join(later(scope, *rest) for rest in steps[index:])
            yield f"the files are in place; once systemd can be reached, run: {commands}"
            return
        if not reply.done:
            message = f"{reply.command} failed: {_first_line(reply.output)}; see {log_command(name, scope)}"
            raise SystemdRefusedError(message)
        yield f"ran {reply.command}"


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def unit_paths(facts: Facts, scope: Scope) -> dict[Path, str]:
    """Return the text of each unit by its path."""
    return {scope.folder / file: text for file, text in units(facts).items()}
