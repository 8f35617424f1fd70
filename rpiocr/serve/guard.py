"""Decides which requests are heard, and what browsers may do with the answers.

Without accounts, whoever reaches the port is the owner. So only requests of this machine are heard, and none that a
web site in the owner's browser sends by itself:

- The Host must be that of this machine. A name that leads here by DNS (rebinding) is refused.
- Headers of a proxy mean that the request came from somewhere else.
- A request that changes something and comes from a browser must come from a page of ours: by its Origin and
  Sec-Fetch-Site, and by a token that only our pages know.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rpiocr.serve.errors import ForeignRequestError
from rpiocr.serve.problem import problem_of
from rpiocr.system.files import creating, make_own_folder, read_regular

COOKIE = "rpiocr"
"""Name of the cookie with the random identity of a browser."""

TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - a name

LOCAL_HOSTS = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)

OF_PROXIES = (
    *("forwarded", "via", "x-real-ip", "x-original-host", "x-client-ip", "true-client-ip", "cf-connecting-ip"),
)
"""Headers that proxies, tunnels and load balancers add, beside those that begin with X-Forwarded-."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

OF_ANOTHER_SITE = "another web site sent this request; open the page itself, and do it there"

POLICY = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:"),
        *("connect-src 'self'", "font-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
        "manifest-src 'self'",
    )
)
"""Content security policy: nothing from elsewhere, no script and no style within a page."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex",
}

SECRET_BYTES = 32
YEAR_S = 365 * 86400


class Sessions:
    """Gives each browser a random identity, and a token made from it by a key that stays on this machine."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @staticmethod
    def stored_in(folder: Path) -> Sessions:
        """Return the sessions whose key is in a folder, so that pages outlive a restart; it is made if missing."""
        place = folder / "page.key"
        try:
            key = read_regular(place, 2 * SECRET_BYTES)
        except FileNotFoundError:
            key = secrets.token_bytes(SECRET_BYTES)
            make_own_folder(folder)
            with creating(place) as stream:
                stream.write(key)
        return Sessions(key)

    @staticmethod
    def new() -> str:
        """Return the identity of a new browser."""
        return secrets.token_urlsafe(24)

    def token(self, identity: str) -> str:
        """Return the token that pages of this browser send with each change."""
        return hmac.new(self._key, identity.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def is_right(self, identity: str, token: str) -> bool:
        """Whether a token belongs to a browser."""
        return hmac.compare_digest(self.token(identity).encode(), token.encode("utf-8", "replace"))


def identity_in(headers: Mapping[str, str]) -> str:
    """Return the identity in the cookie of a request, empty if it has none."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found and re.fullmatch(r"[\w-]{20,64}", found.value) else ""


def cookie_for(identity: str) -> str:
    """Return the header that keeps an identity in a browser."""
    return f"{COOKIE}={identity}; Path=/; Max-Age={YEAR_S}; HttpOnly; SameSite=Strict"


def require_local(headers: Mapping[str, str]) -> None:
    """Raise ForeignRequestError unless a request came from this machine, as far as its headers tell."""
    host = headers.get("host", "")
    port = host.rpartition(":")[2]
    port = port if port.isascii() and port.isdigit() else "8765"
    tunnel = f"from another device through a tunnel: ssh -L {port}:localhost:{port} USER@PI"
    if not LOCAL_HOSTS.fullmatch(host):
        message = (
            "this page has no accounts yet, so it answers only on this machine;"
            f" open http://localhost:{port} there, or {tunnel}"
        )
        raise ForeignRequestError(message)
    through = [name for name in headers if name in OF_PROXIES or name.startswith("x-forwarded-")]
    if through:
        message = (
            f"this request came through a proxy ({through[0]}), and this page has no accounts yet;"
            f" open it on this machine, or {tunnel}"
        )
        raise ForeignRequestError(message)


def require_own_page(method: str, headers: Mapping[str, str], sessions: Sessions) -> None:
    """Raise ForeignRequestError for what a browser sends, but not from a page of ours; links may lead here."""
    origin, site, identity = headers.get("origin"), headers.get("sec-fetch-site"), identity_in(headers)
    if method in SAFE_METHODS:
        if site in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate":
            raise ForeignRequestError(OF_ANOTHER_SITE)
        return
    if origin is None and site is None and not identity:
        return  # not a browser: those say where a request comes from
    own = origin is None or origin.partition("://")[2] == headers.get("host")
    if not own or site not in (None, "same-origin", "none"):
        raise ForeignRequestError(OF_ANOTHER_SITE)
    if not sessions.is_right(identity, headers.get(TOKEN_HEADER, "")):
        message = "this page is out of date, and nothing was changed; load it again"
        raise ForeignRequestError(message)


class Guard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        began = time.perf_counter()

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Server-Timing"] = f"rpiocr;dur={1000 * (time.perf_counter() - began):.1f}"
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        try:
            require_local(headers)
            require_own_page(scope["method"], headers, self._sessions)
        except ForeignRequestError as error:
            await problem_of(error)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)
