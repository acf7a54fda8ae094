"""Connects the lab's Home Assistant to the steward, over a websocket that already is open."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Self

from aiohttp import ClientWebSocketResponse

from homelab_steward.contract.protocol import Frame, FrameKind


class HomeLink:
    """Passes the steward's requests to what joined, and the replies back."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._send: Callable[[bytes], Awaitable[None]] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    @contextmanager
    def connected(self, send: Callable[[bytes], Awaitable[None]], _home_id: str) -> Iterator[Self]:
        """Pass requests to ``send`` until the block is left."""
        self._send = send
        yield self
        self._send = None

    def receive(self, _connection: object, frame: Frame) -> None:
        """Send a reply or a report to the steward."""
        task = asyncio.create_task(self._socket.send_bytes(frame.to_json()))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def take(self, data: bytes) -> None:
        """Pass on a frame of the steward if it is a request."""
        if self._send is not None and Frame.from_json(data).kind is FrameKind.REQUEST:
            await self._send(data)

    def close(self) -> None:
        """Do nothing: the websocket belongs to the rig."""
