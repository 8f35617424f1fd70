"""What may leave this machine, by the settings. With those that come with the program, nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rpiocr.settings import Settings, shown_setting

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

GOOGLE = "vision.googleapis.com"

LOCAL = ("/", "@")
"""How PostgreSQL's library tells the folder, or the abstract name, of a socket on this machine from a host."""

ELSEWHERE = ("hostaddr", "service", "servicefile")
"""Parameters of a connection that name a server by other means than its host."""


def ways_out(settings: Settings) -> tuple[str, ...]:
    """Return what may leave, and to whom, in words; empty where the program needs no network. No secret is shown."""
    return (*_to_the_cloud(settings), *_to_a_store(settings))


def local_sockets(settings: Settings) -> tuple[Path, ...]:
    """Return the folders of sockets by which a store on this machine is reached, where the settings name them."""
    url = _server(settings.store)
    return tuple(Path(host) for host in _hosts(url) if host.startswith("/")) if url else ()


def _to_the_cloud(settings: Settings) -> Iterator[str]:
    if settings.cloud != "never" and (settings.vision_api_key or settings.vision_credentials):
        which = "every receipt" if settings.cloud == "always" else "doubtful receipts"
        yield f"pictures of {which}, to {shown_setting('vision_endpoint', settings.vision_endpoint) or GOOGLE}"


def _to_a_store(settings: Settings) -> Iterator[str]:
    url = _server(settings.store)
    if not url:
        return
    hosts = [host for host in _hosts(url) if not host.startswith(LOCAL)]
    hosts += [str(url.query[name]) for name in ELSEWHERE if name in url.query]
    if hosts:
        yield f"all that is stored, to the database at {', '.join(hosts)}"


def _server(store: str) -> URL | None:
    """Return the parts of a store's URL; None for a file, and for what is no URL, which the store refuses."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(store)
    except ArgumentError:
        return None
    return None if url.drivername.startswith("sqlite") else url


def _hosts(url: URL) -> list[str]:
    """Return the hosts of a URL; none where PostgreSQL's library takes its own socket on this machine."""
    asked = url.query.get("host", ())
    texts = (url.host or "", *((asked,) if isinstance(asked, str) else asked))
    return [host for text in texts for host in text.split(",") if host]
