"""What people read of the stored records."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.commands import IncidentQuery
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus
from homelab_steward.contract.model_limits import LimitUse
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.records import (
    AuditQuery,
    CheckRecord,
    DeploymentRecord,
    IncidentId,
    LastPoll,
    LastPolls,
    LedgerQuery,
    ModelsQuery,
    NamesQuery,
    Route,
    RunbookId,
    RunbookRecord,
    RunbookSource,
    SaveRunbook,
)
from homelab_steward.contract.schedules import ScheduledMessage
from homelab_steward.contract.state import FrontEnd, Instance, Origin, Person, Role, Speaker
from homelab_steward.contract.usage import Usage
from rig import records
from rig.agent_rig import opened_store
from rig.inventory import NOW, box
from steward.api.queries import Queries
from steward.api.record_queries import MOST_LISTED, ModelChoice, RecordQueries
from steward.clock import ManualClock
from steward.errors import InvalidArgument
from steward.llm.complexity import Work
from steward.llm.messages import Task, Tier
from steward.llm.model_abilities import ModelCheck, ToolUse
from steward.llm.model_check import ModelChecks
from steward.llm.quota import RequestCounts
from steward.llm.settings import Deployment, Routing, Size, Step
from steward.llm.tables import egress
from steward.runbooks.library import built_in_folders, parse, read_library
from steward.runbooks.model import Runbook
from steward.runbooks.own_runbooks import NotSaved, OwnRunbooks
from steward.runbooks.shown_names import ShownNames
from steward.services.finder import find_services
from steward.store import approvals, audit, incidents, scheduled_messages, tables
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


OWNER = Person(id="olga", name="Olga", role=Role.OWNER)
SOURCE = """---
id: own
version: 1
title: Own
match:
  words: own problem
recipes:
  - id: look
    label: Investigate
    kind: investigate
---
# Own

Look at it.
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as made:
        yield made


def queries(store: Store, *deployments: Deployment, day: int = 0) -> RecordQueries:
    clock = ManualClock(NOW)
    clock.move(day * 24 * 3600)
    return RecordQueries(store, {}, own_runbooks(), ShownNames(), nobody, deployments, clock)


async def test_the_routing_table_says_what_the_settings_change(store: Store) -> None:
    table = Routing(code=(Step.LOCAL_LARGE, Step.CLOUD_SMALL))
    clock = ManualClock(NOW)
    choice = ModelChoice(routing=table)
    changed = RecordQueries(store, {}, own_runbooks(), ShownNames(), nobody, (), clock, choice)
    routes = {one.work: one for one in (await changed.models(ModelsQuery())).routing}
    assert list(routes) == list(Work)
    assert routes["code"] == Route(work="code", steps=("local_large", "cloud_small"), is_changed=True)
    assert (routes["state"].steps[0], routes["state"].is_changed) == ("local_large", False)
    usual = (await queries(store).models(ModelsQuery())).routing
    assert not any(one.is_changed for one in usual)


def nobody(_: Speaker) -> Person | None:
    return None


def own_runbooks() -> OwnRunbooks:
    return OwnRunbooks((), None, {}, {}, lambda _: None)


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
        limits=(LimitUse(kind="daily_requests", used=1, limit=100),),
        reserve_percent=10,
    )
    assert answer.deployments[1].server == ""
    assert [one.day for one in answer.use] == [f"{NOW - timedelta(days=2):%Y-%m-%d}", f"{NOW:%Y-%m-%d}"]
    assert b"hunter2" not in answer.to_json()


async def test_models_with_what_they_used_and_what_their_check_found(store: Store) -> None:
    limited = replace(
        CLOUD, weekly_cost=2.0, output_price=5.0, good_at=(Work.CODE,), size=Size.SMALL, warn_at=(60, 95)
    )
    counts = RequestCounts(store.database, ManualClock(NOW))
    await counts.spend(limited, 1000, 200_000)
    found = ModelCheck(model="flash", tools=ToolUse.NONE, languages=("en",), tested=("en", "de"), speed=9.5)
    await ModelChecks(store.database, ManualClock(NOW)).store({"flash": found, "local": found})
    answer = await queries(store, limited, LOCAL).models(ModelsQuery())
    first, second = answer.deployments
    assert (first.tokens, first.cost, first.size, first.good_at) == (201_000, 1.0, "small", ("code",))
    assert LimitUse(kind="weekly_cost", used=1.0, limit=2.0, warn_at=(60, 95)) in first.limits
    assert first.check == CheckRecord(tools="none", languages=("en",), weak=("de",), speed=9.5)
    assert second.check is None, "the check of another model"


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
            tables.audit.update().where(tables.audit.c.position == 2).values(event="x")
        )
    assert (await queries(store).verify_audit(Nothing())).broken_at == 2


