"""Checks the cloud engine, its credentials and remaining calls, and lists what may leave this machine."""

from __future__ import annotations

import json
import os
import shlex
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from rpiocr.cloud.ledger import LEDGER_NAME, Ledger
from rpiocr.errors import CloudBudgetError, CloudLedgerError, SettingsError
from rpiocr.health.settings import Chosen, editor_command
from rpiocr.service.egress import GOOGLE, ways_out
from rpiocr.settings import PREFIX, Settings, settings_file, state_dir
from rpiocr.system.finding import Finding, bad, good
from rpiocr.system.packages import reinstall

RENEW_DEFAULT = "gcloud auth application-default login"

SERVICE_ACCOUNT = "service_account"

CREDENTIAL_KEYS = {
    SERVICE_ACCOUNT: {"client_email", "private_key", "token_uri"},
    "authorized_user": {"client_id", "client_secret", "refresh_token"},
    "external_account": {"audience", "credential_source"},
}
"""Required keys of a credentials file of each type."""


def _hide(path: Path) -> str:
    return f"chmod 600 {shlex.quote(str(path))}"


def _others_may_read(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH)


def cloud_findings(chosen: Chosen) -> Iterator[Finding]:
    """Examine the cloud engine by its settings alone; nothing is sent."""
    settings = chosen.settings
    if settings.cloud == "never":
        yield good("cloud: off, the setting cloud is never")
        return
    try:
        from rpiocr.cloud.engine import VISION
        from rpiocr.decide.cloud_policy import cloud_options

        options = cloud_options(settings)
    except ImportError as error:
        yield bad(f"cloud: cannot be examined: {error}", reinstall("google-cloud-vision"))
        return
    except SettingsError as error:
        wrong = "vision_endpoint" if "endpoint" in str(error) else "vision_api_key"
        yield bad(f"cloud: {error}", _undo(wrong, chosen))
        return
    if options is None:
        yield good("cloud: off, neither vision_api_key nor vision_credentials is set; nothing is sent")
        return
    endpoint = options.parsed_endpoint
    where = endpoint.target if endpoint else GOOGLE
    when = "every receipt" if settings.cloud == "always" else "uncertain receipts"
    yield good(f"cloud: on, {when} may be sent to {where}")
    if options.api_key:
        yield good("cloud: an API key is set (not shown, not tested)")
    elif options.credentials == "default":
        yield _default_credentials()
    else:
        yield _service_account(Path(settings.vision_credentials).expanduser())
    yield _ledger(settings, VISION.family.name)


def privacy_findings(settings: Settings) -> Iterator[Finding]:
    """Report what may leave this machine with these settings."""
    try:
        ways = ways_out(settings)
    except ImportError as error:
        yield bad(f"privacy: cannot be examined: {error}", reinstall("sqlalchemy"))
        return
    if ways:
        yield good(f"privacy: with these settings may leave this machine: {'; '.join(ways)}")
    else:
        yield good("privacy: with these settings nothing leaves this machine")


def _undo(name: str, chosen: Chosen) -> str:
    in_file = chosen.origins.get(name) == str(settings_file())
    return editor_command(settings_file()) if in_file else f"unset {PREFIX}{name.upper()}"


def _default_credentials() -> Finding:
    variable = "GOOGLE_APPLICATION_CREDENTIALS"
    config = os.environ.get("CLOUDSDK_CONFIG") or str(Path.home() / ".config" / "gcloud")
    path = Path(os.environ.get(variable) or f"{config}/application_default_credentials.json")
    if not path.exists():
        return bad(f"cloud: no application default credentials: no {path}, see {variable}", RENEW_DEFAULT)
    return _credentials(path, CREDENTIAL_KEYS, RENEW_DEFAULT)


def _service_account(path: Path) -> Finding:
    account = "--iam-account=NAME@PROJECT.iam.gserviceaccount.com"
    renew = f"gcloud iam service-accounts keys create {shlex.quote(str(path))} {account}"
    return _credentials(path, {SERVICE_ACCOUNT: CREDENTIAL_KEYS[SERVICE_ACCOUNT]}, renew)


def _credentials(path: Path, kinds: Mapping[str, set[str]], renew: str) -> Finding:
    """Check the format of a credentials file: one of ``kinds``, each with its required keys."""
    shown = f"cloud: credentials file {path}"
    try:
        table = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return bad(f"{shown} does not exist", renew)
    except PermissionError:
        return bad(f"{shown} is not readable", f'sudo chown "$USER" {shlex.quote(str(path))} && {_hide(path)}')
    except (OSError, ValueError):
        return bad(f"{shown} is not JSON", renew)
    keys = kinds.get(str(table.get("type"))) if isinstance(table, dict) else None
    if keys is None or keys - set(table):
        return bad(f"{shown} lacks keys of credentials of type {' or '.join(kinds)}", renew)
    if _others_may_read(path):
        return bad(f"{shown} is readable by other users", _hide(path))
    return good(f"{shown} exists and is complete (not shown, not tested)")


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
        return bad(f"{what}. {error}", f"export RPIOCR_CLOUD_{name}_CAP={more}")
    except CloudLedgerError as error:
        quoted = shlex.quote(str(path))
        mend = f"mv {quoted} {quoted}.damaged" if os.access(path, os.W_OK) else f'sudo chown "$USER" {quoted}'
        return bad(f"cloud calls: {error}", mend)
    return good(what)
