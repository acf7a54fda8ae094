"""Alerts of webhooks: stored before the webhook is answered, taken once, each on its own if need be."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Final, override

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.incidents import AlertStatus, IncidentStatus, Severity
from homelab_steward.contract.state import Instance
from rig.agent_rig import opened_store
from rig.clocks import HANGING, WatchedClock
from rig.inventory import NOW, ToyInventory, alert
from rig.toy import Toy
from steward.agent.alert_storm import AlertStorm
from steward.agent.correlator import Correlator
from steward.agent.intake import (
    BATCH,
    LARGE,
    WAITING,
    Intake,
    IntakeClosed,
    IntakeFull,
    decode_alerts,
    encode_alerts,
)
from steward.clock import Clock, SystemClock
from steward.errors import ServiceMalformed
from steward.sdk.description import IncomingAlert
from steward.store import inbox, incidents
from steward.store.changes import Changes
from steward.store.database import Database, StoreUnavailable
from steward.store.store import Store, Unit

POISON: Final = b"poison"
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
        self.changed = asyncio.Event()

    @override
    @asynccontextmanager
    async def change(self, *, durable: bool = False) -> AsyncIterator[Unit]:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        async with super().change(durable=durable) as unit:
            yield unit
        self.changed.set()


@dataclass
class IntakeRig:
    """An intake and what stands behind it."""

    store: FailingStore
    intake: Intake

    async def waiting(self) -> int:
        async with self.store.read() as connection:
            return await inbox.waiting(connection)

    async def names(self) -> list[str]:
        async with self.store.read() as connection:
            found = await incidents.newest_incidents(connection, 10_000)
        return sorted(stored.name for one in found for stored in one.alerts)

    async def until_read(self) -> None:
        async with asyncio.timeout(HANGING):
            while await self.waiting():
                self.store.changed.clear()
                await self.store.changed.wait()

    async def audited(self) -> list[Mapping[str, object]]:
        async with self.store.read() as connection:
            rows = await connection.exec_driver_sql(
                "SELECT body FROM audit WHERE event = 'webhook.unreadable' ORDER BY position"
            )
            return [orjson.loads(row.body) for row in rows]


@asynccontextmanager
async def open_intake(
    folder: Path, *, is_open: bool = True, clock: Clock | None = None
) -> AsyncIterator[IntakeRig]:
    clock = clock or SystemClock()
    stores: list[FailingStore] = []

    def make(database: Database, changes: Changes) -> Store:
        stores.append(FailingStore(database, changes))
        return stores[0]

    async with opened_store(folder, clock, make):
        inventory = Monitors()
        correlator = Correlator(stores[0], inventory, clock)
        intake = Intake(stores[0], inventory, correlator, AlertStorm(clock), clock)
        task = asyncio.create_task(intake.run() if is_open else asyncio.sleep(0))
        try:
            yield IntakeRig(stores[0], intake)
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
        await at.until_read()
        assert await at.names() == ["A", "B"]


async def test_on_return_it_is_stored_whatever_happens_next(tmp_path: Path) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        accepting = [
            asyncio.create_task(at.intake.accept("am", webhook(f"A{number}"))) for number in range(3)
        ]
        storing = asyncio.create_task(at.intake._store_arrivals())
        await asyncio.gather(*accepting)
        storing.cancel()
        await asyncio.gather(storing, return_exceptions=True)
        assert await at.waiting() == 3
        assert await at.names() == []
    async with open_intake(tmp_path) as at:
        await at.until_read()
        assert await at.names() == ["A0", "A1", "A2"]


async def test_the_later_alert_of_one_batch_counts(tmp_path: Path) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        async with at.store.change() as unit:
            await inbox.put(
                unit.connection,
                [
                    ("am", NOW, encode_alerts(webhook("A", labels={"a": "1"}))),
                    ("other", NOW, encode_alerts(webhook("A", labels={"a": "1"}))),
                    ("am", NOW, encode_alerts(webhook("A", status=RESOLVED, labels={"a": "1"}))),
                    ("am", NOW, encode_alerts(webhook("A", labels={"a": "2"}))),
                ],
            )
        await at.intake._read_some()
        async with at.store.read() as connection:
            found = await incidents.newest_incidents(connection, 10)
        sources = sorted(stored.source for one in found for stored in one.alerts)
        assert sources == ["am", "other"], "of am, one had ended before it was read"
        assert await at.waiting() == 0


async def test_thousands_at_once_are_all_there(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        await asyncio.gather(*(at.intake.accept("am", webhook(f"A{number}")) for number in range(BATCH * 3)))
        await at.until_read()
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
        at.store.failures.append(OSError("the disk is full"))
        answers = await asyncio.gather(
            *(at.intake.accept("am", webhook(f"A{number}")) for number in range(3)), return_exceptions=True
        )
        assert [str(one) for one in answers] == ["the disk is full"] * 3
        await at.intake.accept("am", webhook("B"))
        await at.until_read()
        assert await at.names() == ["B"]


async def test_a_sender_who_disconnects_disturbs_nobody(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        gone = asyncio.create_task(at.intake.accept("am", webhook("A")))
        stays = asyncio.create_task(at.intake.accept("am", webhook("B")))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        await at.until_read()
        assert await at.names() == ["A", "B"]


async def test_senders_get_an_error_when_the_app_stops(tmp_path: Path) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        hold = asyncio.Event()

        @asynccontextmanager
        async def slow(*, durable: bool = False) -> AsyncIterator[Unit]:
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
        await at.until_read()
        assert await at.names() == ["A", "D"]
        assert [(one["source"], one["reason"]) for one in await at.audited()] == [
            ("gone", "the instance was removed")
        ]


async def test_a_text_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        with pytest.raises(ServiceMalformed, match="not valid Unicode"):
            await at.intake.accept("am", webhook("half a pair: \ud800"))
        assert await at.waiting() == 0


async def test_a_row_that_cannot_be_taken_does_not_stop_the_others(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        async with at.store.change() as unit:
            rows = [("am", NOW, encode_alerts(webhook("A"))), ("am", NOW, POISON)]
            await inbox.put(unit.connection, rows)
        await at.intake.accept("am", webhook("B"))
        await at.until_read()
        assert await at.names() == ["A", "B"]
        assert [(one["source"], one["reason"]) for one in await at.audited()] == [
            ("am", "a defect (DecodeError)")
        ]
        await at.intake.accept("am", webhook("C"))
        await at.until_read()
        assert await at.names() == ["A", "B", "C"]


@given(
    st.builds(
        IncomingAlert,
        name=st.text(),
        status=st.sampled_from(AlertStatus),
        severity=st.sampled_from(Severity),
        starts_at=st.datetimes(timezones=st.just(UTC)),
        labels=st.dictionaries(st.text(), st.text()),
        ends_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        summary=st.text(),
        description=st.text(),
        fingerprint=st.none() | st.text(),
        suppressed=st.none() | st.text(),
        silenced_until=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_alerts_are_stored_whole(one: IncomingAlert) -> None:
    assert decode_alerts(encode_alerts((one, one))) == (one, one)


async def test_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    async with open_intake(tmp_path, clock=clock) as at:
        locked = StoreUnavailable("The database is locked")
        async with at.store.change() as unit:
            await inbox.put(unit.connection, [("am", NOW, encode_alerts(webhook("A"))), ("am", NOW, POISON)])
        # Once when all are read together, once while they are read one by one.
        at.store.failures = [locked, None, locked]
        at.intake._stored.set()
        await clock.until_asleep(1.0)
        assert await at.waiting() == 2, "nothing is given up for that"
        await clock.pass_by(1.0)
        await clock.until_asleep(1.0)
        assert at.store.failures == []
        assert await at.waiting() == 2
        await clock.pass_by(1.0)
        await at.until_read()
        assert await at.names() == ["A"]
        assert len(await at.audited()) == 1


async def test_a_store_that_breaks_before_anything_is_read_is_asked_again(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    async with open_intake(tmp_path, clock=clock) as at:
        async with at.store.change() as unit:
            await inbox.put(unit.connection, [("am", NOW, encode_alerts(webhook("A")))])
        at.store.failures = [RecursionError()]
        at.intake._stored.set()
        await clock.pass_by(1.0)
        await at.until_read()
        assert await at.names() == ["A"]
        assert await at.audited() == []


async def test_a_sender_who_disconnected_gets_no_error(tmp_path: Path) -> None:
    async with open_intake(tmp_path, is_open=False) as at:
        gone = asyncio.create_task(at.intake.accept("am", webhook("A")))
        stays = asyncio.create_task(at.intake.accept("am", webhook("B")))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        at.store.failures.append(OSError("the disk is full"))
        storing = asyncio.create_task(at.intake._store_arrivals())
        with pytest.raises(OSError, match="the disk is full"):
            await stays
        storing.cancel()
        await asyncio.gather(storing, return_exceptions=True)


async def test_alerts_of_one_batch_are_the_same_by_their_own_fingerprint(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        body = (
            *webhook("A", fingerprint="f1", labels={"x": "1"}),
            *webhook("A", fingerprint="f1", labels={"x": "2"}),
            *webhook("A", fingerprint="f2", labels={"x": "1"}),
        )
        await at.intake.accept("am", body)
        await at.until_read()
        async with at.store.read() as connection:
            found = await incidents.newest_incidents(connection, 10)
        prints = sorted(stored.fingerprint for one in found for stored in one.alerts)
        assert prints == ["f1", "f2"]


async def test_what_is_resolved_by_webhook_ends_its_incident(tmp_path: Path) -> None:
    async with open_intake(tmp_path) as at:
        await at.intake.accept("am", webhook("A"))
        await at.until_read()
        await at.intake.accept("am", webhook("A", status=RESOLVED))
        await at.until_read()
        async with at.store.read() as connection:
            (one,) = await incidents.newest_incidents(connection, 10)
        assert one.status is IncidentStatus.RESOLVED


async def test_a_storm_in_one_webhook_swallows_no_other_webhook(tmp_path: Path) -> None:
    storm = tuple(one for n in range(LARGE + 1) for one in webhook("Flood", labels={"n": str(n)}))
    async with open_intake(tmp_path, is_open=False) as at:
        async with at.store.change() as unit:
            bodies = [webhook("Before"), storm, webhook("After")]
            await inbox.put(unit.connection, [("am", NOW, encode_alerts(one)) for one in bodies])
        await at.intake._read_some()
        async with at.store.read() as connection:
            found = await incidents.newest_incidents(connection, 10)
        assert sorted(one.alert_count for one in found) == [1, 1, LARGE + 1]
        assert await at.waiting() == 0
