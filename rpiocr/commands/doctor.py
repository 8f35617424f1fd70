"""What is installed and set up, what is not, and the command that mends it. Nothing is sent anywhere."""

from __future__ import annotations

import base64
import difflib
import hashlib
import importlib
import importlib.util
import json
import os
import platform
import re
import shlex
import shutil
import signal
import stat
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpiocr.cloud.ledger import LEDGER_NAME, Ledger
from rpiocr.errors import ChildError, CloudBudgetError, CloudLedgerError, SecondEngineMissingError, SettingsError
from rpiocr.recognise.tesseract_models import AUTO, DETECTION, INSTALL, combined, needed, pack_for, package_of
from rpiocr.service.egress import GOOGLE, ways_out
from rpiocr.settings import (
    DEFAULTS,
    PREFIX,
    SPECS,
    Settings,
    convert,
    exposed,
    holds_secret,
    read_settings_file,
    settings_file,
    shown_setting,
    state_dir,
)
from rpiocr.system.child import Bounds, run
from rpiocr.system.finding import Finding
from rpiocr.system.packages import install_command
from rpiocr.system.scratch import ROOM_NEEDED, SHARED_MEMORY, scratch_parent

if TYPE_CHECKING:
    from rpiocr.recognise.engine import EngineProfile

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables that tell the system's language, the one that counts first."""

LEAST_TESSERACT = (4, 1)
"""The first version whose LSTM engine heeds every option that is passed to it."""

GOOD_TESSERACT = 5
"""The major version that all figures were measured with."""

LEAST_MEMORY = 512 * 1024 * 1024
"""Bytes that have to be available: the tool with its passes takes up to 500 MB on a 12-megapixel photo."""

PROBE_LIMIT_S = 20.0

MOVE_SCRATCH = 'export TMPDIR="$HOME"'

RENEW_DEFAULT = "gcloud auth application-default login"

PACKAGES = (
    "alembic",
    "click",
    "google-cloud-vision",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "pillow-heif",
    "platformdirs",
    "psutil",
    "pypdfium2",
    "pytesseract",
    "python-dateutil",
    "python-stdnum",
    "rapidfuzz",
    "rich",
    "simplejson",
    "sqlalchemy",
    "watchdog",
)
"""The packages that rpiocr needs, as pyproject.toml lists them."""

SECOND_ENGINE = {"onnxruntime": "onnxruntime>=1.20,<2", "rapidocr": "rapidocr>=3.10,<4"}
"""The packages of the second engine, which rpiocr can do without, as pyproject.toml lists them."""

ALONE_RIGHT, TOGETHER_RIGHT = 88, 99
LOST_WITHOUT = (
    f"Tesseract alone: of the receipts read in development {ALONE_RIGHT} of 100 had total and date right, "
    f"with both engines {TOGETHER_RIGHT} of 100"
)

LOAD_LIMIT_S = 60.0
"""Seconds for loading the second engine's models, a hundred times what a Pi takes from a slow card."""

MOST_SAID = 400
"""Characters of another program's error that are shown."""

LOAD = """
import sys
try:
    import onnxruntime
except Exception as error:
    print(f"ONNX Runtime does not start: {error}")
    sys.exit(1)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
options.log_severity_level = 4
for path in sys.argv[1:]:
    try:
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        print(f"the model {path} cannot be loaded: {error}")
        sys.exit(1)
"""
"""Run apart, with the paths of models: native code can end the process that loads a broken one."""

PICTURE_FORMATS = {"HEIC": ("pillow_heif", "pillow-heif"), "PDF": ("pypdfium2", "pypdfium2")}
"""Formats that a library of their own decodes: its module and its package."""

SERVICE_ACCOUNT = "service_account"

CREDENTIAL_KEYS = {
    SERVICE_ACCOUNT: {"client_email", "private_key", "token_uri"},
    "authorized_user": {"client_id", "client_secret", "refresh_token"},
    "external_account": {"audience", "credential_source"},
}
"""What a credentials file of each type has to hold."""


def _good(what: str) -> Finding:
    return Finding(what, good=True)


def _bad(what: str, remedy: str) -> Finding:
    return Finding(what, good=False, remedy=remedy)


