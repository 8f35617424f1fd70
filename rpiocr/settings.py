"""Every setting, declared once: flag, environment variable, key in the settings file, default, limits, help.

Not pydantic-settings: one declaration also has to produce command line options, completion and reference pages, and
must import in milliseconds.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import shlex
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from rpiocr.errors import ExposedSecretError, SettingsError
from rpiocr.sanitize.redact import Secret, hide, secrets, shown

PREFIX = "RPIOCR_"


@dataclass(frozen=True, slots=True)
class Spec:
    """The type, limits and help of one setting.

    ``kind`` is str, int, float, bool, or tuple for several strings separated by commas. Text must match ``pattern``
    completely; error messages show ``example``. ``unit`` appears in the help. ``secret`` is the part of the value to
    hide from others. ``group`` selects the commands that have the setting: those that read, those that keep results,
    or those that clean. ``unattended`` is the default of ``rpiocr watch`` and ``rpiocr batch``, None if it is that of
    all commands.
    """

    kind: type
    help: str
    choices: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    secret: Secret | None = None
    group: str = "reading"
    unattended: object = None


def _setting(default: object, kind: type, text: str, **limits: Any) -> Any:  # noqa: ANN401 - as dataclasses.field
    spec = Spec(kind, text, **limits)
    return field(default=default, repr=not spec.secret, metadata={"spec": spec})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a user; the defaults suit an ordinary receipt."""

    mode: str = _setting(
        "auto",
        str,
        "OCR effort: auto stops once the result can be accepted; low runs 2 passes of Tesseract, medium 6, high 15.",
        choices=("auto", "low", "medium", "high"),
    )
    engine: str = _setting(
        "auto",
        str,
        "Engines of mode auto: Tesseract and, where it is installed, RapidOCR; or Tesseract alone.",
        choices=("auto", "tesseract"),
    )
    accept_risk: float = _setting(
        0.005,
        float,
        "Maximum error rate among accepted receipts; a lower rate sends more receipts to review.",
        minimum=0.001,
        maximum=0.1,
    )
    deadline: float = _setting(
        0.0,
        float,
        "Return the best result so far after this time; 0 means no deadline.",
        minimum=0,
        maximum=86400,
        unit="seconds",
    )
    lang: str = _setting(
        "auto",
        str,
        "Languages for Tesseract, joined by +, such as deu+eng; auto starts with eng and detects others on the page.",
        pattern=r"[^+\s]+(\+[^+\s]+)*",
        example="auto, eng or deu+eng",
    )
    variant: tuple[str, ...] = _setting(
        (),
        tuple,
        "Run only these preprocessing variants instead of those of the mode.",
        choices=("default", "high_contrast", "threshold", "sharpen", "denoise"),
    )
    psm: tuple[str, ...] = _setting(
        (),
        tuple,
        "Run only these page segmentation modes of Tesseract instead of those of the mode.",
        choices=("3", "4", "6", "11"),
    )
    retries: int = _setting(
        2,
        int,
        "Maximum retries of the modes low, medium and high with other preprocessing, for an uncertain receipt.",
        minimum=0,
        maximum=2,
    )
    recipes: str = _setting(
        "tuned",
        str,
        "Preprocessing recipes: tuned by measurement, or with the strong contrast of the original guide.",
        choices=("tuned", "guide"),
    )
    scale: str = _setting(
        "letters",
        str,
        "Scale images by the measured height of the characters, or by width (at least 1200 pixels).",
        choices=("letters", "width"),
    )
    date_order: str = _setting(
        "auto",
        str,
        "Order of day, month and year in ambiguous numeric dates; auto infers it from another date on the receipt or"
        " its country. A warning appears if the receipt indicates another order.",
        choices=("auto", "dmy", "mdy", "ymd"),
    )
    photo_date: str = _setting(
        "on",
        str,
        "Use when a photo was taken, by the camera or the file name that a phone or scanner gave, as evidence about the"
        " date: a receipt is not younger than its photo, and of two readings the one shortly before it is likely.",
        choices=("on", "off"),
    )
    currency: str = _setting(
        "",
        str,
        "ISO 4217 code to assume where the receipt does not decide: it prints no sign of its own currency, and its"
        " country does not show.",
        pattern="([A-Z]{3})?",
        example="EUR",
    )
    home: str = _setting(
        "",
        str,
        "Country of most of your receipts, as in ISO 3166: its currency is assumed where the receipt does not decide,"
        " and no currency is set. Anything on the receipt counts more. Without it the country of the system's time zone"
        " only orders the alternatives.",
        pattern="([A-Z]{2})?",
        example="CH",
    )
    keywords: str = _setting("", str, "Directory with additional keyword tables (*.toml).")
    categories: str = _setting(
        "", str, "File (*.toml) that renames categories of purchases, or adds some by words or names of merchants."
    )
    workers: int = _setting(0, int, "Number of passes run in parallel; 0 means one per core.", minimum=0, maximum=64)
    pass_timeout: float = _setting(10.0, float, "Time limit of one pass.", minimum=0.1, maximum=3600, unit="seconds")
    receipt_timeout: float = _setting(
        30.0, float, "Time limit of one receipt.", minimum=0.1, maximum=86400, unit="seconds"
    )
    max_pixels: int = _setting(
        120_000_000, int, "Refuse images with more pixels than this.", minimum=10_000, unit="pixels"
    )
    max_pages: int = _setting(50, int, "Refuse files with more pages than this.", minimum=1, maximum=100_000)
    pages: str = _setting(
        "join",
        str,
        "Pages of a file that continue one purchase: join makes them one receipt, each leaves one for every page.",
        choices=("join", "each"),
    )
    items: str = _setting(
        "auto",
        str,
        "Line items: auto from what is read for the other fields, full reads more until they are proved, or off.",
        choices=("auto", "full", "off"),
        unattended="full",
    )
    cloud: str = _setting(
        "auto",
        str,
        "When to use Google Vision: auto if the local result is uncertain, never, or always."
        " Nothing is sent unless vision_api_key or vision_credentials is set.",
        choices=("auto", "never", "always"),
    )
    vision_api_key: str = _setting("", str, "API key of Google Vision.", secret=Secret.WHOLE)
    vision_credentials: str = _setting(
        "",
        str,
        "Service account file for Google Vision, or the word default for application default credentials.",
        pattern=r"(?!\s*[{-])[^\r\n]*",
        example="/home/pi/vision.json",
        secret=Secret.FILE,
    )
    vision_endpoint: str = _setting(
        "", str, "Endpoint of Google Vision, such as eu-vision.googleapis.com.", secret=Secret.HOST
    )
    vision_timeout: float = _setting(
        10.0,
        float,
        "Time limit of one cloud call, in addition to that of the receipt.",
        minimum=0.1,
        maximum=600,
        unit="seconds",
    )
    vision_attempts: int = _setting(2, int, "Maximum number of calls for one image.", minimum=1, maximum=10)
    cloud_daily_cap: int = _setting(100, int, "Maximum number of cloud calls per day.", minimum=0)
    cloud_monthly_cap: int = _setting(1000, int, "Maximum number of cloud calls per month.", minimum=0)
    store: str = _setting(
        "",
        str,
        "Database for receipts: a PostgreSQL URL such as postgresql://user@host/name, or an SQLite file such as"
        " /home/pi/receipts.sqlite or sqlite:////home/pi/receipts.sqlite; by default a file in your data directory.",
        secret=Secret.URL,
        group="keeping",
    )
    file_mode: str = _setting(
        "600",
        str,
        "Permissions of new files in your folders, in octal: 600 for you alone, 640 if your group may read, 664 for a"
        " shared folder. Existing files keep their permissions.",
        pattern="0?6[0246][0246]",
        example="600, 640 or 664",
        group="keeping",
    )
    moving: str = _setting(
        "yes",
        str,
        "Move processed files into done, review or failed next to the watched folder.",
        choices=("yes", "no"),
        group="keeping",
    )
    file_name: str = _setting(
        "{date}_{merchant}_{amount}",
        str,
        "Name of a moved file, without extension, built from {date}, {time}, {merchant}, {amount}, {currency}, {name}.",
        pattern=r"([^{}/\0]|\{(date|time|merchant|amount|currency|name)\})+",
        example="{date}_{merchant}_{amount}",
        group="keeping",
    )
    poll: float = _setting(
        0.0,
        float,
        "Interval for polling the watched folder; 0 relies on change notifications of the system where they work.",
        minimum=0,
        maximum=86400,
        unit="seconds",
        group="keeping",
    )
    settle: float = _setting(
        2.0,
        float,
        "A file is complete once its size and time have not changed for this long.",
        minimum=0.1,
        maximum=3600,
        unit="seconds",
        group="keeping",
    )
    log_format: str = _setting(
        "text",
        str,
        "Format of the log that watch and batch write to standard error.",
        choices=("text", "json"),
        group="keeping",
    )
    keep_days: int = _setting(
        30,
        int,
        "How long pictures that were made for the page, and receipts that were deleted there, are kept; 0 for ever.",
        minimum=0,
        maximum=36500,
        unit="days",
        group="cleaning",
    )

    @property
    def file_mode_bits(self) -> int:
        """The mode of new files in the user's directories, such as 0o600."""
        return int(self.file_mode, 8)


