"""Connections of clients: those that say nothing do not keep out others, and every answer can be read to its end."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from rpiocr.serve.errors import MalformedRequestError, TooManyRequestsError
from rpiocr.serve.problem import problem_of

HEAD_S = 15.0
"""A request has to be complete up to its body within this time."""

MAX_CONNECTIONS = 256
"""Number of connections at once; beyond it, that which has been silent for longest is closed."""

LINGER_S = 3.0
"""How long an answer waits for a client that is still sending what was refused: closed at once, it would be lost."""


class Connection(H11Protocol):
    """The protocol of one connection, for uvicorn."""

    _silent_since = 0.0
    _head_timer: asyncio.TimerHandle | None = None
    _lingering = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(_Patient(transport, self))  # type: ignore[arg-type]
        self._silent_since = time.monotonic()
        self._watch_head()
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._stop_watching_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._lingering:
            return
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        """See H11Protocol."""
        self._silent_since = time.monotonic()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, if an answer has not begun yet."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        if self.is_busy:
            # Whoever was to answer it hears no more of it.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._refuse(MalformedRequestError(f"{msg} It is no HTTP/1.1, or its header is larger than the limit."))

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def has_unread(self) -> bool:
        """Whether the client is still sending the body of a request that was answered."""
        return self.conn.their_state in (h11.SEND_BODY, h11.ERROR)

    def linger(self, transport: asyncio.Transport) -> None:
        """Close the connection when the client has had time to read the answer; what it sends is ignored."""
        self._lingering = True
        self._unset_keepalive_if_required()
        if transport.can_write_eof():
            transport.write_eof()
        transport.resume_reading()
        self.loop.call_later(LINGER_S, transport.close)

    def _watch_head(self) -> None:
        if self.is_busy or self._lingering:
            self._stop_watching_head()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_S, self._give_up)

    def _stop_watching_head(self) -> None:
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        if not self.is_busy:
            self.transport.close()

    def _make_room(self) -> None:
        others = [one for one in self.connections if isinstance(one, Connection) and one is not self]
        silent = [one for one in others if not one.is_busy]
        if silent:
            min(silent, key=lambda one: one._silent_since)._give_up()
        else:
            message = f"{MAX_CONNECTIONS} requests are being answered at this moment; try again in a few seconds"
            self._refuse(TooManyRequestsError(message, retry_after_s=3))

    def _refuse(self, error: MalformedRequestError | TooManyRequestsError) -> None:
        """Send an answer without a request, and close the connection."""
        from rpiocr.serve.guard import HEADERS

        answer = problem_of(error)
        more = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        head = h11.Response(
            status_code=answer.status_code, headers=[*answer.raw_headers, *more, (b"connection", b"close")]
        )
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Patient:
    """A transport that closes when the client has had time to read an answer before the end of its request."""

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        self._transport = transport
        self._connection = connection

    def close(self) -> None:
        """Close it, or in a while."""
        if self._connection.has_unread and not self._transport.is_closing():
            self._connection.linger(self._transport)
        else:
            self._transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a transport has
        return getattr(self._transport, name)
