"""Keeps track of unavailable deployments, and why they are unavailable."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..clock import Clock
from .errors import ModelRefused, ModelUnavailable

AFTER_FAILURE: Final = 30.0
AFTER_REFUSAL: Final = 300.0
LONGEST: Final = 24 * 3600.0
"""Seconds of a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A pause of one deployment. ``until`` is in seconds of the clock's monotonic time."""

    until: float
    reason: str


class Breaker:
    """Pauses a deployment after a failure; an answer ends the pause."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._outages: dict[str, Outage] = {}

    def record_failure(self, deployment: str, error: ModelUnavailable) -> None:
        """Pause a deployment: as long as the error says, otherwise by the kind of error."""
        default = AFTER_REFUSAL if isinstance(error, ModelRefused) else AFTER_FAILURE
        seconds = default if error.retry_after is None else error.retry_after
        self._outages[deployment] = Outage(
            until=self._clock.monotonic() + min(max(seconds, 0.0), LONGEST), reason=str(error)
        )

    def record_success(self, deployment: str) -> None:
        """End the pause of a deployment that answered."""
        self._outages.pop(deployment, None)

    def unavailable(self) -> dict[str, str]:
        """Return the reasons of the current pauses by deployment id."""
        now = self._clock.monotonic()
        return {name: one.reason for name, one in self._outages.items() if one.until > now}

    def available_at(self, deployment: str) -> datetime | None:
        """Return when a deployment is available again, None when it is available now."""
        outage = self._outages.get(deployment)
        left = outage.until - self._clock.monotonic() if outage is not None else 0.0
        return self._clock.now() + timedelta(seconds=left) if left > 0 else None
