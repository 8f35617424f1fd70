"""The settings of docs/SETTINGS.md."""

from __future__ import annotations

import simplejson

from rpiocr.sanitize.redact import Secret
from rpiocr.settings import DEFAULTS, PREFIX, SPECS, UNATTENDED_DEFAULTS, Spec

NEVER_SHOWN = {Secret.WHOLE: "it is", Secret.URL: "a password in it is"}
"""How the page begins to state that a secret is not shown, for settings in which one belongs."""


def sections() -> str:
    """Return a section for each setting: how it is given, its default and its range."""
    return "\n\n".join(_section(name, spec) for name, spec in SPECS.items())


def _section(name: str, spec: Spec) -> str:
    example = _example(name, spec)
    written = ",".join(map(str, example)) if isinstance(example, list) else _number(example)
    lines = [
        f"- flag: `--{name.replace('_', '-')} {written}`",
        f"- environment: `{PREFIX}{name.upper()}={written}`",
        f"- file: `{name} = {simplejson.dumps(example)}`",
        f"- default: {_default(name)}",
        f"- may be: {_range(spec)}",
    ]
    if spec.secret in NEVER_SHOWN:
        what = NEVER_SHOWN[spec.secret]
        lines.append(f"- {what} never shown; others can see a flag, but not a file that only you may read")
    return f"## {name}\n\n{spec.help}\n\n" + "\n".join(lines)


def _example(name: str, spec: Spec) -> object:
    if spec.kind is tuple:
        return list(spec.choices[:2])
    if spec.kind is str:
        return DEFAULTS[name] or spec.example or "..."
    return DEFAULTS[name]


def _default(name: str) -> str:
    usual, unattended = DEFAULTS[name], UNATTENDED_DEFAULTS[name]
    return _shown(usual) if usual == unattended else f"{_shown(usual)}; {_shown(unattended)} for `watch` and `batch`"


def _shown(default: object) -> str:
    return f"`{_number(default)}`" if default not in ("", ()) else "not set"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(spec: Spec) -> str:
    choices = ", ".join(f"`{choice}`" for choice in spec.choices)
    if spec.kind is tuple:
        return f"one or more of {choices}; with commas in between, in the file as a list"
    if choices:
        return choices
    if spec.kind is str:
        return f"text such as {spec.example}" if spec.example else "text"
    kind = "a whole number" if spec.kind is int else "a number"
    kind += f" of {spec.unit}" if spec.unit else ""
    kind += f" from {spec.minimum:.10g}" if spec.minimum is not None else ""
    return kind + (f" to {spec.maximum:.10g}" if spec.maximum is not None else "")