@pytest.mark.parametrize("limit", [-1, 0, 10**9])
async def test_any_limit_is_bounded(limit: int, store: Store) -> None:
    async with store.change() as unit:
        await audit.append_all(unit.connection, NOW, "x", [{} for _ in range(MOST_LISTED + 1)])
    found = (await queries(store).audit(AuditQuery(limit=limit))).entries
    assert len(found) in (1, MOST_LISTED)


async def test_runbooks_are_listed_with_what_they_do(store: Store) -> None:
    services = find_services()
    library = read_library(built_in_folders(), services)
    shown = ShownNames.of(services.values())
    queries = RecordQueries(store, library, own_runbooks(), shown, nobody, (), ManualClock(NOW))
    answer = await queries.runbooks(Nothing())
    found = answer.runbooks
    assert not answer.can_save
    assert len(found) == len(library)
    assert [one.title.casefold() for one in found] == sorted(one.title.casefold() for one in found)
    point = next(one for one in found if one.id == "access-point-offline")
    assert "Access point offline" in point.checks
    assert "UnifiApDown" in point.alerts
    assert point.text.startswith("# Access point is offline")
    assert point.recipes[0].steps == ("Power cycle",)
    assert point.recipes[0].verify == ("It is online",)
    assert point.recipes[-1].kind is OptionKind.INVESTIGATE


@pytest.mark.parametrize(
    ("language", "name"), [("de", "Infrastruktur"), ("de-CH", "Infrastruktur"), ("en", None), ("../x", None)]
)
async def test_names_in_a_language(language: str, name: str | None, store: Store) -> None:
    found = (await queries(store).names(NamesQuery(language=language))).names
    assert found.get("Infrastructure") == name


class Folder:
    """A folder of own runbooks with one file, and who speaks."""

    def __init__(self, store: Store, folder: Path, person: Person | None) -> None:
        self.path = folder / "named-otherwise.md"
        self.path.write_text(SOURCE)
        self.library = {"own": parse("own", SOURCE)}
        self.changed: list[Runbook] = []
        own = OwnRunbooks((folder,), folder, self.library, {}, self.changed.append)
        self.queries = RecordQueries(
            store, self.library, own, ShownNames(), lambda _: person, (), ManualClock(NOW)
        )

    async def save(self, source: str, *, only_check: bool = False) -> RunbookRecord:
        speaker = Speaker(front_end=FrontEnd.PANEL, user_id="u1")
        request = SaveRunbook(speaker=speaker, source=source, only_check=only_check)
        return await self.queries.save_runbook(request)


async def audited(store: Store) -> list[tuple[str, str]]:
    async with store.read() as connection:
        return [(one.event, one.body) for one in await audit.page(connection, 10)]


async def test_an_owner_changes_a_runbook_which_is_used_at_once(store: Store, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    folder = Folder(store, tmp_path / "own", OWNER)
    assert await folder.queries.runbook(RunbookId(id="own")) == RunbookSource(
        id="own", source=SOURCE, is_own=True
    )
    changed = SOURCE.replace("version: 1", "version: 2").replace("title: Own", "title: Better")
    assert (await folder.save(changed)).title == "Better"
    assert folder.path.read_text() == changed
    assert [one.name for one in (tmp_path / "own").iterdir()] == [folder.path.name]
    assert (folder.library["own"].title, [one.version for one in folder.changed]) == ("Better", [2])
    ((event, body),) = await audited(store)
    assert event == "runbook.saved"
    assert '"person":"olga"' in body


async def test_a_new_runbook_gets_a_file_of_its_own(store: Store, tmp_path: Path) -> None:
    folder = Folder(store, tmp_path, OWNER)
    await folder.save(SOURCE.replace("id: own", "id: new"))
    assert (tmp_path / "new.md").exists()
    assert set(folder.library) == {"own", "new"}


async def test_a_check_saves_nothing(store: Store, tmp_path: Path) -> None:
    folder = Folder(store, tmp_path, OWNER)
    await folder.save(SOURCE.replace("version: 1", "version: 2"), only_check=True)
    assert (folder.path.read_text(), folder.changed, await audited(store)) == (SOURCE, [], [])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("no front matter", "front matter"),
        (SOURCE + "More.\n", "version must be 2 or more"),
        ("---\nid: [\n---\n", "not YAML"),
        ("x" * 100_001, "at most 100000"),
        ("", "front matter"),
    ],
)
async def test_a_wrong_runbook_is_refused_with_the_mistake(
    source: str, reason: str, store: Store, tmp_path: Path
) -> None:
    folder = Folder(store, tmp_path, OWNER)
    for only_check in (True, False):
        with pytest.raises(InvalidArgument, match=reason):
            await folder.save(source, only_check=only_check)
    assert (folder.path.read_text(), folder.changed) == (SOURCE, [])


