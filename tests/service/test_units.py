"""Units as systemd itself reads them."""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.service.errors import UnitTextError
from rpiocr.service.escape import checked, command_line, quoted
from rpiocr.service.facts import TEMPORARY
from rpiocr.service.units import Facts, Options, units
from tests.service.machine import Machine

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed: apt install systemd"
)

ODD = [
    "two words",
    "100% %h %n",
    'so "called"',
    "it's",
    "Küche/Öl 領収書",
    "back\\slash",
    "$HOME ${x} $$",
    ";",
    "#x",
    "-",
]


def facts(folder: Path, **changes: object) -> Facts:
    """Make the facts of an ordinary machine on which ``folder`` holds the inbox."""
    ordinary = Facts(
        name="rpiocr",
        options=Options(inbox=str(folder / "inbox")),
        program=(sys.executable, "-m", "rpiocr"),
        writable=(str(folder), str(folder / "data")),
        environment=(("XDG_DATA_HOME", str(folder / "data")),),
        network=False,
        watchdog_s=300,
        sandboxed=True,
        private_tmp=True,
        systemd=252,
    )
    return replace(ordinary, **changes)  # type: ignore[arg-type]


def values(text: str, name: str) -> list[str]:
    """Return the words of a setting in a unit, all of its lines together, as the unit's author meant them."""
    lines = (line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{name}="))
    return [word.replace("%%", "%") for line in lines for word in shlex.split(line.removeprefix(":"))]


def verify(texts: dict[str, str], folder: Path, *, user: bool) -> str:
    """Have systemd check units; returns what it finds fault with."""
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    run = subprocess.run(
        ["systemd-analyze", "--user" if user else "--system", "verify", *(str(folder / name) for name in texts)],
        env=os.environ | {"XDG_RUNTIME_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stderr + run.stdout + (f"status {run.returncode}" if run.returncode else "")


@needs_systemd
@pytest.mark.parametrize("sandboxed", [True, False])
@pytest.mark.parametrize("network", [True, False])
@pytest.mark.parametrize("user", ["", pwd.getpwuid(os.geteuid()).pw_name])
@pytest.mark.parametrize("timer", ["", "5min", "03:30", "daily"])
def test_systemd_finds_nothing_wrong(tmp_path: Path, timer: str, user: str, *, network: bool, sandboxed: bool) -> None:
    options = Options(inbox=str(tmp_path / "inbox"), timer=timer, user=user, config="/c.toml", log_format="json")
    texts = units(facts(tmp_path, options=options, network=network, sandboxed=sandboxed))
    assert len(texts) == (2 if timer else 1)
    assert verify(texts, tmp_path, user=not user) == ""


@needs_systemd
def test_systemd_would_find_what_is_wrong(tmp_path: Path) -> None:
    texts = {name: text.replace("ProtectSystem", "ProtectSystems") for name, text in units(facts(tmp_path)).items()}
    assert "ProtectSystems" in verify(texts, tmp_path, user=True)


@needs_systemd
@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("user", ["", pwd.getpwuid(os.geteuid()).pw_name])
def test_an_odd_folder_reaches_systemd_as_it_is_called(tmp_path: Path, name: str, user: str) -> None:
    folder = tmp_path / name
    for text in units(facts(folder, options=Options(str(folder / "inbox"), user=user))).values():
        assert verify({"rpiocr.service": text}, tmp_path, user=not user) == ""
        assert values(text, "ReadWritePaths") == [str(folder), str(folder / "data")]
        assert values(text, "Environment")[0] == f"XDG_DATA_HOME={folder / 'data'}"
        assert values(text, "ExecStart")[-2:] == ["--", str(folder / "inbox")]
        if user:
            assert values(text, "RequiresMountsFor") == [str(folder / "inbox")]


@needs_systemd
@pytest.mark.parametrize("name", ODD)
def test_a_program_in_an_odd_folder_is_the_one_that_runs(tmp_path: Path, name: str) -> None:
    program = tmp_path / name / "rpiocr"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n', "utf-8")
    program.chmod(0o755)
    (text,) = units(facts(tmp_path, program=(str(program),))).values()
    assert verify({"rpiocr.service": text}, tmp_path, user=True) == ""
    run = subprocess.run(values(text, "ExecStart"), capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == [str(program), "watch", "--", str(tmp_path / "inbox")]


@needs_systemd
def test_systemd_refuses_the_program_when_nothing_is_escaped(tmp_path: Path) -> None:
    text = "[Service]\nExecStart=/bin/tr\\ue 100% %q\n"
    assert verify({"rpiocr.service": text}, tmp_path, user=True) != ""


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1))
def test_every_text_keeps_its_meaning_in_quotes(text: str) -> None:
    assert [word.replace("%%", "%") for word in shlex.split(quoted(text))] == [text]
    assert "\n" not in quoted(text)


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\tb", "\0", "\x7f", "\udcff"])
def test_text_that_no_unit_can_hold_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnitTextError, match="the folder"):
        checked(text, "the folder")


def test_no_dollar_in_a_path_is_taken_for_a_variable() -> None:
    assert command_line(("/bin/true", "$HOME")) == ':"/bin/true" "$HOME"'


def test_a_second_watch_on_a_folder_is_not_a_failure_and_is_not_restarted(tmp_path: Path) -> None:
    (text,) = units(facts(tmp_path)).values()
    assert "6" in values(text, "SuccessExitStatus")
    assert "6" in values(text, "RestartPreventExitStatus")
    assert values(text, "Restart") == ["on-failure"]


def test_the_pause_between_two_starts_grows_where_systemd_can_do_that(tmp_path: Path) -> None:
    (old,) = units(facts(tmp_path, systemd=252)).values()
    (new,) = units(facts(tmp_path, systemd=257)).values()
    assert (values(old, "RestartSteps"), values(old, "RestartSec")) == ([], ["30s"])
    assert (values(new, "RestartSteps"), values(new, "RestartMaxDelaySec")) == (["6"], ["5min"])


@pytest.mark.parametrize("user", ["", "pi"])
@pytest.mark.parametrize("sandboxed", [True, False])
def test_without_a_network_it_reaches_sockets_of_this_machine_alone(
    tmp_path: Path, user: str, *, sandboxed: bool
) -> None:
    options = Options(inbox=str(tmp_path / "inbox"), user=user)
    (text,) = units(facts(tmp_path, options=options, sandboxed=sandboxed)).values()
    assert values(text, "RestrictAddressFamilies") == ["AF_UNIX"]
    assert values(text, "PrivateNetwork") == (["yes"] if user or sandboxed else [])
    assert values(text, "IPAddressDeny") == (["any"] if user else [])


@pytest.mark.parametrize("user", ["", "pi"])
def test_with_a_network_nothing_hinders_it(tmp_path: Path, user: str) -> None:
    options = Options(inbox=str(tmp_path / "inbox"), user=user)
    (text,) = units(facts(tmp_path, options=options, network=True)).values()
    assert {"AF_INET", "AF_INET6"} <= set(values(text, "RestrictAddressFamilies"))
    assert values(text, "PrivateNetwork") == values(text, "IPAddressDeny") == []


@needs_systemd
@pytest.mark.parametrize("sandboxed", [True, False])
@pytest.mark.parametrize("network", [True, False])
@pytest.mark.parametrize("user", ["", pwd.getpwuid(os.geteuid()).pw_name])
def test_systemd_finds_nothing_wrong_with_a_page(tmp_path: Path, user: str, *, network: bool, sandboxed: bool) -> None:
    options = Options(inbox=str(tmp_path / "inbox"), user=user, port=8765)
    texts = units(facts(tmp_path, options=options, network=network, sandboxed=sandboxed))
    assert verify(texts, tmp_path, user=not user) == ""
    assert " ".join(values(texts["rpiocr.service"], "ExecStart")).endswith(
        f"serve --port 8765 --watch {tmp_path / 'inbox'}"
    )


@pytest.mark.parametrize("sandboxed", [True, False])
def test_a_page_of_a_system_service_reaches_this_machine_alone_and_listens_on_its_port_alone(
    tmp_path: Path, *, sandboxed: bool
) -> None:
    options = Options(inbox=str(tmp_path / "inbox"), user="pi", port=9000)
    (text,) = units(facts(tmp_path, options=options, sandboxed=sandboxed)).values()
    assert values(text, "RestrictAddressFamilies") == ["AF_UNIX", "AF_INET"]
    assert values(text, "IPAddressDeny") == ["any"]
    assert values(text, "IPAddressAllow") == ["localhost"]
    assert values(text, "SocketBindDeny") == ["any"]
    assert values(text, "SocketBindAllow") == ["ipv4:tcp:9000"]
    assert values(text, "PrivateNetwork") == []


def test_a_page_of_a_user_has_all_that_a_users_manager_can_hold_it_to(tmp_path: Path) -> None:
    watch, page = (
        next(iter(units(facts(tmp_path, options=Options(str(tmp_path / "inbox"), port=port))).values()))
        for port in (None, 8765)
    )
    assert values(page, "RestrictAddressFamilies") == ["AF_UNIX", "AF_INET"]
    confined = page.partition("# It sees the system as it is")[2].splitlines()
    assert {*watch.partition("# It sees the system as it is")[2].splitlines()} - {*confined} == {
        "PrivateNetwork=yes",
        "RestrictAddressFamilies=AF_UNIX",
    }


def test_a_page_answers_while_other_programs_work_and_is_watched_like_a_watch(tmp_path: Path) -> None:
    (text,) = units(facts(tmp_path, options=Options(str(tmp_path / "inbox"), port=8765))).values()
    assert values(text, "Nice") == values(text, "CPUSchedulingPolicy") == values(text, "IOSchedulingClass") == []
    assert (values(text, "Type"), values(text, "WatchdogSec"), values(text, "MemoryMax")) == (
        ["notify"],
        ["300"],
        ["1G"],
    )


def test_libraries_in_it_send_nothing_by_themselves(tmp_path: Path) -> None:
    (text,) = units(facts(tmp_path)).values()
    assert "ORT_DISABLE_TELEMETRY=1" in values(text, "Environment")


def test_callbacks_of_c_libraries_may_run(tmp_path: Path) -> None:
    for options in (Options(str(tmp_path / "inbox")), Options(str(tmp_path / "inbox"), user="pi")):
        (text,) = units(facts(tmp_path, options=options)).values()
        assert values(text, "MemoryDenyWriteExecute") == []


@needs_systemd
def test_what_a_child_with_limits_of_its_own_needs_is_not_forbidden(tmp_path: Path) -> None:
    (text,) = units(facts(tmp_path)).values()
    allowed: set[str] = set()
    for group in values(text, "SystemCallFilter"):
        calls = calls_of(group.removeprefix("~"))
        allowed = allowed - calls if group.startswith("~") else allowed | calls
    needed = {"memfd_create", "prlimit64", "setrlimit", "prctl", "pidfd_open", "kill", "socketpair", "sendmsg", "wait4"}
    assert needed - allowed == set()
    assert "chroot" not in allowed


def calls_of(group: str) -> set[str]:
    """Ask systemd which system calls a group holds, those of the groups in it, too."""
    run = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager", group], capture_output=True, text=True, check=True
    )
    names = [line.strip() for line in run.stdout.splitlines() if line.startswith("    ") and "#" not in line]
    return {call for name in names for call in (calls_of(name) if name.startswith("@") else {name})}


