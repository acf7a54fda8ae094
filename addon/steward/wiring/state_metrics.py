"""Prometheus metrics of what is known and stored, read when they are asked for."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import structlog
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import ApprovalStatus, RunStatus, StepState
from homelab_steward.contract.state import Instance, InstanceStatus, Resource, Snapshot

from ..clock import Clock
from ..errors import StewardError
from ..event_webhooks.events import Backlog
from ..llm.messages import DeploymentHealth
from ..store.database import Database
from ..store.mode import read_mode
from ..store.tables import approvals, journal, runs
from ..telegram.tables import outbox

log = structlog.get_logger(__name__)

TIMEOUT: Final = 5.0
"""Seconds after which the other metrics are answered without those of the database."""

UNFINISHED_RUNS: Final = (RunStatus.RUNNING, RunStatus.VERIFYING)
UNFINISHED_STEPS: Final = (StepState.INTENDED, StepState.STARTED, StepState.EFFECT_UNKNOWN)


class KnownInstances(Protocol):
    """The instances and their last readings."""

    def instances(self) -> tuple[Instance, ...]:
        """Return all instances."""

    def snapshot(self, instance_id: str) -> Snapshot | None:
        """Return the last readings, None before the first poll succeeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSources:
    """Where the values come from.

    ``models`` returns the state of each deployment without calling it, ``webhooks`` what waits for each.
    """

    instances: KnownInstances
    database: Database
    data_dir: Path
    models: Callable[[], Awaitable[Sequence[DeploymentHealth]]]
    webhooks: Callable[[], Awaitable[Mapping[str, Backlog]]]
    clock: Clock
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What the database has: numbers by status, and when the oldest of what waits was made."""

    is_paused: bool
    waiting: int
    oldest_request: datetime | None
    queues: Mapping[str, Backlog]
    runs: Mapping[str, int]
    steps: Mapping[str, int]
    models: Sequence[DeploymentHealth]


class StateMetrics:
    """Gauges of instances, requests, runs, queues, models and the disk."""

    def __init__(self, registry: CollectorRegistry, sources: StateSources) -> None:
        """Register the gauges; ``refresh`` sets them."""
        self._sources = sources

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"steward_{name}", text, labels, registry=registry)

        gauge("build_info", "The version of the app", "version").labels(version=sources.version).set(1)
        self._up = gauge("instance_up", "Whether the last poll succeeded", "instance", "service")
        self._off = gauge("instance_expected_off", "Whether it need not answer", "instance", "service")
        self._age = gauge("instance_reading_age_seconds", "Age of the readings", "instance", "service")
        self._known = gauge("instance_known_ratio", "Share of readings with a value", "instance", "service")
        self._database = gauge("database_up", "Whether the database could be read")
        self._paused = gauge("paused", "Whether nothing is carried out")
        self._waiting = gauge("approvals_waiting", "Requests that wait for a person")
        self._oldest = gauge("approval_oldest_seconds", "Age of the oldest request that waits")
        self._runs = gauge("runs_unfinished", "Runs that are not finished", "status")
        self._steps = gauge("journal_steps_unfinished", "Journaled steps without a known end", "state")
        self._queue = gauge("queue_messages", "Messages that wait to be sent", "queue")
        self._queue_age = gauge("queue_oldest_seconds", "Age of the oldest message that waits", "queue")
        self._available = gauge("model_available", "Whether a model may be asked", "deployment", "tier")
        self._limit = gauge("model_limit_used_ratio", "Share of a limit that is used", "deployment", "limit")
        self._tasks = gauge("tasks", "Tasks of the event loop")
        self._data = gauge("data_bytes", "Size of the files in the data folder")
        self._free = gauge("disk_free_bytes", "Free space on the disk of the data folder")

    async def refresh(self) -> None:
        """Set all gauges. What cannot be read keeps no old value, except that it is not readable."""
        self._show_instances()
        self._tasks.set(len(asyncio.all_tasks()))
        files, free = await asyncio.to_thread(_disk, self._sources.data_dir)
        self._data.set(files)
        self._free.set(free)
        stored = await self._read()
        self._database.set(stored is not None)
        for one in (self._runs, self._steps, self._available, self._limit):
            one.clear()
        if stored is not None:
            self._show_stored(stored)

    async def queues(self) -> Mapping[str, Backlog]:
        """Return what waits to be sent, by the name of the queue. Raises StoreUnavailable."""
        webhooks = await self._sources.webhooks()
        async with self._sources.database.read() as connection:
            messages = await _messages(connection)
        return {"telegram": messages, **{f"webhook {key}": one for key, one in webhooks.items()}}

    async def _read(self) -> _Stored | None:
        """Return what the database has, None if it does not answer in time."""
        sources = self._sources
        try:
            async with asyncio.timeout(TIMEOUT):
                models, webhooks = await sources.models(), await sources.webhooks()
                queues = {f"webhook {key}": one for key, one in webhooks.items()}
                async with sources.database.read() as connection:
                    return await _stored(connection, models, queues)
        except (TimeoutError, StewardError) as err:
            log.warning("metrics of the database not read", reason=str(err) or "no answer in time")
            return None

    def _show_instances(self) -> None:
        now = self._sources.clock.now()
        for one in (self._up, self._off, self._age, self._known):
            one.clear()
        for instance in self._sources.instances.instances():
            labels = {"instance": instance.name, "service": instance.service}
            self._off.labels(**labels).set(instance.expected_off is not None)
            if instance.status is InstanceStatus.PENDING:
                continue
            self._up.labels(**labels).set(instance.status is InstanceStatus.OK)
            snapshot = self._sources.instances.snapshot(instance.id)
            if snapshot is not None:
                self._age.labels(**labels).set(_age(snapshot.taken_at, now))
                self._known.labels(**labels).set(_known_ratio(snapshot))

    def _show_stored(self, stored: _Stored) -> None:
        now = self._sources.clock.now()
        self._paused.set(stored.is_paused)
        self._waiting.set(stored.waiting)
        self._oldest.set(_age(stored.oldest_request, now))
        for queue, backlog in stored.queues.items():
            self._queue.labels(queue=queue).set(backlog.number)
            self._queue_age.labels(queue=queue).set(_age(backlog.oldest, now))
        for status in UNFINISHED_RUNS:
            self._runs.labels(status=str(status)).set(stored.runs.get(str(status), 0))
        for state in UNFINISHED_STEPS:
            self._steps.labels(state=str(state)).set(stored.steps.get(str(state), 0))
        for model in stored.models:
            self._available.labels(deployment=model.deployment, tier=str(model.tier)).set(not model.reason)
            for limit in model.limits:
                used = limit.used / limit.limit if limit.limit else 1.0
                self._limit.labels(deployment=model.deployment, limit=limit.kind).set(used)


async def _stored(
    connection: AsyncConnection, models: Sequence[DeploymentHealth], queues: Mapping[str, Backlog]
) -> _Stored:
    waiting = select(func.count(), func.min(approvals.c.created_at)).where(
        approvals.c.status == str(ApprovalStatus.PENDING)
    )
    requests, oldest_request = (await connection.execute(waiting)).one()
    unfinished = runs.c.status.in_([str(one) for one in UNFINISHED_RUNS])
    of_runs = select(runs.c.status, func.count()).where(unfinished).group_by(runs.c.status)
    of_steps = (
        select(journal.c.state, func.count())
        .join(runs, runs.c.id == journal.c.run_id)
        .where(unfinished)
        .group_by(journal.c.state)
    )
    return _Stored(
        is_paused=(await read_mode(connection)).pause is not None,
        waiting=requests,
        oldest_request=oldest_request,
        queues={"telegram": await _messages(connection), **queues},
        runs=await _numbers(connection, of_runs),
        steps=await _numbers(connection, of_steps),
        models=models,
    )


async def _messages(connection: AsyncConnection) -> Backlog:
    """Return the messages that wait to be sent to Telegram."""
    queued = select(func.count(), func.min(outbox.c.changed_at)).where(
        outbox.c.waiting == true(), outbox.c.failure == ""
    )
    return Backlog(*(await connection.execute(queued)).one())


async def _numbers(connection: AsyncConnection, query: Select[Any]) -> dict[str, int]:
    return {str(key): int(number) for key, number in await connection.execute(query)}


def _known_ratio(snapshot: Snapshot) -> float:
    """Return the share of the readings, with those of resources, that have a value; 1 without any."""
    places: tuple[Snapshot | Resource, ...] = (snapshot, *snapshot.resources)
    every = sum(len(one.values) for one in places)
    unknown = sum(len(one.unknown) for one in places)
    return 1 - unknown / every if every else 1.0


def _age(since: datetime | None, now: datetime) -> float:
    """Return seconds since then, 0 without a time or if the clock was set back."""
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def _disk(folder: Path) -> tuple[int, int]:
    """Return the size of the files in a folder, and the free space on its disk, in bytes."""
    sizes = (_size(one) for one in folder.rglob("*"))
    return sum(sizes), shutil.disk_usage(folder).free


def _size(path: Path) -> int:
    """Return the size of a file, 0 for what is no file or was just removed."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
