"""Delivers updates to the bot by long polling or webhook."""

import asyncio
import itertools
from collections.abc import Callable, Collection
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout

from lab.changes import Changes
from lab.wire import JsonObject, dumps

_DEFAULT_EXCEPT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_RETRY_SECONDS = 0.25
_MAX_UPDATES = 100


class TerminatedError(Exception):
    """Another poll terminated this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """The webhook for updates; an empty URL means polling."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40


class Updates:
    """A queue of updates with one consumer."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self.webhook = Webhook()
        self.allowed: frozenset[str] | None = None
        self.last_error: tuple[int, str] | None = None
        self.delivered = 0
        self._wall = wall
        self._numbers = itertools.count(900_000_001)
        self._pending: dict[int, JsonObject] = {}
        self._changes = Changes()
        self._poll = 0
        self._sender: asyncio.Task[None] | None = None

    @property
    def pending(self) -> int:
        """The number of pending updates."""
        return len(self._pending)

    @property
    def is_polled(self) -> bool:
        """Whether updates were ever polled."""
        return self._poll > 0

    def add(self, kind: str, value: JsonObject) -> None:
        """Queue an update of a kind (`message`, `callback_query` …) if the bot allows this kind."""
        wanted = kind not in _DEFAULT_EXCEPT if self.allowed is None else kind in self.allowed
        if not wanted:
            return
        number = next(self._numbers)
        self._pending[number] = {"update_id": number, kind: value}
        self._changes.notify()

    def take_bodies(self) -> list[bytes]:
        """Return the pending updates as the bodies that a webhook gets, and confirm them."""
        bodies = [dumps(update).encode() for update in self._pending.values()]
        self._pending.clear()
        return bodies

    def allow(self, kinds: Collection[str] | None) -> None:
        """Set the allowed kinds; empty: the default, None: no change."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def drop(self) -> None:
        """Drop all pending updates."""
        self._pending.clear()

    async def poll(self, offset: int, limit: int, timeout: float) -> list[JsonObject]:
        """Confirm the updates before `offset` and wait for more.

        Raises TerminatedError if another poll starts.
        """
        self._poll += 1
        mine = self._poll
        self._changes.notify()
        self._confirm(offset)
        try:
            await self._changes.wait_for(
                lambda: bool(self._pending) or self._poll != mine, timeout, poll_seconds=None
            )
        except TimeoutError:
            return []
        if self._poll != mine:
            raise TerminatedError
        updates = list(self._pending.values())[: min(limit, _MAX_UPDATES)]
        self.delivered += len(updates)
        return updates

    def set_webhook(self, webhook: Webhook) -> None:
        """Post updates to this webhook. An empty URL ends it."""
        self.webhook = webhook
        self.last_error = None
        if self._sender is not None:
            self._sender.cancel()
            self._sender = None
        if webhook.url:
            self._sender = asyncio.get_running_loop().create_task(self._send_for_ever())

    async def close(self) -> None:
        """Stop posting updates."""
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            kept = list(self._pending)[offset:]
            self._pending = {number: self._pending[number] for number in kept}
        else:
            self._pending = {n: update for n, update in self._pending.items() if n >= offset}

    async def _send_for_ever(self) -> None:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            while True:
                await self._changes.wait_for(lambda: bool(self._pending), timeout=86400, poll_seconds=None)
                number, update = next(iter(self._pending.items()))
                if await self._post(session, update):
                    self._pending.pop(number, None)
                    self.delivered += 1
                else:
                    await asyncio.sleep(_RETRY_SECONDS)

    async def _post(self, session: ClientSession, update: JsonObject) -> bool:
        headers = {"Content-Type": "application/json"}
        if self.webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.webhook.secret_token
        try:
            async with session.post(self.webhook.url, data=dumps(update), headers=headers) as response:
                if response.status < 300:
                    return True
                problem = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (ClientError, TimeoutError) as err:
            problem = f"Connection failed: {type(err).__name__}"
        self.last_error = (int(self._wall()), problem)
        return False
