"""No key and no password is printed, logged, stored or written anywhere, whatever goes wrong."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
import sqlalchemy

from rpiocr.cli import cli
from rpiocr.errors import ExitCode
from rpiocr.settings import PREFIX, SPECS, Settings, holds_secret, shown_setting
from rpiocr.store.database import Database
from rpiocr.store.tables import META
from tests.program import QUICK, SMALL, Run, surroundings
from tests.service.machine import machine_in
from tests.store.postgres import Server, server

__all__ = ["server"]

SECRET = "Zq7-hunter2-Zq7"  # noqa: S105 - it is looked for

STORES = (
    f"postgresql://nobody:{SECRET}@127.0.0.1:1/receipts",
    f"postgresql://127.0.0.1:1/receipts?user=nobody&password={SECRET}",
    f"postgresql://127.0.0.1:1/receipts?sslpassword={SECRET}&nonsense={SECRET}",
    f"mysql://nobody:{SECRET}@localhost/receipts",
    f"sqlite+pysqlcipher://:{SECRET}@/receipts",
    f"postgresql:/nobody:{SECRET}@localhost/receipts",
    f"postgresql://nobody:{SECRET}",
    f"postgresql://nobody:half@{SECRET}@localhost/receipts",
    f"postgresql://nobody:{SECRET}@localhost:port/receipts",
    f"nobody:{SECRET}@localhost",
    f"host=localhost password={SECRET}",
)
OTHERS: Sequence[Mapping[str, Any]] = (
    {"vision_api_key": SECRET},
    {"vision_api_key": f"{SECRET} with blanks"},
    {"vision_api_key": SECRET, "vision_endpoint": f"https://{SECRET}@vision.example.com"},
    {"vision_api_key": SECRET, "vision_endpoint": f"http://vision.example.com/{SECRET}?key={SECRET}"},
    {"vision_api_key": SECRET, "vision_credentials": "default"},
    {"vision_credentials": json.dumps({"type": "service_account", "private_key": SECRET})},
    {"vision_credentials": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n"},
)
OF_WRONG_KIND: Sequence[Mapping[str, Any]] = ({"vision_api_key": [SECRET]}, {"store": [SECRET]})
"""Only a file can hold these."""

ARGUMENTS: Mapping[str, Sequence[object]] = {
    "scan": (*QUICK, SMALL),
    "items": (*QUICK, SMALL),
    "check": (SMALL,),
    "bench": ("--quick", SMALL),
    "explain": (*QUICK, SMALL),
    "schema": (),
    "doctor": (),
    "completion": ("bash",),
    "watch": ("--once", "inbox"),
    "serve": ("--port", "0", "--watch", "/proc/no/inbox"),  # which ends it
    "batch": (*QUICK, SMALL),
    "list": (),
    "show": ("1",),
    "search": ("tea",),
    "fix": ("1", "amount=1"),
    "review": (),
    "archive": ("1",),
    "delete": ("--yes", "1"),
    "prices": ("tea",),
    "merchants": ("list",),
    "stats": (),
    "prune": ("--yes", "--older-than", "1d"),
    "export": ("--out", "receipts.csv"),
    "service": ("install", "--no-start", "inbox"),
    "verify": (),
    "clean": ("--yes",),
    "backup": ("receipts.zip",),
    "restore": ("receipts.zip",),
}
"""Arguments of every command; what is stored comes from the settings."""

RUN = """
import json, os, sys
from contextlib import closing
from pathlib import Path
from rpiocr.__main__ import run

for case in json.load(sys.stdin):
    Path(case["file"]).write_text(case["toml"], "utf-8")
    before = dict(os.environ)
    os.environ.update(case["environment"])
    try:
        run(case["arguments"])
    except BaseException:
        print("NOT CAUGHT", case["arguments"], file=sys.stderr)
        sys.excepthook(*sys.exc_info())
    for name in case["environment"]:
        os.environ.pop(name)
