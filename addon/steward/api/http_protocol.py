"""HTTP/1.1 connections with a deadline for the headers of each request."""

import asyncio
from typing import Any, Final, override

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .connection_slots import ConnectionSlots, Slot

SEND_SECONDS: Final = 30.0
"""Time for a client to read what was sent, before the next part is sent."""

HEADER_SECONDS: Final = 10.0
"""Time for the headers of a request, and for the rest of a body after its answer."""

TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class HttpConnection(H11Protocol):
    """One connection. It is closed if a request does not arrive in time."""

    def __init__(self, *, slots: ConnectionSlots, slot: Slot, **uvicorn: Any) -> None:
        """``slot`` is the connection's own; ``uvicorn`` has the arguments of the base class."""
        super().__init__(**uvicorn)
        self._slots = slots
        self._slot = slot
        self._deadline: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._is_upgraded = False

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._slot.abort = transport.abort
        self._update()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        self._end_stall()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._update()

    @override
    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._is_upgraded = True
        super().handle_websocket_upgrade(event)

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._update()

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(SEND_SECONDS, self.transport.abort)

    @override
    def resume_writing(self) -> None:
        self._end_stall()
        super().resume_writing()

    def _update(self) -> None:
        """Set the deadline while a request is incomplete, and tell the slots whether one is served."""
        if self._is_upgraded or (self._has_request() and not self.cycle.response_complete):
            self._slots.serving(self._slot)
            self._end_deadline()
            return
        self._slots.waiting(self._slot)
        if not self._is_incomplete():
            self._end_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_SECONDS, self._close_slow)

    def _has_request(self) -> bool:
        """Return whether the headers of a first request have arrived."""
        return bool(self.cycle)

    def _is_incomplete(self) -> bool:
        """Return whether headers, or the body of an answered request, are still to come."""
        return (
            not self._has_request()
            or self.conn.their_state is h11.SEND_BODY
            or bool(self.conn.trailing_data[0])
        )

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _close_slow(self) -> None:
        self._deadline = None
        if self.conn.their_state is not h11.SEND_BODY:
            self.transport.write(TOO_SLOW)
        self.transport.close()
