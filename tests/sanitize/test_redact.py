"""Secrets are removed from text of other programs: errors, log lines and tracebacks."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from rpiocr.errors import defect
from rpiocr.sanitize.redact import Secret, hide, redacted, secrets, secrets_in, shown_url, without
from rpiocr.system.log import TextFormatter
from tests.program import PROJECT

SECRET = "Zq7-hunter2-Zq8"  # noqa: S105 - it is looked for

UNCAUGHT = f"""
import threading
from rpiocr.sanitize.redact import hide, redact_tracebacks
hide(['{SECRET}'])
redact_tracebacks()
def fail():
    raise ValueError('it was ' + '-'.join(['Zq7', 'hunter2', 'Zq8']))
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://user:{SECRET}@host/db",
        f"postgresql://host/db?password={SECRET}",
        f"postgresql:/user:{SECRET}@host",
        f"postgresql://user:{SECRET}",
        f"user:{SECRET}@host:1/db",
        f"sqlite:///x?key={SECRET}",
    ],
)
def test_a_password_is_found_wherever_it_appears_in_a_url(url: str) -> None:
    assert SECRET in set(secrets_in(url))
    assert SECRET not in shown_url(url)
    assert SECRET not in without(f"could not connect as {SECRET}", secrets_in(url))


def test_a_password_is_found_as_it_is_written_and_as_it_is_meant() -> None:
    assert {"p%40ss%2Fword", "p@ss/word"} <= set(secrets_in("postgresql://user:p%40ss%2Fword@host/db"))


def test_names_of_users_and_hosts_are_not_secrets() -> None:
    assert not list(secrets_in("postgresql://someuser@somehost:5432/somedb?host=/run/postgresql"))
    assert not list(secrets("vision.example.com:443", Secret.HOST))


def test_a_user_in_front_of_a_host_may_be_a_key() -> None:
    assert SECRET in set(secrets(f"https://{SECRET}@vision.example.com", Secret.HOST))


def test_what_is_too_short_for_a_secret_is_not_taken_out_of_other_words() -> None:
    said = "password authentication failed for user pi"
    assert without(said, ["pi", "ass"]) == said


def test_log_lines_defects_and_tracebacks_show_no_secret() -> None:
    hide([SECRET])
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        record = logging.LogRecord("a", logging.INFO, "a.py", 1, "said %s", (SECRET,), sys.exc_info())
        lines = TextFormatter().format(record)
        message = str(defect("a.jpg", error))
    assert lines.startswith("rpiocr: said ***\nTraceback")
    assert "ValueError: ***" in message
    assert SECRET not in lines + message
    assert redacted(f"a {SECRET} b") == "a *** b"


def test_uncaught_exceptions_are_printed_without_secrets_also_in_threads() -> None:
    done = subprocess.run([sys.executable, "-c", UNCAUGHT], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("ValueError: it was ***") == 2
    assert SECRET not in done.stderr
