"""Sends the events of one webhook in their order, each until it is taken."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import orjson
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..errors import StewardError
from ..settings.event_webhooks import EventWebhook
from ..store.app_metadata import read_value, write_value
from ..store.store import Store
from .events import Backlog, backlog, content, names_of, newest_position, next_event
from .signing import signed_headers

log = structlog.get_logger(__name__)

TIMEOUT: Final = aiohttp.ClientTimeout(total=15.0)
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 900.0
KEPT: Final = timedelta(days=3)
"""How long an event is tried. A receiver that was away for longer reads what it missed by the API."""

type Clean = Callable[[Any], Any]


class NotTaken(Exception):
    """A receiver did not take an event. ``pause`` is how many seconds it asked to wait, 0 when it did not."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        """``reason`` has no part of the answer's body."""
        super().__init__(reason)
        self.pause = pause


class ReceiverGone(Exception):
    """A receiver says that it takes no events any more."""


class EventSender:
    """Sends to one webhook. What was sent is remembered, so that a restart repeats at most one event."""

    def __init__(
        self,
        hook: EventWebhook,
        app_id: str,
        store: Store,
        session: aiohttp.ClientSession,
        clock: Clock,
        clean: Clean,
    ) -> None:
        """``app_id`` keeps the ids of two apps apart. ``clean`` removes secrets from a body."""
        self.id = hook.id
        self._hook = hook
        self._app_id = app_id
        self._store = store
        self._session = session
        self._clock = clock
        self._clean = clean
        self._names = names_of(hook.events)
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Look for new events."""
        self._due.set()

    async def run(self) -> None:
        """Send without end; stop when the receiver says that it is gone for good (410)."""
        failures, has_begun = 0, False
        while True:
            self._due.clear()
            try:
                if not has_begun:
                    await self._begin()
                    has_begun = True
                if await self._send_next():
                    failures = 0
                    continue
            except NotTaken as err:
                failures += 1
                pause = max(err.pause, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - 1, 16)))
                log.warning(
                    "event not taken", webhook=self.id, reason=str(err), tries=failures, again_in=pause
                )
                await self._clock.sleep(pause)
            except ReceiverGone:
                log.warning("webhook stopped, because its address is gone", webhook=self.id, host=self._host)
                return
            except StewardError as err:
                log.warning("events not read", webhook=self.id, reason=str(err))
                await self._clock.sleep(FIRST_PAUSE)
            else:
                await self._due.wait()

    async def waiting(self) -> Backlog:
        """Return what is not taken yet."""
        async with self._store.read() as connection:
            position = await self._position(connection)
            return await backlog(connection, position, self._names, self._oldest)

    async def _begin(self) -> None:
        """Let a new webhook begin with what happens from now on. Raises StewardError."""
        async with self._store.change() as unit:
            position = await self._position(unit.connection)
            await write_value(unit.connection, self._key, str(position))

    async def _send_next(self) -> bool:
        """Send the next event; return whether there was one. Raises NotTaken and ReceiverGone."""
        async with self._store.read() as connection:
            position = await self._position(connection)
            event = await next_event(connection, position, self._names, self._oldest)
            if event is None:
                return False
            plain = orjson.loads(orjson.dumps(await content(connection, event)))
        await self._post(f"{self._app_id}-{event.position}", orjson.dumps(self._clean(plain)))
        async with self._store.change() as unit:
            await write_value(unit.connection, self._key, str(event.position))
        return True

    async def _position(self, connection: AsyncConnection) -> int:
        """Return what was sent last."""
        newest = await newest_position(connection)
        stored = await read_value(connection, self._key)
        # A restored backup has fewer entries than there were.
        return newest if stored is None else min(int(stored), newest)

    async def _post(self, message_id: str, body: bytes) -> None:
        """Send one event. Raises NotTaken and ReceiverGone."""
        now = self._clock.now()
        headers = {
            "Content-Type": "application/json",
            **signed_headers(self._hook.secret, message_id, now, body),
        }
        try:
            async with self._session.post(
                self._hook.url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as answer:
                status, wait = answer.status, answer.headers.get("Retry-After", "")
        except TimeoutError as err:
            raise NotTaken(f"{self._host} did not answer within 15 s") from err
        except aiohttp.ClientError as err:
            raise NotTaken(f"{self._host}: {type(err).__name__}") from err
        if status == HTTPStatus.GONE:
            raise ReceiverGone
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotTaken(f"{self._host} answered {status}", _seconds(wait))

    @property
    def _host(self) -> str:
        """The host of the address: its path may be a secret of the receiver."""
        return urlsplit(self._hook.url).hostname or ""

    @property
    def _key(self) -> str:
        return f"event_webhook {self.id}"

    @property
    def _oldest(self) -> datetime:
        return self._clock.now() - KEPT


def _seconds(retry_after: str) -> float:
    """Return the seconds of a Retry-After header, at most the longest pause; 0 for a date or nothing."""
    return min(float(retry_after), LONGEST_PAUSE) if retry_after.strip().isdecimal() else 0.0
