"""Socket.IO 5 on a websocket (Engine.IO 4): events of the server, and calls that it acknowledges."""

import asyncio
import itertools
from typing import Any, Final

import aiohttp
import orjson
from yarl import URL

from .http import MAX_BODY, NEVER_SENT, Attempt, reason_of
from .tls import Certificates

ANSWER: Final = 5.0
"""Seconds to wait for a connection, and for an acknowledgement."""

_PING, _PONG = "2", "3"
_CONNECT, _DISCONNECT, _EVENT, _ACKNOWLEDGEMENT = "40", "41", "42", "43"


class SocketIO:
    """One connection, from :meth:`open` until it ends; then ``is_closed``."""

    def __init__(self) -> None:
        """Open nothing."""
        self.is_closed = True
        self._answers: dict[int, asyncio.Future[list[Any]]] = {}
        self._numbers = itertools.count(1)
        self._socket: aiohttp.ClientWebSocketResponse
        self._reader: asyncio.Task[None]

    def handle(self, event: str, arguments: list[Any]) -> None:
        """Take an event of the server. Raises nothing."""

    def end(self) -> None:
        """Take that the connection has ended."""

    async def open(self, session: aiohttp.ClientSession, url: URL, certificates: Certificates) -> None:
        """Connect below the address ``url``.

        Raises ServiceUnreachable, ServiceUnauthorized or ServiceMalformed.
        """
        self._url = url / "socket.io" / ""
        attempt = Attempt.at("GET", self._url)
        try:
            async with asyncio.timeout(ANSWER):
                self._socket = await session.ws_connect(
                    self._url.with_query(EIO="4", transport="websocket"),
                    ssl=certificates,
                    max_msg_size=MAX_BODY,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                )
                silence = await self._greet()
        except aiohttp.WSServerHandshakeError as err:
            attempt.check(err.status, b"")
            raise attempt.malformed("the answer is not a websocket") from err
        except (ValueError, KeyError, TypeError) as err:
            raise attempt.malformed("the server does not speak Socket.IO") from err
        except NEVER_SENT as err:
            raise attempt.not_sent(reason_of(err)) from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise attempt.no_answer(reason_of(err)) from err
        self.is_closed = False
        self._reader = asyncio.create_task(self._read(silence), name="socket.io")

    async def call(self, event: str, *arguments: object, changes: bool = False) -> dict[str, Any]:
        """Send an event once and return its acknowledgement.

        Raises ServiceUnreachable or ServiceMalformed; EffectUnknown when it ``changes`` something
        and was sent.
        """
        attempt = Attempt(where=f"{event} {self._url.host}:{self._url.port}", changes=changes)
        if self.is_closed:
            raise attempt.not_sent("the connection was lost")
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER):
                await self._socket.send_str(f"{_EVENT}{number}{orjson.dumps([event, *arguments]).decode()}")
                values = await answer
        except aiohttp.ClientConnectionResetError as err:
            # The socket is closing, and the reader has not noticed it yet.
            answer.cancel()
            await self.close()
            raise attempt.no_answer(reason_of(err)) from err
        except ValueError as err:
            raise attempt.malformed("the answer is not JSON") from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise attempt.no_answer(reason_of(err)) from err
        finally:
            del self._answers[number]
        if not values or not isinstance(values[0], dict):
            raise attempt.malformed("the answer is not an object")
        return values[0]

    async def close(self) -> None:
        """Close the connection."""
        if not self.is_closed:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _greet(self) -> float:
        """Join; return the seconds after which a silent server is gone."""
        try:
            settings = orjson.loads((await self._socket.receive_str()).removeprefix("0"))
            await self._socket.send_str(_CONNECT)
            if not (await self._socket.receive_str()).startswith(_CONNECT):
                raise ValueError(_CONNECT)
            return float(settings["pingInterval"] + settings["pingTimeout"]) / 1000
        except BaseException:
            await self._socket.close()
            raise

    async def _read(self, silence: float) -> None:
        reason: Exception = ConnectionResetError()
        try:
            while await self._take(await self._socket.receive_str(timeout=silence)):
                pass
        except ValueError as err:
            reason = err
        except (aiohttp.ClientError, aiohttp.WSMessageTypeError, TimeoutError, OSError) as err:
            reason = ConnectionResetError(str(err))
        finally:
            self.is_closed = True
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(reason)
            self.end()
            await self._socket.close()

    async def _take(self, packet: str) -> bool:
        """Take one packet; return False when the server ends the connection."""
        if packet == _PING:
            await self._socket.send_str(_PONG)
            return True
        kind, (number, bracket, rest) = packet[:2], packet[2:].partition("[")
        if kind == _EVENT:
            name, *arguments = orjson.loads(bracket + rest)
            self.handle(name, arguments)
        elif kind == _ACKNOWLEDGEMENT:
            answer = self._answers.get(int(number))
            if answer is not None and not answer.done():
                answer.set_result(orjson.loads(bracket + rest))
        elif kind != _DISCONNECT:
            raise ValueError(kind)
        return kind != _DISCONNECT
