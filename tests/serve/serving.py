"""Starts the service as its user does, in a process and a home of its own, and talks to it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from rpiocr.store.database import Database
from tests.batch.waiting import MOST_S, until
from tests.program import PROJECT, QUICK, SMALL, command, surroundings

ROOT = "/api/v1"

OF_WATCH = (".rpiocr.lock", ".rpiocr-claim-")

TELLS = re.compile(r"serving.* url=(http://localhost:(\d+))")


@dataclass(slots=True)
class Serving:
    """A service that runs; ``client`` sends requests to it, and answers have Decimal where they have a point."""

    home: Path
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def inbox(self) -> Path:
        """Where uploads arrive."""
        return self.home / "data" / "rpiocr" / "receipts" / "inbox"

    @property
    def store(self) -> str:
        """The URL of its store."""
        return f"sqlite:///{self.home / 'store' / 'receipts.sqlite'}"

    @property
    def address(self) -> str:
        """The address of its page."""
        return f"http://localhost:{self.port}"

    @contextmanager
    def client(self, timeout_s: float = MOST_S) -> Iterator[httpx.Client]:
        """A client of the API."""
        with httpx.Client(base_url=self.address + ROOT, timeout=timeout_s, trust_env=False) as client:
            yield client

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Its store, as another process opens it."""
        database = Database(self.store)
        try:
            yield database
        finally:
            database.close()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        """Send one request to the API."""
        with self.client() as client:
            return client.request(method, path, **more)

    def send(self, picture: bytes, **query: Any) -> httpx.Response:  # noqa: ANN401 - any value
        """Send the bytes of a picture."""
        return self.ask("POST", "/receipts", content=picture, headers={"Content-Type": "image/jpeg"}, params=query)

    def raw(self, data: bytes, wait_s: float = MOST_S) -> bytes:
        """Send bytes as they are, and return what comes until the connection ends."""
        with self.connection(wait_s) as connection:
            connection.sendall(data)
            return to_the_end(connection)

    @contextmanager
    def connection(self, wait_s: float = MOST_S) -> Iterator[socket.socket]:
        """Connect, and send nothing."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait_s) as connection:
            yield connection

    def hidden(self) -> list[str]:
        """Names of hidden files in the inbox and among the pictures, other than those of the watch."""
        places = (self.inbox, self.home / "cache" / "rpiocr" / "pictures")
        names = (one.name for place in places if place.is_dir() for one in place.iterdir())
        return sorted(name for name in names if name.startswith(".") and not name.startswith(OF_WATCH))

    def stop(self) -> int:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(MOST_S)


def to_the_end(connection: socket.socket) -> bytes:
    """Return all that comes, until the connection ends."""
    found = b""
    try:
        while piece := connection.recv(65536):
            found += piece
    except ConnectionResetError:
        pass
    return found


def body(response: httpx.Response) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of an answer."""
    return json.loads(response.text, parse_float=Decimal)


def code(response: httpx.Response) -> str:
    """Return the code of a problem, which has the form of RFC 9457."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    found = body(response)
    assert found["status"] == response.status_code
    assert found["title"]
    assert found["detail"]
    assert found["type"] == f"urn:rpiocr:error:{found['code']}"
    return str(found["code"])


def picture(number: int = 0, source: Path = SMALL) -> bytes:
    """A receipt whose bytes no other number has."""
    return source.read_bytes() + number.to_bytes(4, "big")


@contextmanager
def serving(home: Path, *arguments: str, quick: bool = True, **changes: str) -> Iterator[Serving]:
    """Start the service in a home, and end it."""
    home.mkdir(exist_ok=True)
    own = {
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "RPIOCR_STORE": f"sqlite:///{home / 'store' / 'receipts.sqlite'}",
    }
    process = subprocess.Popen(
        command("serve", "--port", "0", *(QUICK if quick else ()), *arguments),
        env=surroundings(home, **(own | changes)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    served = Serving(home, process)
    listening = threading.Thread(target=_listen, args=(served,), daemon=True)
    listening.start()
    try:
        until(lambda: served.port or process.poll() is not None, "the service says where it is")
        assert served.port, "".join(served.said)
        yield served
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(MOST_S)
        finally:
            process.kill()
            process.wait()
            listening.join(MOST_S)


def _listen(served: Serving) -> None:
    assert served.process.stderr
    for line in served.process.stderr:
        served.said.append(line)
        if found := TELLS.search(line):
            served.port = int(found[2])
    served.process.stderr.close()


def jpeg(colour: int = 200) -> bytes:
    """A picture that is too small to be read, and so is answered at once."""
    stream = BytesIO()
    Image.new("L", (20, 20), colour).save(stream, "JPEG")
    return stream.getvalue()
