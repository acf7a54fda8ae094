"""One face on its websocket: hello, first state, events, commands, until it goes."""

import asyncio
import contextlib
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
from .command_runner import CommandRunner
from .frames import CloseCode, encode
from .ports import StateQueries

log = structlog.get_logger(__name__)

SUBSCRIBE_TIMEOUT: Final = 10.0
SEND_TIMEOUT: Final = 10.0
COMMANDS_AT_ONCE: Final = 8
GARBAGE_ALLOWED: Final = 5
LOCAL: Final = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})


class Gone(Exception):
    """The face is no longer there, or was sent away."""


class WebsocketSession:
    """One connection. Its queue is bounded: a face that cannot keep up is sent away."""

    def __init__(
        self, socket: WebSocket, hello: Hello, changes: Changes, queries: StateQueries, runner: CommandRunner
    ) -> None:
        """The socket's owner has proven who it is."""
        self._socket = socket
        self._hello = hello
        self._changes = changes
        self._queries = queries
        self._runner = runner
        self._is_local = socket.client is not None and socket.client.host in LOCAL
        self._free = asyncio.Semaphore(COMMANDS_AT_ONCE)
        self._sending: set[asyncio.Task[None]] = set()
        self._talking: dict[int, asyncio.Task[None]] = {}
        self._garbage = 0

    async def serve(self) -> None:
        """Return when the face is gone."""
        await self._socket.accept()
        try:
            await self._send(encode(FrameKind.HELLO, self._hello))
            subscribe = await self._subscribed()
            # Attached before anything is read: what happens meanwhile waits in the watch.
            with self._changes.watch() as watch:
                await self._catch_up(subscribe)
                await self._both(watch)
        except Gone, WebSocketDisconnect:
            pass
        finally:
            for task in self._sending:
                task.cancel()

    async def _subscribed(self) -> Subscribe:
        """Wait for the first message. Raises Gone when it does not come or cannot be served."""
        try:
            async with asyncio.timeout(SUBSCRIBE_TIMEOUT):
                while (frame := await self._receive()).kind is not FrameKind.SUBSCRIBE:
                    await self._complain(MalformedMessage("Frame", "expected a subscribe"), frame.id)
        except TimeoutError:
            raise await self._sent_away(CloseCode.NO_SUBSCRIBE, "no subscribe came") from None
        try:
            subscribe = Subscribe.from_plain(frame.body)
        except MalformedMessage as err:
            await self._send(self._runner.refuse(err, frame.id))
            raise await self._sent_away(CloseCode.GARBAGE, "the subscribe is malformed") from err
        if (
            subscribe.schema_version < MINIMUM_SCHEMA_VERSION
            or subscribe.minimum_schema_version > SCHEMA_VERSION
        ):
            error = ContractError(ErrorCode.INCOMPATIBLE, "The app and this face speak different versions")
            await self._send(self._runner.refuse(error, frame.id))
            raise await self._sent_away(CloseCode.INCOMPATIBLE, "incompatible versions")
        return subscribe

    async def _catch_up(self, subscribe: Subscribe) -> None:
        """Send what was missed, or everything when that is not remembered any more."""
        missed = None
        if subscribe.stream == self._changes.stream:
            missed = self._changes.since(subscribe.last_sequence)
        if missed is None:
            state = await self._queries.initial(self._changes.sequence)
            await self._send(encode(FrameKind.INITIAL_STATE, state))
            return
        await self._send(encode(FrameKind.RESUMED))
        for event in missed:
            await self._send(encode(FrameKind.EVENT, event))

    async def _both(self, watch: Watch) -> None:
        """Tell and listen until one of them ends."""
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
                raise await self._sent_away(CloseCode.TOO_SLOW, "too slow to keep up")
            await self._send(encode(FrameKind.EVENT, event))

    async def _listen(self) -> None:
        while True:
            frame = await self._receive()
            if frame.kind is FrameKind.CANCEL:
                self._break_off(frame.id)
                continue
            if frame.kind is not FrameKind.COMMAND or frame.id is None:
                await self._complain(MalformedMessage("Frame", "expected a command with an id"), frame.id)
                continue
            # No more is read from a face that has enough under way.
            await self._free.acquire()
            talks = frame.command == Command.ASK
            task = asyncio.create_task(self._exchange(frame) if talks else self._carry_out(frame))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
            if talks:
                self._talking[frame.id] = task

    def _break_off(self, number: int | None) -> None:
        """End an answer nobody waits for any more; other commands go on to their end."""
        task = self._talking.get(number or 0)
        if task is not None:
            task.cancel()

    async def _exchange(self, frame: Frame) -> None:
        try:
            async with contextlib.aclosing(self._runner.pieces(frame, is_local=self._is_local)) as pieces:
                async for piece in pieces:
                    await self._send(piece)
        except Gone, WebSocketDisconnect:
            pass
        finally:
            self._talking.pop(frame.id or 0, None)
            self._free.release()

    async def _carry_out(self, frame: Frame) -> None:
        try:
            await self._send(await self._runner.answer(frame, is_local=self._is_local))
        except Gone, WebSocketDisconnect:
            pass  # it is carried out all the same; the face asks again when it is back
        finally:
            self._free.release()

    async def _receive(self) -> Frame:
        """Return the next frame that can be read. Raises Gone."""
        while True:
            message = await self._socket.receive()
            if message["type"] != "websocket.receive":
                raise Gone
            try:
                return Frame.from_json(message.get("bytes") or message.get("text") or b"")
            except MalformedMessage as err:
                await self._complain(err, None)

    async def _complain(self, error: MalformedMessage, number: int | None) -> None:
        """Say what was wrong; a face that sends garbage again and again is sent away."""
        self._garbage += 1
        await self._send(self._runner.refuse(error, number))
        if self._garbage >= GARBAGE_ALLOWED:
            raise await self._sent_away(CloseCode.GARBAGE, "too many malformed messages")

    async def _send(self, data: bytes) -> None:
        """Send one frame. Raises Gone when the face takes it too slowly, or never can."""
        if len(data) > MAX_MESSAGE_BYTES:
            log.error("message too long for a face", bytes=len(data))
            raise await self._sent_away(CloseCode.INTERNAL, "a message is too long")
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._socket.send_bytes(data)
        except TimeoutError as err:
            log.warning("face takes nothing any more and is dropped", remote=self._remote)
            raise Gone from err
        except RuntimeError as err:  # Starlette's word for a socket that is closed already
            raise Gone from err

    async def _sent_away(self, code: CloseCode, reason: str) -> Gone:
        """Close the socket with a word why, and return what to raise."""
        log.warning("face is sent away", remote=self._remote, code=int(code), reason=reason)
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                await self._socket.close(int(code), reason)
        except TimeoutError, RuntimeError, WebSocketDisconnect:
            pass  # it is gone anyway
        return Gone()

    @property
    def _remote(self) -> str | None:
        return self._socket.client.host if self._socket.client else None
