"""Plays recorded incidents, and compares the diagnosis with what was expected."""

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from homelab_steward.contract.diagnosis import Diagnosis
from homelab_steward.contract.incidents import AlertStatus, Incident
from recorded_incidents.inventory import RecordedInventory
from recorded_incidents.records import Record, RecordedAlert
from rig.agent_rig import opened_store
from rig.inventory import NOW, ToyPeople
from steward.agent.decisions.speakers import Authors
from steward.agent.diagnosis.diagnoser import Diagnoser
from steward.agent.incidents.correlator import Correlator
from steward.agent.incidents.maintenance import Maintenance
from steward.agent.monitors.quorum import Devices
from steward.agent.plans.resolver import Resolver
from steward.clock import ManualClock
from steward.runbooks.matching import RunbookIndex
from steward.runbooks.model import Runbook
from steward.sdk.description import AnyService, IncomingAlert
from steward.store import incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One diagnosis. ``cause_right`` and ``healthy_right`` are None where the other one was expected."""

    record: Record
    diagnosis: Diagnosis
    seconds: float
    cause_right: bool | None
    healthy_right: bool | None
    is_false_cause: bool
    found: int
    said: tuple[str, ...]
    missing: tuple[str, ...]


class Player:
    """Plays incidents one after another, each with a store of its own."""

    def __init__(self, services: Mapping[str, AnyService], library: Mapping[str, Runbook]) -> None:
        self._services = services
        self._library = library
        self._index = RunbookIndex(library)

    async def play(self, records: Sequence[Record]) -> list[Judged]:
        """Return the judged diagnosis of each incident."""
        await self._index.build()
        with tempfile.TemporaryDirectory(prefix="steward-incidents-") as folder:
            return [await self._one(record, Path(folder) / str(at)) for at, record in enumerate(records)]

    async def _one(self, record: Record, folder: Path) -> Judged:
        await asyncio.to_thread(folder.mkdir)
        clock = ManualClock(NOW)
        async with AsyncExitStack() as opened:
            store = await opened.enter_async_context(opened_store(folder, clock))
            inventory = RecordedInventory(record.instances, self._services, clock)
            maintenance = Maintenance(store, inventory, ToyPeople(), clock, "UTC")
            correlator = Correlator(store, inventory, clock, maintenance)
            for source in dict.fromkeys(one.source for one in record.alerts):
                alerts = [_incoming(one) for one in record.alerts if one.source == source]
                await correlator.take(source, alerts)
            async with store.read() as connection:
                newest = await incidents.newest_incidents(connection, len(record.alerts) + 1)
            first = min(newest, key=lambda one: one.number)
            resolver = Resolver(inventory)
            devices = Devices(store, inventory, Authors(store, ToyPeople(), clock), clock)
            diagnoser = Diagnoser(
                store, inventory, resolver, self._library, self._index, clock, devices.lines
            )
            began = time.perf_counter()
            diagnosis = await diagnoser.diagnose(first)
            return judge(record, first, diagnosis, time.perf_counter() - began)


def judge(record: Record, incident: Incident, diagnosis: Diagnosis, seconds: float) -> Judged:
    """Compare a diagnosis with what was expected."""
    expected = record.expected
    stated = _plain([diagnosis.summary, *(one.text for one in diagnosis.claims)])
    # What an alert says is repeated as what it is; the diagnosis does not claim it.
    repeated = {one.id for one in diagnosis.evidence if one.tool == "alerts"}
    claims = (one.text for one in diagnosis.claims if not repeated.issuperset(one.evidence))
    claimed = _plain([diagnosis.summary, *claims])
    whole = _plain(
        [
            incident.title,
            incident.target.name if incident.target else "",
            stated,
            *(one.title for one in diagnosis.matches[:1]),
            *(text for one in diagnosis.evidence for text in (one.title, one.text)),
        ]
    )
    best = diagnosis.matches[0].runbook_id if diagnosis.matches else ""
    is_named = best == expected.runbook and all(_plain([one]) in stated for one in expected.says)
    missing = tuple(one for one in expected.required if _plain([one]) not in whole)
    said = tuple(one for one in expected.forbidden if _plain([one]) in claimed)
    return Judged(
        record=record,
        diagnosis=diagnosis,
        seconds=seconds,
        cause_right=None if expected.healthy else diagnosis.has_problem and is_named,
        healthy_right=not diagnosis.has_problem if expected.healthy else None,
        is_false_cause=diagnosis.has_problem if expected.healthy else bool(best) and best != expected.runbook,
        found=len(expected.required) - len(missing),
        said=said,
        missing=missing,
    )


def figures(judged: Sequence[Judged]) -> dict[str, object]:
    """Return the figures. A share is None when no incident applies; times are milliseconds."""
    causes = [one.cause_right for one in judged if one.cause_right is not None]
    healthy = [one.healthy_right for one in judged if one.healthy_right is not None]
    required = sum(len(one.record.expected.required) for one in judged)
    times = [1000 * one.seconds for one in judged]
    return {
        "n": len(judged),
        "cause_right": _share(sum(causes), len(causes)),
        "healthy_right": _share(sum(healthy), len(healthy)),
        "false_causes": sum(one.is_false_cause for one in judged),
        "required_found": _share(sum(one.found for one in judged), required),
        "forbidden_said": sum(len(one.said) for one in judged),
        "p95_ms": round(quantiles(times, n=20)[-1] if len(times) > 1 else times[0], 1),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _plain(texts: Sequence[str]) -> str:
    return " ".join(" ".join(texts).casefold().split())


def _incoming(one: RecordedAlert) -> IncomingAlert:
    return IncomingAlert(
        name=one.name,
        status=AlertStatus.FIRING,
        severity=one.severity,
        starts_at=NOW,
        labels=one.labels,
        summary=one.summary,
        description=one.description,
    )
