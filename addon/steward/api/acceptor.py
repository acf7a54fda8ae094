"""Accepts connections within the limits, also when the process can open no more files."""

import asyncio
import errno
import functools
import os
import socket
import ssl
import time
from collections.abc import Callable
from typing import Final, override

import structlog

from .connection_slots import ConnectionSlots, Slot
from .http_protocol import HEADER_SECONDS

log = structlog.get_logger(__name__)

AT_ONCE: Final = 32
"""Connections that are accepted before the event loop does other work."""

LOG_EVERY: Final = 60.0
NO_DESCRIPTORS: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
PAUSE: Final = 0.5


class Acceptor:
    """Accepts the connections of one listening socket."""

    def __init__(
        self,
        listening: socket.socket,
        slots: ConnectionSlots,
        protocol: Callable[[Slot], asyncio.Protocol],
        tls: ssl.SSLContext | None,
    ) -> None:
        """``protocol`` returns the protocol of a new connection."""
        self._listening = listening
        self._slots = slots
        self._protocol = protocol
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._handshakes: set[asyncio.Task[None]] = set()
        self._reserve = _Reserve()
        self._resume: asyncio.TimerHandle | None = None
        self._refused = RareLog("connections refused: too many are open")
        self._exhausted = RareLog("connections refused: no file descriptors or memory")

    def start(self) -> None:
        """Accept until closed."""
        self._resume = None
        self._loop.add_reader(self._listening.fileno(), self._accept_some)

    def close(self) -> None:
        """Accept no more; open connections are kept."""
        self._loop.remove_reader(self._listening.fileno())
        if self._resume is not None:
            self._resume.cancel()
        for task in self._handshakes:
            task.cancel()
        self._reserve.close()

    def _accept_some(self) -> None:
        for _ in range(AT_ONCE):
            try:
                accepted, address = self._listening.accept()
            except BlockingIOError, InterruptedError:
                return
            except ConnectionAbortedError:
                continue
            except OSError as err:
                self._on_error(err)
                return
            self._serve(accepted, str(address[0]))

    def _serve(self, accepted: socket.socket, address: str) -> None:
        connection = _Connection(accepted)
        slot = self._slots.take(address, connection.close)
        if slot is None:
            connection.close()
            self._refused.write(address=address, open=self._slots.number)
            return
        connection.closed = lambda: self._slots.release(slot)
        task = self._loop.create_task(self._connect(connection, slot), name="connection")
        slot.abort = functools.partial(_cancel, task)
        self._handshakes.add(task)
        task.add_done_callback(self._handshakes.discard)
        # A task that is cancelled before its first step does not run its own clean-up.
        task.add_done_callback(lambda done: connection.close() if done.cancelled() else None)

    async def _connect(self, connection: socket.socket, slot: Slot) -> None:
        """Hand the connection over to its protocol, after the handshake with TLS."""
        try:
            await self._loop.connect_accepted_socket(
                lambda: self._protocol(slot),
                connection,
                ssl=self._tls,
                ssl_handshake_timeout=HEADER_SECONDS if self._tls else None,
            )
        except OSError, EOFError:  # the peer has gone, speaks no TLS, or is too slow
            connection.close()

    def _on_error(self, error: OSError) -> None:
        """Make room, or wait: an error of accept would come again at once."""
        if error.errno not in NO_DESCRIPTORS:
            log.warning("accept failed", reason=error.strerror)
        else:
            self._exhausted.write(open=self._slots.number, reason=error.strerror)
            self._slots.make_room()
            if self._reserve.refuse_one(self._listening):
                return
        self._loop.remove_reader(self._listening.fileno())
        self._resume = self._loop.call_later(PAUSE, self.start)


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


class RareLog:
    """Writes a warning at most once a minute, with the number of those left out."""

    def __init__(self, event: str, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` returns seconds."""
        self._event = event
        self._now = now
        self._next = float("-inf")
        self._left_out = 0

    def write(self, **details: object) -> None:
        """Write or count one event."""
        if self._now() < self._next:
            self._left_out += 1
            return
        log.warning(self._event, more_since_the_last_entry=self._left_out, **details)
        self._next = self._now() + LOG_EVERY
        self._left_out = 0


class _Connection(socket.socket):
    """An accepted socket that reports when its descriptor is closed."""

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, accepted.detach())
        self.setblocking(False)
        self.closed: Callable[[], None] | None = None

    @override
    def close(self) -> None:
        super().close()
        if self.closed is not None:
            self.closed()


class _Reserve:
    """A descriptor that is given up to accept and close a connection when there are no others."""

    def __init__(self) -> None:
        self._descriptor: int | None = _null()

    def refuse_one(self, listening: socket.socket) -> bool:
        """Accept and close one connection; return whether that was possible."""
        self.close()
        try:
            accepted, _ = listening.accept()
            accepted.close()
        except OSError:
            return False
        finally:
            self._descriptor = _null()
        return True

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _null() -> int | None:
    try:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
