"""A request does not outlive what it asks about."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus, Verb
from homelab_steward.contract.protocol import RowKind
from rig import records
from rig.agent_rig import decide_command, open_rig, opened_store
from rig.clocks import HANGING, WatchedClock
from rig.inventory import NOW, ToyInventory, ToyPeople, complete, unfenced
from rig.toy import Toy
from steward.agent.decisions.gate import Gate
from steward.agent.requests.withdrawals import RETRY, Withdrawals, why_over
from steward.clock import ManualClock
from steward.store import approvals, incidents
from steward.store.changes import Lost
from steward.store.store import Store

REQUEST = records.request()
WAITING = records.incident(records.stored_alert(), approval_id=REQUEST.id)
OVER = replace(WAITING, status=IncidentStatus.RESOLVED, resolution="It went away by itself.")


@given(
    st.sampled_from(IncidentStatus),
    st.sampled_from([None, REQUEST.id, "other"]),
    st.booleans(),
    st.booleans(),
)
def test_a_request_is_over_with_its_incident(
    status: IncidentStatus,
    approval_id: str | None,
    is_request: bool,  # noqa: FBT001
    is_known: bool,  # noqa: FBT001
) -> None:
    incident = replace(WAITING, status=status, approval_id=approval_id, is_request=is_request)
    is_replaced = status is IncidentStatus.WAITING and approval_id == "other"
    is_gone = is_request and not is_known
    reason = why_over(REQUEST, incident, {"toy1"} if is_known else set())
    assert (reason is not None) is (status.is_closed or is_replaced or is_gone)
    assert reason != ""
    assert why_over(REQUEST, None, {"toy1"}) is not None


@asynccontextmanager
async def stored(folder: Path, incident: Incident = WAITING) -> AsyncIterator[Store]:
    async with opened_store(folder) as store:
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, incident)
            await approvals.add(unit.connection, REQUEST)
        yield store


async def request_in(store: Store) -> ApprovalRequest:
    async with store.read() as connection:
        found = await approvals.request(connection, REQUEST.id)
    assert found is not None
    return found


async def save(store: Store, incident: Incident) -> None:
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, incident)
        unit.publish(RowKind.INCIDENT, incident.id, incident)


async def test_it_is_withdrawn_as_soon_as_the_incident_ends(tmp_path: Path) -> None:
    async with stored(tmp_path) as store:
        withdrawals = Withdrawals(store, ToyInventory(Toy()), ManualClock(NOW))
        with store.changes.watch(RowKind.INCIDENT) as watch:
            await save(store, replace(WAITING, title="Something else"))
            assert not await withdrawals._take(await watch.next())
            assert (await request_in(store)).status is ApprovalStatus.PENDING
            await save(store, OVER)
            assert not await withdrawals._take(await watch.next())
        request = await request_in(store)
        assert (request.status, request.withdrawn) == (ApprovalStatus.SUPERSEDED, "It went away by itself.")
        assert await withdrawals._take(Lost())


async def test_what_ended_while_the_app_was_off_is_withdrawn_at_the_start(tmp_path: Path) -> None:
    async with stored(tmp_path, OVER) as store:
        await Withdrawals(store, ToyInventory(Toy()), ManualClock(NOW)).look()
        assert (await request_in(store)).status is ApprovalStatus.SUPERSEDED
        async with store.read() as connection:
            assert await incidents.incident(connection, OVER.id) == OVER


async def test_what_still_waits_is_left(tmp_path: Path) -> None:
    async with stored(tmp_path) as store:
        sequence = store.changes.sequence
        await Withdrawals(store, ToyInventory(Toy()), ManualClock(NOW)).look()
        assert (await request_in(store)).status is ApprovalStatus.PENDING
        assert store.changes.sequence == sequence


async def test_what_was_decided_meanwhile_stays_decided(tmp_path: Path) -> None:
    async with stored(tmp_path, OVER) as store:
        decision = records.decision(Verb.IGNORE, option=None)
        async with store.change() as unit:
            assert await approvals.decide(unit.connection, REQUEST.id, ApprovalStatus.IGNORED, decision, None)
        withdrawals = Withdrawals(store, ToyInventory(Toy()), ManualClock(NOW))
        await withdrawals._check(REQUEST)
        assert (await request_in(store)).status is ApprovalStatus.IGNORED


async def test_a_request_of_a_person_ends_with_the_service(tmp_path: Path) -> None:
    asked = replace(WAITING, is_request=True, alerts=())
    async with stored(tmp_path, asked) as store:
        inventory = ToyInventory(Toy())
        running = asyncio.create_task(Withdrawals(store, inventory, ManualClock(NOW)).run())
        inventory.instances = tuple  # type: ignore[method-assign]
        with store.changes.watch(RowKind.APPROVAL, RowKind.INCIDENT) as watch:
            async with store.change() as unit:
                unit.publish(RowKind.INSTANCE, "toy1", None)
            event: Any = await watch.next()
            ended: Any = await watch.next()
        assert event.approval.withdrawn == "The service was removed."
        assert (ended.incident.status, ended.incident.resolution) == (
            IncidentStatus.IGNORED,
            "The service was removed.",
        )
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_failure_of_the_store_ends_nothing(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    async with stored(tmp_path, OVER) as store:
        read = store.read
        store.read = None  # type: ignore[assignment, method-assign]
        with store.changes.watch(RowKind.APPROVAL) as watch:
            running = asyncio.create_task(Withdrawals(store, ToyInventory(Toy()), clock).run())
            await clock.until_asleep(RETRY)
            store.read = read  # type: ignore[method-assign]
            await clock.pass_by(RETRY)
            event: Any = await watch.next()
        assert event.approval.status is ApprovalStatus.SUPERSEDED
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.IGNORE, Verb.REJECT, Verb.SNOOZE])
async def test_nobody_decides_about_what_has_ended(tmp_path: Path, verb: Verb) -> None:
    async def begin(_request_id: str) -> None:
        pytest.fail("nothing is to be started")

    async with stored(tmp_path, OVER) as store:
        gate = Gate(store, ToyPeople(), ManualClock(NOW), begin, unfenced, complete)
        option = 1 if verb is Verb.APPROVE else None
        with pytest.raises(ContractError) as caught:
            await gate.decide(decide_command(REQUEST, verb, option=option))
        assert caught.value.code is ErrorCode.EXPIRED
        assert "It went away by itself." in caught.value.message
        assert (await request_in(store)).decision is None


async def test_the_agent_withdraws_what_ended_while_the_app_was_off(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.stand_still()
        incident = await rig.incident()
        await save(rig.store, replace(incident, status=IncidentStatus.RESOLVED, resolution="It is over."))
        assert (await rig.request_with(request.id)).status is ApprovalStatus.PENDING
    async with open_rig(tmp_path) as rig:
        async with asyncio.timeout(HANGING):
            with rig.store.changes.watch(RowKind.APPROVAL) as watch:
                while (await rig.request_with(request.id)).status is ApprovalStatus.PENDING:
                    await watch.next()
        assert (await rig.request_with(request.id)).withdrawn == "It is over."
