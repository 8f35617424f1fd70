"""Renders a template for the browser that asks: in its language, with its token."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from rpiocr import __version__
from rpiocr.serve.context import service_of
from rpiocr.serve.guard import cookie_for, identity_in
from rpiocr.serve.texts import LANGUAGES, NAMES, Texts, language_for, texts_in
from rpiocr.system.json_text import dumps

FOLDER = Path(str(files("rpiocr.serve")))

LANGUAGE_COOKIE = "rpiocr-language"

SEPARATORS = {"en": (",", "."), "de": (".", ",")}
"""Between thousands, and before decimals, in each language."""


@cache
def templates() -> Environment:
    """Return the templates, which escape every value."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        static=static_url, version=__version__, languages=[(one, NAMES[one]) for one in LANGUAGES]
    )
    environment.filters.update(money=money, data=data, local=local)
    return environment


@cache
def static_url(name: str) -> str:
    """Return the address of a file of ``static``, with a mark of its content, so that browsers may keep it."""
    digest = hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@pass_context
def money(context: Context, value: Decimal | None) -> str:
    """Return an amount with its own decimals, and separated as in the language of the page."""
    if value is None:
        return ""
    group, point = SEPARATORS[context["t"].language]
    return f"{value:,f}".translate({ord(","): group, ord("."): point})


def local(moment: str | dt.datetime) -> str:
    """Return a moment, which may be written as the API has it, in the time of this machine, to the minute."""
    at = moment if isinstance(moment, dt.datetime) else dt.datetime.fromisoformat(moment)
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def data(value: object) -> Markup:
    """Return JSON that may stand in a script element of data."""
    text = dumps(value, ascii_only=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - escaped


def texts_for(request: Request) -> Texts:
    """Return the sentences in the language of a browser."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return texts_in(language_for(chosen, request.headers.get("accept-language", "")))


def page(request: Request, name: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """Return a page; a browser that is new gets its identity."""
    sessions = service_of(request).sessions
    known = identity_in(request.headers)
    identity = known or sessions.new()
    html = (
        templates()
        .get_template(name)
        .render(**values, t=texts_for(request), token=sessions.token(identity), path=request.url.path)
    )
    return HTMLResponse(html, status, {} if known else {"Set-Cookie": cookie_for(identity)})
