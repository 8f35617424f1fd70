"""What installing, asking about and removing a service does, seen from the shell."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import surroundings
from tests.service.machine import Machine

ODD = 'Bons ü 100% "neu" it\'s $HOME a\\b'


def test_installing_makes_the_folders_writes_the_unit_starts_it_and_reports_every_step(machine: Machine) -> None:
    outcome = machine.run("install", machine.inbox)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert machine.inbox.is_dir()
    assert f"created {machine.inbox}\n" in outcome.stdout
    assert f"wrote {machine.units / 'rpiocr.service'}\n" in outcome.stdout
    assert machine.asked() == ["daemon-reload", "enable rpiocr.service", "restart rpiocr.service"]
    assert "ran systemctl --user restart rpiocr.service\n" in outcome.stdout
    assert "journalctl --user-unit rpiocr -f" in outcome.stdout


def test_installing_again_leaves_a_service_that_runs_alone(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    machine.asked()
    before = machine.files()
    outcome = machine.run("install", machine.inbox)
    assert "up to date" in outcome.stdout
    assert machine.asked() == ["daemon-reload", "enable rpiocr.service", "start rpiocr.service"]
    assert machine.files() == before


def test_installing_with_another_option_restarts_it(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    machine.asked()
    machine.run("install", machine.inbox, "--memory-max", "700M")
    assert "\nMemoryMax=700M\n" in machine.unit()
    assert "restart rpiocr.service" in machine.asked()


def test_a_dry_run_prints_what_would_be_written_and_does_nothing(machine: Machine) -> None:
    dry = machine.run("install", machine.inbox, "--timer", "5min", "--dry-run")
    assert dry.status == 0
    assert machine.files() == {}
    assert not machine.inbox.exists()
    assert machine.asked() == []
    machine.run("install", machine.inbox, "--timer", "5min")
    for name in ("rpiocr.service", "rpiocr.timer"):
        assert f"# {machine.units / name}\n{machine.unit(name)}" in dry.stdout


def test_without_start_it_is_enabled_only(machine: Machine) -> None:
    outcome = machine.run("install", machine.inbox, "--no-start")
    assert machine.asked() == ["daemon-reload", "enable rpiocr.service"]
    assert "start it: systemctl --user start rpiocr.service\n" in outcome.stdout


def test_a_timer_runs_a_service_that_ends(machine: Machine) -> None:
    outcome = machine.run("install", machine.inbox, "--timer", "5min")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert machine.asked() == ["daemon-reload", "enable rpiocr.timer", "restart rpiocr.timer"]
    assert "\nOnUnitInactiveSec=5min\n" in machine.unit("rpiocr.timer")
    assert "\nType=oneshot\n" in machine.unit()
    assert ' "watch" "--once" ' in machine.unit()


def test_a_time_of_day_that_was_slept_through_is_made_up_for(machine: Machine) -> None:
    machine.run("install", machine.inbox, "--timer", "3:30")
    assert "\nOnCalendar=*-*-* 03:30:00\nPersistent=true\n" in machine.unit("rpiocr.timer")


def test_a_service_becomes_a_timer_and_back_with_nothing_left_over(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    staying = machine.unit()
    machine.asked()
    machine.run("install", machine.inbox, "--timer", "hourly")
    assert machine.asked()[0] == "disable --now rpiocr.service"
    outcome = machine.run("install", machine.inbox)
    assert machine.asked()[0] == "disable --now rpiocr.timer"
    assert f"removed {machine.units / 'rpiocr.timer'}\n" in outcome.stdout
    assert [path.name for path in machine.units.iterdir()] == ["rpiocr.service"]
    assert machine.unit() == staying


def test_a_page_is_served_from_now_on_and_the_message_says_what_to_open(machine: Machine) -> None:
    outcome = machine.run("install", "--serve", "--port", "9000", machine.inbox)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert f' "serve" "--port" "9000" "--watch" "{machine.inbox}"\n' in machine.unit()
    assert "open http://localhost:9000\n" in outcome.stdout
    assert "ssh -L 9000:localhost:9000 " in outcome.stdout
    status = machine.run("status")
    assert f"reads {machine.inbox}, shown at http://localhost:9000\n" in status.stdout
    assert "up to date" in status.stdout


def test_a_page_may_keep_its_pictures_in_the_cache_and_a_watch_has_none(machine: Machine) -> None:
    pictures = machine.home / "cache" / "rpiocr" / "pictures"
    machine.run("install", machine.inbox, XDG_CACHE_HOME=str(machine.home / "cache"))
    assert not pictures.exists()
    machine.run("install", "--serve", machine.inbox, XDG_CACHE_HOME=str(machine.home / "cache"))
    assert pictures.is_dir()
    assert pictures.stat().st_mode & 0o077 == 0
    assert f'ReadWritePaths="{pictures}"\n' in machine.unit()
    assert f'Environment="XDG_CACHE_HOME={machine.home / "cache"}"\n' in machine.unit()


def test_a_page_needs_no_folder_to_be_named(machine: Machine) -> None:
    outcome = machine.run("install", "--serve")
    assert outcome.status == 0
    (inbox,) = machine.home.rglob("receipts/inbox")
    assert f'"--port" "8765" "--watch" "{inbox}"\n' in machine.unit()


def test_a_watch_becomes_a_page_and_back_by_a_restart_with_nothing_left_over(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    watch = machine.unit()
    machine.asked()
    machine.run("install", "--serve", machine.inbox)
    assert machine.asked() == ["daemon-reload", "enable rpiocr.service", "restart rpiocr.service"]
    machine.run("install", machine.inbox)
    assert machine.asked() == ["daemon-reload", "enable rpiocr.service", "restart rpiocr.service"]
    assert machine.unit() == watch
    assert [path.name for path in machine.units.iterdir()] == ["rpiocr.service"]


def test_a_timer_becomes_a_page_and_the_timer_is_gone(machine: Machine) -> None:
    machine.run("install", machine.inbox, "--timer", "hourly")
    machine.asked()
    machine.run("install", "--serve", machine.inbox)
    assert machine.asked()[0] == "disable --now rpiocr.timer"
    assert [path.name for path in machine.units.iterdir()] == ["rpiocr.service"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--serve", "--timer", "5min", "inbox"), "--timer does not go with --serve"),
        (("--port", "9000", "inbox"), "add --serve"),
        (("--serve", "--port", "80", "inbox"), "80"),
        ((), "INBOX"),
    ],
)
def test_options_that_contradict_a_page_are_refused_before_anything_is_done(
    machine: Machine, arguments: tuple[str, ...], reason: str
) -> None:
    outcome = machine.run("install", *arguments)
    assert outcome.status == 2
    assert reason in outcome.stderr
    assert machine.files() == {}


def test_another_folder_by_the_same_name_is_reported(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    outcome = machine.run("install", machine.home / "other" / "inbox")
    assert f"instead of {machine.inbox}, which is no longer read" in outcome.stdout


def test_two_folders_have_a_service_each(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    machine.run("install", machine.home / "firm" / "inbox", "--name", "receipts-firm")
    assert sorted(path.name for path in machine.units.iterdir()) == ["receipts-firm.service", "rpiocr.service"]
    assert str(machine.inbox) in machine.unit()


def test_uninstalling_removes_what_was_written_and_nothing_else(machine: Machine) -> None:
    machine.run("install", machine.inbox, "--timer", "5min")
    other = machine.units / "other.service"
    other.write_text("[Service]\n", "utf-8")
    machine.asked()
    outcome = machine.run("uninstall")
    assert (outcome.status, outcome.stderr) == (0, "")
    assert machine.asked()[0] == "disable --now rpiocr.timer rpiocr.service"
    assert list(machine.units.iterdir()) == [other]
    assert machine.inbox.is_dir()
    again = machine.run("uninstall")
    assert again.status == 0
    assert "nothing to remove" in again.stdout


@pytest.mark.parametrize("name", ["rpiocr.service", "rpiocr.timer"])
def test_a_unit_of_another_user_is_neither_overwritten_nor_removed(machine: Machine, name: str) -> None:
    machine.units.mkdir(parents=True)
    foreign = machine.units / name
    foreign.write_text("[Unit]\nDescription=mine\n", "utf-8")
    before = machine.files()
    for command in (("install", machine.inbox), ("uninstall",)):
        outcome = machine.run(*command)
        assert outcome.status == 2
        assert str(foreign) in outcome.stderr
        assert "--name" in outcome.stderr
    assert machine.files() == before
    assert machine.asked() == []


def test_a_unit_of_a_package_is_not_hidden_by_one_of_the_same_name(machine: Machine) -> None:
    packaged = machine.home / ".local" / "share" / "systemd" / "user" / "backup.service"
    packaged.parent.mkdir(parents=True)
    packaged.write_text("[Service]\n", "utf-8")
    outcome = machine.run("install", machine.inbox, "--name", "backup")
    assert outcome.status == 2
    assert str(packaged) in outcome.stderr
    assert not machine.units.exists()


def test_where_systemd_is_out_of_reach_the_files_are_written_and_it_is_reported_what_to_run(machine: Machine) -> None:
    (machine.notes / "no-bus").touch()
    outcome = machine.run("install", machine.inbox)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert "[Service]" in machine.unit()
    commands = ("daemon-reload", "enable rpiocr.service", "restart rpiocr.service")
    assert " && ".join(f"systemctl --user {command}" for command in commands) in outcome.stdout
    assert machine.run("uninstall").status == 0
    assert list(machine.units.iterdir()) == []


def test_where_there_is_no_systemd_at_all_the_files_are_written(machine: Machine) -> None:
    nothing = machine.notes / "nothing"
    nothing.mkdir()
    outcome = machine.run("install", machine.inbox, PATH=str(nothing))
    assert outcome.status == 0
    assert "systemctl cannot be run" in outcome.stdout
    assert "[Service]" in machine.unit()
    assert machine.run("status", PATH=str(nothing)).status == 3


def test_links_that_enabled_a_unit_go_with_it_where_systemd_is_out_of_reach(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    wants = machine.units / "default.target.wants"
    wants.mkdir()
    (wants / "rpiocr.service").symlink_to("../rpiocr.service")
    (wants / "other.service").symlink_to("../other.service")
    (machine.notes / "no-bus").touch()
    machine.run("uninstall")
    assert [path.name for path in wants.iterdir()] == ["other.service"]


def test_a_service_that_does_not_start_is_reported_with_a_status_of_its_own(machine: Machine) -> None:
    (machine.notes / "broken").touch()
    outcome = machine.run("install", machine.inbox)
    assert outcome.status == 3
    assert "Job for rpiocr.service failed." in outcome.stderr
    assert "journalctl --user-unit rpiocr" in outcome.stderr


def test_a_folder_with_blanks_quotes_percents_and_umlauts_is_what_is_watched(machine: Machine) -> None:
    inbox = machine.home / ODD / "inbox"
    assert machine.run("install", inbox).status == 0
    assert inbox.is_dir()
    (line,) = (line for line in machine.unit().splitlines() if line.startswith("ExecStart="))
    words = [word.replace("%%", "%") for word in shlex.split(line.removeprefix("ExecStart=:"))]
    assert words[-3:] == ["watch", "--", str(inbox)]


@pytest.mark.parametrize("name", ["two\nlines", "bell\a"])
def test_a_folder_that_no_unit_can_name_is_refused_before_anything_is_done(machine: Machine, name: str) -> None:
    outcome = machine.run("install", machine.home / name / "inbox")
    assert outcome.status == 2
    assert "control character" in outcome.stderr
    assert machine.files() == {}
    assert not (machine.home / name).exists()


def test_a_folder_whose_name_is_not_utf8_is_refused(machine: Machine) -> None:
    outcome = machine.run("install", os.fsdecode(os.fsencode(machine.home) + b"/\xff/inbox"))
    assert outcome.status == 2
    assert "UTF-8" in outcome.stderr
    assert machine.files() == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--timer", "sometimes"), "it may be a time span such as 5min"),
        (("--timer", "0min"), "it may be a time span such as 5min"),
        (("--memory-max", "lots"), "such as 1G"),
        (("--name", "../rpiocr"), "not a valid unit name"),
        (("--name", "a@b"), "not a valid unit name"),
        (("--user-name", "root"), "--user-name is for --system"),
        (("--system", "--dry-run"), "--user-name"),
        (("--system", "--dry-run", "--user-name", "nobody-by-that-name"), "does not exist on this machine"),
    ],
)
def test_what_systemd_would_not_take_is_refused(machine: Machine, arguments: tuple[str, ...], said: str) -> None:
    outcome = machine.run("install", machine.inbox, *arguments, SUDO_USER="")
    assert outcome.status == 2
    assert said in outcome.stderr
    assert machine.files() == {}


def test_a_file_is_not_a_folder_to_watch(machine: Machine) -> None:
    file = machine.home / "receipt.jpg"
    file.touch()
    outcome = machine.run("install", file)
    assert outcome.status == 2
    assert f"{file} is not a folder" in outcome.stderr


def test_the_folder_right_below_the_root_is_refused(machine: Machine) -> None:
    outcome = machine.run("install", "/inbox-of-a-test")
    assert outcome.status == 2
    assert "further down" in outcome.stderr
    assert not Path("/inbox-of-a-test").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be anybody's sudo")
def test_with_sudo_a_unit_of_your_own_is_not_made_roots(machine: Machine) -> None:
    outcome = machine.run("install", machine.inbox, SUDO_USER="pi")
    assert outcome.status == 2
    assert "without sudo" in outcome.stderr
    assert machine.files() == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_units_of_the_system_need_root(machine: Machine) -> None:
    outcome = machine.run("install", machine.inbox, "--system", "--user-name", "root")
    assert outcome.status == 2
    assert "sudo" in outcome.stderr


def test_a_folder_next_to_which_nothing_can_be_filed_is_refused(machine: Machine) -> None:
    machine.inbox.mkdir(parents=True)
    machine.inbox.parent.chmod(0o555)
    outcome = machine.run("install", machine.inbox)
    machine.inbox.parent.chmod(0o755)
    assert outcome.status == 2
    assert "is not writable" in outcome.stderr


def test_there_is_no_network_unless_a_setting_asks_for_one(machine: Machine) -> None:
    outcome = machine.run("install", machine.inbox)
    assert "\nRestrictAddressFamilies=AF_UNIX\n" in machine.unit()
    assert "\nPrivateNetwork=yes\n" in machine.unit()
    assert "no network" in outcome.stdout


def test_after_a_key_for_the_cloud_the_unit_is_due_and_then_has_a_network(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    settings = machine.home / "config" / "rpiocr" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text('vision_api_key = "secret"\n', "utf-8")
    settings.chmod(0o600)
    assert "differs from what this version writes" in machine.run("status").stdout
    outcome = machine.run("install", machine.inbox)
    assert "\nRestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n" in machine.unit()
    assert "PrivateNetwork" not in machine.unit()
    assert "no network" not in outcome.stdout
    assert "secret" not in machine.unit() + outcome.stdout


def test_the_service_reads_the_settings_that_were_given_to_it(machine: Machine) -> None:
    settings = machine.home / "firm.toml"
    settings.write_text('vision_credentials = "default"\nreceipt_timeout = 600\n', "utf-8")
    machine.run("install", machine.inbox, "--config", settings, "--log-format", "json")
    assert f' "--config" "{settings}" "--log-format" "json" "--" ' in machine.unit()
    assert " AF_INET " in machine.unit()
    assert "\nWatchdogSec=2480\n" in machine.unit()


def test_a_store_in_a_place_of_its_own_can_be_written(machine: Machine) -> None:
    settings = machine.home / "own.toml"
    store = machine.home / "my disk" / "receipts.sqlite"
    settings.write_text(f'store = "sqlite:///{store}"\n', "utf-8")
    machine.run("install", machine.inbox, "--config", settings)
    assert f'\nReadWritePaths="{store.parent}"\n' in machine.unit()
    assert store.parent.is_dir()
    assert "\nRestrictAddressFamilies=AF_UNIX\n" in machine.unit()


def test_a_store_on_a_server_can_be_reached(machine: Machine) -> None:
    settings = machine.home / "server.toml"
    settings.write_text('store = "postgresql://pi@server/receipts"\n', "utf-8")
    machine.run("install", machine.inbox, "--config", settings)
    assert " AF_INET " in machine.unit()


def test_a_store_of_this_machine_is_reached_by_its_socket_alone(machine: Machine) -> None:
    settings = machine.home / "here.toml"
    settings.write_text('store = "postgresql:///receipts?host=/tmp/server"\n', "utf-8")
    machine.run("install", machine.inbox, "--config", settings)
    assert "\nRestrictAddressFamilies=AF_UNIX\n" in machine.unit()
    assert "\nPrivateNetwork=yes\n" in machine.unit()
    # another /tmp would hide the socket
    assert "PrivateTmp" not in machine.unit()


def test_a_wrong_setting_is_reported_before_anything_is_written(machine: Machine) -> None:
    settings = machine.home / "wrong.toml"
    settings.write_text("cloud = 7\n", "utf-8")
    outcome = machine.run("install", machine.inbox, "--config", settings)
    assert outcome.status == 2
    assert "cloud" in outcome.stderr
    assert not machine.units.exists()


def test_settings_of_this_shell_that_the_service_does_not_see_are_named(machine: Machine) -> None:
    outcome = machine.run("install", machine.inbox, RPIOCR_MODE="low")
    assert "does not see RPIOCR_MODE" in outcome.stdout


def test_the_service_uses_the_folders_that_this_shell_uses(machine: Machine) -> None:
    machine.run("install", machine.inbox, XDG_DATA_HOME=str(machine.home / "my data"))
    assert (machine.home / "my data" / "rpiocr").is_dir()
    assert f'\nEnvironment="XDG_DATA_HOME={machine.home}/my data"\n' in machine.unit()
    assert f'\nReadWritePaths="{machine.home}/my data/rpiocr"\n' in machine.unit()


def test_the_last_status_of_a_service_is_not_reported_once_it_has_ended(machine: Machine) -> None:
    machine.run("install", machine.inbox)
    shown = "ActiveState=failed\nSubState=failed\nResult=watchdog\nExecMainStatus=6\nStatusText=reading\n"
    (machine.notes / "state").write_text(shown, "utf-8")
    assert "rpiocr.service: failed (failed), ended by watchdog 6\n" in machine.run("status").stdout


@pytest.mark.parametrize(("state", "status"), [("active", 0), ("activating", 3), ("failed", 3), ("inactive", 3)])
def test_the_exit_status_indicates_whether_it_runs(machine: Machine, state: str, status: int) -> None:
    machine.run("install", machine.inbox)
    shown = f"ActiveState={state}\nSubState=some\nUnitFileState=enabled\nNRestarts=2\nStatusText=waiting = idle\n"
    (machine.notes / "state").write_text(shown, "utf-8")
    outcome = machine.run("status")
    assert outcome.status == status
    waiting = ", waiting = idle" if state == "active" else ""
    assert f"rpiocr.service: {state} (some), enabled, restarted 2 times{waiting}\n" in outcome.stdout
    assert f"reads {machine.inbox}\n" in outcome.stdout
    assert f"{machine.units / 'rpiocr.service'}: up to date\n" in outcome.stdout


def test_a_unit_that_was_changed_is_reported_with_the_command_that_fixes_it(machine: Machine) -> None:
    inbox = machine.home / ODD / "inbox"
    machine.run("install", inbox, "--timer", "5min", "--log-format", "json")
    (machine.notes / "state").write_text("ActiveState=active\nSubState=waiting\n", "utf-8")
    unit = machine.units / "rpiocr.service"
    written = machine.unit()
    unit.write_text(written.replace("Nice=10", "Nice=-5"), "utf-8")
    outcome = machine.run("status")
    assert outcome.status == 0
    (line,) = (
        line for line in outcome.stdout.splitlines() if line.startswith(f"{unit}: differs from what this version")
    )
    machine.run(*shlex.split(line.partition("fix it: rpiocr service ")[2]))
    assert machine.unit() == written


def test_what_is_not_installed_does_not_run(machine: Machine) -> None:
    outcome = machine.run("status")
    assert outcome.status == 3
    assert "not installed" in outcome.stdout


def test_help_loads_neither_the_stages_nor_the_rest_of_the_service(machine: Machine) -> None:
    code = (
        "import sys; import rpiocr.commands.service, rpiocr.service.sd_notify; "
        "print(sorted({'numpy', 'cv2', 'sqlalchemy', 'subprocess', 'rpiocr.service.units'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=surroundings(machine.home), capture_output=True, check=True, text=True
    )
    assert done.stdout == "[]\n"