"""
"""Runs many commands in one process, which spares most of the time."""

TESSERACT = """#!/bin/sh
case "$*" in *--list-langs*) printf 'List of available languages (2):\\neng\\nosd\\n'; exit 0 ;; esac
echo "tesseract 5.3.0"
"""
"""Reads nothing, at once."""


USING = {
    "store": {
        *("watch", "batch", "list", "show", "search", "fix", "archive", "delete", "prices", "stats", "prune", "export"),
        "clean",
        "service",
    },
    "vision_api_key": {"scan", "explain", "batch", "doctor", "service"},
    "vision_credentials": {"scan", "doctor", "service"},
}
"""The commands for which the first setting of a case matters: with the first case of each, all are run."""


def cases(source: str, path: Path) -> Iterator[dict[str, Any]]:
    """Yield commands with each value that holds the secret, given by ``source``."""
    wrong = OF_WRONG_KIND if source == "file" else ()
    seen = set()
    for values in (*OTHERS, *wrong, *({"store": store} for store in STORES)):
        first = next(iter(values))
        for name in ARGUMENTS if first not in seen else USING[first]:
            yield _case(source, path, values, name)
        seen.add(first)


def command_of(name: str) -> click.Command:
    """The command of this name."""
    command = cli.get_command(click.Context(cli), name)
    assert command
    return command


def _case(source: str, path: Path, values: Mapping[str, Any], name: str) -> dict[str, Any]:
    given, environment, toml = [], {}, "engine = 'tesseract'\n"
    options = {option for parameter in command_of(name).params for option in parameter.opts}
    if "--verbose" in options:
        given.append("--verbose")
    if "--log-format" in options:
        given += ["--log-format", "json"]
    for setting, value in values.items():
        flag = f"--{setting.replace('_', '-')}"
        if source == "environment":
            environment[f"{PREFIX}{setting.upper()}"] = value
        elif source == "file":
            toml += f"{setting} = {json.dumps(value)}\n"
        elif flag in options:
            given += [flag, value]
    arguments = [name, *given, *map(str, ARGUMENTS[name])]
    return {"file": str(path), "toml": toml, "environment": environment, "arguments": arguments}


@pytest.mark.slow
@pytest.mark.parametrize("source", ["flag", "environment", "file"])
def test_a_secret_is_neither_shown_nor_kept_by_any_command_whatever_is_wrong_with_it(
    tmp_path: Path, source: str
) -> None:
    assert set(ARGUMENTS) == set(cli.list_commands(click.Context(cli)))
    machine = machine_in(tmp_path)
    tesseract = tmp_path / "programs" / "tesseract"
    tesseract.write_text(TESSERACT, "utf-8")
    tesseract.chmod(0o755)
    (tmp_path / "inbox").mkdir()
    settings = machine.home / "config" / "rpiocr" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.touch(0o600)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN],
        env=surroundings(machine.home, PATH=machine.path, NOTES=str(machine.notes)),
        cwd=tmp_path,
        input=json.dumps(list(cases(source, settings))),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "NOT CAUGHT" not in done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert "postgresql://nobody:***@127.0.0.1:1/receipts" in done.stderr
    settings.unlink()
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert kept == []


@pytest.mark.slow
def test_a_store_with_a_password_works_and_shows_it_nowhere(server: Server, run: Run, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.jpg").write_bytes(SMALL.read_bytes())
    with server.fresh() as url:
        store = url.replace("tester@", f"tester:{SECRET}@") + f"&sslpassword={SECRET}"
        watched = run(
            "watch", "--once", "--verbose", "--log-format", "json", *QUICK, tmp_path / "inbox", RPIOCR_STORE=store
        )
        listed = run("list", "--verbose", RPIOCR_STORE=store)
        doctor = run("doctor", RPIOCR_STORE=store, RPIOCR_ENGINE="tesseract")
        with closing(Database(url)) as database, database.snapshot() as connection:
            tables = [connection.execute(sqlalchemy.select(table)).all() for table in META.tables.values()]
    assert watched.status == listed.status == ExitCode.OK
    assert listed.only["amount"] == watched.only["amount"]
    (watching,) = (json.loads(line) for line in watched.stderr.splitlines() if '"watching"' in line)
    assert watching["store"].startswith("postgresql+psycopg://tester:***@/")
    assert "setting store = postgresql://tester:***@/" in doctor.stdout
    for outcome in (watched, listed, doctor):
        assert SECRET not in outcome.stdout + outcome.stderr
    assert SECRET not in str(tables)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("vision_api_key", SECRET, "(not shown)"),
        ("vision_api_key", "", ""),
        (
            "store",
            f"postgresql://pi:{SECRET}@host:5432/db?sslmode=require",
            "postgresql://pi:***@host:5432/db?sslmode=require",
        ),
        ("store", "postgresql://pi@host/db", "postgresql://pi@host/db"),
        ("store", f"postgresql://pi@[::1]/db?password={SECRET}", "postgresql://pi@[::1]/db?password=***"),
        ("store", f"postgresql://pi:a:{SECRET}/?b@host/db", "postgresql://pi:***@host/db"),
        ("store", f"postgresql://pi@x:{SECRET}@host/db", "(not shown)"),
        ("store", "sqlite:////home/pi/a@b:c.sqlite", "sqlite:////home/pi/a@b:c.sqlite"),
        ("store", "receipts.sqlite", "receipts.sqlite"),
        ("vision_endpoint", "https://vision.example.com:443", "https://vision.example.com:443"),
        ("vision_endpoint", f"https://{SECRET}@vision.example.com", "(not shown)"),
        ("vision_credentials", "/home/pi/vision.json", "/home/pi/vision.json"),
        ("vision_credentials", f'{{"private_key": "{SECRET}"}}', "(not shown)"),
        ("psm", ("3", "6"), "3,6"),
        ("mode", "low", "low"),
    ],
)
def test_of_a_setting_all_is_shown_but_its_secret(name: str, value: object, seen: str) -> None:
    assert shown_setting(name, value) == seen
    assert holds_secret(name, value) == (SECRET in str(value))


def test_settings_in_the_words_of_python_show_no_secret() -> None:
    secrets = {name: SECRET for name, spec in SPECS.items() if spec.secret}
    assert {"vision_api_key", "store", "vision_endpoint", "vision_credentials"} <= set(secrets)
    assert SECRET not in repr(Settings(**secrets))  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_settings_file_with_a_secret_that_others_can_read_is_refused_with_the_command_that_fixes_it(
    run: Run, home: Path, tmp_path: Path, mode: int
) -> None:
    usual, other = home / "config" / "rpiocr" / "settings.toml", tmp_path / "my settings.toml"
    usual.parent.mkdir(parents=True)
    for path, arguments in ((usual, ()), (other, ("--config", other))):
        path.write_text(f"store = 'postgresql://pi:{SECRET}@127.0.0.1:1/receipts'\n", "utf-8")
        path.chmod(mode)
        refused = run("list", *arguments)
        assert (refused.status, refused.stdout) == (ExitCode.USAGE, "")
        said, remedy = refused.stderr.split("; run: ")
        assert str(path) in said
        assert "store" in said
        subprocess.run(remedy, shell=True, check=True)  # noqa: S602 - it is what a user would copy
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert run("list", *arguments).status == ExitCode.STORE
    assert SECRET not in refused.stderr


def test_a_settings_file_without_a_secret_may_be_read_by_all(run: Run, home: Path) -> None:
    path = home / "config" / "rpiocr" / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_text("store = 'sqlite:///receipts.sqlite'\nvision_endpoint = 'eu-vision.googleapis.com'\n", "utf-8")
    path.chmod(0o644)
    assert run("list", "--store", f"sqlite:///{home / 'receipts.sqlite'}").status == ExitCode.OK


@pytest.mark.slow
def test_settings_from_a_pipe_need_no_rights(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rpiocr", "list", "--config", "/dev/stdin"],
        env=surroundings(home),
        input=f"vision_api_key = '{SECRET}'\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, SECRET in done.stderr) == (ExitCode.OK, False)


def test_doctor_goes_on_after_a_settings_file_that_others_can_read(run: Run, home: Path) -> None:
    path = home / "config" / "rpiocr" / "settings.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f"engine = 'tesseract'\nstore = 'postgresql://pi:{SECRET}@host/receipts'\n", "utf-8")
    path.chmod(0o644)
    outcome = run("doctor")
    assert outcome.status == ExitCode.MISSING_DEPENDENCY
    assert (
        f"fix settings file: other users can read {path}, which holds a secret in store\n      chmod 600 {path}\n"
        in outcome.stdout
    )
    assert f"setting store = postgresql://pi:***@host/receipts, from {path}" in outcome.stdout
    assert SECRET not in outcome.stdout + outcome.stderr
