"""The user's settings for the cloud engine, validated once before anything is sent."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from rpiocr.errors import SettingsError

DEFAULT_CREDENTIALS = "default"
"""Value of ``credentials`` for application default credentials."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of Vision: ``target`` is host:port; if not ``secure``, TLS is not used."""

    target: str
    secure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudOptions:
    """Settings of the cloud engine.

    ``api_key``: Google API key; never printed.
    ``credentials``: path of a service account file, or ``default`` for application default credentials.
    ``endpoint``: ``None`` for Google's own; else ``host[:port]`` or ``https://host[:port]``, and, on this
    machine only, ``http://127.0.0.1:port``.
    ``timeout_s``: maximum seconds for connecting and for the response, each, in one attempt.
    ``attempts``: maximum number of calls for one image, at least 1; each of them counts towards the caps.
    ``daily_cap``: maximum number of calls per day (UTC).
    ``monthly_cap``: maximum number of calls per month (UTC).
    ``state_dir``: directory of the ledger, the cached answers and the locks.
    ``store``: URL of the store with the second count of calls, empty for the user's own, None for no second count.
    ``language_hints``: BCP 47 codes such as ``de``; if empty, Vision detects the language.

    Raises SettingsError for an invalid value.
    """

    state_dir: Path
    timeout_s: float
    attempts: int
    daily_cap: int
    monthly_cap: int
    api_key: str | None = field(default=None, repr=False)
    credentials: str | None = None
    endpoint: str | None = None
    language_hints: tuple[str, ...] = ()
    store: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.api_key and not (self.api_key.isascii() and self.api_key.isprintable() and " " not in self.api_key):
            raise SettingsError("The API key contains spaces or characters that no key has; copy it again.")
        if self.api_key and self.credentials:
            raise SettingsError("Both vision_api_key and vision_credentials are set; remove one of them.")
        if not 0 < self.timeout_s <= 600:
            raise SettingsError(f"The cloud timeout must be more than 0 and at most 600 seconds, not {self.timeout_s}.")
        if self.attempts < 1:
            raise SettingsError(f"The cloud attempts must be at least 1, not {self.attempts}.")
        if self.daily_cap < 0 or self.monthly_cap < 0:
            raise SettingsError("A cap on cloud calls cannot be negative; 0 allows none.")
        endpoint = self.parsed_endpoint
        if endpoint and not endpoint.secure and self.credentials:
            raise SettingsError("Google credentials are only sent over https; change the endpoint or use an API key.")

    @property
    def configured(self) -> bool:
        """Whether the user set an API key or credentials; nothing else enables the cloud."""
        return bool(self.api_key or self.credentials)

    @property
    def parsed_endpoint(self) -> Endpoint | None:
        """The parsed endpoint; ``None`` for Google's own."""
        return parse_endpoint(self.endpoint) if self.endpoint else None


def parse_endpoint(text: str) -> Endpoint:
    """Parse ``host``, ``host:port`` or a URL without a path; https unless http is given.

    Raises SettingsError for anything else, and for plain http to another machine, because anyone on the network could
    read the key and the receipts.
    """
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in {"http", "https"} or parts.path.strip("/") or "@" in parts.netloc or parts.query:
        raise SettingsError("The cloud endpoint must look like vision.example.com:443 or https://vision.example.com.")
    secure = parts.scheme == "https"
    if not secure and not _is_loopback(host):
        raise SettingsError(f"The cloud endpoint at {host} must use https; plain http is for this machine only.")
    shown = f"[{host}]" if ":" in host else host
    return Endpoint(f"{shown}:{port or (443 if secure else 80)}", secure)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
