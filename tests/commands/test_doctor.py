"""What `rpiocr doctor` reports on machines where something is missing, old, broken or open to others."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpiocr.cli import cli
from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.cloud.ledger import LEDGER_NAME, Ledger
from rpiocr.errors import ExitCode
from rpiocr.health.machine import memory_finding, scratch_finding
from rpiocr.health.second_engine import LOST_WITHOUT, PACKAGES
from rpiocr.recognise.rapidocr.engine import DETECTOR, RECOGNISER, model_folder
from rpiocr.settings import PREFIX
from rpiocr.system.finding import Finding
from tests.program import PROJECT, Run, surroundings

SECRET = "AIza-never-to-be-shown-5b1c"  # noqa: S105 - made up
TIDY = {
    name: None
    for name in os.environ
    if name.startswith((PREFIX, "GOOGLE_", "CLOUDSDK_", "OMP_", "TESSDATA", "LANG", "LC_"))
}

Report = tuple[list[Finding], int, str]
Examine = Callable[..., Report]
Only = Callable[..., str]


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    """Run the command with a home of its own and further environment variables."""

    def run(**changes: str) -> Report:
        folders = {"HOME": "", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state"}
        places = {name: str(tmp_path / folder) for name, folder in folders.items()}
        environment: dict[str, str | None] = {**TIDY, **places, **changes}
        result = CliRunner(env=environment).invoke(cli, ["doctor", "--format", "json"], standalone_mode=False)
        assert result.exception is None
        return [Finding(**row) for row in json.loads(result.stdout)], result.return_value, result.stdout

    return run


@pytest.fixture
def languages_only(tmp_path: Path) -> Only:
    """Make a program named tesseract that has these languages only, and return a PATH that has nothing else."""

    def make(*codes: str) -> str:
        listed = "\\n".join(["List of languages:", *codes, ""])
        script = f'case $1 in --version) echo "tesseract 5.3.0";; *) printf "{listed}";; esac'
        return program(tmp_path / f"only-{'-'.join(codes)}", script)

    return make


def settings_file(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "config" / "rpiocr" / "settings.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def program(folder: Path, script: str) -> str:
    """Make a program named tesseract that runs a shell script, and return a PATH that has nothing else."""
    folder.mkdir()
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return str(folder)


def bad(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if not finding.good]


def only_fault(report: Report) -> Finding:
    findings, status, _ = report
    assert status == ExitCode.MISSING_DEPENDENCY
    (fault,) = bad(findings)
    return fault


def about(findings: list[Finding], words: str) -> str:
    return next(finding.what for finding in findings if words in finding.what)


def test_a_machine_with_everything_has_nothing_to_fix_and_cloud_off_is_not_a_fault(examine: Examine) -> None:
    findings, status, _ = examine()
    assert bad(findings) == []
    assert status == ExitCode.OK
    assert "off" in about(findings, "cloud:")
    for words in ("Tesseract", "eng", "HEIC", "PDF", "memory", "scratch", "cores", "Python", "numpy"):
        assert about(findings, words)


def test_doctor_looks_at_every_package_that_the_project_depends_on(examine: Examine) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    findings, _, _ = examine()
    listed = about(findings, "packages: ").removeprefix("packages: ").split(", ")
    assert sorted(one.partition(" ")[0] for one in listed) == sorted(
        line.partition(">=")[0] for line in project["dependencies"]
    )


@pytest.mark.slow
def test_the_exit_status_and_the_command_to_copy_reach_the_shell(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-m", "rpiocr", "doctor"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == ExitCode.MISSING_DEPENDENCY
    assert "\n      sudo apt install tesseract-ocr\n" in run.stdout


def test_without_tesseract_it_explains_how_to_install_it(examine: Examine, tmp_path: Path) -> None:
    fault = only_fault(examine(PATH=str(tmp_path)))
    assert "not on the PATH" in fault.what
    assert fault.remedy == "sudo apt install tesseract-ocr"


def test_tesseract_3_is_too_old(examine: Examine, tmp_path: Path) -> None:
    path = program(tmp_path / "bin", "echo 'tesseract 3.05.02' >&2")
    assert "3.05.02" in (fault := only_fault(examine(PATH=path))).what
    assert "4.1" in fault.what


def test_tesseract_4_1_is_enough_and_5_recommended(examine: Examine, tmp_path: Path) -> None:
    script = 'case $1 in --version) echo "tesseract 4.1.1";; *) printf "List of languages (1):\\neng\\n";; esac'
    findings, status, _ = examine(PATH=program(tmp_path / "bin", script))
    assert status == ExitCode.OK
    assert "5 is recommended" in about(findings, "4.1.1")


@pytest.mark.parametrize("script", ["exit 127", "kill -SEGV $$", "echo hello"])
def test_a_broken_tesseract_is_to_be_reinstalled(examine: Examine, tmp_path: Path, script: str) -> None:
    assert "--reinstall" in only_fault(examine(PATH=program(tmp_path / "bin", script))).remedy


def test_a_tessdata_prefix_that_leads_nowhere_is_to_be_unset(examine: Examine, tmp_path: Path) -> None:
    fault = only_fault(examine(TESSDATA_PREFIX=str(tmp_path)))
    assert str(tmp_path) in fault.what
    assert fault.remedy == "unset TESSDATA_PREFIX"


def test_a_language_that_is_set_but_not_installed_is_named_with_its_package(
    examine: Examine, languages_only: Only
) -> None:
    fault = only_fault(examine(RPIOCR_LANG="eng+chi_sim", PATH=languages_only("eng", "osd")))
    assert "chi_sim is requested" in fault.what
    assert fault.remedy == "sudo apt install tesseract-ocr-chi-sim"


def test_for_the_common_name_of_a_language_the_name_in_tesseract_is_reported(
    examine: Examine, languages_only: Only
) -> None:
    fault = only_fault(examine(RPIOCR_LANG="eng+zh-Hant+ru", PATH=languages_only("eng", "osd")))
    assert "zh-Hant is chi_tra" in fault.what
    assert fault.remedy == "sudo apt install tesseract-ocr-rus tesseract-ocr-chi-tra"


def test_where_only_the_name_is_wrong_the_right_one_is_to_be_set(examine: Examine, languages_only: Only) -> None:
    fault = only_fault(examine(RPIOCR_LANG="eng+de", PATH=languages_only("deu", "eng", "osd")))
    assert fault.remedy == "export RPIOCR_LANG=eng+deu"


@pytest.mark.parametrize(
    ("variables", "package"),
    [
        ({"LANG": "de_AT.UTF-8"}, "tesseract-ocr-deu"),
        ({"LANG": "uk_UA.UTF-8"}, "tesseract-ocr-ukr"),
        ({"LANG": "ko_KR.UTF-8"}, "tesseract-ocr-kor"),
        ({"LANG": "nb_NO.UTF-8"}, "tesseract-ocr-nor"),
        ({"LANG": "zh_CN.UTF-8"}, "tesseract-ocr-chi-sim"),
        ({"LANG": "zh_TW.UTF-8"}, "tesseract-ocr-chi-tra"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "tesseract-ocr-fra"),
    ],
)
def test_the_language_of_the_system_is_recommended_where_it_is_missing(
    examine: Examine, languages_only: Only, variables: dict[str, str], package: str
) -> None:
    findings, status, _ = examine(PATH=languages_only("eng", "osd"), **variables)
    assert status == ExitCode.OK
    assert (
        next(finding.remedy for finding in findings if "receipts in it" in finding.what)
        == f"sudo apt install {package}"
    )


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX", "en_US.UTF-8", "ja_JP.UTF-8"])
def test_no_language_is_recommended_that_is_there_or_none(examine: Examine, languages_only: Only, locale: str) -> None:
    findings, _, _ = examine(PATH=languages_only("eng", "jpn", "osd"), LANG=locale)
    assert not [finding for finding in findings if finding.tip and "languages:" in finding.what]


@pytest.mark.slow
def test_languages_detected_on_the_page_need_english_alone(examine: Examine, languages_only: Only) -> None:
    findings, status, _ = examine(RPIOCR_LANG="auto", PATH=languages_only("eng"))
    assert status == ExitCode.OK
    assert [finding.remedy for finding in findings if finding.tip and "osd" in finding.what] == [
        "sudo apt install tesseract-ocr-osd"
    ]
    fault = only_fault(examine(RPIOCR_LANG="auto", PATH=languages_only("deu", "osd")))
    assert fault.remedy == "sudo apt install tesseract-ocr-eng"


def test_more_threads_per_pass_are_pointed_out(examine: Examine) -> None:
    assert only_fault(examine(OMP_THREAD_LIMIT="4")).remedy == "unset OMP_THREAD_LIMIT"


@pytest.mark.parametrize("text", ["mode = [", "mood = 'high'", "mode = 'highest'", "retries = 7"])
def test_a_broken_settings_file_is_named_with_the_command_that_opens_it(
    examine: Examine, tmp_path: Path, text: str
) -> None:
    path = settings_file(tmp_path, text)
    fault = only_fault(examine())
    assert str(path) in fault.what
    assert fault.remedy == f"${{EDITOR:-nano}} {path}"


def test_a_bad_value_in_the_environment_is_to_be_unset(examine: Examine) -> None:
    fault = only_fault(examine(RPIOCR_MODE="highest"))
    assert "low, medium, high" in fault.what
    assert fault.remedy == "unset RPIOCR_MODE"


def test_a_misspelt_variable_is_found_and_the_right_one_suggested(examine: Examine) -> None:
    fault = only_fault(examine(RPIOCR_RETRYS="1"))
    assert "RPIOCR_RETRIES" in fault.what
    assert fault.remedy == "unset RPIOCR_RETRYS"


def test_each_changed_setting_names_where_it_comes_from_and_the_environment_wins(
    examine: Examine, tmp_path: Path
) -> None:
    path = settings_file(tmp_path, "mode = 'high'\nretries = 1\nscale = 'letters'\n")
    findings, status, _ = examine(RPIOCR_MODE="low")
    assert status == ExitCode.OK
    settings = [finding.what for finding in findings if finding.what.startswith("setting ")]
    assert settings == [
        "setting mode = low, from the environment variable RPIOCR_MODE",
        f"setting retries = 1, from {path}",
        "setting items = auto, full for watch and batch, by default",
    ]


@pytest.mark.parametrize("given", ["auto", "full"])
def test_items_that_are_set_are_named_whichever_default_they_equal(examine: Examine, given: str) -> None:
    findings, _, _ = examine(RPIOCR_ITEMS=given)
    settings = [finding.what for finding in findings if finding.what.startswith("setting ")]
    assert settings == [f"setting items = {given}, from the environment variable RPIOCR_ITEMS"]


def test_an_api_key_is_reported_but_never_shown(examine: Examine, tmp_path: Path) -> None:
    settings_file(tmp_path, f"vision_api_key = '{SECRET}'\nvision_endpoint = 'eu-vision.googleapis.com'\n")
    findings, status, output = examine()
    assert status == ExitCode.OK
    assert "vision_api_key = (not shown)" in output
    assert SECRET not in output
    assert "eu-vision.googleapis.com:443" in about(findings, "cloud: on")
    assert about(findings, "0 of 100 today, 0 of 1000 this month")
    assert not (tmp_path / "state").exists()


def test_it_reports_that_nothing_leaves_with_settings_that_send_nothing(examine: Examine) -> None:
    assert about(examine()[0], "privacy") == "privacy: with these settings nothing leaves this machine"


@pytest.mark.slow
def test_it_states_what_may_leave_and_to_whom_without_any_secret(examine: Examine, tmp_path: Path) -> None:
    store = f"postgresql://pi:{SECRET}@server/receipts"
    settings_file(tmp_path, f"vision_api_key = '{SECRET}'\ncloud = 'always'\nstore = '{store}'\n")
    said = about(examine()[0], "privacy")
    assert "images of every receipt, to vision.googleapis.com" in said
    assert "everything stored, to the database at server" in said
    assert SECRET not in said


def test_a_settings_file_with_a_key_that_others_can_read_is_to_be_closed(examine: Examine, tmp_path: Path) -> None:
    path = settings_file(tmp_path, f"vision_api_key = '{SECRET}'", mode=0o644)
    report = examine()
    assert only_fault(report).remedy == f"chmod 600 {path}"
    assert SECRET not in report[2]


def test_a_key_and_credentials_together_are_a_fault(examine: Examine) -> None:
    report = examine(RPIOCR_VISION_API_KEY=SECRET, RPIOCR_VISION_CREDENTIALS="default")
    assert only_fault(report).remedy == "unset RPIOCR_VISION_API_KEY"
    assert SECRET not in report[2]


def test_an_endpoint_without_encryption_is_a_fault(examine: Examine) -> None:
    report = examine(RPIOCR_VISION_API_KEY=SECRET, RPIOCR_VISION_ENDPOINT="http://example.com")
    assert "https" in only_fault(report).what
    assert only_fault(report).remedy == "unset RPIOCR_VISION_ENDPOINT"


ACCOUNT = {
    "type": "service_account",
    "client_email": "reader@example.com",
    "private_key": SECRET,
    "token_uri": "https://oauth2.googleapis.com/token",
}


def test_a_complete_service_account_file_is_well_and_its_key_not_shown(examine: Examine, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps(ACCOUNT), "utf-8")
    path.chmod(0o600)
    findings, status, output = examine(RPIOCR_VISION_CREDENTIALS=str(path))
    assert status == ExitCode.OK
    assert about(findings, f"{path} exists and is complete")
    assert SECRET not in output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "does not exist"),
        ("-----BEGIN", "is not JSON"),
        ("[]", "lacks"),
        (json.dumps({"type": "service_account"}), "lacks"),
        (json.dumps({**ACCOUNT, "type": "authorized_user"}), "lacks"),
    ],
)
def test_a_service_account_file_that_will_not_do_gives_the_reason(
    examine: Examine, tmp_path: Path, text: str | None, said: str
) -> None:
    path = tmp_path / "account.json"
    if text is not None:
        path.write_text(text, "utf-8")
    fault = only_fault(examine(RPIOCR_VISION_CREDENTIALS=str(path)))
    assert f"{path} {said}" in fault.what
    assert fault.remedy.startswith(f"gcloud iam service-accounts keys create {path}")


def test_a_service_account_file_that_others_can_read_is_to_be_closed(examine: Examine, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps(ACCOUNT), "utf-8")
    path.chmod(0o644)
    assert only_fault(examine(RPIOCR_VISION_CREDENTIALS=str(path))).remedy == f"chmod 600 {path}"


def test_default_credentials_that_were_never_made_say_how_to_make_them(examine: Examine) -> None:
    fault = only_fault(examine(RPIOCR_VISION_CREDENTIALS="default"))
    assert fault.remedy == "gcloud auth application-default login"


def test_a_cloud_that_is_set_up_and_switched_off_is_off(examine: Examine) -> None:
    findings, status, _ = examine(RPIOCR_VISION_API_KEY=SECRET, RPIOCR_CLOUD="never")
    assert status == ExitCode.OK
    assert "off" in about(findings, "cloud:")


def test_spent_calls_are_counted_and_a_spent_cap_is_a_fault(examine: Examine, tmp_path: Path) -> None:
    ledger = Ledger(GOOGLE_VISION.name, tmp_path / "state" / "rpiocr" / LEDGER_NAME, 5, 50)
    for number in range(3):
        ledger.reserve(str(number))
    findings, _, _ = examine(RPIOCR_VISION_API_KEY=SECRET)
    assert about(findings, "3 of 100 today, 3 of 1000 this month")
    fault = only_fault(examine(RPIOCR_VISION_API_KEY=SECRET, RPIOCR_CLOUD_DAILY_CAP="3"))
    assert "3 of 3 today" in fault.what
    assert fault.remedy == "export RPIOCR_CLOUD_DAILY_CAP=6"
    assert ledger.usage().in_day == 3


def test_a_damaged_ledger_is_to_be_moved_away(examine: Examine, tmp_path: Path) -> None:
    path = tmp_path / "state" / "rpiocr" / LEDGER_NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 100)
    assert only_fault(examine(RPIOCR_VISION_API_KEY=SECRET)).remedy == f"mv {path} {path}.damaged"


def test_a_pi_with_two_gigabytes_is_enough_and_a_full_one_is_not() -> None:
    assert memory_finding(1400 * 1024**2, 2048 * 1024**2).good
    full = memory_finding(300 * 1024**2, 2048 * 1024**2)
    assert not full.good
    assert "RPIOCR_WORKERS=1" in full.remedy


def test_scratch_space_without_room_explains_how_to_move_it(tmp_path: Path) -> None:
    assert scratch_finding(tmp_path, 10**9).good
    assert scratch_finding(tmp_path, 10**6).remedy == 'export TMPDIR="$HOME"'


@pytest.fixture
def only_tesseract(tmp_path: Path) -> str:
    """A folder of all installed packages but the second engine's, to be used instead of the installed ones."""
    folder = tmp_path / "packages"
    folder.mkdir()
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for path in Path(place).iterdir():
            if path.suffix != ".pth" and not path.name.startswith(PACKAGES):
                (folder / path.name).symlink_to(path)
    return str(folder)


