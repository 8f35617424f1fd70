"""Lists what may leave this machine with the given settings; with the defaults, nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rpiocr.settings import Settings, shown_setting

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

GOOGLE = "vision.googleapis.com"

LOCAL = ("/", "@")
"""By these prefixes libpq distinguishes a local socket, by directory or abstract name, from a host."""

ELSEWHERE = ("hostaddr", "service", "servicefile")
"""Connection parameters that name a server by other means than its host."""


def ways_out(settings: Settings) -> tuple[str, ...]:
    """Describe what may leave, and its recipients; empty if the program needs no network. No secret is shown."""
    return (*_to_the_cloud(settings), *_to_a_store(settings))


def local_sockets(settings: Settings) -> tuple[Path, ...]:
    """Return the directories of local sockets that the settings name for reaching the store."""
    url = _server(settings.store)
    return tuple(Path(host) for host in _hosts(url) if host.startswith("/")) if url else ()


def _to_the_cloud(settings: Settings) -> Iterator[str]:
    if settings.cloud != "never" and (settings.vision_api_key or settings.vision_credentials):
        which = "every receipt" if settings.cloud == "always" else "uncertain receipts"
        yield f"images of {which}, to {shown_setting('vision_endpoint', settings.vision_endpoint) or GOOGLE}"


def _to_a_store(settings: Settings) -> Iterator[str]:
    url = _server(settings.store)
    if not url:
        return
    hosts = [host for host in _hosts(url) if not host.startswith(LOCAL)]
    hosts += [str(url.query[name]) for name in ELSEWHERE if name in url.query]
    if hosts:
        yield f"everything stored, to the database at {', '.join(hosts)}"


def _server(store: str) -> URL | None:
    """Parse a store's URL; None for a file, and for invalid URLs, which the store refuses."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(store)
    except ArgumentError:
        return None
    return None if url.drivername.startswith("sqlite") else url


def _hosts(url: URL) -> list[str]:
    """Return the hosts of a URL; none if libpq uses its default local socket."""
    asked = url.query.get("host", ())
    texts = (url.host or "", *((asked,) if isinstance(asked, str) else asked))
    return [host for text in texts for host in text.split(",") if host]
