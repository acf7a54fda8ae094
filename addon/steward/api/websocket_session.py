"""Serves one front end by websocket: hello, initial state, events and commands."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, aclosing, nullcontext
from typing import Final

import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect

from homelab_steward.contract.errors import ContractError, ErrorCode, MalformedMessage
from homelab_steward.contract.protocol import (
    MAX_MESSAGE_BYTES,
    MINIMUM_SCHEMA_VERSION,
    SCHEMA_VERSION,
    Command,
    Frame,
    FrameKind,
    Hello,
    Subscribe,
)

from ..store.changes import Changes, Lost, Watch
from .commands import CommandRunner
from .error_frames import ErrorFrames
from .frames import CloseCode, encode, encode_initial
from .home_connections import HomeConnection, HomeConnections
from .ports import StateQueries

log = structlog.get_logger(__name__)

SUBSCRIBE_TIMEOUT: Final = 10.0
SEND_TIMEOUT: Final = 10.0
CONCURRENT_COMMANDS: Final = 8
COMMANDS_WAITING: Final = 64
MALFORMED_ALLOWED: Final = 5
LOCAL: Final = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})


class SessionClosed(Exception):
    """The front end disconnected, or the app closed the connection."""


class WebsocketSession:
    """One connection. The app closes it when its event queue overflows."""

    def __init__(
        self,
        socket: WebSocket,
        hello: Hello,
        changes: Changes,
        queries: StateQueries,
        runner: CommandRunner,
        errors: ErrorFrames,
        home: HomeConnections,
        first_read: Callable[[], Awaitable[None]],
    ) -> None:
        """The caller has authenticated the client. It gets nothing before ``first_read`` returns."""
        self._socket = socket
        self._hello = hello
        self._changes = changes
        self._queries = queries
        self._runner = runner
        self._errors = errors
        self._home = home
        self._first_read = first_read
        self._home_connection: HomeConnection | None = None
        self._is_local = socket.client is not None and socket.client.host in LOCAL
        self._slots = asyncio.Semaphore(CONCURRENT_COMMANDS)
        # A command may wait for a reply of this very client: its frames must be read meanwhile.
        self._room = asyncio.Semaphore(COMMANDS_WAITING)
        self._tasks: set[asyncio.Task[None]] = set()
        self._conversations: dict[int, asyncio.Task[None]] = {}
        self._malformed = 0

    async def serve(self) -> None:
        """Serve until the connection is closed."""
        await self._socket.accept()
        try:
            await self._send(encode(FrameKind.HELLO, self._hello))
            subscribe = await self._wait_for_subscribe()
            # Without the first readings, a client would show everything as unknown.
            await self._first_read()
            # Watch before reading the state, so that no change in between is missed.
            with self._changes.watch() as watch:
                await self._catch_up(subscribe)
                if subscribe.home_id is not None and subscribe.language:
                    await self._home.set_language(subscribe.home_id, subscribe.language)
                with self._home_of(subscribe) as self._home_connection:
                    await self._run_until_closed(watch)
        except SessionClosed, WebSocketDisconnect:
            pass
        finally:
            for task in self._tasks:
                task.cancel()

    async def _wait_for_subscribe(self) -> Subscribe:
        """Return the subscribe message. Raises SessionClosed when it is missing or not compatible."""
        try:
            async with asyncio.timeout(SUBSCRIBE_TIMEOUT):
                while (frame := await self._receive()).kind is not FrameKind.SUBSCRIBE:
                    await self._reject(MalformedMessage("Frame", "expected a subscribe message"), frame.id)
        except TimeoutError:
            raise await self._close(CloseCode.NO_SUBSCRIBE, "no subscribe message") from None
        try:
            subscribe = Subscribe.from_plain(frame.body)
        except MalformedMessage as err:
            await self._send(self._errors.of(err, frame.id))
            raise await self._close(CloseCode.MALFORMED, "malformed subscribe message") from err
        if (
            subscribe.schema_version < MINIMUM_SCHEMA_VERSION
            or subscribe.minimum_schema_version > SCHEMA_VERSION
        ):
            error = ContractError(
                ErrorCode.INCOMPATIBLE, "The app and this front end have incompatible versions"
            )
            await self._send(self._errors.of(error, frame.id))
            raise await self._close(CloseCode.INCOMPATIBLE, "incompatible versions")
        return subscribe

    async def _catch_up(self, subscribe: Subscribe) -> None:
        """Send the missed events, or the initial state when they are not available."""
        missed = None
        if subscribe.stream == self._changes.stream:
            missed = self._changes.since(subscribe.last_sequence)
        if missed is None:
            state = await self._queries.initial(self._changes.sequence)
            await self._send(encode_initial(state))
            return
        await self._send(encode(FrameKind.RESUMED))
        for event in missed:
            await self._send(encode(FrameKind.EVENT, event))

    def _home_of(self, subscribe: Subscribe) -> AbstractContextManager[HomeConnection | None]:
        """Return the context in which the client is asked about Home Assistant, if it is one."""
        home_id = subscribe.home_id
        if home_id is None:
            return nullcontext()
        return self._home.connected(self._send, home_id, subscribe.client_version, subscribe.time_zone)

    async def _run_until_closed(self, watch: Watch) -> None:
        """Send events and receive commands until one of the two ends."""
        tasks = {asyncio.create_task(self._send_events(watch)), asyncio.create_task(self._listen())}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _send_events(self, watch: Watch) -> None:
        async for event in watch:
            if isinstance(event, Lost):
                raise await self._close(CloseCode.TOO_SLOW, "event queue overflow")
            await self._send(encode(FrameKind.EVENT, event))

    async def _listen(self) -> None:
        while True:
            frame = await self._receive()
            if frame.kind is FrameKind.CANCEL:
                self._cancel_answer(frame.id)
                continue
            if frame.kind in (FrameKind.REPLY, FrameKind.HOME_REPORT) and self._home_connection is not None:
                self._home.receive(self._home_connection, frame)
                continue
            if frame.kind is not FrameKind.COMMAND or frame.id is None:
                await self._reject(MalformedMessage("Frame", "expected a command with an id"), frame.id)
                continue
            # No more frames are read while too many commands wait.
            await self._room.acquire()
            is_conversation = frame.command == Command.ASK
            task = asyncio.create_task(
                self._answer_question(frame) if is_conversation else self._run_command(frame)
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            if is_conversation:
                self._conversations[frame.id] = task

    def _cancel_answer(self, number: int | None) -> None:
        """Cancel the answer to a question; other commands cannot be cancelled."""
        task = self._conversations.get(number or 0)
        if task is not None:
            task.cancel()

    async def _answer_question(self, frame: Frame) -> None:
        accepted = asyncio.create_task(self._send(encode(FrameKind.ACCEPTED, number=frame.id)))
        accepted.add_done_callback(_ignore_failure)
        # It is sent now: to understand the first question can take seconds of this event loop.
        await asyncio.sleep(0)
        try:
            async with self._slots, aclosing(self._runner.pieces(frame, is_local=self._is_local)) as pieces:
                async for piece in pieces:
                    await accepted
                    await self._send(piece)
        except SessionClosed, WebSocketDisconnect:
            pass
        finally:
            accepted.cancel()
            self._conversations.pop(frame.id or 0, None)
            self._room.release()

    async def _run_command(self, frame: Frame) -> None:
        try:
            async with self._slots:
                answer = await self._runner.answer(frame, is_local=self._is_local)
            await self._send(answer)
        except SessionClosed, WebSocketDisconnect:
            pass  # the command has run; the front end reads the result when it reconnects
        finally:
            self._room.release()

    async def _receive(self) -> Frame:
        """Return the next valid frame. Raises SessionClosed."""
        while True:
            message = await self._socket.receive()
            if message["type"] != "websocket.receive":
                raise SessionClosed
            try:
                return Frame.from_json(message.get("bytes") or message.get("text") or b"")
            except MalformedMessage as err:
                await self._reject(err, None)

    async def _reject(self, error: MalformedMessage, number: int | None) -> None:
        """Answer a malformed message; close the connection after ``MALFORMED_ALLOWED`` of them."""
        self._malformed += 1
        await self._send(self._errors.of(error, number))
        if self._malformed >= MALFORMED_ALLOWED:
            raise await self._close(CloseCode.MALFORMED, "too many malformed messages")

    async def _send(self, data: bytes) -> None:
        """Send one frame. Raises SessionClosed when it is too long or takes too long."""
        if len(data) > MAX_MESSAGE_BYTES:
            log.error("websocket message too long", bytes=len(data))
            raise await self._close(CloseCode.INTERNAL, "message too long")
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._socket.send_bytes(data)
        except TimeoutError as err:
            log.warning("front end does not read", remote=self._remote)
            raise SessionClosed from err
        except RuntimeError as err:  # raised by Starlette for a closed socket
            raise SessionClosed from err

    async def _close(self, code: CloseCode, reason: str) -> SessionClosed:
        """Close the socket with a reason, and return the exception to raise."""
        log.warning("websocket closed", remote=self._remote, code=int(code), reason=reason)
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._socket.close(int(code), reason)
        except TimeoutError, RuntimeError, WebSocketDisconnect:
            pass  # the connection is lost already
        return SessionClosed()

    @property
    def _remote(self) -> str | None:
        return self._socket.client.host if self._socket.client else None


def _ignore_failure(task: asyncio.Task[None]) -> None:
    """Take the error of a task: a connection that is lost shows with the next frame."""
    if not task.cancelled():
        task.exception()
