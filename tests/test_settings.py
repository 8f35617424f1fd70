"""Where settings come from, which source wins, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rpiocr import Settings
from rpiocr.errors import ExitCode, SettingsError
from rpiocr.settings import UNATTENDED_DEFAULTS, load_settings
from tests.program import SMALL, Run


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_without_any_source_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(environ={}, file=settings_file(tmp_path, "")) == Settings()


def test_what_is_set_wins_over_the_defaults_of_unattended_commands(tmp_path: Path) -> None:
    assert load_settings(environ={}, file=settings_file(tmp_path, ""), defaults=UNATTENDED_DEFAULTS).items == "full"
    file = settings_file(tmp_path, "items = 'auto'")
    assert load_settings(environ={}, file=file, defaults=UNATTENDED_DEFAULTS).items == "auto"
    assert load_settings(environ={"RPIOCR_ITEMS": "off"}, file=file, defaults=UNATTENDED_DEFAULTS).items == "off"
    assert load_settings({"items": "auto"}, {"RPIOCR_ITEMS": "off"}, file, UNATTENDED_DEFAULTS).items == "auto"


def test_a_flag_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = settings_file(tmp_path, 'mode = "low"\nretries = 0\nlang = "deu"\n')
    settings = load_settings({"mode": "high"}, {"RPIOCR_MODE": "medium", "RPIOCR_RETRIES": "1"}, file)
    assert (settings.mode, settings.retries, settings.lang) == ("high", 1, "deu")


@pytest.mark.slow
def test_the_program_reads_the_file_in_the_config_folder_and_another_one_by_flag(
    run: Run, home: Path, tmp_path: Path
) -> None:
    settings_file(home / "config" / "rpiocr", 'retries = 0\npsm = 6\nvariant = ["default", "sharpen", "denoise"]\n')
    assert run("scan", SMALL).only["passes"] == 3
    assert run("scan", SMALL, RPIOCR_VARIANT="default,denoise").only["passes"] == 2
    assert run("scan", "--variant", "default", SMALL, RPIOCR_VARIANT="default,denoise").only["passes"] == 1
    other = settings_file(tmp_path, 'mode = "low"\nretries = 0\n')
    assert run("scan", "--config", other, SMALL).only["passes"] == 2


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("mood = 'low'", "there is no setting 'mood'; did you mean mode?"),
        ("[zzz]\nmode = 'low'", "there is no setting 'zzz'; known are mode, engine"),
        ("mode = 'fast'", "mode is 'fast'; it may be auto, low, medium, high"),
        ("mode = 6", "mode is 6; it must be text"),
        ("retries = 3", "retries is 3; it must be at least 0 and at most 2"),
        ("retries = true", "retries is True; it must be a whole number"),
        ("retries = 1.5", "retries is 1.5; it must be a whole number"),
        ("pass_timeout = 'soon'", "pass_timeout is 'soon'; it must be a number"),
        ("pass_timeout = nan", "pass_timeout is nan; it must be at least 0.1 and at most 3600"),
        ("receipt_timeout = inf", "receipt_timeout is inf; it must be at least 0.1"),
        ("accept_risk = 0", "accept_risk is 0; it must be at least 0.001 and at most 0.1"),
        ("accept_risk = 1", "accept_risk is 1; it must be at least 0.001 and at most 0.1"),
        ("accept_risk = '1 %'", "accept_risk is '1 %'; it must be a number"),
        ("deadline = -1", "deadline is -1; it must be at least 0 and at most 86400"),
        ("engine = 'rapidocr'", "engine is 'rapidocr'; it may be auto, tesseract"),
        ("psm = [6, 7]", "psm has '7'; it may be 3, 4, 6, 11"),
        ("currency = 'eur'", "currency is 'eur'; it must look like EUR"),
        ("lang = 'eng+'", "lang is 'eng+'; it must look like auto, eng or deu+eng"),
        ("mode = low", "cannot be read"),
        ("file_mode = 600", "file_mode is 600; it must be text"),
        ("file_mode = '644x'", "file_mode is '644x'; it must look like 600, 640 or 664"),
        ("file_mode = '700'", "file_mode is '700'; it must look like"),
        ("file_mode = '400'", "file_mode is '400'; it must look like"),
        ("file_mode = '4600'", "file_mode is '4600'; it must look like"),
    ],
)
def test_a_wrong_line_in_the_file_is_said_with_the_file_and_what_it_may_be(
    toml: str, said: str, tmp_path: Path
) -> None:
    file = settings_file(tmp_path, toml)
    with pytest.raises(SettingsError) as caught:
        load_settings(environ={}, file=file)
    assert str(file) in str(caught.value)
    assert said in str(caught.value)


def test_a_key_of_the_wrong_kind_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="vision_api_key is not usable") as caught:
        load_settings(environ={}, file=settings_file(tmp_path, "vision_api_key = 4711"))
    assert "4711" not in str(caught.value)


@pytest.mark.parametrize(("given", "bits"), [("600", 0o600), ("0640", 0o640), ("664", 0o664), ("666", 0o666)])
def test_rights_of_new_files_are_given_in_octal(given: str, bits: int) -> None:
    assert load_settings({"file_mode": given}, {}).file_mode_bits == bits


@pytest.mark.parametrize("name", ["mode", "retries", "psm", "lang", "engine", "deadline"])
def test_every_source_refuses_alike_and_names_itself(name: str, tmp_path: Path) -> None:
    wrong: dict[str, Any] = {
        "mode": "fast",
        "retries": "many",
        "psm": "5",
        "lang": "",
        "engine": "other",
        "deadline": "soon",
    }
    empty = settings_file(tmp_path, "")
    with pytest.raises(SettingsError, match=f"--{name} "):
        load_settings({name: wrong[name]}, {}, empty)
    with pytest.raises(SettingsError, match=f"the environment variable RPIOCR_{name.upper()} "):
        load_settings({}, {f"RPIOCR_{name.upper()}": wrong[name]}, empty)
    with pytest.raises(SettingsError, match=f"settings.toml: {name} "):
        load_settings({}, {}, settings_file(tmp_path, f"{name} = '{wrong[name]}'"))


def test_the_program_ends_with_2_for_a_wrong_setting_of_any_source(run: Run, home: Path) -> None:
    flag = run("scan", "--mode", "fast", SMALL)
    variable = run("scan", SMALL, RPIOCR_MODE="fast")
    settings_file(home / "config" / "rpiocr", "mood = 'low'")
    file = run("scan", SMALL)
    assert [outcome.status for outcome in (flag, variable, file)] == [ExitCode.USAGE] * 3
    assert [outcome.stdout for outcome in (flag, variable, file)] == [""] * 3
    assert "--mode is 'fast'; it may be auto, low, medium, high" in flag.stderr
    assert (
        variable.stderr == "rpiocr: the environment variable RPIOCR_MODE is 'fast'; it may be auto, low, medium, high\n"
    )
    assert "settings.toml: there is no setting 'mood'; did you mean mode?" in file.stderr


def test_a_settings_file_that_was_asked_for_has_to_be_there(run: Run) -> None:
    outcome = run("scan", "--config", "nowhere.toml", SMALL)
    message = "rpiocr: the settings file nowhere.toml does not exist\n"
    assert (outcome.status, outcome.stderr) == (ExitCode.USAGE, message)


def test_keyword_tables_that_are_not_there_or_not_toml_are_wrong_usage(run: Run, tmp_path: Path) -> None:
    missing = run("scan", "--keywords", tmp_path / "nowhere", SMALL)
    assert missing.status == ExitCode.USAGE
    assert "it must be an existing folder" in missing.stderr
    (tmp_path / "mine.toml").write_text("[amounts\n", "utf-8")
    broken = run("scan", "--keywords", tmp_path, SMALL)
    assert broken.status == ExitCode.USAGE
    assert "mine.toml cannot be read" in broken.stderr


def test_categories_that_are_not_there_or_wrong_are_wrong_usage(run: Run, tmp_path: Path) -> None:
    missing = run("scan", "--categories", tmp_path / "nowhere.toml", SMALL)
    assert missing.status == ExitCode.USAGE
    assert "nowhere.toml cannot be read" in missing.stderr
    (tmp_path / "mine.toml").write_text('[rename]\ngrocery = "food"\n', "utf-8")
    wrong = run("scan", "--categories", tmp_path / "mine.toml", SMALL)
    assert wrong.status == ExitCode.USAGE
    assert "did you mean groceries?" in wrong.stderr


@pytest.mark.parametrize(
    "text",
    [
        "accept_risk = " + "9" * 5000,
        "accept_risk = 0x" + "F" * 5000,
        "mode = 0x" + "F" * 5000,
        "lang = " + "[" * 5000,
        "cloud_daily_cap = inf",
        "cloud_daily_cap = nan",
    ],
)
def test_numbers_and_nesting_without_measure_are_refused_in_a_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"settings\.toml") as refused:
        load_settings(environ={}, file=settings_file(tmp_path, text))
    assert len(str(refused.value)) < 12_000