SPECS: Mapping[str, Spec] = {f.name: f.metadata["spec"] for f in dataclasses.fields(Settings)}
DEFAULTS: Mapping[str, object] = {f.name: f.default for f in dataclasses.fields(Settings)}
UNATTENDED_DEFAULTS: Mapping[str, object] = {
    name: DEFAULTS[name] if spec.unattended is None else spec.unattended for name, spec in SPECS.items()
}
"""The defaults of ``rpiocr watch`` and ``rpiocr batch``, whose results are kept while nobody waits for them."""


def shown_setting(name: str, value: object) -> str:
    """Return a setting's value for people and logs, with secret parts hidden."""
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    kind = SPECS[name].secret
    return shown(text, kind) if kind and text else text


def holds_secret(name: str, value: object) -> bool:
    """Return whether part of a setting's value must be hidden from others."""
    return SPECS[name].secret is not None and shown_setting(name, value) != str(value)


def settings_file() -> Path:
    """Return the path of the user's settings file."""
    return Path(platformdirs.user_config_dir("rpiocr")) / "settings.toml"


def state_dir() -> Path:
    """Return the directory of the cloud ledger and the cached cloud answers."""
    return Path(platformdirs.user_state_dir("rpiocr"))


def load_settings(
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
    defaults: Mapping[str, object] = DEFAULTS,
) -> Settings:
    """Merge the sources: ``flags`` override the environment, which overrides the file, which overrides the defaults.

    Without ``file`` the user's own is read if it exists. Secrets are redacted in all output from then on, see
    rpiocr.sanitize.redact. Raises SettingsError, which names the source and the allowed values, and
    ExposedSecretError.
    """
    environ = os.environ if environ is None else environ
    path = file or settings_file()
    values = read_settings_file(path, required=file is not None)
    if remedy := exposed(path, values):
        message = f"{path} holds {_secrets_named(values)}, and other users can read it; run: {remedy}"
        raise ExposedSecretError(message)
    for name in SPECS:
        variable = PREFIX + name.upper()
        if variable in environ:
            values[name] = convert(name, environ[variable], f"the environment variable {variable}")
    for name, raw in (flags or {}).items():
        values[name] = convert(name, raw, f"--{name.replace('_', '-')}")
    for name, value in values.items():
        if kind := SPECS[name].secret:
            hide(secrets(str(value), kind))
    return Settings(**{**defaults, **values})


