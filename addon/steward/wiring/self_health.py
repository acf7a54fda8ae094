"""Whether the steward itself works: the value of each part, its threshold, and what is wrong with it."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from homelab_steward.contract.doctor import HealthPart
from homelab_steward.contract.state import FrontEndState, FrontEndStatus, Instance, InstanceStatus

from ..clock import Clock
from ..errors import StewardError
from ..event_webhooks.events import Backlog
from ..inventory.polling import LONGEST_DELAY
from ..llm.messages import DeploymentHealth
from ..sdk.description import POLL_SECONDS, AnyService
from ..settings.model import Settings
from ..store.archive import backups_in
from ..texts import translate

log = structlog.get_logger(__name__)

LEAST_FREE: Final = 512 * 1024 * 1024
"""Bytes that have to be free on the disk of the data folder."""

LONGEST_LAG: Final = 0.5
"""Seconds that the event loop may have been late in the last minute."""

OLDEST_MESSAGE: Final = 600.0
"""Seconds that a message may wait to be sent."""

POLLS_MISSED: Final = 3
"""Poll intervals that may pass without a poll."""

BACKUPS_MISSED: Final = 2
"""Intervals of backups that may pass without one."""

TIMEOUT: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One part: whether it works (None is not known), its value and threshold, and what is wrong."""

    ok: bool | None
    value: float | None = None
    limit: float | None = None
    reasons: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the check as JSON."""
        numbers = {"value": self.value, "limit": self.limit}
        known = {key: one for key, one in numbers.items() if one is not None}
        return {"ok": self.ok, **known, "reasons": list(self.reasons)}


class Instances(Protocol):
    """The instances, and the services they are of."""

    def instances(self) -> tuple[Instance, ...]:
        """Return all instances."""

    def service(self, instance_id: str) -> AnyService | None:
        """Return the service of an instance, None if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSources:
    """Where the values come from.

    ``queues`` reads the database; ``worst_lag`` returns seconds. ``models`` calls none of them.
    ``database_file`` is None for a database server.
    """

    settings: Settings
    clock: Clock
    instances: Instances
    queues: Callable[[], Awaitable[Mapping[str, Backlog]]]
    models: Callable[[], Awaitable[Sequence[DeploymentHealth]]]
    front_ends: Callable[[], Sequence[FrontEndStatus]]
    worst_lag: Callable[[], float]
    database_file: Path | None = None


class SelfHealth:
    """Judges the parts of the app when it is asked."""

    def __init__(self, sources: HealthSources) -> None:
        """Read nothing yet."""
        self._sources = sources

    async def read(self) -> dict[str, Any]:
        """Return all checks as JSON; ``ok`` is false if one fails, and null if one is not known."""
        checks = await self._checks()
        results = {one.ok for one in checks.values()}
        ok = False if False in results else None if None in results else True
        return {"ok": ok, "role": "leader", "checks": {key: one.plain() for key, one in checks.items()}}

    async def parts(self) -> tuple[HealthPart, ...]:
        """Return all checks as clients receive them."""
        return tuple(
            HealthPart(key=key, ok=one.ok, value=one.value, limit=one.limit, reasons=one.reasons)
            for key, one in (await self._checks()).items()
        )

    async def _checks(self) -> dict[str, Check]:
        settings, now = self._sources.settings, self._sources.clock.now()
        queues = await _known(self._sources.queues)
        models = await _known(self._sources.models)
        return {
            "database": await asyncio.to_thread(database, self._sources.database_file, queues is not None),
            "disk": await asyncio.to_thread(disk, settings.data_dir),
            "event_loop": event_loop(self._sources.worst_lag()),
            "polls": polls(self._sources.instances, now),
            "queues": Check(ok=None) if queues is None else waiting(queues, now),
            "models": Check(ok=None) if models is None else available(models),
            "front_ends": front_ends(self._sources.front_ends()),
            "backups": await asyncio.to_thread(backups, settings.backup_dir, settings.backups.every, now),
        }


