"""The log: what people and programs find in a line."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.system.log import Log
from tests.program import PROJECT

ODD = "a b\n\"q\" 'x' = \udce9 \u202e é.jpg"

any_text = st.text(st.characters(exclude_categories=()), max_size=60)


def written(log_format: str, **facts: object) -> str:
    stream = io.StringIO()
    Log(log_format, stream).event("receipt", **facts)
    return stream.getvalue()


def test_a_line_for_programs_has_the_time_in_utc_and_money_with_its_decimals() -> None:
    line = written("json", file="a.jpg", amount=Decimal("12.50"), date=None)
    found = json.loads(line, parse_float=Decimal)
    assert (found["event"], found["level"], found["file"], str(found["amount"])) == (
        "receipt",
        "info",
        "a.jpg",
        "12.50",
    )
    assert "date" not in found
    assert found["time"].endswith("Z")
    assert dt.datetime.fromisoformat(found["time"]).utcoffset() == dt.timedelta(0)


def test_a_line_for_people_has_facts_that_can_be_searched_for_and_the_sentence_at_its_end() -> None:
    line = written("text", file="a b.jpg", seconds=1.23456, message="copy it\nagain.")
    assert line.endswith(' rpiocr: receipt file="a b.jpg" seconds=1.235 - copy it\\nagain.\n')


def test_errors_can_be_distinguished_from_the_rest() -> None:
    stream = io.StringIO()
    Log("text", stream).error("receipt", code="no_text")
    assert stream.getvalue().endswith(" rpiocr: error: receipt code=no_text\n")


@given(any_text, any_text)
def test_whatever_a_file_is_called_it_stays_on_one_line_that_any_file_can_hold(name: str, message: str) -> None:
    for log_format in ("text", "json"):
        line = written(log_format, file=name, message=message)
        assert line.encode("utf-8").decode("utf-8").count("\n") == 1


@given(any_text)
def test_programs_get_any_name_back_as_it_is(name: str) -> None:
    assert json.loads(written("json", file=name))["file"] == json.loads(json.dumps(name))


def test_a_name_that_turns_the_writing_around_is_shown_for_what_it_is() -> None:
    line = written("text", file=ODD)
    assert line.rstrip("\n").isprintable()
    assert "\\u202e" in line
    assert "\\n" in line


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_nothing_is_written_where_quiet_is_wished(log_format: str) -> None:
    stream = io.StringIO()
    Log(log_format, stream, quiet=True).event("receipt", file="a.jpg")
    assert stream.getvalue() == ""


def test_a_log_on_a_full_disk_does_no_harm() -> None:
    script = (
        "from rpiocr.system.log import Log; log = Log('text'); log.event('one'); log.event('two'); print('went on')"
    )
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, stdout=-1, stderr=full, check=False)
    assert done.stdout == b"went on\n"


def test_lines_of_several_threads_do_not_mix() -> None:
    stream = io.StringIO()
    log = Log("json", stream)

    def many() -> None:
        for number in range(200):
            log.event("receipt", number=number, file="x" * 500)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == 800


PROGRAM = """
import logging, sys
from rpiocr.sanitize.redact import hide
from rpiocr.system.log import Log, set_up_logging
hide(["hunter2-hunter2", 'hun"ter2'])
set_up_logging(logging.INFO, sys.argv[1])
logging.getLogger("lib").info("key=%s\\nsecond line", "hunter2-hunter2")
try:
    raise ValueError("hunter2-hunter2")
except ValueError:
    logging.getLogger("lib").exception("it failed")
Log(sys.argv[1]).event("receipt", file="hunter2-hunter2.jpg", other='hun"ter2', amount=None)
"""


def logged(log_format: str) -> str:
    """What a program logs of a library, of an exception and of an event."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, log_format],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "hun" not in done.stderr
    return done.stderr


def test_messages_of_libraries_are_json_too_where_the_log_is() -> None:
    first, failed, event = map(json.loads, logged("json").splitlines())
    assert first["event"] == failed["event"] == "log"
    assert (first["level"], first["logger"], first["message"]) == ("info", "lib", "key=***\nsecond line")
    assert failed["traceback"].endswith("ValueError: ***")
    assert (event["event"], event["file"]) == ("receipt", "***.jpg")


def test_messages_of_libraries_are_lines_and_a_traceback_where_the_log_is_for_people() -> None:
    assert logged("text").startswith("rpiocr: key=***\nsecond line\nrpiocr: it failed\nTraceback (most recent")
