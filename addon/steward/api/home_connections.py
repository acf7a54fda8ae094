"""Requests to the connected Home Assistant: numbered, answered within a time, or failed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, override

import structlog

from homelab_steward.contract.errors import ErrorCode, MalformedMessage
from homelab_steward.contract.home import (
    HomeAction,
    HomeCall,
    HomePart,
    HomeQuery,
    HomeReply,
    HomeReport,
    HomeRequest,
    HomeResult,
)
from homelab_steward.contract.protocol import Frame, FrameKind, Refusal

from ..errors import (
    EffectUnknown,
    ServiceError,
    ServiceForbidden,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnreachable,
)
from ..sdk.home import HomeAssistantPort
from .frames import encode
from .home_report import Clean, read_report

log = structlog.get_logger(__name__)

REPORT_TIMEOUT: Final = 9.0
CALL_TIMEOUT: Final = 65.0
"""Seconds to wait for a reply: a little longer than the integration takes (see REPLY_SECONDS)."""

_QUICK: Final = (HomeQuery.REPORT, HomeQuery.RELEASE_NOTES)

NOT_CONNECTED: Final = "Home Assistant is not connected"
ANOTHER: Final = (
    "Another Home Assistant is connected than the one that was set up: "
    "remove Home Assistant from the app and add it again to change it"
)
BROKEN: Final = "The connection to Home Assistant ended before it replied"

_NOTHING_CHANGED: Final = frozenset(
    {
        ErrorCode.INVALID_ARGUMENT,
        ErrorCode.INVALID_SETTING,
        ErrorCode.NOT_FOUND,
        ErrorCode.UNAVAILABLE,
        ErrorCode.MALFORMED,
    }
)
"""Codes by which the integration refuses a call before it did anything."""

type Send = Callable[[bytes], Awaitable[None]]
"""Sends one frame. Raises an exception when the connection has ended."""

type Keep = Callable[[str], Awaitable[None]]
"""Stores the instance ID of the Home Assistant that is asked, "" for none."""


async def _keep_nothing(_: str) -> None: ...


class HomeConnection:
    """The connection of one Home Assistant, with the requests that wait for its replies."""

    def __init__(
        self, send: Send, home_id: str, version: str | None = None, time_zone: str | None = None
    ) -> None:
        """Frames are sent with ``send``; ``home_id`` is the instance ID of the Home Assistant.

        ``version`` is that of the integration; both are None when it does not say them.
        """
        self.home_id = home_id
        self.version = version
        self.time_zone = time_zone
        self._send = send
        self._waiting: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self._last_number = 0

    async def ask(self, request: HomeRequest) -> Mapping[str, Any]:
        """Return the body of the reply. Raises TimeoutError, and ConnectionError when it ends first."""
        seconds = REPORT_TIMEOUT if request.query in _QUICK else CALL_TIMEOUT
        self._last_number += 1
        number = self._last_number
        future: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            async with asyncio.timeout(seconds):
                await self._send(encode(FrameKind.REQUEST, request, number))
                return await future
        finally:
            del self._waiting[number]

    def receive(self, frame: Frame) -> None:
        """Take a reply; one that nobody waits for any more is ignored."""
        future = self._waiting.get(frame.id or 0)
        if future is not None and not future.done():
            future.set_result(frame.body)

    def close(self) -> None:
        """Fail what waits for a reply."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ConnectionError(BROKEN))


