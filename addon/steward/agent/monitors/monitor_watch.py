"""Stage: opens and ends incidents about monitors that are blind, disagree, or cannot be read."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Aspect, Word
from homelab_steward.contract.incidents import AlertStatus, Incident
from homelab_steward.contract.state import Instance, InstanceStatus

from ...clock import Clock
from ...inventory.ports import CHECK, INSTANCE, STEWARD_INSTANCE, Inventory
from ...quorum.witnesses import FRESH
from ...sdk.description import POLL_SECONDS, IncomingAlert, Role
from ...store import device_matches, incidents, monitor_problems, witness_claims
from ...store.monitor_problems import MonitorProblem, ProblemKind
from ...store.store import Store
from ...tasks import repeat
from ...texts import translate
from ..incidents.correlator import Correlator
from .device_book import Device, DeviceBook, Facet, device_book
from .match_questions import MatchQuestions
from .monitor_findings import CHECKS, READABLE, Finding, Report, Split, findings
from .reach_probe import probe
from .witness_notes import NOTED, source_of, split_claims

TICK: Final = 30.0
CLEAR: Final = timedelta(minutes=5)
"""How long a problem must not be seen before it is over: one that comes and goes is one problem."""

_NAMES: Final = {
    ProblemKind.BLIND: "MonitorBlind",
    ProblemKind.SPLIT: "MonitorsDisagree",
    ProblemKind.GONE: "MonitorGone",
}

type Note = Callable[[Iterable[Incident], DeviceBook], Awaitable[None]]
"""Stores the claims of monitors about the problems of incidents."""

type Probe = Callable[[Device, Facet], Awaitable[Word]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The changes of one check. ``over`` are reported problems that have ended, ``dropped`` are keys."""

    saved: tuple[MonitorProblem, ...] = ()
    reported: tuple[MonitorProblem, ...] = ()
    over: tuple[MonitorProblem, ...] = ()
    dropped: tuple[str, ...] = ()


