"""Keeps the generated documents fresh: ``python scripts/docs.py`` writes them, ``--check`` fails where one is stale.

docs/CLI.md and the manual pages in man/ come from the help of every command, docs/SETTINGS.md from the declarations in
rpiocr/settings.py, the order of imports in docs/ARCHITECTURE.md from pyproject.toml, the tables of docs/RELIABILITY.md
from those that its tests go by.
README.md shows what the tool says of tests/fixtures/sample.jpg; ``--sample`` reads it anew. That part is not checked,
because versions of Tesseract differ in what they read; that its markers are in place is.
"""

from __future__ import annotations

import difflib
import importlib
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import simplejson

from rpiocr.commands.command import Command, Group
from rpiocr.errors import RpiocrError
from rpiocr.sanitize.redact import Secret
from rpiocr.settings import DEFAULTS, PREFIX, SPECS, Spec
from rpiocr.system.json_text import dumps

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from scripts import manpages  # noqa: E402 - as this script is run by its path
from scripts.command_tree import below, contexts, option_groups, paragraphs  # noqa: E402
from tests.faults.faults import FAULTS  # noqa: E402 - the tests are no package that is installed
from tests.faults.inputs import INPUTS  # noqa: E402

RELIABILITY = Path("docs/RELIABILITY.md")
SINGLE_FAULTS = Path("tests/faults/single.toml")
CLI_PAGE = Path("docs/CLI.md")
SETTINGS_PAGE = Path("docs/SETTINGS.md")
ARCHITECTURE = Path("docs/ARCHITECTURE.md")
README = Path("README.md")
MANUAL = Path("man")
SAMPLE = "tests/fixtures/sample.jpg"
MARKERS = ("sample-table", "sample-json")
"""Parts of README.md that are filled in, each between <!-- NAME --> and <!-- /NAME -->."""

TABLE_WIDTH = 116
"""Columns; the usual 80 would fold the name of the sample."""

ERRORS_HEAD = """What `error.code` of a line may be, or what stands before the colon in `warnings`. Codes stay as
they are; the sentences beside them are for people and may change. `defect` is an error of rpiocr itself."""

ERROR_MODULES = (
    *("batch.paths", "commands.output_file", "executors.errors", "service.errors", "store.errors", "store.words"),
    "watch.errors",
)
"""Where errors are defined besides rpiocr/errors.py."""

NEVER_SHOWN = {Secret.WHOLE: "it is", Secret.URL: "a password in it is"}
"""What is said of settings in which a secret belongs; in the others it is a mistake."""

MADE = "<!-- Made by scripts/docs.py; edit the code, then run it again. -->"


def cli_page() -> str:
    """Return docs/CLI.md."""
    head = "What each setting means, and where else it can be set, is in [SETTINGS.md](SETTINGS.md)."
    parts = ["# Commands", MADE, head]
    for context in contexts():
        parts += _command_parts(context)
    for module in ERROR_MODULES:
        importlib.import_module(f"rpiocr.{module}")
    parts += ["## Error codes", ERRORS_HEAD, "\n".join(_error_lines(RpiocrError))]
    return "\n\n".join(parts) + "\n"


def _error_lines(error: type[RpiocrError]) -> Iterator[str]:
    for one in error.__subclasses__():
        meaning = (one.__doc__ or "").strip().splitlines()[0]
        yield f"- `{one.code}`: {meaning.replace('``', '`')}"
        yield from _error_lines(one)