async def _known[Answer](read: Callable[[], Awaitable[Answer]]) -> Answer | None:
    """Return what is read from the database, None when it does not answer."""
    try:
        async with asyncio.timeout(TIMEOUT):
            return await read()
    except (TimeoutError, StewardError) as err:
        log.warning("health not read", reason=str(err) or "no answer in time")
        return None


def database(file: Path | None, is_answering: bool) -> Check:  # noqa: FBT001 - an argument of a thread
    """Return whether the database answers, with the bytes of its file; those of a server are not read."""
    size = file.stat().st_size if file is not None and file.is_file() else None
    return Check(ok=is_answering, value=size, reasons=() if is_answering else (translate(t"no answer"),))


def disk(folder: Path) -> Check:
    """Return whether the disk of the data folder has space."""
    free = shutil.disk_usage(folder).free
    reasons = () if free >= LEAST_FREE else (translate(t"the disk of the data folder is nearly full"),)
    return Check(ok=not reasons, value=free, limit=LEAST_FREE, reasons=reasons)


def event_loop(worst: float) -> Check:
    """Return whether the event loop kept its times in the last minute."""
    reasons = () if worst <= LONGEST_LAG else (translate(t"it was {worst:.1f} s late"),)
    return Check(ok=not reasons, value=worst, limit=LONGEST_LAG, reasons=reasons)


def polls(known: Instances, now: datetime) -> Check:
    """Return whether every instance was polled when it was due, whatever the poll found."""
    late = [one.name for one in known.instances() if _is_late(one, known.service(one.id), now)]
    reasons = tuple(translate(t"{name} was not polled in time") for name in late)
    return Check(ok=not late, value=len(late), limit=0, reasons=reasons)


def _is_late(instance: Instance, service: AnyService | None, now: datetime) -> bool:
    if service is None or instance.status is InstanceStatus.PENDING or instance.polled_at is None:
        return False
    own = instance.settings.get(POLL_SECONDS)
    interval = float(own) if isinstance(own, int | float) else service.interval
    # What fails is polled less often.
    longest = max(POLLS_MISSED * interval, 2 * LONGEST_DELAY)
    return now - instance.polled_at > timedelta(seconds=longest)


def waiting(queues: Mapping[str, Backlog], now: datetime) -> Check:
    """Return whether messages are sent."""
    ages = {key: max(0.0, (now - one.oldest).total_seconds()) for key, one in queues.items() if one.oldest}
    reasons = tuple(translate(t"{key}: messages wait") for key, age in ages.items() if age > OLDEST_MESSAGE)
    return Check(ok=not reasons, value=max(ages.values(), default=0.0), limit=OLDEST_MESSAGE, reasons=reasons)


def available(models: Sequence[DeploymentHealth]) -> Check:
    """Return whether every model may be asked."""
    reasons = tuple(f"{one.deployment}: {one.reason}" for one in models if one.reason)
    return Check(ok=not reasons, value=len(models) - len(reasons), limit=len(models), reasons=reasons)


def front_ends(statuses: Sequence[FrontEndStatus]) -> Check:
    """Return whether the front ends that the app serves itself, such as Telegram, work."""
    bad = [one for one in statuses if one.state is not FrontEndState.OK]
    reasons = tuple(f"{one.front_end}: {one.reason or one.state}" for one in bad)
    return Check(ok=not reasons, value=len(statuses) - len(bad), limit=len(statuses), reasons=reasons)


def backups(folder: Path, every: timedelta | None, now: datetime) -> Check:
    """Return whether the newest backup is new enough; without a schedule there need be none."""
    if every is None:
        return Check(ok=True)
    limit = (BACKUPS_MISSED * every).total_seconds()
    newest = next(iter(backups_in(folder)), None)
    if newest is None:
        return Check(ok=False, limit=limit, reasons=(translate(t"there is no backup"),))
    age = max(0.0, (now - datetime.fromtimestamp(newest.stat().st_mtime, UTC)).total_seconds())
    reasons = () if age <= limit else (translate(t"the newest backup is too old"),)
    return Check(ok=not reasons, value=age, limit=limit, reasons=reasons)
