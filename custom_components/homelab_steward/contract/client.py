"""The client of the contract: connects, receives rows, sends commands, reconnects."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import aiohttp

from .base import Message
from .chat import ChatPiece, ChatPieceKind, ChatQuestion
from .command_messages import MESSAGES
from .connecting import CONNECT_TIMEOUT, open_socket, read_hello, why_closed
from .errors import ContractError, ErrorCode, MalformedMessage
from .home import HomeReport
from .home_replies import Answer, HomeReplies, send_report
from .protocol import (
    WEBSOCKET_PATH,
    Command,
    Event,
    Frame,
    FrameKind,
    Hello,
    InitialState,
    Refusal,
    Subscribe,
)

CALL_TIMEOUT: Final = 30.0
ACCEPT_TIMEOUT: Final = 2.0
LAST_PART: Final = 0.25
"""The share of a time limit that is left for what arrived while the event loop was busy."""
SILENCE: Final = 60.0
FIRST_DELAY: Final = 0.5
LONGEST_DELAY: Final = 60.0


class Connection(StrEnum):
    """The state of the connection."""

    CONNECTED = "connected"
    LOST = "lost"
    UNAUTHORIZED = "unauthorized"
    INCOMPATIBLE = "incompatible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Callbacks of the client's owner, called on the event loop, in order.

    ``home`` replies to requests about the Home Assistant with the instance ID ``home_id``, whose
    household speaks ``language`` in ``time_zone``, for an integration of ``version``; all of them are None in
    clients that are something else.
    """

    state: Callable[[InitialState], None]
    event: Callable[[Event], None]
    connection: Callable[[Connection, str], None]
    home: Answer | None = None
    home_id: str | None = None
    language: str | None = None
    time_zone: str | None = None
    version: str | None = None


def next_delay(attempt: int, draw: float) -> float:
    """Return seconds to wait before connect attempt ``attempt`` (0, 1, …).

    Doubles up to a minute; ``draw`` (0 to 1) spreads the clients, so that they do
    not all connect at once to a restarted app.
    """
    ceiling = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempt, 16))
    return ceiling * (0.5 + draw / 2)