def _command_parts(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f"## {context.command_path}"
    yield "    " + " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from paragraphs(command)
    if isinstance(command, click.Group):
        direct = [(one.command_path, paragraphs(one.command)[0]) for one in below(context)]
        yield "Commands:"
        yield "\n".join(f"- [`{path}`](#{path.replace(' ', '-')}): {does}" for path, does in direct)
    for heading, options in option_groups(context).items():
        yield f"{heading}:"
        yield "\n".join(f"- `{flags}`: {text}" for flags, text in options)
    if isinstance(command, Command | Group) and command.examples:
        yield "Examples:"
        yield "\n".join(f"- {one.does}: `{one.line}`" for one in command.examples)


def settings_page() -> str:
    """Return docs/SETTINGS.md."""
    head = f"""# Settings

{MADE}

Every setting can be given in three places. The first of these that has it wins:

1. as a flag of `rpiocr scan`;
2. as an environment variable;
3. in the settings file `~/.config/rpiocr/settings.toml` (`$XDG_CONFIG_HOME/rpiocr/settings.toml` where that variable is
   set), or in the file named by `--config`, which is then read instead.

There need not be a file. In it, a line is written as shown below, such as

    mode = "high"
    lang = "deu+eng"
    psm = ["6", "11"]

An unknown name or a value that a setting cannot take ends the run with exit status 2 and a sentence that says what it
may be. `rpiocr doctor` shows which file is read and what in it, and in the environment, differs from the defaults."""
    return "\n\n".join([head, *(_setting_part(name, spec) for name, spec in SPECS.items())]) + "\n"


def _setting_part(name: str, spec: Spec) -> str:
    example = _example(name, spec)
    written = ",".join(map(str, example)) if isinstance(example, list) else _number(example)
    lines = [
        f"- flag: `--{name.replace('_', '-')} {written}`",
        f"- environment: `{PREFIX}{name.upper()}={written}`",
        f"- file: `{name} = {simplejson.dumps(example)}`",
        f"- default: {_shown(DEFAULTS[name])}",
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
    kind += f" from {spec.least:.10g}" if spec.least is not None else ""
    return kind + (f" to {spec.most:.10g}" if spec.most is not None else "")


def architecture_page() -> str:
    """Return docs/ARCHITECTURE.md with the order of imports renewed."""
    with (PROJECT / "pyproject.toml").open("rb") as stream:
        contracts = tomllib.load(stream)["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    lines = [layer.replace("rpiocr.", "").replace(" | ", "   ") for layer in layers]
    return fill((PROJECT / ARCHITECTURE).read_text("utf-8"), "layers", "\n".join(["```", *lines, "```"]))


def reliability_page() -> str:
    """Return docs/RELIABILITY.md with its tables renewed."""
    text = (PROJECT / RELIABILITY).read_text("utf-8")
    inputs = ["| input | where it belongs | its lines |", "|---|---|---|"]
    for one in INPUTS.values():
        place = one.place.replace("|", " or ") if one.settles else "stays where it is"
        codes = ", ".join("a result" if not code else "an error" if code == "*" else f"`{code}`" for code in one.codes)
        inputs.append(f"| {one.words} | {place} | {codes or 'none'} |")
    faults = ["| fault | what differs for good |", "|---|---|"]
    faults += [f"| {fault.words} | {fault.differs or 'nothing'} |" for fault in FAULTS.values()]
    text = fill(text, "inputs", "\n".join(inputs))
    text = fill(text, "faults", "\n".join(faults))
    text = fill(text, "cells", f"{len(INPUTS)} x {len(FAULTS)} = {len(INPUTS) * len(FAULTS)}")
    return fill(text, "single", "\n\n".join(_single_faults()))


def _single_faults() -> Iterator[str]:
    with (PROJECT / SINGLE_FAULTS).open("rb") as stream:
        parts = tomllib.load(stream)
    for part in parts.values():
        rows = [f"| {row['fault']} | {row['outcome']} | `{row['test']}` |" for row in part["rows"]]
        yield f"### {part['title']}\n\n| fault | what happens | test |\n|---|---|---|\n" + "\n".join(rows)


def read_sample() -> dict[str, str]:
    """Read the sample receipt with the defaults; return the parts of README.md that show it."""
    shown = "\n".join(line.rstrip() for line in _scan("table").splitlines()).strip("\n")
    (result,) = simplejson.loads(_scan("json"), use_decimal=True)
    for timed in (result, *result["rungs"]):
        timed["elapsed_s"] = 0
    lines = [f"  {dumps(name)}: {_nested(value)}" for name, value in result.items()]
    written = "{\n" + ",\n".join(lines) + "\n}"
    return {"sample-table": f"```\n{shown}\n```", "sample-json": f"```json\n{written}\n```"}


def _nested(value: object) -> str:
    """Break an object or a list of objects over lines, one each; all else stays on one line."""
    if isinstance(value, list) and value and all(isinstance(inner, dict) for inner in value):
        return "[\n" + ",\n".join(f"    {dumps(inner)}" for inner in value) + "\n  ]"
    if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
        return "{\n" + ",\n".join(f"    {dumps(name)}: {dumps(inner)}" for name, inner in value.items()) + "\n  }"
    return dumps(value)


def _scan(output: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with tempfile.TemporaryDirectory() as empty:
        # Neither this user's settings nor an earlier answer of the cloud may show in the document.
        own = {"XDG_CONFIG_HOME": empty, "XDG_STATE_HOME": empty, "COLUMNS": str(TABLE_WIDTH)}
        command = [sys.executable, "-m", "rpiocr", "scan", "--format", output, "--cloud", "never", SAMPLE]
        done = subprocess.run(command, cwd=PROJECT, env=kept | own, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def fill(text: str, name: str, body: str) -> str:
    """Put ``body`` between the markers of ``name``."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{body}\n{end}{after}"


def marker_faults(text: str) -> Iterator[str]:
    """Say which markers are missing, doubled, in the wrong order or empty."""
    for name in MARKERS:
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
            yield f"{README} must have {begin} once and {end} once after it"
        elif not text.partition(begin)[2].partition(end)[0].strip():
            yield f"{README} has nothing between {begin} and {end}; run python scripts/docs.py --sample"


def stale(pages: dict[Path, str]) -> Iterator[str]:
    """Yield a diff for every page that is not as it would be written."""
    for path, wanted in pages.items():
        there = (PROJECT / path).read_text("utf-8") if (PROJECT / path).exists() else ""
        lines = there.splitlines(keepends=True), wanted.splitlines(keepends=True)
        yield from difflib.unified_diff(*lines, f"{path} as it is", f"{path} as it should be")


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; end with status 1 and a diff where a document is stale.")
@click.option("--sample", is_flag=True, help="Also read the sample receipt anew for README.md.")
def main(*, check: bool, sample: bool) -> None:
    """Write the generated documents."""
    pages = {CLI_PAGE: cli_page(), SETTINGS_PAGE: settings_page(), ARCHITECTURE: architecture_page()}
    pages[RELIABILITY] = reliability_page()
    pages |= {MANUAL / name: text for name, text in manpages.pages().items()}
    removed = [path for path in sorted((PROJECT / MANUAL).glob("*")) if path.relative_to(PROJECT) not in pages]
    readme = (PROJECT / README).read_text("utf-8")
    faults = list(marker_faults(readme))
    if check:
        diff = "".join(stale(pages))
        click.echo(diff, nl=False)
        faults += ["run python scripts/docs.py and commit what it writes"] if diff or removed else []
    else:
        (PROJECT / MANUAL).mkdir(exist_ok=True)
        for path, text in pages.items():
            (PROJECT / path).write_text(text, "utf-8")
        for path in removed:
            path.unlink()
    if sample and not check:
        for name, body in read_sample().items():
            readme = fill(readme, name, body)
        (PROJECT / README).write_text(readme, "utf-8")
        faults = list(marker_faults(readme))
    for fault in faults:
        click.echo(f"scripts/docs.py: {fault}", err=True)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
