"""When what instances offer is read again."""

import asyncio
from dataclasses import replace

import pytest

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Instance, InstanceStatus, Origin, Snapshot
from rig import records
from rig.inventory import NOW
from steward.changes.answering import Answering, either, relevant
from steward.clock import SystemClock
from steward.store.changes import Changes

OK = Instance(id="home", service="x", name="X", origin=Origin.FILE, settings={}, status=InstanceStatus.OK)
AWAY = replace(OK, status=InstanceStatus.UNREACHABLE)


async def ends(answering: Answering, changes: Changes, *rows: Instance | None) -> bool:
    """Return whether the wait ends with the last of these rows, and not before."""
    waiting = asyncio.ensure_future(answering.next())
    for row in rows:
        assert not waiting.done()
        changes.publish(RowKind.INSTANCE, OK.id, row)
        for _ in range(3):
            await asyncio.sleep(0)
    is_over = waiting.done()
    waiting.cancel()
    return is_over


async def test_an_instance_that_answers_again_is_read_at_once_and_one_that_goes_on_is_not() -> None:
    changes = Changes(SystemClock())
    with changes.watch(RowKind.INSTANCE) as watch:
        answering = Answering(watch, lambda _: ())
        assert await ends(answering, changes, AWAY, OK)
        assert not await ends(answering, changes, OK, OK)
        assert await ends(answering, changes, AWAY, OK)
        assert await ends(answering, changes, None, OK)


async def test_what_an_instance_offers_is_read_when_it_changed() -> None:
    changes = Changes(SystemClock())
    versions: dict[str, tuple[str, ...]] = {OK.id: ("4.0.1",)}
    shown = Snapshot(instance_id=OK.id, taken_at=NOW)
    with changes.watch(RowKind.INSTANCE, RowKind.SNAPSHOT) as watch:
        answering = Answering(watch, lambda key: versions[key])
        for offers, is_read in ((("4.0.1",), True), (("4.0.1",), False), (("4.0.2",), True), ((), True)):
            versions[OK.id] = offers
            waiting = asyncio.ensure_future(answering.next())
            await asyncio.sleep(0)
            changes.publish(RowKind.SNAPSHOT, OK.id, shown)
            for _ in range(3):
                await asyncio.sleep(0)
            assert waiting.done() is is_read
            waiting.cancel()


@pytest.mark.parametrize("status", ChangeStatus)
async def test_a_version_that_failed_is_blocked_at_once(status: ChangeStatus) -> None:
    changes = Changes(SystemClock())
    with changes.watch(RowKind.CHANGE) as watch:
        waiting = asyncio.ensure_future(Answering(watch, lambda _: ()).next())
        await asyncio.sleep(0)
        changes.publish(RowKind.CHANGE, "c1", records.change(status=status))
        for _ in range(3):
            await asyncio.sleep(0)
        has_failed = status in {ChangeStatus.FAILED, ChangeStatus.WENT_BACK}
        assert waiting.done() is has_failed
        waiting.cancel()


async def test_what_is_not_waited_for_any_more_is_cancelled() -> None:
    slow = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            slow.set()

    await either(asyncio.sleep(0), wait())
    assert slow.is_set()


@pytest.mark.parametrize("status", ApprovalStatus)
async def test_updates_are_looked_at_when_a_request_does_not_wait_any_more(status: ApprovalStatus) -> None:
    changes = Changes(SystemClock())
    with changes.watch(RowKind.APPROVAL) as watch:
        waiting = asyncio.create_task(relevant(watch))
        changes.publish(RowKind.APPROVAL, "a1", records.request(status=status))
        changes.publish(RowKind.APPROVAL, "a1", records.request(status=status))
        for _ in range(3):
            await asyncio.sleep(0)
        assert waiting.done() is (status is not ApprovalStatus.PENDING)
        waiting.cancel()


@pytest.mark.parametrize("status", IncidentStatus)
async def test_updates_are_looked_at_when_an_incident_is_over(status: IncidentStatus) -> None:
    changes = Changes(SystemClock())
    with changes.watch(RowKind.INCIDENT) as watch:
        waiting = asyncio.create_task(relevant(watch))
        changes.publish(RowKind.INCIDENT, "i1", records.incident(id="i1", status=status))
        for _ in range(3):
            await asyncio.sleep(0)
        assert waiting.done() is status.is_closed
        waiting.cancel()
