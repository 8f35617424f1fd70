"""Measures the processor time of every test, with that of the processes that it started.

Unlike ``--durations``, which is printed beside it, it hardly depends on what else the machine does.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.program import warm

TICKS = os.sysconf("SC_CLK_TCK")
NAME = "cpu_s"


def used_s() -> float:
    """Seconds that this process has used, those of its children that have ended, and the one that is forked."""
    times = os.times()
    own = times.user + times.system + times.children_user + times.children_system
    if not warm.cache_info().currsize:
        return own
    try:
        fields = Path(f"/proc/{warm().pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return own
    return own + sum(map(int, fields[11:15])) / TICKS


class Measure:
    """Gives each test's reports its processor time, and prints who used most."""

    def __init__(self) -> None:
        self._tests: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, bool, bool]:
        """Note what had been used before."""
        item.stash[BEFORE] = used_s()
        return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Give the last report of a test what it used."""
        if call.when == "teardown":
            item.user_properties.append((NAME, used_s() - item.stash[BEFORE]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect."""
        if report.when == "teardown":
            self._tests[report.nodeid] = sum(
                float(str(value)) for name, value in report.user_properties if name == NAME
            )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the dearest tests, and the sum of each folder, as many as ``--durations`` asks for."""
        most = terminalreporter.config.getoption("durations")
        if most is None or not self._tests:
            return
        folders = dict[str, float]()
        for test, seconds in self._tests.items():
            folder = "/".join(test.partition("::")[0].split("/")[:2])
            folders[folder] = folders.get(folder, 0) + seconds
        terminalreporter.write_sep("=", f"processor time: {sum(folders.values()):.0f} s")
        for table in (self._tests, folders):
            for name, seconds in Counter(table).most_common(most or None):
                terminalreporter.write_line(f"{seconds:8.2f} s  {name}")


BEFORE = pytest.StashKey[float]()
