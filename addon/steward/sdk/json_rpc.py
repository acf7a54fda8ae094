"""JSON-RPC 2.0 on a websocket: typed calls over one connection, which is opened again after a loss."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Final, override

import orjson

from ..clock import Clock
from ..coalesce import coalesced
from ..errors import ServiceError, ServiceForbidden, ServiceNotFound, ServiceRefused, ServiceUnauthorized
from .access import Access
from .http import Attempt, plain
from .logins import Logins
from .typed_calls import Parameter, TypedCalls
from .websocket import KeptOpen, Websocket

ANSWER: Final = 10.0
"""Seconds to wait for a connection, and for each answer."""

HEARTBEAT: Final = 30.0
"""Seconds of silence after which the server gets a ping."""

NO_METHOD: Final = -32601
WRONG_PARAMETERS: Final = (-32600, -32602)


class JsonRpc(TypedCalls):
    """One server. The path of a read is a method, called with its ``parameters``.

    Subclasses log in with :meth:`log_in`, and map the errors of the server in :meth:`refusal`.
    """

    parameters: ClassVar[Mapping[str, tuple[object, ...]]] = {}

    def __init__(self, access: Access, path: str) -> None:
        """Open nothing. ``path`` is that of the websocket. Raises InvalidSetting."""
        self.access = access
        self._tls = access.tls
        self._url = access.address.joinpath(path)
        self._kept = KeptOpen(self._opened)
        self._logins = Logins()

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self.access.clock

    async def close(self) -> None:
        """Close the connection."""
        await self._kept.close()

    async def log_in(self, connection: Connection) -> None:
        """Authenticate a new connection. Raises ServiceUnauthorized."""

    def refusal(self, attempt: Attempt, code: int, text: str, data: Mapping[str, Any]) -> ServiceError:  # noqa: ARG002
        """Return the app's error for an error of the server.

        An unknown method and wrong parameters are refusals; with any other error it is not known whether
        the call had an effect. ``data`` are the details of the server.
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
        connection = await self._kept.get()
        try:
            return await self._called(connection, method, parameters, changes=changes)
        except ServiceForbidden:
            raise
        except ServiceUnauthorized:
            # The server ended the login of an open connection. The call had no effect.
            await connection.close()
            return await self._called(await self._kept.get(), method, parameters, changes=changes)

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

    async def _opened(self) -> Connection:
        self._logins.check(self.clock.monotonic())
        connection = Connection()
        certificates = await asyncio.to_thread(self._tls.load)
        await connection.connect(self.access.session, self._url, certificates, ANSWER, HEARTBEAT)
        try:
            await self.log_in(connection)
        except BaseException as err:
            if isinstance(err, ServiceUnauthorized):
                self._logins.refused(err, self.clock.monotonic())
            await connection.close()
            raise
        self._logins = Logins()
        return connection

    async def ask(self, connection: Connection, method: str, *parameters: object) -> object:
        """Return the result of a method on a connection that is not logged in yet. Raises ServiceError."""
        return await self._called(connection, method, parameters, changes=False)


class Connection(Websocket[dict[str, Any]]):
    """One connection to the server."""

    protocol = "JSON-RPC"

    async def ask(self, attempt: Attempt, method: str, parameters: tuple[object, ...]) -> dict[str, Any]:
        """Send a call once and return its answer. Raises the error that fits a lost or malformed answer."""

        def text_of(number: int) -> str:
            request = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
            return orjson.dumps(request).decode()

        return await self.exchange(attempt, ANSWER, text_of)

    @override
    async def take(self, text: str) -> bool:
        """Give an answer to its call; an event of the server has no ``id`` and is left out."""
        message = orjson.loads(text)
        if not isinstance(message, dict):
            raise ValueError("no object")
        if isinstance(number := message.get("id"), int):
            self.settle(number, message)
        return True
