"""Carries out commands of faces beside each other; a face that leaves breaks none off."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Final

import structlog

from homelab_steward.contract.base import Message
from homelab_steward.contract.chat import ChatPieceKind
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import MAX_MESSAGE_BYTES, Command, Frame, FrameKind, Refusal

from ..error_mapping import to_contract_error
from ..errors import StewardError
from ..observability.redaction import Redactor
from .commands import Commands
from .frames import encode

log = structlog.get_logger(__name__)

COMMAND_TIMEOUT: Final = 60.0
CONVERSATION_TIMEOUT: Final = 300.0
LAST_WORD: Final = 5.0


class CommandRunner:
    """All commands under way, of all faces."""

    def __init__(self, commands: Commands, redactor: Redactor) -> None:
        """Texts of refusals are cleaned of secrets by ``redactor``."""
        self._commands = commands
        self._redactor = redactor
        self._under_way: set[asyncio.Task[bytes]] = set()

    async def answer(self, frame: Frame, *, is_local: bool) -> bytes:
        """Return the frame that answers a command's frame.

        When the caller is cancelled the command goes on to its end: it may be
        half way through something that must not stay half done.
        """
        task = asyncio.create_task(self._answer(frame, is_local=is_local), name=f"command {frame.command}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def pieces(self, frame: Frame, *, is_local: bool) -> AsyncGenerator[bytes]:
        """Yield the frames that answer ``conversation.ask``: pieces, then a result or an error.

        Left early, the answer is broken off: nothing is half done by talking.
        """
        try:
            async with asyncio.timeout(CONVERSATION_TIMEOUT):
                async with contextlib.aclosing(
                    self._commands.answer(frame.body, is_local=is_local)
                ) as pieces:
                    async for piece in pieces:
                        is_over = piece.kind is ChatPieceKind.END
                        yield encode(FrameKind.RESULT if is_over else FrameKind.PIECE, piece, frame.id)
                        if is_over:
                            return
            raise ContractError(ErrorCode.INTERNAL, "The answer has no end")
        except Exception as err:  # noqa: BLE001 - every failure is told to the face
            yield self._refused(err, frame)

    async def close(self) -> None:
        """Give commands under way a few seconds, then break them off."""
        tasks = set(self._under_way)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=LAST_WORD)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, frame: Frame, *, is_local: bool) -> bytes:
        try:
            answer = await self._run(frame, is_local=is_local)
            encoded = encode(FrameKind.RESULT, answer, frame.id)
            if len(encoded) > MAX_MESSAGE_BYTES:
                raise ContractError(ErrorCode.TOO_LARGE, "The answer is too long to be sent")
        except Exception as err:  # noqa: BLE001 - every failure is told to the face
            return self._refused(err, frame)
        return encoded

    async def _run(self, frame: Frame, *, is_local: bool) -> Message:
        try:
            command = Command(frame.command or "")
        except ValueError as err:
            raise ContractError(ErrorCode.UNKNOWN_COMMAND, "This app does not know the command") from err
        async with asyncio.timeout(COMMAND_TIMEOUT):
            return await self._commands.run(command, frame.body, is_local=is_local)

    def _refused(self, err: Exception, frame: Frame) -> bytes:
        """Return the frame for whatever went wrong; only what is unexpected is logged."""
        if isinstance(err, ContractError):
            return self.refuse(err, frame.id)
        if isinstance(err, StewardError):
            return self.refuse(to_contract_error(err), frame.id)
        if isinstance(err, TimeoutError):
            return self.refuse(ContractError(ErrorCode.TIMEOUT, "It took too long"), frame.id)
        log.error("command failed", command=frame.command, exc_info=err)
        text = "Something went wrong inside: see the app's log"
        return self.refuse(ContractError(ErrorCode.INTERNAL, text), frame.id)

    def refuse(self, error: ContractError, number: int | None) -> bytes:
        """Return the frame of a refusal."""
        clean = self._redactor.clean
        body = Refusal(
            code=error.code,
            message=clean(error.message),
            placeholders={key: clean(value) for key, value in error.placeholders.items()},
        )
        return encode(FrameKind.ERROR, body, number)
