"""Reads a page in the cloud, at most once, within the budget.

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
from rpiocr.cloud.ledger import LEDGER_NAME, CallOutcome, Ledger, utc_now
from rpiocr.cloud.options import CloudOptions
from rpiocr.cloud.picture import Picture, encode
from rpiocr.errors import CloudError, CloudLedgerError, CloudTimeoutError, CloudUnavailableError, SettingsError
from rpiocr.model import Line, Page
from rpiocr.system.files import make_own_folder
from rpiocr.system.lock import locked

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0

_log = logging.getLogger(__name__)
_dice = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class CloudReading:
    """The cloud's lines in pixels of the page, none for a blank one; one ``from_cache`` cost nothing."""

    lines: tuple[Line, ...]
    from_cache: bool
    elapsed_s: float


class CloudReader:
    """Asks a remote engine about pages, with the ledger, the answers and the locks in ``options.state_dir``.

    ``sleep`` waits between attempts, given seconds; the budget goes by ``clock``.

    Raises SettingsError when neither an API key nor credentials are set.
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
        """Return the text of one whole page, from the answers on disk where it was asked before.

        Other ``language_hints`` do not make it another question: the same picture is never paid for twice.

        Raises CloudBudgetError when a cap is reached and CloudLedgerError when the ledger or the answers
        cannot be kept: no call was made. Another CloudError: all attempts failed, or one more would not help.
        """
        started = time.monotonic()
        key = answer_key(page, self._engine.question)
        lines = self._known(key, page)
        from_cache = lines is not None
        if lines is None:
            with self._only_reader_of(key):
                lines = self._known(key, page)
                from_cache = lines is not None
                if lines is None:
                    lines = self._ask(key, page)
        return CloudReading(lines, from_cache, time.monotonic() - started)

    def _known(self, key: str, page: Page) -> tuple[Line, ...] | None:
        height, width = page.pixels.shape
        return self._cache.get(key, width, height)

    @contextmanager
    def _only_reader_of(self, key: str) -> Iterator[None]:
        """Hold the lock of this picture against all threads and processes; 256 files serve all pictures."""
        folder = self._options.state_dir / "cloud-locks"
        with ExitStack() as held:
            try:
                make_own_folder(folder)
                held.enter_context(locked(folder / f"{key[:2]}.lock", self._longest_read_s()))
            except TimeoutError as exc:
                raise CloudTimeoutError(
                    "Another process is still asking the cloud engine about this picture; try again later."
                ) from exc
            except OSError as exc:
                raise CloudLedgerError(f"No cloud call was made: {folder} cannot hold locks ({exc}).") from exc
            yield

    def _longest_read_s(self) -> float:
        return self._options.attempts * (2 * self._options.timeout_s + LONGEST_PAUSE_S)

    def _ask(self, key: str, page: Page) -> tuple[Line, ...]:
        # A spent budget is noticed before the engine's client is loaded, which takes a second on a Pi.
        self._ledger.check()
        self._cache.make_ready()
        picture = encode(page.pixels)
        failure: CloudError
        for attempt in range(self._options.attempts):
            if attempt:
                self._sleep(_pause_s(attempt))
            try:
                return self._ask_once(key, page, picture)
            except (CloudUnavailableError, CloudTimeoutError) as exc:
                _log.debug("cloud attempt %d failed: %s", attempt + 1, exc)
                self._connection = None
                failure = exc
        raise failure

    def _ask_once(self, key: str, page: Page, picture: Picture) -> tuple[Line, ...]:
        """Make one call and its entry in the ledger, which comes first, but after there is a connection.

        So a machine without a network does not spend its budget on calls that never left it. Any exception
        but CloudError leaves the entry as it was reserved, and counted.
        """
        connection = self._connected()
        height, width = page.pixels.shape
        call = self._ledger.reserve(page.sha256)
        try:
            lines = connection.read(picture, (width, height))
        except CloudError:
            self._settle(call, CallOutcome.FAILED)
            raise
        try:
            self._cache.put(key, lines, width, height)
        except OSError as exc:
            _log.warning("the cloud's answer could not be kept and may be paid for again: %s", exc)
        self._settle(call, CallOutcome.ANSWERED)
        return lines

    def _settle(self, call: int, outcome: CallOutcome) -> None:
        """Note the outcome; a ledger that fails now takes nothing away, since the call is counted."""
        try:
            self._ledger.settle(call, outcome)
        except CloudLedgerError as exc:
            _log.warning("%s", exc)

    def _connected(self) -> Connection:
        """Return the one connection, made and checked at the first call and after a failed one."""
        if self._connection is None:
            self._connection = self._engine.connect(self._options)
        return self._connection


def _pause_s(attempt: int) -> float:
    """Double from ``FIRST_PAUSE_S`` and take a random half to whole, so that devices do not knock at once."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (attempt - 1)) * _dice.uniform(0.5, 1.0)
