"""What people read of the stored records."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, OptionKind
from homelab_steward.contract.protocol import IncidentQuery, Nothing
from homelab_steward.contract.records import (
    AuditQuery,
    DeploymentRecord,
    IncidentId,
    LastPoll,
    LastPolls,
    LedgerQuery,
    ModelsQuery,
)
from homelab_steward.contract.state import Instance, Origin
from rig import records
from rig.agent_rig import opened_store
from rig.inventory import NOW, box
from steward.api.queries import Queries
from steward.api.record_queries import MOST_LISTED, RecordQueries
from steward.clock import ManualClock
from steward.llm.messages import Task, Tier
from steward.llm.quota import RequestCounts
from steward.llm.settings import Deployment
from steward.llm.tables import egress
from steward.runbooks.library import built_in_folders, read_library
from steward.services.finder import find_services
from steward.store import approvals, audit, incidents
from steward.store.store import Store

CLOUD = Deployment(
    id="flash",
    tier=Tier.CLOUD,
    url="https://user:hunter2@models.example.org:8443/v1?key=hunter2",
    model="flash",
    api_key="hunter2",
    daily_requests=100,
    takes_masked=True,
)
LOCAL = Deployment(id="local", url="not a url [", model="qwen")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as made:
        yield made


def queries(store: Store, *deployments: Deployment, day: int = 0) -> RecordQueries:
    clock = ManualClock(NOW)
    clock.move(day * 24 * 3600)
    return RecordQueries(store, {}, deployments, clock)


async def test_models_with_their_use_and_without_secrets(store: Store) -> None:
    for day in (-20, -2, 0):
        clock = ManualClock(NOW + timedelta(days=day))
        async with store.database.write() as connection:
            await RequestCounts(store.database, clock).take(connection, CLOUD, Task.CHAT)
    answer = await queries(store, CLOUD, LOCAL).models(ModelsQuery(days=7))
    assert answer.deployments[0] == DeploymentRecord(
        id="flash",
        tier="cloud",
        model="flash",
        embedding_model="",
        server="models.example.org",
        takes_masked=True,
        used=1,
        daily_requests=100,
    )
    assert answer.deployments[1].server == ""
    assert [one.day for one in answer.use] == [f"{NOW - timedelta(days=2):%Y-%m-%d}", f"{NOW:%Y-%m-%d}"]
    assert b"hunter2" not in answer.to_json()


@pytest.mark.parametrize("days", [-5, 0, 10**9])
async def test_any_number_of_days_is_bounded(days: int, store: Store) -> None:
    assert (await queries(store, LOCAL).models(ModelsQuery(days=days))).use == ()


async def test_pages_of_the_ledger(store: Store) -> None:
    row = {
        "at": NOW,
        "deployment": "flash",
        "tier": "cloud",
        "task": "chat",
        "bytes": 12,
        "privacy": "public",
        "masked": 0,
        "digest": "d",
    }
    async with store.change() as unit:
        await unit.connection.execute(egress.insert(), [{**row, "bytes": size} for size in (1, 2, 3)])
    page = await queries(store).ledger(LedgerQuery(limit=2))
    assert ([one.bytes for one in page.entries], page.total) == ([3, 2], 3)
    rest = await queries(store).ledger(LedgerQuery(before=page.entries[-1].id))
    assert ([one.bytes for one in rest.entries], rest.entries[0].at) == ([1], NOW)


async def test_pages_of_the_audit_log_and_its_verification(store: Store) -> None:
    async with store.change() as unit:
        for number in range(3):
            await audit.append(unit.connection, NOW, "incident.opened", {"number": number})
    page = await queries(store).audit(AuditQuery(limit=2))
    assert ([one.position for one in page.entries], page.has_more) == ([3, 2], True)
    assert (page.entries[0].at, page.entries[0].body) == (NOW, '{"number":2}')
    rest = await queries(store).audit(AuditQuery(limit=2, before=2))
    assert ([one.position for one in rest.entries], rest.has_more) == ([1], False)
    verified = await queries(store).verify_audit(Nothing())
    assert (verified.entries, verified.broken_at, verified.head) == (3, None, page.entries[0].digest)
    async with store.change() as unit:
        await unit.connection.execute(
            audit.audit.update().where(audit.audit.c.position == 2).values(event="x")
        )
    assert (await queries(store).verify_audit(Nothing())).broken_at == 2


@pytest.mark.parametrize("limit", [-1, 0, 10**9])
async def test_any_limit_is_bounded(limit: int, store: Store) -> None:
    async with store.change() as unit:
        await audit.append_all(unit.connection, NOW, "x", [{} for _ in range(MOST_LISTED + 1)])
    found = (await queries(store).audit(AuditQuery(limit=limit))).entries
    assert len(found) in (1, MOST_LISTED)


async def test_runbooks_are_listed_with_what_they_do(store: Store) -> None:
    library = read_library(built_in_folders(), find_services())
    found = (await RecordQueries(store, library, (), ManualClock(NOW)).runbooks(Nothing())).runbooks
    assert len(found) == len(library)
    assert [one.title.casefold() for one in found] == sorted(one.title.casefold() for one in found)
    point = next(one for one in found if one.id == "access-point-offline")
    assert "access_point_offline" in point.matches
    assert point.text.startswith("# Access point is offline")
    assert point.recipes[0].steps == ("power_cycle",)
    assert point.recipes[0].verify == ("It is online",)
    assert point.recipes[-1].kind is OptionKind.INVESTIGATE


async def test_an_incident_with_its_requests_of_all_rounds(store: Store) -> None:
    incident = records.incident(records.stored_alert(target=box()), id="i1", number=1)
    first = records.request(id="a1", incident_id="i1")
    second = replace(first, id="a2", created_at=first.created_at + timedelta(minutes=5))
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, incident)
        for one in (second, first):
            await approvals.add(unit.connection, one)
        await approvals.close(unit.connection, "a1", ApprovalStatus.SUPERSEDED, NOW, "gone")
    record = await _front(store).incident_record(IncidentId(id="i1"))
    assert record.incident == incident
    assert [(one.id, one.status) for one in record.approvals] == [
        ("a1", ApprovalStatus.SUPERSEDED),
        ("a2", ApprovalStatus.PENDING),
    ]
    with pytest.raises(ContractError) as caught:
        await _front(store).incident_record(IncidentId(id="unknown"))
    assert caught.value.code is ErrorCode.NOT_FOUND


async def test_brief_incidents_by_status(store: Store) -> None:
    async with store.change() as unit:
        for number, status in enumerate(IncidentStatus, 1):
            row = records.incident(id=f"i{number}", number=number, status=status)
            await incidents.save_incident(unit.connection, replace(row, write_up="long"))
    whole = await _front(store).list_incidents(IncidentQuery(statuses=(IncidentStatus.RESOLVED,)))
    assert ([one.write_up for one in whole.incidents], whole.total) == (["long"], 1)
    brief = await _front(store).list_incidents(IncidentQuery(open_only=True, brief=True, limit=2))
    assert [one.write_up for one in brief.incidents] == ["", ""]
    assert brief.total == len([one for one in IncidentStatus if not one.is_closed])


async def test_the_last_poll_of_each_instance_that_was_polled(store: Store) -> None:
    polled = Instance(id="pve", service="proxmox", name="PVE", origin=Origin.FILE, polled_at=NOW)
    inventory = SimpleNamespace(instances=lambda: (polled, replace(polled, id="new", polled_at=None)))
    front = Queries(store, inventory, None, None, None)  # type: ignore[arg-type] - only instances are used
    assert await front.last_polls(Nothing()) == LastPolls(polls=(LastPoll(instance_id="pve", at=NOW),))


def _front(store: Store) -> Queries:
    return Queries(store, None, None, None, None, None)  # type: ignore[arg-type] - not used by these queries
