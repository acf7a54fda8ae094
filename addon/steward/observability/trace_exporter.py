"""Sends spans to a collector by OTLP over HTTP. Nothing waits for it, and what it keeps is bounded."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import aiohttp
import structlog

from ..clock import Clock
from ..tracing import Attribute, Span
from .otlp import encode

log = structlog.get_logger(__name__)

KEPT: Final = 2_048
"""Spans that wait; the oldest of more are dropped."""

BATCH: Final = 512
EVERY: Final = 5.0
"""Seconds between two requests."""

TIMEOUT: Final = aiohttp.ClientTimeout(total=10.0)
LONGEST_WAIT: Final = 300.0
LAST_SECONDS: Final = 2.0
"""Seconds in which the last spans are sent when the app stops."""

_TRY_AGAIN: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""Statuses after which OTLP allows the same request again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Where spans are sent: the whole URL, and headers such as those with a key."""

    endpoint: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class TraceExporter:
    """Sends what was recorded every few seconds. A collector that does not answer is asked rarely."""

    def __init__(
        self,
        collector: Collector,
        session: aiohttp.ClientSession,
        clock: Clock,
        clean: Callable[[str], str],
        resource: Mapping[str, Attribute],
        count: Callable[[str, int], None],
    ) -> None:
        """``count`` takes an outcome, ``sent`` or ``dropped``, and the number of spans."""
        self._collector = collector
        self._session = session
        self._clock = clock
        self._clean = clean
        self._resource = resource
        self._count = count
        self._waiting: deque[Span] = deque()
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    def take(self, span: Span) -> None:
        """Keep an ended span until it is sent."""
        if len(self._waiting) >= KEPT:
            self._waiting.popleft()
            self._count("dropped", 1)
        self._waiting.append(span)

    def start(self) -> None:
        """Start sending."""
        self._task = asyncio.create_task(self._run(), name="traces: send")

    async def close(self) -> None:
        """Send what is left, if the collector answers at once, and stop."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                while self._waiting and await self._send():
                    pass

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(min(LONGEST_WAIT, EVERY * 2.0 ** min(self._failures, 16)))
            while self._waiting and await self._send():
                pass

    async def _send(self) -> bool:
        """Send one request; return whether the next may follow at once."""
        batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        status, reason = await self._post(encode(batch, self._resource, self._clean))
        if status is not None and status < HTTPStatus.BAD_REQUEST:
            self._count("sent", len(batch))
            if self._failures:
                log.info("traces are sent again")
            self._failures = 0
            return True
        if self._failures == 0:
            log.warning("traces not sent", status=status, reason=reason)
        self._failures += 1
        if status is None or status in _TRY_AGAIN:
            self._put_back(batch)
        else:
            self._count("dropped", len(batch))
        return False

    def _put_back(self, batch: list[Span]) -> None:
        """Keep spans for the next request; what came in meanwhile counts more."""
        room = KEPT - len(self._waiting)
        if len(batch) > room:
            self._count("dropped", len(batch) - room)
        self._waiting.extendleft(reversed(batch[max(0, len(batch) - room) :]))

    async def _post(self, body: bytes) -> tuple[int | None, str]:
        """Return the status of the answer and its reason; None without an answer."""
        try:
            async with self._session.post(
                self._collector.endpoint,
                data=body,
                headers={**self._collector.headers, "Content-Type": "application/json"},
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                return response.status, response.reason or ""
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            return None, type(err).__name__
