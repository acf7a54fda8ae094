"""Commands of front ends: one typed function for each, run to its end even when the front end disconnects."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homelab_steward.contract.base import Message
from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.command_messages import MESSAGES
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.model_tasks import TASK_SECONDS
from homelab_steward.contract.protocol import MAX_MESSAGE_BYTES, Command, Frame, FrameKind
from homelab_steward.contract.state import FrontEnd, Speaker

from .error_frames import ErrorFrames, SpeakerRefused
from .frames import encode

COMMAND_TIMEOUT: Final = 60.0
GENERATE_TIMEOUT: Final = TASK_SECONDS + 10
CONVERSATION_TIMEOUT: Final = 300.0
CLOSE_TIMEOUT: Final = 5.0

REMOTE_FRONT_ENDS: Final = frozenset({FrontEnd.HOME_ASSISTANT, FrontEnd.PANEL, FrontEnd.ASSIST, FrontEnd.MCP})
"""Front ends whose users may send commands by websocket; Telegram calls the gate directly."""


@dataclass(frozen=True, slots=True)
class Handler:
    """The function of a command; it may raise ContractError or StewardError."""

    command: Command
    request: type[Message]
    run: Callable[[Any], Awaitable[Message]]


def handler[M: Message](
    command: Command, request: type[M], run: Callable[[M], Awaitable[Message]]
) -> Handler:
    """Return the handler of a command whose request is of this class."""
    return Handler(command, request, run)


class Commands:
    """The functions behind all commands."""

    def __init__(
        self, ask: Callable[[ChatQuestion], AsyncGenerator[ChatPiece]], handlers: Iterable[Handler]
    ) -> None:
        """``ask`` answers ``conversation.ask`` in pieces, ``handlers`` all other commands.

        Raises ValueError when a command has no handler, two of them, or one for another request.
        """
        self._ask = ask
        given = tuple(handlers)
        self._handlers = {one.command: one for one in given}
        wrong = {one.command for one in given if one.request is not MESSAGES[one.command].request}
        wrong |= MESSAGES.keys() ^ {Command.ASK, *self._handlers}
        if wrong or len(given) != len(self._handlers):
            raise ValueError(f"wrong handlers: {sorted(wrong)}")

    async def run(self, command: Command, body: Mapping[str, Any], *, is_local: bool) -> Message:
        """Return the answer to ``command``; ``is_local`` is true for a client on this machine.

        Raises MalformedMessage for a wrong body, and ContractError FORBIDDEN when the
        speaker's front end may not use the websocket.
        """
        if command is Command.ASK:
            raise ContractError(ErrorCode.MALFORMED, "This command is answered in pieces")
        found = self._handlers[command]
        request = found.request.from_plain(body)
        speaker: Speaker | None = getattr(request, "speaker", None)
        if speaker is not None:
            _check_speaker(speaker, is_local=is_local)
        return await found.run(request)

    def answer(self, body: Mapping[str, Any], *, is_local: bool) -> AsyncGenerator[ChatPiece]:
        """Return the pieces that answer ``conversation.ask``; raises as :meth:`run` does."""
        question = ChatQuestion.from_plain(body)
        _check_speaker(question.speaker, is_local=is_local)
        return self._ask(question)


class CommandRunner:
    """Running commands of all front ends."""

    def __init__(self, commands: Commands, errors: ErrorFrames) -> None:
        """``errors`` answers what fails."""
        self._commands = commands
        self._errors = errors
        self._running: set[asyncio.Task[bytes]] = set()

    async def answer(self, frame: Frame, *, is_local: bool) -> bytes:
        """Return the answer frame of a command.

        The command continues when the caller is cancelled, because a command that stops
        halfway could leave an inconsistent state.
        """
        task = asyncio.create_task(self._answer(frame, is_local=is_local), name=f"command {frame.command}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def pieces(self, frame: Frame, *, is_local: bool) -> AsyncGenerator[bytes]:
        """Yield the answer frames of ``conversation.ask``: pieces, then a result or an error.

        Closing the generator cancels the answer.
        """
        try:
            async with asyncio.timeout(CONVERSATION_TIMEOUT):
                async with contextlib.aclosing(
                    self._commands.answer(frame.body, is_local=is_local)
                ) as pieces:
                    async for piece in pieces:
                        is_last = piece.kind is ChatPieceKind.END
                        yield encode(FrameKind.RESULT if is_last else FrameKind.PIECE, piece, frame.id)
                        if is_last:
                            return
            raise ContractError(ErrorCode.INTERNAL, "The answer has no end piece")
        except Exception as err:  # noqa: BLE001 - the front end gets every failure
            yield await self._errors.of_command(err, frame)

    async def close(self) -> None:
        """Wait up to ``CLOSE_TIMEOUT`` seconds for running commands, then cancel them."""
        tasks = set(self._running)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, frame: Frame, *, is_local: bool) -> bytes:
        try:
            answer = await self._run(frame, is_local=is_local)
            encoded = encode(FrameKind.RESULT, answer, frame.id)
            if len(encoded) > MAX_MESSAGE_BYTES:
                raise ContractError(ErrorCode.TOO_LARGE, "The answer is too long to send")
        except Exception as err:  # noqa: BLE001 - the front end gets every failure
            return await self._errors.of_command(err, frame)
        return encoded

    async def _run(self, frame: Frame, *, is_local: bool) -> Message:
        try:
            command = Command(frame.command or "")
        except ValueError as err:
            raise ContractError(ErrorCode.UNKNOWN_COMMAND, "This app does not know the command") from err
        is_task = command is Command.GENERATE_DATA
        async with asyncio.timeout(GENERATE_TIMEOUT if is_task else COMMAND_TIMEOUT):
            return await self._commands.run(command, frame.body, is_local=is_local)


def _check_speaker(speaker: Speaker, *, is_local: bool) -> None:
    allowed = REMOTE_FRONT_ENDS | {FrontEnd.COMMAND_LINE} if is_local else REMOTE_FRONT_ENDS
    if speaker.front_end not in allowed:
        raise SpeakerRefused(speaker)