def _tip(what: str, remedy: str) -> Finding:
    return Finding(what, good=True, remedy=remedy, tip=True)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What the user has set, and where: a file or an environment variable for each setting that is."""

    settings: Settings
    origins: Mapping[str, str]


def examine() -> tuple[Finding, ...]:
    """Look at everything that reading receipts needs; never raises for what is wrong with it."""
    chosen, about_settings = _settings()
    settings = chosen.settings if chosen else Settings()
    return (
        *_tesseract(settings.lang),
        _second_engine_used(settings),
        *_engines(),
        *_python(),
        *_formats(),
        *_machine(),
        *about_settings,
        *(_cloud(chosen) if chosen else ()),
        *(_leaving(settings) if chosen else ()),
        *(_kept(settings) if chosen else ()),
    )


def _kept(settings: Settings) -> Iterator[Finding]:
    """What is kept, and who watches: looked at only where the packages for that are there."""
    try:
        from rpiocr.keep.health import service_findings, store_findings
    except ImportError as error:
        yield _bad(f"store: cannot be examined: {error}", _reinstall("sqlalchemy", "alembic"))
        return
    yield from store_findings(settings.store)
    yield from service_findings()


def _tesseract(languages: str) -> Iterator[Finding]:
    program = shutil.which("tesseract")
    install = f"{INSTALL} tesseract-ocr"
    if program is None:
        yield _bad("Tesseract: the program tesseract is not on the PATH", install)
        return
    words = _output([program, "--version"])
    found = re.search(r"tesseract\s+v?(\d+)\.(\d+)\S*", words or "")
    if not found:
        yield _bad(f"Tesseract: {program} does not tell its version", f"{install} --reinstall")
        return
    version = int(found[1]), int(found[2])
    name = f"Tesseract {found[0].split()[-1].removeprefix('v')} ({program})"
    if version < LEAST_TESSERACT:
        yield _bad(f"{name}: too old, at least 4.1 is needed", install)
        return
    yield _good(name if version[0] >= GOOD_TESSERACT else f"{name}: works, version 5 is recommended")
    yield from _languages(program, languages)


def _languages(program: str, wanted: str) -> Iterator[Finding]:
    listed = (_output([program, "--list-langs"]) or "").splitlines()
    installed = sorted(line.strip() for line in listed if re.fullmatch(r"[A-Za-z][\w/-]*", line.strip()))
    missing = sorted(set(needed(wanted)) - set(installed))
    what = f"languages: {', '.join(installed) or 'none'}"
    if not missing:
        yield _good(what)
        yield from _languages_to_add(wanted, installed)
        return
    what += f"; {', '.join(missing)} is wanted and missing"
    folder = os.environ.get("TESSDATA_PREFIX")
    if folder is not None:
        yield _bad(f"{what}; TESSDATA_PREFIX looks for them in {folder}", "unset TESSDATA_PREFIX")
        return
    renamed = {name: pack.code for name in missing if (pack := pack_for(name))}
    if renamed:
        named = ", ".join(f"{name} is {code}" for name, code in renamed.items())
        what += f"; Tesseract has names of its own: {named}"
        missing = [renamed.get(name, name) for name in missing]
    to_install = [package_of(name) for name in missing if name not in installed]
    if to_install:
        yield _bad(what, f"{INSTALL} {' '.join(to_install)}")
    else:
        codes = combined(renamed.get(name, name) for name in needed(wanted))
        yield _bad(what, f"export {PREFIX}LANG={codes}")


def _languages_to_add(wanted: str, installed: Collection[str]) -> Iterator[Finding]:
    """What to install for the system's language, and to tell a page's script where ``wanted`` leaves it open."""
    variable, locale = next(((name, os.environ[name]) for name in LOCALE if os.environ.get(name)), ("", ""))
    pack = pack_for(locale)
    if pack and pack.code not in installed:
        what = f"languages: the system's ({variable}={locale}) has no model, receipts in it are read less well"
        yield _tip(what, f"{INSTALL} {pack.package}")
    if wanted == AUTO and DETECTION not in installed:
        what = f"languages: without {DETECTION}, the way up and the script of a page are told less well"
        yield _tip(what, f"{INSTALL} {package_of(DETECTION)}")


def _output(command: list[str]) -> str | None:
    """Return what a program prints, on either stream; ``None`` when it does not run within its limits."""
    try:
        ended = run(command, Bounds(PROBE_LIMIT_S))
    except ChildError:
        return None
    return (ended.out + ended.err).decode("utf-8", errors="replace")


def _second_engine_used(settings: Settings) -> Finding:
    if settings.engine == "tesseract":
        return _good("second engine: off, the setting engine is tesseract")
    return second_engine()


def _engines() -> Iterator[Finding]:
    try:
        from rpiocr.cloud.engine import ENGINES

        described = [_engine(profile) for profile in ENGINES]
    except ImportError:
        return  # the missing package is reported below
    yield _good(f"engines: {', '.join(described)}")


def _engine(profile: EngineProfile) -> str:
    price = f", {profile.price_usd} USD a page" if profile.price_usd else ""
    readable = f"{len(profile.languages())} languages" if profile.is_installed() else "not installed"
    return f"{profile.family.name} ({profile.family.kind}{price}, {readable})"


def second_engine() -> Finding:
    """Judge the second engine: whether it is installed, and its models are what was installed and load."""
    missing = [name for name in SECOND_ENGINE if importlib.util.find_spec(name) is None]
    if missing:
        what = f"second engine: not installed ({' and '.join(missing)}). {LOST_WITHOUT}"
        return _tip(what, install_command(*SECOND_ENGINE.values()))
    renew_models = _reinstall("--no-deps", SECOND_ENGINE["rapidocr"])
    try:
        from rpiocr.recognise.rapidocr.engine import DETECTOR, RECOGNISER, model_folder

        folder = model_folder()
    except ImportError as error:
        return _bad(f"second engine: cannot be examined: {error}", _reinstall("numpy", "opencv-python-headless"))
    except SecondEngineMissingError as error:
        # the rest of the sentence is what the remedy says better
        return _bad(f"second engine: {str(error).partition(';')[0]}", renew_models)
    models = [folder / name for name in (DETECTOR, RECOGNISER)]
    for path in models:
        if _differs(path):
            return _bad(f"second engine: the model {path} is damaged: it is not what was installed", renew_models)
    fault = _load_fault(models)
    if fault:
        remedy = renew_models if str(folder) in fault else _reinstall(SECOND_ENGINE["onnxruntime"])
        return _bad(f"second engine: {fault}", remedy)
    versions = " and ".join(f"{name} {_version(name) or '(unknown version)'}" for name in SECOND_ENGINE)
    return _good(f"second engine: {versions}; its models in {folder} load")


def _differs(path: Path) -> bool:
    """Whether a file of the package rapidocr is not the one that was installed; false where that cannot be told."""
    try:
        listed = metadata.files("rapidocr") or ()
    except metadata.PackageNotFoundError:
        return False
    hashes = [file.hash for file in listed if file.name == path.name and Path(str(file.locate())) == path]
    if not hashes or hashes[0] is None or hashes[0].mode not in hashlib.algorithms_available:
        return False
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, hashes[0].mode).digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=") != hashes[0].value


def _load_fault(models: Sequence[Path]) -> str:
    """Load models in a process of their own; return what goes wrong, an empty text if nothing does."""
    try:
        ended = run([sys.executable, "-P", "-c", LOAD, *map(str, models)], Bounds(LOAD_LIMIT_S))
    except ChildError as error:
        return f"its models cannot be loaded: {error}"
    if ended.status < 0:
        return f"ONNX Runtime was ended by {signal.Signals(-ended.status).name} when it loaded the models"
    if ended.status:
        said = " ".join(ended.out.decode("utf-8", errors="replace").split())
        return said[:MOST_SAID] or "its models cannot be loaded"
    return ""


def _python() -> Iterator[Finding]:
    what = f"Python {platform.python_version()} ({sys.executable})"
    yield _good(what)
    versions = {name: _version(name) for name in PACKAGES}
    yield _good("packages: " + ", ".join(f"{name} {version}" for name, version in versions.items() if version))
    for name, version in versions.items():
        if version is None:
            yield _bad(f"package {name}: not installed", _reinstall(name))


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _reinstall(*packages: str) -> str:
    return install_command("--force-reinstall", *packages)


def _formats() -> Iterator[Finding]:
    yield _good("pictures: JPEG, PNG, TIFF, WebP, BMP, GIF")
    for name, (module, package) in PICTURE_FORMATS.items():
        try:
            importlib.import_module(module)
        except (ImportError, OSError) as error:
            yield _bad(f"pictures: {name} cannot be read: {error}", _reinstall(package))
        else:
            yield _good(f"pictures: {name}")


def _machine() -> Iterator[Finding]:
    yield _memory()
    yield _scratch()
    yield _good(f"cores: {len(os.sched_getaffinity(0))}, a pass on each")
    threads = os.environ.get("OMP_THREAD_LIMIT", "1")
    if threads != "1":
        what = f"OMP_THREAD_LIMIT is {threads}: threads of one pass hinder each other, up to five times slower"
        yield _bad(what, "unset OMP_THREAD_LIMIT")


def _memory() -> Finding:
    try:
        import psutil
    except ImportError as error:
        return _bad(f"memory: cannot be examined: {error}", _reinstall("psutil"))
    memory = psutil.virtual_memory()
    return memory_finding(memory.available, memory.total)


def _scratch() -> Finding:
    try:
        parent = scratch_parent()
        return scratch_finding(parent, shutil.disk_usage(parent).free)
    except OSError as error:
        return _bad(f"scratch space: there is none: {error}", MOVE_SCRATCH)


def memory_finding(available: int, total: int) -> Finding:
    """Judge the memory, in bytes."""
    what = f"memory: {_megabytes(available)} available of {_megabytes(total)}"
    if available >= LEAST_MEMORY:
        return _good(what)
    what += f"; under {_megabytes(LEAST_MEMORY)} large photos may not fit"
    return _bad(what, "export RPIOCR_WORKERS=1 RPIOCR_MODE=low")


def scratch_finding(parent: Path, free: int) -> Finding:
    """Judge the folder in which pictures are exchanged with Tesseract; ``free`` in bytes."""
    kind = "shared memory" if parent == SHARED_MEMORY else "temporary folder"
    what = f"scratch space: {parent} ({kind}), {_megabytes(free)} free"
    if free < ROOM_NEEDED:
        return _bad(f"{what}; {_megabytes(ROOM_NEEDED)} are needed", MOVE_SCRATCH)
    if not os.access(parent, os.W_OK | os.X_OK):
        return _bad(f"{what}; it cannot be written", f"sudo chmod 1777 {shlex.quote(str(parent))}")
    return _good(what)


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:.0f} MB"


def _settings() -> tuple[_Chosen | None, tuple[Finding, ...]]:
    """Return what is set, ``None`` where something in it is wrong, and what there is to say about it."""
    path = settings_file()
    from_file, about_file = _read_file(path)
    from_environment, about_environment, valid = _read_environment()
    values = (from_file or {}) | from_environment
    origins = dict.fromkeys(from_file or {}, str(path))
    origins |= {name: f"the environment variable {PREFIX}{name.upper()}" for name in from_environment}
    changed = (name for name, value in values.items() if value != DEFAULTS[name])
    shown = (_good(f"setting {name} = {shown_setting(name, values[name])}, from {origins[name]}") for name in changed)
    chosen = _Chosen(Settings(**values), origins) if valid and from_file is not None else None
    return chosen, (about_file, *about_environment, *shown)


def _read_file(path: Path) -> tuple[dict[str, Any] | None, Finding]:
    try:
        values = read_settings_file(path, required=False)
    except SettingsError as error:
        return None, _bad(f"settings file: {error}", _edit(path))
    if not path.exists():
        return values, _good(f"settings file: {path} (not there, none is needed)")
    if remedy := exposed(path, values):
        secret = " and ".join(name for name, value in values.items() if holds_secret(name, value))
        return values, _bad(f"settings file: others can read {path}, which holds a secret in {secret}", remedy)
    return values, _good(f"settings file: {path}")


def _read_environment() -> tuple[dict[str, Any], tuple[Finding, ...], bool]:
    """Return the settings in the environment, what is wrong there, and whether a run can begin."""
    values: dict[str, Any] = {}
    findings = []
    valid = True
    for variable in sorted(name for name in os.environ if name.startswith(PREFIX)):
        name = variable.removeprefix(PREFIX).lower()
        if name not in SPECS:
            findings.append(_bad(_unknown(variable, name), f"unset {variable}"))
            continue
        try:
            values[name] = convert(name, os.environ[variable], f"the environment variable {variable}")
        except SettingsError as error:
            findings.append(_bad(f"settings: {error}", f"unset {variable}"))
            valid = False
    return values, tuple(findings), valid


def _unknown(variable: str, name: str) -> str:
    near = difflib.get_close_matches(name, SPECS, 1)
    advice = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
    return f"settings: the environment variable {variable} is no setting and changes nothing{advice}"


def _edit(path: Path) -> str:
    return f"${{EDITOR:-nano}} {shlex.quote(str(path))}"


def _hide(path: Path) -> str:
    return f"chmod 600 {shlex.quote(str(path))}"


def _others_may_read(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH)


def _cloud(chosen: _Chosen) -> Iterator[Finding]:
    settings = chosen.settings
    if settings.cloud == "never":
        yield _good("cloud: off, the setting cloud is never")
        return
    try:
        from rpiocr.cloud.engine import VISION
        from rpiocr.decide.cloud_policy import cloud_options

        options = cloud_options(settings)
    except ImportError as error:
        yield _bad(f"cloud: cannot be examined: {error}", _reinstall("google-cloud-vision"))
        return
    except SettingsError as error:
        wrong = "vision_endpoint" if "endpoint" in str(error) else "vision_api_key"
        yield _bad(f"cloud: {error}", _undo(wrong, chosen))
        return
    if options is None:
        yield _good("cloud: off, neither vision_api_key nor vision_credentials is set; nothing is sent")
        return
    endpoint = options.parsed_endpoint
    where = endpoint.target if endpoint else GOOGLE
    when = "every receipt" if settings.cloud == "always" else "doubtful receipts"
    yield _good(f"cloud: on, {when} may be sent to {where}")
    if options.api_key:
        yield _good("cloud: an API key is set (not shown, not tried)")
    elif options.credentials == "default":
        yield _default_credentials()
    else:
        yield _service_account(Path(settings.vision_credentials).expanduser())
    yield _ledger(settings, VISION.family.name)


def _leaving(settings: Settings) -> Iterator[Finding]:
    try:
        ways = ways_out(settings)
    except ImportError as error:
        yield _bad(f"privacy: cannot be examined: {error}", _reinstall("sqlalchemy"))
        return
    if ways:
        yield _good(f"privacy: by these settings may leave this machine: {'; '.join(ways)}")
    else:
        yield _good("privacy: by these settings nothing leaves this machine")


def _undo(name: str, chosen: _Chosen) -> str:
    in_file = chosen.origins.get(name) == str(settings_file())
    return _edit(settings_file()) if in_file else f"unset {PREFIX}{name.upper()}"


def _default_credentials() -> Finding:
    variable = "GOOGLE_APPLICATION_CREDENTIALS"
    config = os.environ.get("CLOUDSDK_CONFIG") or str(Path.home() / ".config" / "gcloud")
    path = Path(os.environ.get(variable) or f"{config}/application_default_credentials.json")
    if not path.exists():
        return _bad(f"cloud: no application default credentials: no {path}, see {variable}", RENEW_DEFAULT)
    return _credentials(path, CREDENTIAL_KEYS, RENEW_DEFAULT)


def _service_account(path: Path) -> Finding:
    account = "--iam-account=NAME@PROJECT.iam.gserviceaccount.com"
    renew = f"gcloud iam service-accounts keys create {shlex.quote(str(path))} {account}"
    return _credentials(path, {SERVICE_ACCOUNT: CREDENTIAL_KEYS[SERVICE_ACCOUNT]}, renew)


def _credentials(path: Path, kinds: Mapping[str, set[str]], renew: str) -> Finding:
    """Judge a credentials file by its form alone: one of ``kinds``, each with the keys it has to hold."""
    shown = f"cloud: credentials file {path}"
    try:
        table = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return _bad(f"{shown} is not there", renew)
    except PermissionError:
        return _bad(f"{shown} may not be read", f'sudo chown "$USER" {shlex.quote(str(path))} && {_hide(path)}')
    except (OSError, ValueError):
        return _bad(f"{shown} is not JSON", renew)
    keys = kinds.get(str(table.get("type"))) if isinstance(table, dict) else None
    if keys is None or keys - set(table):
        return _bad(f"{shown} lacks what credentials of type {' or '.join(kinds)} hold", renew)
    if _others_may_read(path):
        return _bad(f"{shown} can be read by others", _hide(path))
    return _good(f"{shown} is there and complete (not shown, not tried)")


def _ledger(settings: Settings, engine: str) -> Finding:
    path = state_dir() / LEDGER_NAME
    caps = settings.cloud_daily_cap, settings.cloud_monthly_cap
    ledger = Ledger(engine, path, *caps, store=settings.store)
    try:
        usage = ledger.usage()
        what = f"cloud calls: {usage.in_day} of {caps[0]} today, {usage.in_month} of {caps[1]} this month"
        ledger.require_room(usage)
    except CloudBudgetError as error:
        name = "DAILY" if "daily" in str(error) else "MONTHLY"
        more = 2 * max(1, caps[name == "MONTHLY"])
        return _bad(f"{what}. {error}", f"export RPIOCR_CLOUD_{name}_CAP={more}")
    except CloudLedgerError as error:
        quoted = shlex.quote(str(path))
        mend = f"mv {quoted} {quoted}.damaged" if os.access(path, os.W_OK) else f'sudo chown "$USER" {quoted}'
        return _bad(f"cloud calls: {error}", mend)
    return _good(what)
