"""Socket.IO 5 on a websocket (Engine.IO 4): events of the server, and calls that it acknowledges."""

from typing import Any, Final, override

import aiohttp
import orjson
from yarl import URL

from .http import Attempt
from .tls import Certificates
from .websocket import Websocket

ANSWER: Final = 5.0
"""Seconds to wait for a connection, and for an acknowledgement."""

_PING, _PONG = "2", "3"
_CONNECT, _DISCONNECT, _EVENT, _ACKNOWLEDGEMENT = "40", "41", "42", "43"


class SocketIO(Websocket[list[Any]]):
    """One connection, from :meth:`open` until it ends. Subclasses handle the server's events."""

    protocol = "Socket.IO"

    def handle(self, event: str, arguments: list[Any]) -> None:
        """Handle an event of the server. Must not raise."""

    async def open(self, session: aiohttp.ClientSession, url: URL, certificates: Certificates) -> None:
        """Connect below the address ``url``.

        Raises ServiceUnreachable, ServiceUnauthorized or ServiceMalformed.
        """
        self._url = url / "socket.io" / ""
        websocket = self._url.with_query(EIO="4", transport="websocket")
        await self.connect(session, websocket, certificates, ANSWER)

    async def call(self, event: str, *arguments: object, changes: bool = False) -> dict[str, Any]:
        """Send an event once and return its acknowledgement.

        Raises ServiceUnreachable or ServiceMalformed; EffectUnknown when it ``changes`` something
        and was sent.
        """
        attempt = Attempt(where=f"{event} {self._url.host}:{self._url.port}", changes=changes)
        sent = orjson.dumps([event, *arguments]).decode()
        values = await self.exchange(attempt, ANSWER, lambda number: f"{_EVENT}{number}{sent}")
        if not values or not isinstance(values[0], dict):
            raise attempt.malformed("the answer is not an object")
        return values[0]

    @override
    async def greet(self) -> float:
        settings = orjson.loads((await self._socket.receive_str()).removeprefix("0"))
        await self._socket.send_str(_CONNECT)
        if not (await self._socket.receive_str()).startswith(_CONNECT):
            raise ValueError(_CONNECT)
        return float(settings["pingInterval"] + settings["pingTimeout"]) / 1000

    @override
    async def take(self, text: str) -> bool:
        if text == _PING:
            await self._socket.send_str(_PONG)
            return True
        kind, (number, bracket, rest) = text[:2], text[2:].partition("[")
        if kind == _EVENT:
            name, *arguments = orjson.loads(bracket + rest)
            self.handle(name, arguments)
        elif kind == _ACKNOWLEDGEMENT:
            self.settle(int(number), orjson.loads(bracket + rest))
        elif kind != _DISCONNECT:
            raise ValueError(kind)
        return kind != _DISCONNECT
