"""Cleans once a day what is no longer needed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rpiocr.errors import RpiocrError
from rpiocr.keep.cleaning import clean
from rpiocr.serve.book import Book
from rpiocr.system.log import Log

FIRST_S = 600.0
"""Not while everything starts."""

DAY_S = 86400.0


async def clean_daily(book: Book, folder: Path, log: Log) -> None:
    """Delete old pictures of browsers in ``folder``, and receipts that were deleted long ago, until it is cancelled."""
    await asyncio.sleep(FIRST_S)
    while True:
        try:
            found = await asyncio.to_thread(clean, book.database, folder, book.settings.keep_days)
        except RpiocrError as error:
            log.warning(error.code, message=str(error))
        else:
            if not found.is_empty:
                log.event("cleaned", pictures=found.pictures.count, receipts=found.receipts.count)
        await asyncio.sleep(DAY_S)
