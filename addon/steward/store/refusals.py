"""Audit entries of refused requests and presses, limited so that a flood cannot fill the log."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from . import audit
from .storable_text import storable

NOT_LISTED: Final = "refusals.not_listed"
SUMMARY_INTERVAL: Final = timedelta(minutes=10)
LONGEST_WHO: Final = 100
MOST_KEYS: Final = 1_000
MOST_NAMED: Final = 20
_OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of entries at once, and one more after each ``interval``."""

    burst: int
    interval: timedelta


PER_SOURCE: Final = Rate(100, timedelta(minutes=1))
PER_EVENT: Final = Rate(1_000, timedelta(seconds=10))


class Allowances:
    """Token buckets by key. The key that was used least recently is forgotten first."""

    def __init__(self, rate: Rate) -> None:
        """Each key starts with the whole burst."""
        self._rate = rate
        self._levels: dict[str, tuple[float, datetime]] = {}

    def take(self, key: str, now: datetime) -> bool:
        """Take one from the allowance of ``key``; return whether there was one."""
        level, at = self._levels.pop(key, (float(self._rate.burst), now))
        gained = max(now - at, timedelta()) / self._rate.interval
        level = min(float(self._rate.burst), level + gained)
        is_allowed = level >= 1
        self._levels[key] = (level - 1 if is_allowed else level, now)
        while len(self._levels) > MOST_KEYS:
            del self._levels[next(iter(self._levels))]
        return is_allowed


class RefusalLog:
    """Decides which refusals get an entry of their own, and counts the others.

    Of each source and of each event only so many get one. The others are in summaries with
    their number and sources.
    """

    def __init__(self) -> None:
        """Start with whole allowances and nothing counted."""
        self._by_source = Allowances(PER_SOURCE)
        self._by_event = Allowances(PER_EVENT)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._summary_at: datetime | None = None

    async def append(
        self,
        connection: AsyncConnection,
        now: datetime,
        event: str,
        who: str,
        body: Mapping[str, object],
    ) -> None:
        """Append the entry of one refusal, or count it. ``who`` names its source."""
        source = storable(who, LONGEST_WHO)
        if self._by_source.take(f"{event} {source}", now) and self._by_event.take(event, now):
            await audit.append(connection, now, event, body)
        else:
            self._count(event, source)
        if self._counts and (self._summary_at is None or now - self._summary_at >= SUMMARY_INTERVAL):
            await self.summarize(connection, now)

    async def summarize(self, connection: AsyncConnection, now: datetime) -> None:
        """Append one entry for all refusals that were only counted, if there are any."""
        if not self._counts:
            return
        named = self._counts.most_common(MOST_NAMED)
        body = {
            "refusals": [{"event": event, "who": who, "count": count} for (event, who), count in named],
            "more": self._counts.total() - sum(count for _, count in named),
        }
        self._counts.clear()
        self._summary_at = now
        await audit.append(connection, now, NOT_LISTED, body)

    def _count(self, event: str, who: str) -> None:
        is_known = (event, who) in self._counts
        self._counts[event, who if is_known or len(self._counts) < MOST_KEYS else _OTHERS] += 1
