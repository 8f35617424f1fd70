"""The state of the machine, as the page shows it."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import Any

from sqlalchemy import select

from rpiocr.serve.book import Book
from rpiocr.serve.context import Service
from rpiocr.serve.following import Costs
from rpiocr.settings import Settings
from rpiocr.store import trash
from rpiocr.store.budget import known_calls
from rpiocr.store.journal import Journal, State
from rpiocr.store.tables import FILES
from rpiocr.watch.status import health_of

GIGABYTE = 1e9
MEGABYTE = 1e6
FAILED_SHOWN = 50
DELETED_SHOWN = 50


def state_of(book: Book, service: Service) -> dict[str, Any]:
    """Return what the page of the system shows."""
    counts = Journal(book.database).counts()
    usage = shutil.disk_usage(book.inbox.parent)
    pictures = sum(one.stat().st_size for one in service.pictures.folder.rglob("*") if one.is_file())
    return {
        "health": health_of(book.database, book.inbox),
        "counts": [(state.value, counts.get(state, 0)) for state in State],
        "store": book.database.masked_url,
        "disk": {
            "free": f"{usage.free / GIGABYTE:.1f}",
            "total": f"{usage.total / GIGABYTE:.0f}",
            "pictures": f"{pictures / MEGABYTE:.1f} MB",
        },
        "costs": _costs(service.costs),
        "cloud": _calls(book.settings),
        "failed": _failed(book),
        "deleted": trash.deleted(book.database, DELETED_SHOWN),
    }


def _costs(costs: Costs) -> dict[str, object]:
    with costs.lock:
        each_s = costs.cpu_s / costs.files if costs.files else 0.0
        return {"files": costs.files, "cpu": f"{each_s:.1f}", "memory": f"{costs.peak_bytes / MEGABYTE:.0f}"}


def _calls(settings: Settings) -> dict[str, int] | None:
    """Return the calls of the cloud and their limits; None if nothing can be sent."""
    if settings.cloud == "never" or not (settings.vision_api_key or settings.vision_credentials):
        return None
    today = dt.datetime.now(dt.UTC).date()
    calls = known_calls(settings.store, today.replace(day=1).isoformat())
    return {
        "today": calls.get(today.isoformat(), 0),
        "daily": settings.cloud_daily_cap,
        "month": sum(calls.values()),
        "monthly": settings.cloud_monthly_cap,
    }


def _failed(book: Book) -> list[dict[str, object]]:
    """Return the files in failed/, newest first."""
    failed = str(book.places.failed)
    here = FILES.c.error_code.is_not(None) & FILES.c.moved_to.is_not(None)
    query = select(FILES.c.id, FILES.c.moved_to, FILES.c.error).where(here).order_by(FILES.c.id.desc())
    with book.database.snapshot() as connection:
        rows = connection.execute(query.limit(4 * FAILED_SHOWN)).all()
    found = [(row, *row.moved_to.rpartition("/")[::2]) for row in rows]
    return [
        {"id": row.id, "name": name, "error": str(row.error).replace(f"{book.inbox}/", "")}
        for row, folder, name in found
        if folder == failed
    ][:FAILED_SHOWN]
