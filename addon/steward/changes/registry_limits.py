"""How often a registry may be asked: what it says about limits, and pauses after failures."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from ..clock import Clock
from ..errors import ServiceUnreachable

FIRST_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 6 * 3_600.0
RESERVE: Final = 0.2
"""Share of a limit that is left for the engines, which pull from the same address."""


@dataclass(slots=True)
class Limits:
    """What one registry said. ``until`` is a time of the monotonic clock, 0 without a pause."""

    until: float = 0.0
    pause: float = FIRST_PAUSE

    def check(self, registry: str, now: float) -> None:
        """Raise ServiceUnreachable while the registry is not to be asked."""
        if now < self.until:
            minutes = max(1, round((self.until - now) / 60))
            raise ServiceUnreachable(t"{registry} limits requests: it is asked again in {minutes} min")

    def read(self, status: int, headers: Mapping[str, str], clock: Clock) -> None:
        """Remember the limits in an answer. Names of ``headers`` are in lower case.

        After 429 (and 503 with a time) the registry is not asked until it says; without a time, for twice
        as long each time. When Docker Hub says that most of the limit is used, for its window's share.
        """
        now = clock.monotonic()
        wait = _seconds(headers.get("retry-after", ""), clock)
        if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and wait):
            self.until = now + min(wait or self.pause, LONGEST_PAUSE)
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            return
        if status < HTTPStatus.BAD_REQUEST:
            self.pause = FIRST_PAUSE
        limit, _ = _limit(headers.get("ratelimit-limit", ""))
        remaining, window = _limit(headers.get("ratelimit-remaining", ""))
        if limit and remaining is not None and remaining < limit * RESERVE:
            self.until = now + min(window or FIRST_PAUSE, LONGEST_PAUSE) / 4


def _seconds(text: str, clock: Clock) -> float:
    """Return the seconds of a Retry-After header, which may be a date; 0 for none."""
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    with suppress(ValueError, TypeError):
        at = parsedate_to_datetime(text)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - clock.now()).total_seconds())
    return 0.0


def _limit(text: str) -> tuple[int | None, float]:
    """Return count and window (seconds) of a header such as ``100;w=21600``."""
    count, _, rest = text.partition(";")
    name, _, window = rest.strip().partition("=")
    seconds = float(window[:9]) if name == "w" and window.isdecimal() else 0.0
    return (int(count.strip()[:9]) if count.strip().isdecimal() else None), seconds