class MonitorWatch:
    """Compares monitors every half minute. Reports are stored, so that a restart does not repeat them."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        correlator: Correlator,
        clock: Clock,
        note: Note,
        probe: Probe = probe,
    ) -> None:
        """``probe`` connects to a device to see whether it answers. Nothing is written before :meth:`run`."""
        self._note = note
        self._store = store
        self._inventory = inventory
        self._correlator = correlator
        self._clock = clock
        self._probe = probe
        self._started = clock.now()
        self._questions = MatchQuestions(store)

    async def run(self) -> None:
        """Watch until cancelled."""
        await repeat(self.look, TICK, self._clock, "monitors not compared")

    async def look(self) -> None:
        """Compare the monitors, report problems that have lasted long enough, and end those that are over."""
        now = self._clock.now()
        async with self._store.read() as connection:
            known = await monitor_problems.all_problems(connection)
            decided = await device_matches.decided(connection)
            unchanged = await incidents.incidents_in(connection, NOTED)
        witnessed = self._inventory.witnessed()
        if not witnessed and not known:
            return
        blind = {one.witness: one.seen_from for one in known.values() if one.kind is ProblemKind.BLIND}
        # In a thread, because many devices take long to match.
        book = await asyncio.to_thread(device_book, witnessed, decided, now, blind)
        await self._questions.look(book, now)
        await self._note(unchanged, book)
        found = findings(book, self._monitors(), now)
        due = [one for one in found if is_due(one, known.get(one.key), now)]
        read = await self._read([one for one in due if isinstance(one, Split)])
        reports = {
            one.key: one.report(read[one.key]) if isinstance(one, Split) else one.report() for one in due
        }
        step = advance(known, found, reports, now, self._started, self._status)
        await self._write(step, now, [one for one in due if isinstance(one, Split)], read)

    def _monitors(self) -> dict[str, Instance]:
        """Return by id the instances that report about others, whose absence is reported."""
        services = ((one, self._inventory.service(one.id)) for one in self._inventory.instances())
        return {one.id: one for one, service in services if service and service.role is Role.MONITOR}

    def _status(self, source: str) -> InstanceStatus | None:
        instance = self._inventory.instance(source)
        return instance.status if instance else None

    async def _read(self, splits: Sequence[Split]) -> dict[str, Word]:
        """Return whether the app itself reaches the device of each disagreement, by its key."""
        words = await asyncio.gather(*(self._own_result(one) for one in splits))
        return dict(zip((one.key for one in splits), words, strict=True))

    async def _own_result(self, split: Split) -> Word:
        return Word.UP if self._is_read(split) else await self._probe(split.device, split.facet)

    def _is_read(self, split: Split) -> bool:
        """Return whether the app itself reads a program on the device: then the device can be reached."""
        is_reach = split.facet.aspect is Aspect.REACH
        return is_reach and any(self._answers(one) for one in self._programs(split.device))

    def _programs(self, device: Device) -> Iterator[str]:
        """Yield the ids of the instances that are the device or run on it."""
        for target in device.targets:
            program = target if target.kind == INSTANCE else self._inventory.application(target)
            if program is not None:
                yield program.instance_id

    def _answers(self, instance_id: str) -> bool:
        """Return whether the last poll of an instance succeeded and is fresh."""
        instance, service = self._inventory.instance(instance_id), self._inventory.service(instance_id)
        if instance is None or service is None or instance.polled_at is None:
            return False
        own = instance.settings.get(POLL_SECONDS)
        interval = own if isinstance(own, int | float) else service.interval
        is_fresh = self._clock.now() - instance.polled_at < timedelta(seconds=FRESH * interval)
        return is_fresh and instance.status is InstanceStatus.OK

    async def _write(
        self, step: Step, now: datetime, splits: Iterable[Split], read: Mapping[str, Word]
    ) -> None:
        """Store the changes and which monitors are right, and pass the alerts on, in one transaction."""
        alerts = [(one.source, _alert(one, now)) for one in step.reported]
        alerts += [(one.source, _alert(one, now, is_over=True)) for one in step.over]
        if not (step.saved or step.dropped):
            return
        async with self._store.change() as unit:
            await monitor_problems.save(unit.connection, step.saved)
            await monitor_problems.forget(unit.connection, step.dropped)
            saved = {one.key: one for one in step.saved}
            for split in splits:
                if read[split.key] in (Word.UP, Word.DOWN):
                    source, was_real = source_of(saved[split.key]), read[split.key] is Word.DOWN
                    await witness_claims.note(unit.connection, source, split_claims(split), now)
                    await witness_claims.settle(unit.connection, source, now, was_real=was_real)
            for source in dict.fromkeys(source for source, _ in alerts):
                own = [alert for where, alert in alerts if where == source]
                await self._correlator.take_in(unit, source, own)


def is_due(finding: Finding, known: MonitorProblem | None, now: datetime) -> bool:
    """Return whether a finding has lasted long enough and was not reported yet."""
    return known is not None and known.reported_at is None and now - known.seen_from >= finding.settles


def advance(
    known: Mapping[str, MonitorProblem],
    found: Sequence[Finding],
    reports: Mapping[str, Report],
    now: datetime,
    started: datetime,
    status: Callable[[str], InstanceStatus | None],
) -> Step:
    """Return the changes of a check. ``reports`` are those that are sent now, by key.

    The app did not run before ``started``, so it saw no problem then. ``status`` returns that of an instance,
    None when the instance was removed: then its alerts end with it.
    """
    seen = [_seen(one, known.get(one.key), reports.get(one.key), now) for one in found]
    kept, over, dropped = [], [], []
    keys = {one.key for one in found}
    for row in (one for key, one in known.items() if key not in keys):
        at = status(row.source)
        if at is None or row.reported_at is None:
            dropped.append(row.key)
        elif row.kind is ProblemKind.GONE and at not in READABLE:
            # After a restart it is not known any more which devices the monitor watched.
            kept.append(replace(row, seen_at=now))
        elif now - max(row.seen_at, started) >= CLEAR:
            over.append(row)
            dropped.append(row.key)
    saved = (*seen, *kept)
    return Step(
        saved=saved,
        reported=tuple(one for one in saved if one.reported_at is not None),
        over=tuple(over),
        dropped=tuple(dropped),
    )


def _seen(
    finding: Finding, known: MonitorProblem | None, report: Report | None, now: datetime
) -> MonitorProblem:
    row = known or MonitorProblem(
        key=finding.key,
        kind=finding.kind,
        source=finding.source,
        witness=finding.witness,
        seen_from=now,
        seen_at=now,
    )
    row = replace(row, seen_at=now)
    if report is None:
        return row
    return replace(
        row,
        source=report.source,
        reported_at=now,
        severity=report.severity,
        summary=report.summary,
        description=report.description,
    )


def _alert(row: MonitorProblem, now: datetime, *, is_over: bool = False) -> IncomingAlert:
    ends = {
        ProblemKind.BLIND: translate(t"It sees again."),
        ProblemKind.SPLIT: translate(t"The monitors agree again."),
        ProblemKind.GONE: translate(t"It can be read again."),
    }
    return IncomingAlert(
        name=_NAMES[row.kind],
        status=AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
        severity=row.severity,
        starts_at=row.seen_from,
        ends_at=now if is_over else None,
        labels={CHECK: CHECKS[row.kind], STEWARD_INSTANCE: row.source},
        summary=row.summary,
        description=ends[row.kind] if is_over else row.description,
        fingerprint=row.key,
    )