class HomeConnections(HomeAssistantPort):
    """All connected Home Assistants. The first one that is asked stays the only one that is asked."""

    def __init__(
        self,
        clean: Clean,
        home_id: str = "",
        keep: Keep = _keep_nothing,
        keep_language: Keep = _keep_nothing,
    ) -> None:
        """Texts of logs and errors are cleaned with ``clean``.

        ``home_id`` is the instance ID that ``keep`` stored, "" when no Home Assistant was asked yet.
        ``keep_language`` gets the language of its household.
        """
        self._clean = clean
        self._home_id = home_id
        self._keep = keep
        self._keep_language = keep_language
        self._connections: list[HomeConnection] = []
        self._was_connected = False
        self._listeners: set[asyncio.Queue[HomeReport]] = set()

    @property
    def is_connected(self) -> bool:
        """Whether a Home Assistant is connected."""
        return bool(self._connections)

    @property
    def is_set_up(self) -> bool:
        """Whether a Home Assistant is or was connected."""
        return bool(self._home_id) or self._was_connected

    @property
    def integration(self) -> str | None:
        """The version of the integration of the Home Assistant that is asked, None when it is not known."""
        asked = self._asked()
        return None if asked is None else asked.version

    @property
    def time_zone(self) -> str | None:
        """The time zone of the Home Assistant that is asked, None when it is not known."""
        asked = self._asked()
        return None if asked is None else asked.time_zone

    async def set_language(self, home_id: str, language: str) -> None:
        """Take the language of a household, unless it is that of another Home Assistant."""
        if self._home_id in ("", home_id):
            await self._keep_language(language)

    @contextmanager
    def connected(
        self, send: Send, home_id: str, version: str | None = None, time_zone: str | None = None
    ) -> Iterator[HomeConnection]:
        """Offer this connection until the block is left; then what waits for its replies fails."""
        connection = HomeConnection(send, home_id, version, time_zone)
        self._connections.append(connection)
        self._was_connected = True
        if self._home_id not in ("", home_id):
            log.warning(ANOTHER)
        try:
            yield connection
        finally:
            self._connections.remove(connection)
            connection.close()

    def receive(self, connection: HomeConnection, frame: Frame) -> None:
        """Take a reply or a pushed report."""
        if frame.kind is FrameKind.REPLY:
            connection.receive(frame)
            return
        if connection is not self._asked():
            return
        try:
            report = read_report(frame.body, self._clean)
        except MalformedMessage as err:
            log.warning("pushed report is malformed", error=err.message)
            return
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(report)

    @override
    async def report(self, *parts: HomePart) -> HomeReport:
        body = await self._read(HomeRequest(query=HomeQuery.REPORT, parts=tuple(parts)))
        if not isinstance(body.get("report"), dict):
            raise ServiceMalformed("Home Assistant replied without a report")
        try:
            return read_report(body["report"], self._clean)
        except MalformedMessage as err:
            raise ServiceMalformed(f"Home Assistant sent a malformed report: {err.message}") from err

    @override
    async def check_restart(self) -> str | None:
        return await self._text(HomeRequest(query=HomeQuery.CHECK_RESTART)) or None

    @override
    async def app_log(self, app: str) -> str:
        return await self._text(HomeRequest(query=HomeQuery.APP_LOG, app=app))

    @override
    async def release_notes(self, update: str) -> str:
        return await self._text(HomeRequest(query=HomeQuery.RELEASE_NOTES, update=update))

    async def _text(self, request: HomeRequest) -> str:
        """Return the text of a reply. Raises ServiceError."""
        body = await self._read(request)
        try:
            return self._result(body).text
        except MalformedMessage as err:
            raise ServiceMalformed(f"Home Assistant sent a malformed reply: {err.message}") from err

    @override
    async def call(
        self, action: HomeAction, target: str | None = None, version: str | None = None
    ) -> HomeResult:
        call = HomeCall(action=action, target=target, version=version)
        request = HomeRequest(query=HomeQuery.CALL, call=call)
        connection = await self._connection()
        try:
            body = await connection.ask(request)
            refusal = _refusal(body)
            if refusal is None:
                return self._result(body)
        except TimeoutError as err:
            raise EffectUnknown("Home Assistant: no answer in time") from err
        except MalformedMessage as err:
            raise EffectUnknown(f"Home Assistant sent a malformed reply: {err.message}") from err
        except Exception as err:
            raise EffectUnknown(BROKEN) from err
        raise self._call_error(refusal)

    @override
    async def pushed(self) -> AsyncIterator[HomeReport]:
        queue: asyncio.Queue[HomeReport] = asyncio.Queue(maxsize=1)
        self._listeners.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    @override
    async def unbind(self) -> None:
        if self._home_id:
            await self._keep("")
            self._home_id = ""

    def _asked(self) -> HomeConnection | None:
        """Return the newest connection of the Home Assistant that is asked, None when there is none."""
        home_id = self._home_id or next((one.home_id for one in self._connections), "")
        return next((one for one in reversed(self._connections) if one.home_id == home_id), None)

    async def _connection(self) -> HomeConnection:
        """Return the connection to ask, and bind to its Home Assistant. Raises ServiceUnreachable."""
        connection = self._asked()
        if connection is None:
            raise ServiceUnreachable(ANOTHER if self._connections else NOT_CONNECTED)
        if not self._home_id:
            self._home_id = connection.home_id
            await self._keep(connection.home_id)
        return connection

    async def _read(self, request: HomeRequest) -> Mapping[str, Any]:
        connection = await self._connection()
        try:
            body = await connection.ask(request)
            refusal = _refusal(body)
        except TimeoutError as err:
            raise ServiceUnreachable("Home Assistant: no answer in time") from err
        except MalformedMessage as err:
            raise ServiceMalformed(f"Home Assistant sent a malformed reply: {err.message}") from err
        except Exception as err:
            raise ServiceUnreachable(BROKEN) from err
        if refusal is None:
            return body
        text = self._clean(refusal.message)
        raise ServiceForbidden(text) if refusal.code is ErrorCode.FORBIDDEN else ServiceUnreachable(text)

    def _call_error(self, refusal: Refusal) -> ServiceError:
        text = self._clean(refusal.message)
        if refusal.code is ErrorCode.FORBIDDEN:
            return ServiceForbidden(text)
        return ServiceRefused(text) if refusal.code in _NOTHING_CHANGED else EffectUnknown(text)

    def _result(self, body: Mapping[str, Any]) -> HomeResult:
        result = HomeReply.from_plain(body).result
        if result is None:
            raise MalformedMessage("HomeReply", "there is no result")
        return replace(result, text=self._clean(result.text))


def _refusal(body: Mapping[str, Any]) -> Refusal | None:
    plain = body.get("refusal")
    return None if plain is None else Refusal.from_plain(plain)
