"""Which deployments are out for a while, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..clock import Clock
from .errors import ModelRefused, ModelUnavailable

AFTER_A_FAILURE: Final = 30.0
AFTER_A_REFUSAL: Final = 300.0
LONGEST: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One deployment is not asked ``until`` (seconds of the clock's monotonic time)."""

    until: float
    reason: str


class Breaker:
    """Remembers failures until their time is over; a good answer forgets them."""

    def __init__(self, clock: Clock) -> None:
        """Begin with everything well."""
        self._clock = clock
        self._outages: dict[str, Outage] = {}

    def strike(self, deployment: str, error: ModelUnavailable) -> None:
        """Take a deployment out: as long as it said itself, else a while by the kind of error."""
        usual = AFTER_A_REFUSAL if isinstance(error, ModelRefused) else AFTER_A_FAILURE
        seconds = usual if error.retry_after is None else error.retry_after
        self._outages[deployment] = Outage(
            until=self._clock.monotonic() + min(max(seconds, 0.0), LONGEST), reason=str(error)
        )

    def mend(self, deployment: str) -> None:
        """Note that it answered."""
        self._outages.pop(deployment, None)

    def out(self) -> dict[str, str]:
        """Return why each deployment is out that is out now, by its id."""
        now = self._clock.monotonic()
        return {name: one.reason for name, one in self._outages.items() if one.until > now}

    def until(self, deployment: str) -> datetime | None:
        """Return when it may be asked again, None when it may be now."""
        outage = self._outages.get(deployment)
        left = outage.until - self._clock.monotonic() if outage is not None else 0.0
        return self._clock.now() + timedelta(seconds=left) if left > 0 else None