@needs_systemd
@pytest.mark.parametrize("port", [None, 8765])
def test_systemd_counts_it_among_the_well_confined(tmp_path: Path, port: int | None) -> None:
    options = Options(str(tmp_path / "inbox"), user=pwd.getpwuid(os.geteuid()).pw_name, port=port)
    (text,) = units(facts(tmp_path, options=options)).values()
    (tmp_path / "rpiocr.service").write_text(text, "utf-8")
    run = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", tmp_path / "rpiocr.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for rpiocr.service: ([0-9.]+)", run.stdout)
    assert found, run.stderr
    # of 10; an open network would add 0.9
    assert float(found[1]) <= 2.0


def test_a_folder_in_a_temporary_one_stays_in_sight(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    temporary = any(machine.home.is_relative_to(place) for place in TEMPORARY)
    assert ("PrivateTmp=yes" in machine.unit()) is not temporary


@needs_systemd
def test_what_is_installed_passes_as_written_on_disk(machine: Machine) -> None:
    machine.run("install", machine.home / ODD[1] / "inbox", "--timer", "5min")
    texts = {path.name: path.read_text("utf-8") for path in machine.units.iterdir()}
    assert sorted(texts) == ["rpiocr.service", "rpiocr.timer"]
    assert verify(texts, machine.notes, user=True) == ""
