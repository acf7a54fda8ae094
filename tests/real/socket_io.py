"""A Socket.IO client (protocol 5 on Engine.IO 4, websocket only) for the programs that tests start."""

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

WAIT_SECONDS = 60.0
_PING, _PONG = "2", "3"
_CONNECT, _EVENT, _ACKNOWLEDGEMENT = "40", "42", "43"


class SocketIOError(Exception):
    """The server closed the connection, or did not answer in time."""


class SocketIO:
    """One connection. Its thread calls `handle_event(name, arguments)` for each event of the server."""

    def __init__(self, address: str, handle_event: Callable[[str, list[Any]], None]) -> None:
        """Connect to `address` (host and port)."""
        url = f"ws://{address}/socket.io/?EIO=4&transport=websocket"
        self._resources = ExitStack()
        self._socket = self._resources.enter_context(connect(url, max_size=None, proxy=None, close_timeout=1))
        self._handle_event = handle_event
        self._changed = threading.Condition()
        self._answers: dict[int, list[Any]] = {}
        self._last_id = 0
        self._is_closed = False
        self._socket.recv(WAIT_SECONDS)  # the settings of Engine.IO
        self._socket.send(_CONNECT)
        self._socket.recv(WAIT_SECONDS)  # the server ends a connection whose events come before this
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def call(self, event: str, *arguments: object, timeout: float = WAIT_SECONDS) -> Any:
        """Send an event and return the first value of its acknowledgement. Raises SocketIOError."""
        with self._changed:
            self._last_id += 1
            number = self._last_id
        self._socket.send(f"{_EVENT}{number}{json.dumps([event, *arguments])}")
        self.wait_until(lambda: number in self._answers, f"answer to {event}", timeout)
        return next(iter(self._answers.pop(number)), None)

    def wait_until(self, is_so: Callable[[], bool], what: str, timeout: float = WAIT_SECONDS) -> None:
        """Wait until `is_so()`, checked after each packet. Raises SocketIOError with `what`."""
        with self._changed:
            if not self._changed.wait_for(lambda: is_so() or self._is_closed, timeout):
                raise SocketIOError(f"no {what} within {timeout:g} s")
            if not is_so():
                raise SocketIOError(f"no {what}: the server closed the connection")

    def close(self) -> None:
        """Close the connection."""
        self._resources.close()
        self._reader.join()

    def _read(self) -> None:
        with suppress(ConnectionClosed):
            for packet in self._socket:
                with self._changed:
                    self._handle_packet(str(packet))
                    self._changed.notify_all()
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _handle_packet(self, packet: str) -> None:
        kind = packet[:2]
        if packet == _PING:
            self._socket.send(_PONG)
        elif kind in (_EVENT, _ACKNOWLEDGEMENT):
            number, bracket, rest = packet[2:].partition("[")
            values = json.loads(bracket + rest)
            if kind == _ACKNOWLEDGEMENT:
                self._answers[int(number)] = values
            else:
                self._handle_event(values[0], values[1:])
