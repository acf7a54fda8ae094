"""JSON-RPC 2.0 on a websocket: typed calls over one connection that is opened again when it was lost."""

import asyncio
import itertools
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Final, override

import aiohttp
import orjson
from yarl import URL

from ..clock import Clock
from ..coalesce import coalesced
from ..errors import (
    CertificateNotTrusted,
    ServiceError,
    ServiceForbidden,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
)
from ..texts import translate
from .access import Access
from .http import CONNECTION_LOST, MAX_BODY, NEVER_SENT, Attempt, plain, reason_of
from .logins import Logins
from .tls import Certificates
from .typed_calls import Parameter, TypedCalls

ANSWER: Final = 10.0
"""Seconds to wait for a connection, and for each answer."""

HEARTBEAT: Final = 30.0
"""Seconds after which a silent server is asked for a sign of life."""

NO_METHOD: Final = -32601
WRONG_PARAMETERS: Final = (-32600, -32602)


class JsonRpc(TypedCalls):
    """One server. The path of a read is a method, called with its ``parameters``.

    Subclasses log in with :meth:`log_in`, and say in :meth:`refusal` what an error means.
    """

    parameters: ClassVar[Mapping[str, tuple[object, ...]]] = {}

    def __init__(self, access: Access, path: str) -> None:
        """Open nothing. ``path`` is that of the websocket. Raises InvalidSetting."""
        self.access = access
        self._tls = access.tls
        self._url = access.address.joinpath(path)
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._logins = Logins()

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self.access.clock

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()

    async def log_in(self, connection: Connection) -> None:
        """Prove who we are on a new connection. Raises ServiceUnauthorized."""

    def refusal(self, attempt: Attempt, code: int, text: str, data: Mapping[str, Any]) -> ServiceError:  # noqa: ARG002
        """Return the error for an answer that is one.

        A method or parameters that the server does not know are refused; of anything else it is not
        known whether it was done. ``data`` is what the server adds.
        """
        if code == NO_METHOD:
            return ServiceNotFound(f"{attempt.where}: {text}")
        if code in WRONG_PARAMETERS:
            return ServiceRefused(f"{attempt.where}: {text}")
        return attempt.no_answer(text)

    async def call(self, method: str, *parameters: object, changes: bool = False) -> object:
        """Return the result of a method.

        Raises ServiceError; EffectUnknown when it ``changes`` something and was sent.
        """
        connection = await self._connected()
        try:
            return await self._called(connection, method, parameters, changes=changes)
        except ServiceForbidden:
            raise
        except ServiceUnauthorized:
            # The server ended the login of an open connection. Nothing was done.
            await connection.close()
            return await self._called(await self._connected(), method, parameters, changes=changes)

    @override
    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the result of a method that reads. Raises ServiceError."""
        read = partial(self.call, path, *self.parameters.get(path, ()))
        return await coalesced((self, path, ()), read)

    @override
    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        /,
        *,
        form: Mapping[str, Parameter] | None = None,
        **query: Parameter | None,
    ) -> object:
        """Call the method ``path`` once with the parameters in the list ``body``. Raises ServiceError."""
        return await self.call(path, *(body if isinstance(body, list) else ()), changes=True)

    async def _called(
        self, connection: Connection, method: str, parameters: tuple[object, ...], *, changes: bool
    ) -> object:
        attempt = Attempt(where=f"{method} {self._url.host}:{self._url.port}", changes=changes)
        answer = await connection.ask(attempt, method, parameters)
        if "result" in answer:
            return answer["result"]
        error = answer.get("error")
        if not isinstance(error, dict):
            raise attempt.malformed("the answer has no result")
        code, data = error.get("code"), error.get("data")
        details = data if isinstance(data, dict) else {}
        text = plain(str(details.get("reason") or error.get("message") or "no reason given"))
        raise self.refusal(attempt, code if isinstance(code, int) else 0, text, details)

    async def _connected(self) -> Connection:
        """Return the open connection; opens one and logs in when there is none."""
        async with self._connecting:
            if self._connection is None or self._connection.is_closed:
                self._logins.check(self.clock.monotonic())
                connection = Connection(self._url)
                await connection.open(self.access.session, await asyncio.to_thread(self._tls.load))
                try:
                    await self.log_in(connection)
                except BaseException as err:
                    if isinstance(err, ServiceUnauthorized):
                        self._logins.refused(err, self.clock.monotonic())
                    await connection.close()
                    raise
                self._connection, self._logins = connection, Logins()
            return self._connection

    async def ask(self, connection: Connection, method: str, *parameters: object) -> object:
        """Return the result of a method on a connection that is not logged in yet. Raises ServiceError."""
        return await self._called(connection, method, parameters, changes=False)


class Connection:
    """One websocket, from :meth:`open` until it ends; then ``is_closed``."""

    def __init__(self, url: URL) -> None:
        """Open nothing."""
        self.is_closed = True
        self._url = url
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._socket: aiohttp.ClientWebSocketResponse
        self._reader: asyncio.Task[None]

    async def open(self, session: aiohttp.ClientSession, certificates: Certificates) -> None:
        """Connect. Raises ServiceUnreachable, ServiceUnauthorized or ServiceMalformed."""
        attempt = Attempt.at("GET", self._url)
        try:
            async with asyncio.timeout(ANSWER):
                self._socket = await session.ws_connect(
                    self._url,
                    ssl=certificates,
                    max_msg_size=MAX_BODY,
                    heartbeat=HEARTBEAT,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                )
        except aiohttp.WSServerHandshakeError as err:
            attempt.check(err.status, b"")
            raise attempt.malformed("the answer is not a websocket") from err
        except aiohttp.ClientConnectorCertificateError as err:
            text = str(attempt.not_sent(reason_of(err)))
            raise CertificateNotTrusted(text, self._url.host or "", self._url.port or 0) from err
        except (*NEVER_SENT, aiohttp.ServerFingerprintMismatch) as err:
            raise attempt.not_sent(reason_of(err)) from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise attempt.no_answer(reason_of(err)) from err
        self.is_closed = False
        self._reader = asyncio.create_task(self._read(), name="json-rpc")

    async def ask(self, attempt: Attempt, method: str, parameters: tuple[object, ...]) -> dict[str, Any]:
        """Send a call once and return its answer. Raises what a lost or odd answer means."""
        if self.is_closed:
            raise attempt.not_sent(translate(CONNECTION_LOST))
        number = next(self._numbers)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
        try:
            async with asyncio.timeout(ANSWER):
                await self._socket.send_str(orjson.dumps(request).decode())
                return await answer
        except ValueError as err:
            raise attempt.malformed("the answer is not JSON-RPC") from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise attempt.no_answer(reason_of(err)) from err
        finally:
            del self._answers[number]

    async def close(self) -> None:
        """Close the connection."""
        if not self.is_closed:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        reason: Exception = ConnectionResetError()
        try:
            while True:
                self._take(orjson.loads(await self._socket.receive_str()))
        except ValueError as err:
            reason = err
        except (aiohttp.ClientError, aiohttp.WSMessageTypeError, TimeoutError, OSError) as err:
            reason = ConnectionResetError(str(err))
        finally:
            self.is_closed = True
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(reason)
            await self._socket.close()

    def _take(self, message: object) -> None:
        """Pass an answer to its call; events that nobody asked for are left out. Raises ValueError."""
        if not isinstance(message, dict):
            raise ValueError("no object")
        number = message.get("id")
        answer = self._answers.get(number) if isinstance(number, int) else None
        if answer is not None and not answer.done():
            answer.set_result(message)