@pytest.fixture
def copied_engine(tmp_path: Path) -> Path:
    """A copy of the package rapidocr, with the records of its installation, to be damaged."""
    folder = tmp_path / "packages"
    (folder / "rapidocr").mkdir(parents=True)
    (folder / "rapidocr" / "__init__.py").touch()
    shutil.copytree(model_folder(), folder / "rapidocr" / "models")
    installed = Path(str(metadata.distribution("rapidocr").locate_file("")))
    notes = next(installed.glob("rapidocr-*.dist-info"))
    shutil.copytree(notes, folder / notes.name)
    return folder


def examine_with(run: Run, packages: Path, **changes: str) -> Report:
    """Run the command where packages in a folder are found before the installed ones."""
    outcome = run("doctor", "--format", "json", PYTHONPATH=f"{packages}{os.pathsep}{PROJECT}", **changes)
    assert outcome.stderr == ""
    return [Finding(**row) for row in json.loads(outcome.stdout)], outcome.status, outcome.stdout


def test_the_second_engine_is_named_with_its_versions_and_its_models(examine: Examine) -> None:
    findings, _, _ = examine()
    said = about(findings, "second engine")
    for name in PACKAGES:
        assert f"{name} {metadata.version(name)}" in said
    assert str(model_folder()) in said


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.slow
def test_without_the_second_engine_it_states_what_is_lost_and_how_to_have_it_but_all_is_well(
    only_tesseract: str, home: Path, output: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-m", "rpiocr", "doctor", "--format", output],
        env=surroundings(home, PYTHONPATH=f"{only_tesseract}{os.pathsep}{PROJECT}"),
        capture_output=True,
        text=True,
        check=True,
    )
    if output == "text":
        lines = done.stdout.splitlines()
        tip, remedy = next(pair for pair in itertools.pairwise(lines) if "second engine" in pair[0])
        assert tip.startswith("tip second engine: not installed")
        assert remedy.strip().endswith("-m pip install 'onnxruntime>=1.20,<2' 'rapidocr>=3.10,<4'")
    else:
        (tip,) = (finding["what"] for finding in json.loads(done.stdout) if finding["tip"])
    assert LOST_WITHOUT in tip


