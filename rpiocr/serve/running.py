"""Starts the service: the watch in the main thread, where signals arrive, and the server in another one."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Any

import uvicorn

from rpiocr.executors import JobExecutor
from rpiocr.serve.app import make_app
from rpiocr.serve.book import BOOK, Book, Books
from rpiocr.serve.cleaning import clean_daily
from rpiocr.serve.connection import Connection
from rpiocr.serve.context import Service
from rpiocr.serve.errors import PortTakenError
from rpiocr.serve.following import Following
from rpiocr.serve.guard import Sessions
from rpiocr.serve.pictures import Pictures
from rpiocr.serve.scratch import sweep_scratch
from rpiocr.serve.uploads import sweep
from rpiocr.service.places import account
from rpiocr.settings import Settings, state_dir
from rpiocr.store.database import Database
from rpiocr.system.files import folder_mode, make_folder
from rpiocr.system.log import Log
from rpiocr.system.memory import limit_arenas
from rpiocr.watch.errors import InboxMissingError
from rpiocr.watch.problems import Progress
from rpiocr.watch.run import watch

ADDRESS = "127.0.0.1"
"""The only address, as long as there are no accounts: nobody else can reach it."""

STORE_BUSY_S = 8.0
"""How long a request waits for a store that another process is writing to."""

ENDING_S = 5

MAX_HEAD_BYTES = 32 * 1024
"""Limit of the lines of a request before its body."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service listens."""

    port: int

    @property
    def url(self) -> str:
        """What a person opens."""
        return f"http://localhost:{self.port}"


def serve(
    inbox: Path,
    settings: Settings,
    port: int,
    publish: Callable[[Mapping[str, Any]], None],
    *,
    executor: AbstractContextManager[JobExecutor],
) -> Progress:
    """Serve a book, and watch its inbox, until interrupted; ``executor`` reads, and is opened here.

    Raises PortTakenError, and what ``watch`` raises at its start.
    """
    limit_arenas()
    own = account("")
    log = Log(settings.log_format)
    with ExitStack() as stack:
        listener = stack.enter_context(_listening(port))
        database = Database(settings.store, busy_s=STORE_BUSY_S)
        stack.callback(database.close)
        inbox = _made(inbox, folder_mode(settings.file_mode_bits))
        book = Book(BOOK, database, inbox, settings, is_own_folder=inbox == own.inbox.resolve())
        sweep(inbox)
        sweep(own.pictures)
        sweep_scratch(own.pictures)
        following = Following(book)
        stack.enter_context(_server(listener, book, following, log))
        log.event("serving", url=Address(listener.getsockname()[1]).url, inbox=str(inbox))
        return watch(
            inbox,
            settings,
            publish,
            once=False,
            executor=executor,
            follower=following,
            control=book.control,
        )


def _made(inbox: Path, mode: int) -> Path:
    """Make the inbox if it is missing; returns its real path. Raises InboxMissingError."""
    try:
        make_folder(inbox, mode)
    except OSError as error:
        message = f"{inbox} cannot be created: {error.strerror}; name a directory that you may write in with --watch"
        raise InboxMissingError(message) from error
    return inbox.resolve()


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Listen on a port of this machine; 0 is any that is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((ADDRESS, port))
        except OSError as error:
            message = f"port {port} of this machine is in use or not allowed ({error.strerror}); choose one with --port"
            raise PortTakenError(message) from error
        yield listener


@contextmanager
def _server(listener: socket.socket, book: Book, following: Following, log: Log) -> Iterator[None]:
    """Run the server in a thread; at the end it finishes the requests that it has begun."""
    ending = asyncio.Event()
    sessions, pictures = Sessions.stored_in(state_dir()), Pictures(account("").pictures, book.settings)
    config = uvicorn.Config(
        make_app(Service(Books(book), log, sessions, following.costs, pictures, ending)),
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=ENDING_S,
    )
    server = uvicorn.Server(config)
    loops: Queue[asyncio.AbstractEventLoop] = Queue()

    async def run() -> None:
        loops.put(asyncio.get_running_loop())
        cleaning = asyncio.create_task(clean_daily(book, pictures.folder, log))
        await server.serve([listener])
        cleaning.cancel()

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="rpiocr-server", daemon=True)
    thread.start()
    loop = loops.get()
    try:
        yield
    finally:
        with suppress(RuntimeError):  # it has ended by itself
            loop.call_soon_threadsafe(ending.set)
        server.should_exit = True
        thread.join(2 * ENDING_S)
