"""Announces the app's address and API token to Home Assistant through Supervisor."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import aiohttp
import structlog

from ..clock import Clock
from ..errors import StewardError

log = structlog.get_logger(__name__)

SUPERVISOR: Final = "http://supervisor"
SERVICE: Final = "homelab_steward"
TIMEOUT: Final = 10.0
FIRST_DELAY: Final = 5.0
LONGEST_DELAY: Final = 300.0


class NotAnnounced(StewardError):
    """Supervisor did not accept the discovery message."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        """``is_final`` is true when a retry cannot succeed."""
        super().__init__(f"Supervisor did not accept the discovery message: {reason}")
        self.is_final = is_final


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The app's address as seen from Home Assistant, and its API token."""

    host: str
    port: int
    token: str = field(repr=False)


class Announcement:
    """Sends the discovery message until Supervisor accepts it."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        supervisor_token: str,
        address: Address,
        supervisor: str = SUPERVISOR,
    ) -> None:
        """``supervisor_token`` is the token that Supervisor gives to each app."""
        self._session = session
        self._clock = clock
        self._token = supervisor_token
        self._address = address
        self._supervisor = supervisor
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start sending in the background."""
        self._task = asyncio.create_task(self._announce_until_accepted(), name="discovery")

    async def close(self) -> None:
        """Stop sending."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def announce(self) -> None:
        """Send the message once. Raises NotAnnounced."""
        message = {
            "service": SERVICE,
            "config": {
                "host": self._address.host,
                "port": self._address.port,
                "token": self._address.token,
            },
        }
        try:
            async with self._session.post(
                f"{self._supervisor}/discovery",
                json=message,
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise NotAnnounced(type(err).__name__, is_final=False) from err
        if status != HTTPStatus.OK:
            refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
            raise NotAnnounced(f"status {status}", is_final=refused)

    async def _announce_until_accepted(self) -> None:
        delay = FIRST_DELAY
        while True:
            try:
                await self.announce()
            except NotAnnounced as err:
                log.warning("discovery message not accepted", reason=str(err))
                if err.is_final:
                    return
            else:
                log.info("discovery message accepted", host=self._address.host, port=self._address.port)
                return
            await self._clock.sleep(delay)
            delay = min(LONGEST_DELAY, delay * 2)