@pytest.mark.parametrize("person", [None, replace(OWNER, role=Role.MEMBER)])
async def test_only_an_owner_changes_runbooks_and_a_refusal_is_audited(
    person: Person | None, store: Store, tmp_path: Path
) -> None:
    folder = Folder(store, tmp_path, person)
    with pytest.raises(ContractError) as caught:
        await folder.save(SOURCE.replace("version: 1", "version: 2"))
    assert caught.value.code is ErrorCode.FORBIDDEN
    assert folder.path.read_text() == SOURCE
    assert [event for event, _ in await audited(store)] == ["runbook.refused"]


async def test_a_folder_that_cannot_be_written_changes_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    folder = Folder(store, tmp_path / "gone", OWNER)
    folder.path.unlink()
    (tmp_path / "gone").rmdir()
    with pytest.raises(NotSaved, match="cannot be written"):
        await folder.save(SOURCE.replace("version: 1", "version: 2"))
    assert (folder.library["own"].version, folder.changed) == (1, [])


async def test_without_a_folder_nothing_is_saved_and_sources_are_not_own(
    store: Store, tmp_path: Path
) -> None:
    folder = Folder(store, tmp_path, OWNER)
    own = OwnRunbooks((tmp_path,), None, folder.library, {}, folder.changed.append)
    queries = RecordQueries(store, folder.library, own, ShownNames(), lambda _: OWNER, (), ManualClock(NOW))
    assert not (await queries.runbook(RunbookId(id="own"))).is_own
    with pytest.raises(InvalidArgument, match="runbooks_dir"):
        await own.save(SOURCE)
    with pytest.raises(ContractError, match="no such runbook"):
        await queries.runbook(RunbookId(id="unknown"))


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


async def test_a_front_end_starts_with_scheduled_requests_and_the_messages_of_schedules(store: Store) -> None:
    waiting = records.request(id="a1", incident_id="i1")
    scheduled = replace(waiting, id="a2", incident_id="i2", status=ApprovalStatus.SCHEDULED)
    found = ScheduledMessage(id="m1", schedule_id="backups", title="Backups", due_at=NOW, made_at=NOW)
    async with store.change() as unit:
        for number, one in enumerate((waiting, scheduled), 1):
            incident = records.incident(id=one.incident_id, number=number)
            await incidents.save_incident(unit.connection, incident)
            await approvals.add(unit.connection, one)
        await scheduled_messages.add(unit.connection, found, 5)
    unused: Any = SimpleNamespace(instances=tuple, list=tuple)
    front = Queries(store, unused, unused, _no_catalogue, tuple, _no_usage)
    state = await front.initial(1)
    assert {one.id for one in state.approvals} == {"a1", "a2"}
    assert state.scheduled == (found,)


async def test_the_last_poll_of_each_instance_that_was_polled(store: Store) -> None:
    polled = Instance(id="pve", service="proxmox", name="PVE", origin=Origin.FILE, polled_at=NOW)
    inventory = SimpleNamespace(instances=lambda: (polled, replace(polled, id="new", polled_at=None)))
    front = Queries(store, inventory, None, None, None, None)  # type: ignore[arg-type]  # uses only instances
    assert await front.last_polls(Nothing()) == LastPolls(polls=(LastPoll(instance_id="pve", at=NOW),))


def _no_catalogue() -> Catalogue:
    return Catalogue(digest="", services=())


async def _no_usage(_: object) -> Usage:
    return Usage(day="2026-11-28")


def _front(store: Store) -> Queries:
    return Queries(store, None, None, None, None, None)  # type: ignore[arg-type]  # uses only the store
