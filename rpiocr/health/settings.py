"""Reports the user's settings with their sources, and faults in them."""

from __future__ import annotations

import difflib
import os
import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpiocr.errors import SettingsError
from rpiocr.settings import (
    DEFAULTS,
    PREFIX,
    SPECS,
    UNATTENDED_DEFAULTS,
    Settings,
    convert,
    exposed,
    holds_secret,
    read_settings_file,
    settings_file,
    shown_setting,
)
from rpiocr.system.finding import Finding, bad, good


@dataclass(frozen=True, slots=True)
class Chosen:
    """The user's settings, each with its source: the settings file or an environment variable."""

    settings: Settings
    origins: Mapping[str, str]


def chosen_settings() -> tuple[Chosen | None, tuple[Finding, ...]]:
    """Return the settings, ``None`` if one is invalid, and the findings."""
    path = settings_file()
    from_file, about_file = _read_file(path)
    from_environment, about_environment, valid = _read_environment()
    values = (from_file or {}) | from_environment
    origins = dict.fromkeys(from_file or {}, str(path))
    origins |= {name: f"the environment variable {PREFIX}{name.upper()}" for name in from_environment}
    changed = (name for name, value in values.items() if {value} != {DEFAULTS[name], UNATTENDED_DEFAULTS[name]})
    shown = (good(f"setting {name} = {shown_setting(name, values[name])}, from {origins[name]}") for name in changed)
    chosen = Chosen(Settings(**values), origins) if valid and from_file is not None else None
    return chosen, (about_file, *about_environment, *shown, *_two_defaults(values))


def _two_defaults(given: Collection[str]) -> Iterator[Finding]:
    """Yield the settings that are not given and whose default depends on the command."""
    for name, default in DEFAULTS.items():
        if name not in given and default != (unattended := UNATTENDED_DEFAULTS[name]):
            yield good(f"setting {name} = {default}, {unattended} for watch and batch, by default")


def _read_file(path: Path) -> tuple[dict[str, Any] | None, Finding]:
    try:
        values = read_settings_file(path, required=False)
    except SettingsError as error:
        return None, bad(f"settings file: {error}", editor_command(path))
    if not path.exists():
        return values, good(f"settings file: {path} (does not exist, not required)")
    if remedy := exposed(path, values):
        secret = " and ".join(name for name, value in values.items() if holds_secret(name, value))
        return values, bad(f"settings file: other users can read {path}, which holds a secret in {secret}", remedy)
    return values, good(f"settings file: {path}")


def _read_environment() -> tuple[dict[str, Any], tuple[Finding, ...], bool]:
    """Return the settings in the environment, faults in them, and whether a run can start."""
    values: dict[str, Any] = {}
    findings = []
    valid = True
    for variable in sorted(name for name in os.environ if name.startswith(PREFIX)):
        name = variable.removeprefix(PREFIX).lower()
        if name not in SPECS:
            findings.append(bad(_unknown(variable, name), f"unset {variable}"))
            continue
        try:
            values[name] = convert(name, os.environ[variable], f"the environment variable {variable}")
        except SettingsError as error:
            findings.append(bad(f"settings: {error}", f"unset {variable}"))
            valid = False
    return values, tuple(findings), valid


def _unknown(variable: str, name: str) -> str:
    near = difflib.get_close_matches(name, SPECS, 1)
    advice = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
    return f"settings: the environment variable {variable} is not a setting and has no effect{advice}"


def editor_command(path: Path) -> str:
    """Return the command that opens a file in the user's editor."""
    return f"${{EDITOR:-nano}} {shlex.quote(str(path))}"
