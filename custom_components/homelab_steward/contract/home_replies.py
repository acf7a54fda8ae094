"""Replies to the app's requests about Home Assistant on the connection that they came from."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import orjson

from .base import Message
from .errors import ContractError, ErrorCode
from .home import REPLY_SECONDS, HomeReply, HomeReport, HomeRequest
from .protocol import Frame, FrameKind, Refusal

MOST_AT_ONCE: Final = 8

type Answer = Callable[[HomeRequest], Awaitable[HomeReply]]
"""Answers one request. Raises ContractError for what it refuses."""


class HomeReplies:
    """The requests that are being answered, each within its time."""

    def __init__(self, answer: Answer) -> None:
        """Store what answers them."""
        self._answer = answer
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def receive(self, socket: aiohttp.ClientWebSocketResponse, frame: Frame) -> None:
        """Answer a request in a task of its own. One without an id or with an id in use is dropped."""
        number = frame.id
        if number is None or number in self._tasks:
            return
        is_full = len(self._tasks) >= MOST_AT_ONCE
        reply = self._reply(socket, number, frame, is_full=is_full)
        task = asyncio.create_task(reply, name=f"home request {number}")
        self._tasks[number] = task
        task.add_done_callback(lambda done: self._forget(number, done))

    def cancel(self) -> None:
        """Stop waiting for answers: the connection that they belong to has ended."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks = {}

    def _forget(self, number: int, task: asyncio.Task[None]) -> None:
        """Forget a task that ended, but not one of a later connection with the same number."""
        if self._tasks.get(number) is task:
            del self._tasks[number]

    async def _reply(
        self, socket: aiohttp.ClientWebSocketResponse, number: int, frame: Frame, *, is_full: bool
    ) -> None:
        try:
            if is_full:
                raise ContractError(ErrorCode.UNAVAILABLE, "Too many requests at the same time")
            reply = await self._answered(frame)
        except ContractError as err:
            refusal = Refusal(code=err.code, message=err.message, placeholders=err.placeholders)
            reply = HomeReply(refusal=refusal)
        await send(socket, FrameKind.REPLY, reply, number)

    async def _answered(self, frame: Frame) -> HomeReply:
        request = HomeRequest.from_plain(frame.body)
        seconds = REPLY_SECONDS[request.query]
        try:
            async with asyncio.timeout(seconds):
                return await self._answer(request)
        except TimeoutError as err:
            message = f"Home Assistant did not answer within {seconds:g} seconds"
            raise ContractError(ErrorCode.TIMEOUT, message) from err


async def send_report(socket: aiohttp.ClientWebSocketResponse, report: HomeReport) -> None:
    """Push a report that nobody asked for; a connection that has ended takes none."""
    await send(socket, FrameKind.HOME_REPORT, report, None)


async def send(
    socket: aiohttp.ClientWebSocketResponse, kind: FrameKind, body: Message, number: int | None
) -> None:
    """Send one frame, encoded in one step: a report is large."""
    with contextlib.suppress(ConnectionError, aiohttp.ClientError):
        await socket.send_bytes(orjson.dumps({"kind": kind, "id": number, "body": body}))
