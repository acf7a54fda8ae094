"""Alerts of webhooks: in their incidents before the webhook is answered, each on its own if need be."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, override

import orjson
import pytest

from homelab_steward.contract.incidents import AlertStatus, IncidentStatus
from homelab_steward.contract.state import Instance
from rig.agent_rig import opened_store
from rig.clocks import HANGING
from rig.inventory import ToyInventory, alert
from rig.toy import Toy
from steward.agent.incidents.correlator import Correlator
from steward.agent.incidents.intake import BATCH, LARGE, WAITING, Intake, IntakeClosed, IntakeFull
from steward.agent.stage import LONGEST, LOOK, MANY, SPAN, AlertStorm
from steward.clock import Clock, ManualClock, SystemClock
from steward.inventory.ports import Completeness
from steward.sdk.description import IncomingAlert
from steward.store import incidents
from steward.store.changes import Changes
from steward.store.database import Database, StoreUnavailable
from steward.store.store import Store, Unit

POISON: Final = "poison"
"""The name of an alert that cannot be taken."""

RESOLVED: Final = AlertStatus.RESOLVED


class Monitors(ToyInventory):
    """Besides the toy there are two monitors, ``am`` and ``other``."""

    def __init__(self) -> None:
        super().__init__(Toy())
        self.monitors = {
            one: replace(self.instance_row, id=one, service="monitor") for one in ("am", "other")
        }

    @override
    def instance(self, instance_id: str) -> Instance | None:
        return self.monitors.get(instance_id) or super().instance(instance_id)


class FailingStore(Store):
    """A store that fails as often as it is set to, None standing for a time it does not."""

    def __init__(self, database: Database, changes: Changes) -> None:
        super().__init__(database, changes)
        self.failures: list[Exception | None] = []
        self.durable: list[bool] = []
        self.changed = asyncio.Event()

    @override
    @asynccontextmanager
    async def change(self, *, durable: bool = False, quick: bool = False) -> AsyncIterator[Unit]:
        self.durable.append(durable)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        async with super().change(durable=durable, quick=quick) as unit:
            yield unit
        self.changed.set()


class PoisonedCorrelator(Correlator):
    """Fails at an alert with the name POISON, and when it is set to."""

    failures: int = 0

    @override
    async def take_in(
        self,
        unit: Unit,
        source: str,
        incoming: Sequence[IncomingAlert],
        completeness: Completeness = Completeness.PARTIAL,
    ) -> None:
        if any(one.name == POISON for one in incoming) or self.failures:
            self.failures -= bool(self.failures)
            raise RecursionError
        await super().take_in(unit, source, incoming, completeness)


@dataclass
class IntakeRig:
    """An intake and what stands behind it."""

    store: FailingStore
    intake: Intake
    correlator: PoisonedCorrelator

    async def take(self, accepting: Sequence[asyncio.Task[None]]) -> None:
        """Take in one batch what is accepted now."""
        await asyncio.sleep(0)
        running = asyncio.create_task(self.intake.run())
        await asyncio.wait(accepting)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def names(self) -> list[str]:
        async with self.store.read() as connection:
            found = await incidents.newest_incidents(connection, 10_000)
        return sorted(stored.name for one in found for stored in one.alerts)

    async def audited(self) -> list[Mapping[str, object]]:
        async with self.store.read() as connection:
            rows = await connection.exec_driver_sql(
                "SELECT body FROM audit WHERE event = 'webhook.unreadable' ORDER BY position"
            )
            return [orjson.loads(row.body) for row in rows]


async def _read() -> None:
    """Every instance was read."""


@asynccontextmanager
async def open_intake(
    folder: Path,
    *,
    is_open: bool = True,
    clock: Clock | None = None,
    first_read: Callable[[], Awaitable[object]] = _read,
) -> AsyncIterator[IntakeRig]:
    clock = clock or SystemClock()
    stores: list[FailingStore] = []

    def make(database: Database, changes: Changes) -> Store:
        stores.append(FailingStore(database, changes))
        return stores[0]

    async with opened_store(folder, clock, make):
        inventory = Monitors()
        correlator = PoisonedCorrelator(stores[0], inventory, clock)
        intake = Intake(stores[0], correlator, AlertStorm(clock), clock, first_read)
        task = asyncio.create_task(intake.run() if is_open else asyncio.sleep(0))
        try:
            yield IntakeRig(stores[0], intake, correlator)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def webhook(
    *names: str,
    status: AlertStatus = AlertStatus.FIRING,
    fingerprint: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> tuple[IncomingAlert, ...]:
    return tuple(
        replace(alert(name, status=status, fingerprint=fingerprint), labels=labels or {}) for name in names
    )


async def test_a_body_becomes_an_incident(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        await at.intake.accept("am", webhook("A", "B"))
        assert await at.names() == ["A", "B"]


async def test_on_return_it_is_stored_whatever_happens_next(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        await asyncio.gather(*(at.intake.accept("am", webhook(f"A{number}")) for number in range(3)))
    async with open_intake(tmp_path, is_open=False) as at:
        assert await at.names() == ["A0", "A1", "A2"]


@pytest.mark.parametrize("names", [("A",), ("A", POISON)])
async def test_what_a_sender_was_answered_survives_a_power_cut(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    async with open_intake(tmp_path) as at:
        await asyncio.gather(*(at.intake.accept("am", webhook(one)) for one in names))
        assert at.store.durable
        assert all(at.store.durable)


async def test_the_later_alert_of_one_batch_counts(tmp_path: Path) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        accepting = [
            asyncio.create_task(at.intake.accept(source, alerts))
            for source, alerts in (
                ("am", webhook("A", labels={"a": "1"})),
                ("other", webhook("A", labels={"a": "1"})),
                ("am", webhook("A", status=RESOLVED, labels={"a": "1"})),
                ("am", webhook("A", labels={"a": "2"})),
            )
        ]
        await at.take(accepting)
        async with at.store.read() as connection:
            found = await incidents.newest_incidents(connection, 10)
        sources = sorted(stored.source for one in found for stored in one.alerts)
        assert sources == ["am", "other"], "of am, one had ended before it was read"


async def test_thousands_at_once_are_all_there(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        await asyncio.gather(*(at.intake.accept("am", webhook(f"A{number}")) for number in range(BATCH * 3)))
        async with at.store.read() as connection:
            count = await connection.exec_driver_sql("SELECT count(*) FROM alerts")
            assert count.scalar_one() == BATCH * 3


async def test_too_many_at_once_must_try_again(tmp_path: Path) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        accepting = [asyncio.create_task(at.intake.accept("am", webhook("A"))) for _ in range(WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(IntakeFull, match="Too many webhooks at once"):
            await at.intake.accept("am", webhook("B"))
        for one in accepting:
            one.cancel()
        await asyncio.gather(*accepting, return_exceptions=True)


async def test_senders_get_an_error_when_nothing_is_stored(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        at.store.failures.append(StoreUnavailable("the disk is full"))
        answers = await asyncio.gather(
            *(at.intake.accept("am", webhook(f"A{number}")) for number in range(3)), return_exceptions=True
        )
        assert [str(one) for one in answers] == ["the disk is full"] * 3
        await at.intake.accept("am", webhook("B"))
        assert await at.names() == ["B"]


async def test_a_sender_who_disconnects_disturbs_nobody(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        gone = asyncio.create_task(at.intake.accept("am", webhook("A")))
        stays = asyncio.create_task(at.intake.accept("am", webhook("B")))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        assert await at.names() == ["A", "B"]


async def test_senders_get_an_error_when_the_app_stops(tmp_path: Path) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        hold = asyncio.Event()

        @asynccontextmanager
        async def slow(*, durable: bool = False, quick: bool = False) -> AsyncIterator[Unit]:
            hold.set()
            await asyncio.Event().wait()
            yield Unit(None)  # type: ignore[arg-type]

        at.store.change = slow  # type: ignore[method-assign]
        running = asyncio.create_task(at.intake.run())
        in_batch = asyncio.create_task(at.intake.accept("am", webhook("A")))
        await hold.wait()
        waiting = asyncio.create_task(at.intake.accept("am", webhook("B")))
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for one in (in_batch, waiting):
            with pytest.raises(IntakeClosed, match="The steward is stopping"):
                await one
        with pytest.raises(IntakeClosed):
            await at.intake.accept("am", webhook("C"))


async def test_alerts_of_a_removed_instance_are_dropped_and_audited(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        await asyncio.gather(
            at.intake.accept("am", webhook("A")),
            at.intake.accept("gone", webhook("B")),
            at.intake.accept("am", webhook("D")),
        )
        assert await at.names() == ["A", "D"]
        assert [(one["source"], one["reason"]) for one in await at.audited()] == [
            ("gone", "the instance was removed")
        ]


async def test_a_text_that_is_not_unicode_is_stored_readable(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        await at.intake.accept("am", webhook("half a pair: \ud800", labels={"\ud800": "\ud800"}))
        assert await at.names() == ["half a pair: \N{REPLACEMENT CHARACTER}"]


async def test_a_webhook_that_cannot_be_taken_does_not_stop_the_others(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        bodies = [webhook("A"), webhook(POISON), webhook("B")]
        await asyncio.gather(*(at.intake.accept("am", one) for one in bodies))
        assert await at.names() == ["A", "B"]
        assert [(one["source"], one["reason"]) for one in await at.audited()] == [
            ("am", "a defect (RecursionError)")
        ]
        await at.intake.accept("am", webhook("C"))
        assert await at.names() == ["A", "B", "C"]


async def test_a_database_that_is_away_while_each_is_taken_alone_refuses_that_one(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        at.correlator.failures = 1
        at.store.failures = [None, StoreUnavailable("The database is locked"), None]
        answers = await asyncio.gather(
            *(at.intake.accept("am", webhook(name)) for name in ("A", "B")), return_exceptions=True
        )
        assert [str(one) for one in answers] == ["The database is locked", "None"]
        assert await at.names() == ["B"]
        assert await at.audited() == []


async def test_a_webhook_that_cannot_even_be_put_aside_is_sent_again(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        at.store.failures = [None, None, StoreUnavailable("The database is locked")]
        with pytest.raises(StoreUnavailable, match="locked"):
            await at.intake.accept("am", webhook(POISON))
        assert await at.audited() == []


async def test_senders_get_an_error_when_the_app_stops_while_each_is_taken_alone(tmp_path: Path) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        held = asyncio.Event()
        change = at.store.change

        @asynccontextmanager
        async def slow(*, durable: bool = False, quick: bool = False) -> AsyncIterator[Unit]:
            at.store.change = hanging  # type: ignore[method-assign]
            async with change(durable=durable) as unit:
                yield unit

        @asynccontextmanager
        async def hanging(*, durable: bool = False, quick: bool = False) -> AsyncIterator[Unit]:
            held.set()
            await asyncio.Event().wait()
            yield Unit(None)  # type: ignore[arg-type]

        at.store.change = slow  # type: ignore[method-assign]
        at.correlator.failures = 1
        accepting = [asyncio.create_task(at.intake.accept("am", webhook(name))) for name in ("A", "B")]
        await asyncio.sleep(0)
        running = asyncio.create_task(at.intake.run())
        await held.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for one in accepting:
            with pytest.raises(IntakeClosed, match="The steward is stopping"):
                await one


async def test_a_defect_that_does_not_come_again_costs_nothing(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        at.correlator.failures = 1
        await at.intake.accept("am", webhook("A"))
        assert await at.names() == ["A"]
        assert await at.audited() == []


@pytest.mark.parametrize("failure", [StoreUnavailable("the disk is full"), None])
async def test_a_sender_who_disconnected_gets_no_answer(tmp_path: Path, failure: Exception | None) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        gone = asyncio.create_task(at.intake.accept("am", webhook("A")))
        stays = asyncio.create_task(at.intake.accept("am", webhook("B")))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        at.store.failures.append(failure)
        await at.take([stays])
        assert stays.exception() is failure


async def test_alerts_of_one_batch_are_the_same_by_their_own_fingerprint(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        body = (
            *webhook("A", fingerprint="f1", labels={"x": "1"}),
            *webhook("A", fingerprint="f1", labels={"x": "2"}),
            *webhook("A", fingerprint="f2", labels={"x": "1"}),
        )
        await at.intake.accept("am", body)
        async with at.store.read() as connection:
            found = await incidents.newest_incidents(connection, 10)
        prints = sorted(stored.fingerprint for one in found for stored in one.alerts)
        assert prints == ["f1", "f2"]


async def test_what_is_resolved_by_webhook_ends_its_incident(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        await at.intake.accept("am", webhook("A"))
        await at.intake.accept("am", webhook("A", status=RESOLVED))
        async with at.store.read() as connection:
            (one,) = await incidents.newest_incidents(connection, 10)
        assert one.status is IncidentStatus.RESOLVED


async def test_a_storm_in_one_webhook_swallows_no_other_webhook(tmp_path: Path) -> None:
    storm = tuple(one for n in range(LARGE + 1) for one in webhook("Flood", labels={"n": str(n)}))
    async with open_intake(tmp_path, is_open=False) as at:
        bodies = [webhook("Before"), storm, webhook("After")]
        await at.take([asyncio.create_task(at.intake.accept("am", one)) for one in bodies])
        async with at.store.read() as connection:
            found = await incidents.newest_incidents(connection, 10)
        assert sorted(one.alert_count for one in found) == [1, 1, LARGE + 1]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 21, tzinfo=UTC))


def busy(clock: ManualClock, webhooks: int, seconds: float = 0.0) -> AlertStorm:
    alert_storm = AlertStorm(clock)
    for number in range(webhooks):
        if number:
            clock.move(seconds / (webhooks - 1))
        alert_storm.note()
    return alert_storm


async def is_held(alert_storm: AlertStorm) -> bool:
    """Return whether somebody who asks now has to wait."""
    waiting = asyncio.create_task(alert_storm.over())
    await asyncio.sleep(0)
    is_waiting = not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    return is_waiting


async def test_many_at_once_are_a_storm_and_few_are_not(clock: ManualClock) -> None:
    assert not await is_held(busy(clock, MANY - 1))
    assert await is_held(busy(clock, MANY))


async def test_as_many_in_a_longer_time_are_none(clock: ManualClock) -> None:
    assert await is_held(busy(clock, MANY, SPAN * 0.9))
    assert not await is_held(busy(clock, MANY, SPAN * 1.1))


async def test_who_waits_goes_on_when_it_is_over(clock: ManualClock) -> None:
    waiting = asyncio.create_task(busy(clock, MANY).over())
    await asyncio.sleep(0)
    for _ in range(20):
        clock.move(LOOK)
        await asyncio.sleep(0)

    assert waiting.done()


async def test_a_flood_without_end_holds_nobody_for_longer_than_its_bound(clock: ManualClock) -> None:
    alert_storm = busy(clock, MANY)
    held = 0.0
    while await is_held(alert_storm) and held <= 2 * LONGEST:
        clock.move(LOOK)
        held += LOOK
        for _ in range(MANY):
            alert_storm.note()

    assert LONGEST <= held < LONGEST + 2 * LOOK


async def test_the_next_storm_is_recognised(clock: ManualClock) -> None:
    alert_storm = busy(clock, MANY)
    clock.move(LONGEST + 1)
    assert not await is_held(alert_storm)
    for _ in range(MANY):
        alert_storm.note()

    assert await is_held(alert_storm)


async def test_webhooks_wait_for_the_first_polls(tmp_path: Path) -> None:
    is_waiting, is_read = asyncio.Event(), asyncio.Event()

    async def first_read() -> None:
        is_waiting.set()
        await is_read.wait()

    async with open_intake(tmp_path, first_read=first_read) as at:
        accepting = asyncio.create_task(at.intake.accept("am", webhook("A")))
        async with asyncio.timeout(HANGING):
            await is_waiting.wait()
        assert await at.names() == []
        assert not accepting.done()
        is_read.set()
        await accepting
        assert await at.names() == ["A"]


async def test_a_webhook_that_waits_for_the_first_polls_is_refused_at_the_end(tmp_path: Path) -> None:
    async with open_intake(tmp_path, first_read=asyncio.Event().wait) as at:
        accepting = asyncio.create_task(at.intake.accept("am", webhook("A")))
        await asyncio.sleep(0)
    with pytest.raises(IntakeClosed):
        await accepting