@pytest.mark.slow
def test_a_second_engine_that_is_switched_off_is_off_and_cannot_be_at_fault(run: Run, copied_engine: Path) -> None:
    (copied_engine / "rapidocr" / "models" / DETECTOR).unlink()
    findings, status, _ = examine_with(run, copied_engine, RPIOCR_ENGINE="tesseract")
    assert status == ExitCode.OK
    assert "off" in about(findings, "second engine")


@pytest.mark.slow
def test_a_copied_second_engine_is_as_good_as_the_installed_one(run: Run, copied_engine: Path) -> None:
    findings, status, _ = examine_with(run, copied_engine)
    assert status == ExitCode.OK
    assert str(copied_engine) in about(findings, "second engine")


@pytest.mark.parametrize("name", [DETECTOR, RECOGNISER])
@pytest.mark.slow
def test_a_missing_model_is_named_with_the_command_that_brings_it(run: Run, copied_engine: Path, name: str) -> None:
    model = copied_engine / "rapidocr" / "models" / name
    model.unlink()
    fault = only_fault(examine_with(run, copied_engine))
    assert f"{model} is missing" in fault.what
    assert fault.remedy.endswith("-m pip install --force-reinstall --no-deps 'rapidocr>=3.10,<4'")


@pytest.mark.parametrize("name", [DETECTOR, RECOGNISER])
def test_one_wrong_byte_in_a_model_is_found(run: Run, copied_engine: Path, name: str) -> None:
    model = copied_engine / "rapidocr" / "models" / name
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    fault = only_fault(examine_with(run, copied_engine))
    assert f"{model} is damaged" in fault.what
    assert "--force-reinstall" in fault.remedy


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"half"], ids=["empty", "a page", "cut off"])
@pytest.mark.slow
def test_a_model_that_does_not_load_is_found_where_no_installation_records_what_it_should_be(
    run: Run, copied_engine: Path, content: bytes
) -> None:
    shutil.rmtree(next(copied_engine.glob("*.dist-info")))
    model = copied_engine / "rapidocr" / "models" / RECOGNISER
    model.write_bytes(model.read_bytes()[:10_000_000] if content == b"half" else content)
    fault = only_fault(examine_with(run, copied_engine))
    assert f"{model} cannot be loaded" in fault.what
    assert "'rapidocr>=3.10,<4'" in fault.remedy


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise ImportError('libgomp.so.1 is not there')", "does not start: libgomp.so.1 is not there"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "was ended by SIGILL"),
    ],
)
@pytest.mark.slow
def test_an_onnx_runtime_that_does_not_run_here_is_found_without_harm(
    run: Run, tmp_path: Path, module: str, said: str
) -> None:
    package = tmp_path / "packages" / "onnxruntime"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(module, "utf-8")
    fault = only_fault(examine_with(run, package.parent))
    assert said in fault.what
    assert "'onnxruntime>=1.20,<2'" in fault.remedy