def exposed(path: Path, values: Mapping[str, object]) -> str:
    """Return the command that hides a settings file with a secret from other users; empty if it is hidden already.

    A file owned by root may be readable by a group other than root's, so that a system service can read it. Anything
    but a regular file, such as a pipe, is not readable by others.
    """
    if not any(holds_secret(name, value) for name, value in values.items()):
        return ""
    facts = path.stat()
    lent = facts.st_uid == 0 and facts.st_gid != 0
    if not stat.S_ISREG(facts.st_mode) or not facts.st_mode & (stat.S_IRWXO | (0 if lent else stat.S_IRWXG)):
        return ""
    sudo = "" if os.geteuid() in (0, facts.st_uid) else "sudo "
    return f"{sudo}chmod {640 if lent else 600} {shlex.quote(str(path))}"


def _secrets_named(values: Mapping[str, object]) -> str:
    return " and ".join(f"a secret in {name}" for name, value in values.items() if holds_secret(name, value))


def read_settings_file(path: Path, *, required: bool) -> dict[str, Any]:
    """Read and check a settings file; a missing one is empty unless ``required``."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if not required:
            return {}
        message = f"the settings file {path} does not exist"
        raise SettingsError(message) from None
    except (OSError, ValueError, RecursionError) as error:  # tomllib passes numbers with too many digits to int
        message = f"the settings file {path} cannot be read: {error}"
        raise SettingsError(message) from error
    for name in table:
        if name not in SPECS:
            near = difflib.get_close_matches(name, SPECS, 1)
            advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(SPECS)}"
            message = f"{path}: there is no setting {name!r}; {advice}"
            raise SettingsError(message)
    return {name: convert(name, raw, f"{path}: {name}") for name, raw in table.items()}


STORE_PATH = re.compile(r"(\.{0,2}|~)/[^?@]+|[^?@:]+\.(db|sqlite|sqlite3)")


def convert(name: str, raw: object, where: str) -> object:
    """Check one value and convert it to its type; raises SettingsError, which names the allowed values."""
    spec = SPECS[name]
    if spec.kind is tuple:
        return _several(raw, spec, where)
    value = _one(raw, spec, where)
    if spec.choices and value not in spec.choices:
        message = f"{where} is {value!r}; it may be {', '.join(spec.choices)}"
        raise SettingsError(message)
    if spec.pattern and not re.fullmatch(spec.pattern, str(value)):
        message = f"{where} is {_quoted(spec, value)}; it must look like {spec.example}"
        raise SettingsError(message)
    if isinstance(value, int | float) and not _within(value, spec):
        limits = f"at least {spec.minimum:g}" + (f" and at most {spec.maximum:g}" if spec.maximum is not None else "")
        message = f"{where} is {_shown(value)}; it must be {limits}"
        raise SettingsError(message)
    return store_url(str(value)) if name == "store" else value


def store_url(given: str) -> str:
    """Return the URL of a store; the path of a file becomes the URL of an SQLite file.

    A path starts with / ./ ../ or ~/, or has an extension of SQLite files.
    """
    if "://" in given or not STORE_PATH.fullmatch(given):
        return given
    return f"sqlite:///{Path(given).expanduser().absolute()}"


def _quoted(spec: Spec, value: object) -> str:
    return "not usable" if spec.secret else _shown(value)


def _within(value: float, spec: Spec) -> bool:
    return (spec.minimum is None or value >= spec.minimum) and (spec.maximum is None or value <= spec.maximum)


def _one(raw: object, spec: Spec, where: str) -> object:
    wanted = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}[spec.kind]
    try:
        if isinstance(raw, bool) != (spec.kind is bool) and not isinstance(raw, str):
            raise ValueError
        if spec.kind is str:
            if not isinstance(raw, str):
                raise ValueError
            return raw
        if spec.kind is int and isinstance(raw, float) and not raw.is_integer():
            raise ValueError
        return spec.kind(raw)
    except (TypeError, ValueError, OverflowError, RecursionError):
        message = f"{where} is {_quoted(spec, raw)}; it must be {wanted}"
        raise SettingsError(message) from None


def _shown(raw: object) -> str:
    """Return a value for a message; Python refuses to print integers of thousands of digits."""
    try:
        return f"{raw:g}" if isinstance(raw, float) else repr(raw)
    except (ValueError, RecursionError):
        return "too large to print"


def _several(raw: object, spec: Spec, where: str) -> tuple[str, ...]:
    parts: Sequence[object] = (
        raw.split(",") if isinstance(raw, str) else raw if isinstance(raw, list | tuple) else (raw,)
    )
    texts = (part if isinstance(part, str) else _shown(part) for part in parts)
    values = tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
    for value in values:
        if value not in spec.choices:
            message = f"{where} has {value!r}; it may be {', '.join(spec.choices)}"
            raise SettingsError(message)
    return values