class StewardClient:
    """One connection to the app, kept alive by :meth:`run`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        token: str,
        listeners: Listeners,
    ) -> None:
        """Store the address; ``run`` opens the connection. ``url`` is ``http://host:port``."""
        self._session = session
        self._url = url.rstrip("/") + WEBSOCKET_PATH
        self._token = token
        self._listeners = listeners
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._waiting: dict[int, tuple[Command, asyncio.Future[Message]]] = {}
        self._answers: dict[int, asyncio.Queue[ChatPiece | ContractError | None]] = {}
        self._home = HomeReplies(listeners.home) if listeners.home else None
        self._next_id = 0
        self._was_connected = False
        self._is_hanging = False
        self._stream: str | None = None
        self._sequence = 0
        self.hello: Hello | None = None

    async def run(self) -> None:
        """Stay connected until cancelled; return only when a reconnect cannot help.

        That is a refused token or an incompatible version; the owner was notified.
        """
        attempt = 0
        while True:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    socket, hello = await self._open()
            except ContractError as err:
                if err.code is ErrorCode.UNAUTHORIZED:
                    self._listeners.connection(Connection.UNAUTHORIZED, err.message)
                    return
                if err.code is ErrorCode.INCOMPATIBLE:
                    self._listeners.connection(Connection.INCOMPATIBLE, err.message)
                    return
                self._listeners.connection(Connection.LOST, err.message)
            except (aiohttp.ClientError, TimeoutError, OSError) as err:
                reason = str(err) or type(err).__name__
                self._listeners.connection(Connection.LOST, reason)
            else:
                self.hello = hello
                reason = await self._listen(socket)
                if self._was_connected:
                    attempt = 0
                self._listeners.connection(Connection.LOST, reason)
            # Jitter, not a secret.
            await asyncio.sleep(next_delay(attempt, random.random()))  # noqa: S311
            attempt += 1

    async def call[Answer: Message](
        self,
        command: Command,
        request: Message,
        answer: type[Answer],
        timeout: float = CALL_TIMEOUT,
    ) -> Answer:
        """Send one command and return its answer.

        Raises ContractError with the app's code, NOT_CONNECTED without a connection,
        TIMEOUT without an answer in ``timeout`` seconds (the app may have executed the
        command: check before sending it again).
        """
        socket, number = self._open_socket(), self._next_number()
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[number] = (command, future)
        frame = Frame(kind=FrameKind.COMMAND, id=number, command=command, body=request.to_dict())
        try:
            async with asyncio.timeout(timeout):
                await socket.send_bytes(frame.to_json())
                result = await future
        except TimeoutError as err:
            raise ContractError(ErrorCode.TIMEOUT, f"No answer to {command} in {timeout:g} s") from err
        except (aiohttp.ClientError, ConnectionError) as err:
            raise ContractError(ErrorCode.NOT_CONNECTED, "The connection to the steward broke") from err
        finally:
            self._waiting.pop(number, None)
        if not isinstance(result, answer):
            raise MalformedMessage(command, f"expected {answer.__name__}")
        return result

    async def ask(self, question: ChatQuestion, silence: float = SILENCE) -> AsyncGenerator[ChatPiece]:
        """Send a question and yield the pieces of the answer; the last one is of kind END.

        Closing early cancels the answer in the app. Raises ContractError: the app's
        code, NOT_CONNECTED without a connection, when it is lost or when the app does not accept
        the question at once, TIMEOUT after ``silence`` seconds without a piece.
        """
        number, socket = self._next_number(), self._open_socket()
        if self._is_hanging:
            raise _hanging()
        pieces: asyncio.Queue[ChatPiece | ContractError | None] = asyncio.Queue()
        self._answers[number] = pieces
        frame = Frame(kind=FrameKind.COMMAND, id=number, command=Command.ASK, body=question.to_dict())
        is_over = False
        try:
            await socket.send_bytes(frame.to_json())
            async with contextlib.aclosing(self._received(pieces, silence)) as received:
                async for piece in received:
                    is_over = piece.kind is ChatPieceKind.END
                    yield piece
        except TimeoutError as err:
            raise ContractError(ErrorCode.TIMEOUT, f"No piece of the answer for {silence:g} s") from err
        except (aiohttp.ClientError, ConnectionError) as err:
            raise ContractError(ErrorCode.NOT_CONNECTED, "The connection to the steward broke") from err
        finally:
            self._answers.pop(number, None)
            if not is_over:
                await _cancel(socket, number)

    async def close(self) -> None:
        """Close the connection; pending calls fail with NOT_CONNECTED."""
        socket, self._socket = self._socket, None
        self._fail_waiting("The connection was closed")
        if socket is not None:
            await socket.close()

    async def push_report(self, report: HomeReport) -> None:
        """Push a report about Home Assistant; nothing is sent while the connection is down."""
        if self._socket is not None:
            await send_report(self._socket, report)

    async def _received(
        self, pieces: asyncio.Queue[ChatPiece | ContractError | None], silence: float
    ) -> AsyncGenerator[ChatPiece]:
        """Yield the pieces up to the last one. Raises the app's ContractError, TimeoutError."""
        piece = await self._first(pieces, min(ACCEPT_TIMEOUT, silence))
        while True:
            if isinstance(piece, ContractError):
                raise piece
            if piece is not None:
                yield piece
                if piece.kind is ChatPieceKind.END:
                    return
            async with asyncio.timeout(silence):
                piece = await pieces.get()

    async def _first(
        self, pieces: asyncio.Queue[ChatPiece | ContractError | None], limit: float
    ) -> ChatPiece | ContractError | None:
        """Return what comes first. Raises ContractError NOT_CONNECTED after ``limit`` seconds.

        The next question then need not wait, until the app sends anything again.
        """
        # In two parts: when this event loop itself was busy, what arrived meanwhile is read in the second.
        for seconds in (limit * (1 - LAST_PART), limit * LAST_PART):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    return await pieces.get()
        self._is_hanging = True
        raise _hanging()

    def _open_socket(self) -> aiohttp.ClientWebSocketResponse:
        if self._socket is None:
            raise ContractError(ErrorCode.NOT_CONNECTED, "The steward is not connected")
        return self._socket

    def _next_number(self) -> int:
        self._next_id += 1
        return self._next_id

    async def _open(self) -> tuple[aiohttp.ClientWebSocketResponse, Hello]:
        """Connect, read the hello and subscribe; the socket is closed on any failure."""
        socket = await open_socket(self._session, self._url, self._token)
        try:
            hello = await read_hello(socket)
            known = hello.stream == self._stream
            subscribe = Subscribe(
                stream=self._stream if known else None,
                last_sequence=self._sequence if known else 0,
                home_id=self._listeners.home_id,
                language=self._listeners.language,
                time_zone=self._listeners.time_zone,
                client_version=self._listeners.version,
            )
            frame = Frame(kind=FrameKind.SUBSCRIBE, body=subscribe.to_dict())
            await socket.send_bytes(frame.to_json())
        except BaseException:
            await socket.close()
            raise
        return socket, hello

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        """Process frames until the connection ends; return why it ended."""
        self._was_connected = False
        try:
            async for message in socket:
                if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    break
                self._receive(socket, Frame.from_json(message.data))
        except MalformedMessage as err:
            # Resuming would bring the same message again: start with a complete state.
            self._stream, self._sequence = None, 0
            return err.message
        finally:
            self._socket = None
            self._fail_waiting("The connection to the steward broke")
            if self._home is not None:
                self._home.cancel()
            await socket.close()
        return why_closed(socket.close_code)

    def _receive(self, socket: aiohttp.ClientWebSocketResponse, frame: Frame) -> None:
        self._is_hanging = False
        if frame.kind is FrameKind.INITIAL_STATE:
            self._receive_state(socket, InitialState.from_plain(frame.body))
        elif frame.kind is FrameKind.RESUMED:
            self._become_connected(socket)
        elif frame.kind is FrameKind.EVENT:
            event = Event.from_plain(frame.body)
            self._sequence = event.sequence
            self._listeners.event(event)
        elif frame.kind in (FrameKind.RESULT, FrameKind.ERROR, FrameKind.ACCEPTED, FrameKind.PIECE):
            self._receive_answer(frame)
        elif frame.kind is FrameKind.REQUEST and self._home is not None:
            self._home.receive(socket, frame)

    def _receive_state(self, socket: aiohttp.ClientWebSocketResponse, state: InitialState) -> None:
        self._sequence = state.sequence
        self._stream = self.hello.stream if self.hello else None
        self._listeners.state(state)
        self._become_connected(socket)

    def _become_connected(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._was_connected = True
        self._listeners.connection(Connection.CONNECTED, "")

    def _receive_answer(self, frame: Frame) -> None:
        pieces = self._answers.get(frame.id or 0)
        if pieces is not None:
            pieces.put_nowait(None if frame.kind is FrameKind.ACCEPTED else _piece_of(frame))
            return
        command, future = self._waiting.get(frame.id or 0, (None, None))
        if command is None or future is None or future.done():
            return  # The caller no longer waits for the answer.
        try:
            if frame.kind is FrameKind.ERROR:
                refusal = Refusal.from_plain(frame.body)
                raise ContractError(refusal.code, refusal.message, refusal.placeholders)
            future.set_result(MESSAGES[command].answer.from_plain(frame.body))
        except ContractError as err:
            future.set_exception(err)

    def _fail_waiting(self, reason: str) -> None:
        error = ContractError(ErrorCode.NOT_CONNECTED, reason)
        for _, future in self._waiting.values():
            if not future.done():
                future.set_exception(error)
        for pieces in self._answers.values():
            pieces.put_nowait(error)


async def _cancel(socket: aiohttp.ClientWebSocketResponse, number: int) -> None:
    """Cancel the answer to a question, if the connection still exists."""
    if not socket.closed:
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            await socket.send_bytes(Frame(kind=FrameKind.CANCEL, id=number).to_json())


def _hanging() -> ContractError:
    return ContractError(ErrorCode.NOT_CONNECTED, "The steward does not accept questions")


def _piece_of(frame: Frame) -> ChatPiece | ContractError:
    """Return the piece in a frame, or the error."""
    try:
        if frame.kind is FrameKind.ERROR:
            refusal = Refusal.from_plain(frame.body)
            return ContractError(refusal.code, refusal.message, refusal.placeholders)
        return ChatPiece.from_plain(frame.body)
    except MalformedMessage as err:
        return err
