"""Keeps one server connected, knows what it offers, and sends its calls one by one within limits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final, NoReturn

import structlog

from ..clock import Clock
from ..errors import ServiceRefused, describe_error
from ..settings.foreign_tools import ForeignServer
from ..texts import translate
from .output import RawOutput, plain
from .ports import Arguments, CallLost, Connect, Offered, ServerConnection, ServerFailed

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT: Final = 60.0
LIST_TIMEOUT: Final = 30.0
CALL_TIMEOUT: Final = 30.0
"""Seconds until a server is connected, its tools are read, and a call is answered."""

READ_AGAIN: Final = 60.0
"""Seconds after which the definitions are read again, also if the server does not say that they changed."""

SETTLE: Final = 5.0
"""Seconds between two reads of the definitions, however often the server says that they changed."""

FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 300.0
AT_ONCE: Final = 4
"""Calls of one server at the same time."""

MOST_WAITING: Final = 64
"""Calls of one server that wait: enough for 64 clients. A call that reads waits for a limited time."""

LONGEST_REASON: Final = 300

NOTHING: Final = Offered(unusable={})


def backoff(failures: int) -> float:
    """Return the seconds until the next try after this number of failures in a row. Pure."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 16))


class ServerWatch:
    """One server. ``offered`` is what it offers, ``reason`` why it is not online, "" when it is.

    ``since`` is when it began to be online or not to be, ``next_try_at`` when it is connected again, and
    ``last_error`` why the last attempt failed or the last connection ended.
    """

    def __init__(
        self,
        server: ForeignServer,
        connect: Connect,
        clock: Clock,
        clean: Callable[[str], str],
        noticed: Callable[[], Awaitable[None]],
    ) -> None:
        """``noticed`` is called after what is known about the server changed. ``clean`` masks secrets."""
        self.server = server
        self.offered = NOTHING
        self.reason = translate(t"It was not read yet.")
        self.since: datetime | None = None
        self.next_try_at: datetime | None = None
        self.last_error = ""
        self.last_error_at: datetime | None = None
        self._connect = connect
        self._clock = clock
        self._clean = clean
        self._noticed = noticed
        self._connection: ServerConnection | None = None
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._failures = 0
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_online(self) -> bool:
        """Whether it is connected, and what it offers is known."""
        return self._connection is not None

    def start(self) -> None:
        """Connect in the background, again and again."""
        self._task = asyncio.create_task(self._run(), name=f"foreign tools {self.server.name}")

    async def close(self) -> None:
        """Disconnect; a program that was started is ended."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def tried(self) -> None:
        """Wait until the first attempt to connect has succeeded or failed."""
        await self._tried.wait()

    async def refresh(self) -> None:
        """Read what the server offers now. Raises ServerFailed."""
        connection = self._required()
        try:
            async with asyncio.timeout(LIST_TIMEOUT):
                self.offered = await connection.offered()
        except TimeoutError as err:
            raise ServerFailed(t"{self.server.name} did not list its tools in time") from err
        await self._noticed()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait until a call may be sent. Raises ServiceRefused when too many wait already."""
        if self._waiting >= MOST_WAITING:
            raise ServiceRefused(t"{self.server.name} has too many calls that wait.")
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

    async def call(self, tool: str, arguments: Arguments) -> RawOutput:
        """Send one call, once. Raises ServerFailed when it was not sent, CallLost without an answer."""
        connection = self._required()
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                return await connection.call(tool, arguments)
        except TimeoutError as err:
            raise CallLost(t"{self.server.name} did not answer in time") from err

    def _required(self) -> ServerConnection:
        if self._connection is None:
            raise ServerFailed(t"{self.server.name} is not connected: {self.reason}")
        return self._connection

    async def _run(self) -> None:
        while True:
            await self._lost(await self._served())
            await self._clock.sleep(backoff(self._failures))

    async def _served(self) -> str:
        """Connect, and stay connected; return why the connection ended."""
        try:
            await self._serve()
        except ServerFailed as err:
            return str(err)
        except TimeoutError:
            return translate(t"It did not answer in time.")
        except Exception as err:
            # One server must not end the others, nor the app.
            log.exception("foreign server failed", server=self.server.name)
            return describe_error(err)

    async def _serve(self) -> NoReturn:
        """Connect, and follow the definitions until the connection ends."""
        try:
            async with AsyncExitStack() as opened:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    connection = await opened.enter_async_context(self._connect(self.server))
                    self.offered = await connection.offered()
                await self._online(connection)
                while True:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(READ_AGAIN):
                            await connection.changed()
                    await self.refresh()
                    await self._clock.sleep(SETTLE)
        finally:
            # At once: nobody may use a connection that is being closed.
            self._connection = None

    async def _online(self, connection: ServerConnection) -> None:
        self._connection, self.reason, self._failures = connection, "", 0
        self.since, self.next_try_at = self._clock.now(), None
        log.info("foreign server connected", server=self.server.name, tools=len(self.offered.tools))
        await self._noticed()
        self._tried.set()

    async def _lost(self, reason: str) -> None:
        now = self._clock.now()
        self._failures += 1
        if self._failures == 1:
            self.since = now
        self.offered = NOTHING
        self.reason = self.last_error = plain(self._clean(reason), LONGEST_REASON)
        self.last_error_at = now
        self.next_try_at = now + timedelta(seconds=backoff(self._failures))
        log.warning("foreign server not connected", server=self.server.name, reason=self.reason)
        await self._noticed()
        self._tried.set()
