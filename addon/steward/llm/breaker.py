"""Keeps track of unavailable deployments, and why they are unavailable, also over a restart."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson

from ..clock import Clock
from ..store.app_metadata import read_value, write_value
from ..store.database import Database
from .errors import ModelRefused, ModelUnavailable

KEY: Final = "model_pauses"

AFTER_FAILURE: Final = 30.0
AFTER_REFUSAL: Final = 300.0
LONGEST: Final = 24 * 3600.0
"""Seconds of a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A pause of one deployment. ``until`` is in seconds of the clock's monotonic time.

    ``is_stored``: the provider said how long it lasts, so it also lasts over a restart.
    """

    until: float
    reason: str
    is_stored: bool = False


class Breaker:
    """Pauses a deployment after a failure; an answer ends the pause."""

    def __init__(self, clock: Clock, database: Database) -> None:
        self._clock = clock
        self._database = database
        self._outages: dict[str, Outage] = {}
        self._is_loaded = False

    async def load(self) -> None:
        """Read the pauses of before the start, once."""
        if self._is_loaded:
            return
        async with self._database.read() as connection:
            value = await read_value(connection, KEY)
        self._is_loaded = True
        now = self._clock.now()
        for deployment, (until, reason) in (orjson.loads(value) if value else {}).items():
            # The wall clock may have been set back.
            seconds = min((datetime.fromisoformat(until) - now).total_seconds(), LONGEST)
            outage = Outage(until=self._clock.monotonic() + seconds, reason=reason, is_stored=True)
            self._outages.setdefault(deployment, outage)

    async def _store(self) -> None:
        stored = {
            name: (at.isoformat(), one.reason)
            for name, one in self._outages.items()
            if one.is_stored and (at := self.available_at(name)) is not None
        }
        async with self._database.write() as connection:
            await write_value(connection, KEY, orjson.dumps(stored).decode())

    async def record_failure(self, deployment: str, error: ModelUnavailable) -> None:
        """Pause a deployment: as long as the error says, otherwise by the kind of error."""
        default = AFTER_REFUSAL if isinstance(error, ModelRefused) else AFTER_FAILURE
        seconds = default if error.retry_after is None else error.retry_after
        self._outages[deployment] = Outage(
            until=self._clock.monotonic() + min(max(seconds, 0.0), LONGEST),
            reason=str(error),
            is_stored=error.retry_after is not None,
        )
        if error.retry_after is not None:
            await self._store()

    async def record_success(self, deployment: str) -> None:
        """End the pause of a deployment that answered."""
        outage = self._outages.pop(deployment, None)
        if outage is not None and outage.is_stored:
            await self._store()

    def unavailable(self) -> dict[str, str]:
        """Return the reasons of the current pauses by deployment id."""
        now = self._clock.monotonic()
        return {name: one.reason for name, one in self._outages.items() if one.until > now}

    def available_at(self, deployment: str) -> datetime | None:
        """Return when a deployment is available again, None when it is available now."""
        outage = self._outages.get(deployment)
        left = outage.until - self._clock.monotonic() if outage is not None else 0.0
        return self._clock.now() + timedelta(seconds=left) if left > 0 else None
