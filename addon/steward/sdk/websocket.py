"""A connection on a websocket: each call waits for the answer that has its number."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Final

import aiohttp
from yarl import URL

from ..errors import CertificateNotTrusted
from ..texts import translate
from .http import CONNECTION_LOST, MAX_BODY, NEVER_SENT, Attempt, reason_of
from .tls import Certificates

CLOSING: Final = 1.0
"""Seconds to wait for the server to confirm that a websocket is closed."""


class Websocket[Answer]:
    """One connection, from :meth:`connect` until it ends; then ``is_closed``.

    Subclasses handle messages in :meth:`take`, and pass each answer to its call with :meth:`settle`.
    """

    protocol: ClassVar[str]

    def __init__(self) -> None:
        """Open nothing."""
        self.is_closed = True
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._numbers = itertools.count(1)
        self._socket: aiohttp.ClientWebSocketResponse
        self._reader: asyncio.Task[None]

    async def greet(self) -> float | None:
        """Begin the protocol; return the seconds of silence that end the connection, None for no limit.

        Raises ValueError, KeyError or TypeError when the server does not use the protocol.
        """
        return None

    async def take(self, text: str) -> bool:
        """Handle a message; return False when the server ends the connection. Raises ValueError."""
        raise NotImplementedError

    def end(self) -> None:
        """Handle the end of the connection. By default nothing is done."""

    async def connect(
        self,
        session: aiohttp.ClientSession,
        url: URL,
        certificates: Certificates,
        seconds: float,
        heartbeat: float | None = None,
    ) -> None:
        """Open the websocket within ``seconds``.

        ``heartbeat`` are the seconds of silence after which the server gets a ping.
        Raises ServiceUnreachable, ServiceUnauthorized or ServiceMalformed.
        """
        attempt = Attempt.at("GET", url.with_query(None))
        try:
            async with asyncio.timeout(seconds):
                self._socket = await session.ws_connect(
                    url,
                    ssl=certificates,
                    max_msg_size=MAX_BODY,
                    heartbeat=heartbeat,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSING),
                )
                silence = await self._greeted()
        except aiohttp.WSServerHandshakeError as err:
            attempt.check(err.status, b"")
            raise attempt.malformed("the answer is not a websocket") from err
        except aiohttp.ClientConnectorCertificateError as err:
            text = str(attempt.not_sent(reason_of(err)))
            raise CertificateNotTrusted(text, url.host or "", url.port or 0) from err
        except (*NEVER_SENT, aiohttp.ServerFingerprintMismatch) as err:
            raise attempt.not_sent(reason_of(err)) from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise attempt.no_answer(reason_of(err)) from err
        except (ValueError, KeyError, TypeError) as err:
            raise attempt.malformed(f"the server does not speak {self.protocol}") from err
        self.is_closed = False
        self._reader = asyncio.create_task(self._read(silence), name=self.protocol)

    async def exchange(self, attempt: Attempt, seconds: float, text_of: Callable[[int], str]) -> Answer:
        """Send the text of a call once and return its answer. ``text_of`` gets the number of the call.

        Raises the error that fits a lost answer or one that cannot be understood.
        """
        if self.is_closed:
            raise attempt.not_sent(translate(CONNECTION_LOST))
        number = next(self._numbers)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            async with asyncio.timeout(seconds):
                await self._socket.send_str(text_of(number))
                return await answer
        except aiohttp.ClientConnectionResetError as err:
            # The socket is closing, and the reader has not noticed it yet.
            answer.cancel()
            await self.close()
            raise attempt.no_answer(reason_of(err)) from err
        except ValueError as err:
            raise attempt.malformed(f"the answer is not {self.protocol}") from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise attempt.no_answer(reason_of(err)) from err
        finally:
            del self._answers[number]

    def settle(self, number: int, answer: Answer) -> None:
        """Pass an answer to the call with this number, if it still waits."""
        waiting = self._answers.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    async def close(self) -> None:
        """Close the connection."""
        if not self.is_closed:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _greeted(self) -> float | None:
        try:
            return await self.greet()
        except BaseException:
            await self._socket.close()
            raise

    async def _read(self, silence: float | None) -> None:
        reason: Exception = ConnectionResetError()
        try:
            while await self.take(await self._socket.receive_str(timeout=silence)):
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


class KeptOpen[Kept: Websocket[Any]]:
    """The open connection of a client: opened at first use, and again after it was lost."""

    def __init__(self, opened: Callable[[], Awaitable[Kept]]) -> None:
        """``opened`` opens a connection and logs in; it closes the connection when the login fails."""
        self._opened = opened
        self._connection: Kept | None = None
        self._connecting = asyncio.Lock()

    async def get(self) -> Kept:
        """Return the open connection. Raises what opening it raises."""
        async with self._connecting:
            if self._connection is None or self._connection.is_closed:
                self._connection = await self._opened()
            return self._connection

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()
