"""The application: what answers which address."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from rpiocr import __version__
from rpiocr.errors import RpiocrError
from rpiocr.serve import problem
from rpiocr.serve.api import events, exports, machine, receipts, reviewing, uploads
from rpiocr.serve.api.documents import PROBLEM
from rpiocr.serve.context import Service
from rpiocr.serve.guard import Guard
from rpiocr.serve.layers import Bodies, Defects, Heads
from rpiocr.serve.pages import docs, site
from rpiocr.serve.pages.problem import for_people

ROUTERS = (uploads, receipts, reviewing, exports, events, machine, docs, site)

NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False)
"""Nothing is sent anywhere, whatever the environment says."""

ABOUT = """\
Receipts of this machine: send a picture, get JSON; correct, confirm, search, export.

The keys of a receipt are those of `rpiocr scan`, and the codes of errors are those of the command line.
Errors are problem details of RFC 9457."""


def make_app(service: Service) -> ASGIApp:
    """Return the application with its layers around it."""
    app = FastAPI(
        title="rpiocr",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=NO_TELEMETRY,
        generate_unique_id_function=lambda route: route.name,
        responses={"4XX": PROBLEM, "5XX": PROBLEM},
        exception_handlers={
            RpiocrError: for_people(problem.of_rpiocr),
            HTTPException: for_people(problem.of_http),
            RequestValidationError: for_people(problem.of_validation),
            Exception: for_people(problem.of_any),
        },
    )
    app.state.service = service
    for one in ROUTERS:
        app.include_router(one.router)
    app.mount("/static", site.static())
    return Bodies(Guard(Defects(Heads(app), service.log), service.sessions), uploads.WITH_FILES | machine.WITH_FILES)
