"""Reads pages with a remote engine: each at most once, and within the budget.

Retries are not left to stamina, tenacity or Google's client: each attempt is reserved in the ledger before it is made.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from rpiocr.cloud.cache import AnswerCache, answer_key
from rpiocr.cloud.engine import Connection, RemoteEngine
from rpiocr.cloud.image import EncodedImage, encode
from rpiocr.cloud.ledger import LEDGER_NAME, CallOutcome, Ledger, utc_now
from rpiocr.cloud.options import CloudOptions
from rpiocr.errors import CloudError, CloudLedgerError, CloudTimeoutError, CloudUnavailableError, SettingsError
from rpiocr.model import Line, Page
from rpiocr.system.files import make_own_folder
from rpiocr.system.lock import locked

MIN_PAUSE_S = 0.5
MAX_PAUSE_S = 8.0

_log = logging.getLogger(__name__)
_random = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class CloudReading:
    """The engine's lines in pixels of the page, none for a blank page; ``from_cache`` means that no call was made."""

    lines: tuple[Line, ...]
    from_cache: bool
    elapsed_s: float


class CloudReader:
    """Reads pages with a remote engine; the ledger, the cached answers and the locks are in ``options.state_dir``.

    ``sleep`` is called with the seconds to wait between attempts; ``clock`` dates the calls in the ledger.

    Raises SettingsError if neither an API key nor credentials are set.
    """

    def __init__(
        self,
        engine: RemoteEngine,
        options: CloudOptions,
        *,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> None:
        if not options.configured:
            raise SettingsError(
                "The cloud engine has neither an API key nor credentials; set vision_api_key or vision_credentials."
            )
        self._engine = engine
        self._options = options
        self._sleep = sleep
        ledger = options.state_dir / LEDGER_NAME
        self._ledger = Ledger(engine.family.name, ledger, options.daily_cap, options.monthly_cap, clock, options.store)
        self._cache = AnswerCache(options.state_dir / "cloud-answers", engine.question)
        self._connection: Connection | None = None

    def read(self, page: Page) -> CloudReading:
        """Return the text of a whole page, from the cache if it was read before.

        Different ``language_hints`` do not make a new request: the same image is never paid for twice.

        Raises CloudBudgetError if a cap is reached, and CloudLedgerError if the ledger or the cache cannot be written;
        then no call was made. Any other CloudError: all attempts failed, or another one would not help.
        """
        started = time.monotonic()
        key = answer_key(page, self._engine.question)
        lines = self._cached(key, page)
        from_cache = lines is not None
        if lines is None:
            with self._lock_on(key):
                lines = self._cached(key, page)
                from_cache = lines is not None
                if lines is None:
                    lines = self._ask(key, page)
        return CloudReading(lines, from_cache, time.monotonic() - started)

    def _cached(self, key: str, page: Page) -> tuple[Line, ...] | None:
        height, width = page.pixels.shape
        return self._cache.get(key, width, height)

    @contextmanager
    def _lock_on(self, key: str) -> Iterator[None]:
        """Lock this image against all other threads and processes; all images share 256 lock files."""
        folder = self._options.state_dir / "cloud-locks"
        with ExitStack() as held:
            try:
                make_own_folder(folder)
                held.enter_context(locked(folder / f"{key[:2]}.lock", self._max_read_s()))
            except TimeoutError as exc:
                raise CloudTimeoutError(
                    "Another process is still waiting for the cloud engine to read this image; try again later."
                ) from exc
            except OSError as exc:
                raise CloudLedgerError(f"No cloud call was made: no locks can be kept in {folder} ({exc}).") from exc
            yield

    def _max_read_s(self) -> float:
        return self._options.attempts * (2 * self._options.timeout_s + MAX_PAUSE_S)

    def _ask(self, key: str, page: Page) -> tuple[Line, ...]:
        # Checked before the engine's client is imported, which takes a second on a Pi.
        self._ledger.check()
        self._cache.require_writable()
        image = encode(page.pixels)
        failure: CloudError
        for attempt in range(self._options.attempts):
            if attempt:
                self._sleep(_pause_s(attempt))
            try:
                return self._ask_once(key, page, image)
            except (CloudUnavailableError, CloudTimeoutError) as exc:
                _log.debug("cloud attempt %d failed: %s", attempt + 1, exc)
                self._connection = None
                failure = exc
        raise failure

    def _ask_once(self, key: str, page: Page, image: EncodedImage) -> tuple[Line, ...]:
        """Connect, then record a call in the ledger, then make it.

        So a machine without a network does not spend its budget on calls that were never sent. After any exception
        other than CloudError, the call stays reserved, and counted.
        """
        connection = self._connected()
        height, width = page.pixels.shape
        call = self._ledger.reserve(page.sha256)
        try:
            lines = connection.read(image, (width, height))
        except CloudError:
            self._settle(call, CallOutcome.FAILED)
            raise
        try:
            self._cache.put(key, lines, width, height)
        except OSError as exc:
            _log.warning("the cloud engine's answer could not be stored and may have to be paid for again: %s", exc)
        self._settle(call, CallOutcome.ANSWERED)
        return lines

    def _settle(self, call: int, outcome: CallOutcome) -> None:
        """Record the outcome; an error of the ledger is only logged, because the call is already counted."""
        try:
            self._ledger.settle(call, outcome)
        except CloudLedgerError as exc:
            _log.warning("%s", exc)

    def _connected(self) -> Connection:
        """Return the connection, which is made and checked for the first call and after a failed one."""
        if self._connection is None:
            self._connection = self._engine.connect(self._options)
        return self._connection


def _pause_s(attempt: int) -> float:
    """Return the seconds to wait: exponential backoff with random jitter, so that devices do not retry in step."""
    return min(MAX_PAUSE_S, MIN_PAUSE_S * 2.0 ** (attempt - 1)) * _random.uniform(0.5, 1.0)
