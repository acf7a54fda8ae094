"""Every command of the panel reaches the app, for those who may send it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from panel_client import Open
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.autonomy import (
    AutonomyLevel,
    LevelAnswer,
    LevelQuery,
    RunbookLevel,
    RunbookLevels,
)
from custom_components.homelab_steward.contract.base import Message
from custom_components.homelab_steward.contract.changes import ChangeQuery, Changes
from custom_components.homelab_steward.contract.commands import (
    ActionRequested,
    AddComment,
    IncidentQuery,
    Incidents,
)
from custom_components.homelab_steward.contract.devices import (
    Agreement,
    Aspect,
    BlindMonitor,
    DeviceAspect,
    DevicesQuery,
    DevicesView,
    DeviceView,
    MatchAnswer,
    MatchQuestion,
    Method,
    Statement,
    Word,
)
from custom_components.homelab_steward.contract.doctor import DoctorReport, RunDoctor, Versions
from custom_components.homelab_steward.contract.false_alarms import CoolDownQuery, CoolDowns
from custom_components.homelab_steward.contract.fences import Fence
from custom_components.homelab_steward.contract.incidents import IncidentStatus, Severity
from custom_components.homelab_steward.contract.maintenance import MaintenanceWindow
from custom_components.homelab_steward.contract.mode import MODE_ID, PauseScope, StewardMode
from custom_components.homelab_steward.contract.preferences import (
    Preference,
    PreferenceQuery,
    Preferences,
    PreferenceState,
)
from custom_components.homelab_steward.contract.protocol import Command, Nothing, RowKind
from custom_components.homelab_steward.contract.records import (
    AuditPage,
    AuditQuery,
    AuditVerification,
    IncidentId,
    IncidentRecord,
    LastPolls,
    LedgerPage,
    LedgerQuery,
    ModelRecords,
    ModelsQuery,
    Names,
    NamesQuery,
    RunbookId,
    RunbookRecord,
    RunbookRecords,
    RunbookSource,
)
from custom_components.homelab_steward.contract.reports import (
    WeekFigures,
    WeeklyDocument,
    WeeklyQuery,
    WeeklyReport,
)
from custom_components.homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookReport,
    RunbookTargets,
    RunbookTargetsQuery,
)
from custom_components.homelab_steward.contract.schedules import (
    CheckedSchedule,
    QuestionSettings,
    Schedule,
    ScheduleKind,
    ScheduleQuery,
    Schedules,
)
from custom_components.homelab_steward.contract.state import FrontEnd, Role, Speaker
from custom_components.homelab_steward.contract.target_names import (
    Alias,
    Aliases,
    AliasOrigin,
    AliasQuery,
    TargetKey,
)
from custom_components.homelab_steward.panel_commands import COMMANDS

REPORT = WeeklyDocument(
    report=WeeklyReport(
        id="2026-11-30",
        since=rows.NOW,
        until=rows.NOW,
        zone="UTC",
        made_at=rows.NOW,
        week=WeekFigures(),
        before=WeekFigures(),
    ),
    title="Week",
    headline="Nothing to say.",
    sections=(),
    pictures=(),
    markdown="# Week",
)

CONTAINER = TargetKey(instance_id="pve", kind="container", id="105")
ALIAS = {"instance_id": "pve", "kind": "container", "target_id": "105", "name": "movie finder"}
ALIASES = Aliases(
    aliases=(
        Alias(target=CONTAINER, target_name="radarr", name="movie finder", origin=AliasOrigin.HOME_ASSISTANT),
    )
)
BACKUP = Schedule(id="backup", title="Backup", kind=ScheduleKind.BACKUP)
QUESTION = QuestionSettings(title="Disks", cron="0 9 * * *", rules=("backups",), tokens=900)

DOCTOR_REPORT = DoctorReport(
    at=datetime(2026, 11, 20, tzinfo=UTC),
    versions=Versions(app="1.0.0", contract=1, database="0001", python="3.14.2"),
)

QUERIES: dict[str, tuple[dict[str, Any], Command, Message, Message]] = {
    "incidents": (
        {"statuses": ["open"], "text": "radarr", "before": 9, "limit": 20},
        Command.LIST_INCIDENTS,
        IncidentQuery(statuses=(IncidentStatus.OPEN,), text="radarr", before=9, limit=20, brief=True),
        Incidents(incidents=(rows.incident(),), total=1),
    ),
    "incident": (
        {"incident_id": "inc1"},
        Command.GET_INCIDENT,
        IncidentId(id="inc1"),
        IncidentRecord(incident=rows.incident(), approvals=(rows.approval(),)),
    ),
    "names": ({"language": "de"}, Command.LIST_NAMES, NamesQuery(language="de"), Names(names={"a": "b"})),
    "last_polls": ({}, Command.LIST_POLLS, Nothing(), LastPolls(polls=())),
    "report": ({"language": "de"}, Command.WEEKLY_REPORT, WeeklyQuery(language="de"), REPORT),
    "runbooks": ({}, Command.LIST_RUNBOOKS, Nothing(), RunbookRecords(runbooks=())),
    "runbook_targets": (
        {"runbook_id": "r"},
        Command.LIST_RUNBOOK_TARGETS,
        RunbookTargetsQuery(runbook_id="r"),
        RunbookTargets(reason="No step applies."),
    ),
    "runbook_source": (
        {"runbook_id": "r"},
        Command.GET_RUNBOOK,
        RunbookId(id="r"),
        RunbookSource(id="r", source="---"),
    ),
    "doctor": ({"now": True}, Command.RUN_DOCTOR, RunDoctor(now=True), DOCTOR_REPORT),
    "models": ({"days": 3}, Command.LIST_MODELS, ModelsQuery(days=3), ModelRecords(deployments=())),
    "ledger": ({"limit": 5}, Command.LIST_LEDGER, LedgerQuery(limit=5), LedgerPage(entries=(), total=2)),
    "audit": (
        {"event": "run.", "text": "x"},
        Command.LIST_AUDIT,
        AuditQuery(event="run.", text="x"),
        AuditPage(entries=(), has_more=True),
    ),
    "schedules": (
        {"language": "de"},
        Command.LIST_SCHEDULES,
        ScheduleQuery(language="de"),
        Schedules(schedules=(BACKUP,), zone="Europe/Vienna"),
    ),
    "changes": (
        {"is_all": True},
        Command.LIST_CHANGES,
        ChangeQuery(is_all=True),
        Changes(changes=(rows.update(),)),
    ),
    "verify_audit": ({}, Command.VERIFY_AUDIT, Nothing(), AuditVerification(entries=3, head="h")),
    "aliases": ({"instance_id": "pve"}, Command.LIST_ALIASES, AliasQuery(instance_id="pve"), ALIASES),
    "levels": ({"language": "de"}, Command.LIST_LEVELS, LevelQuery(language="de"), RunbookLevels(levels=())),
    "devices": (
        {"language": "de"},
        Command.VIEW_DEVICES,
        DevicesQuery(limit=500, language="de"),
        DevicesView(blind=(BlindMonitor(instance_id="prtg", name="PRTG", why="It stands"),)),
    ),
    "cool_downs": ({}, Command.LIST_COOL_DOWNS, CoolDownQuery(), CoolDowns(cool_downs=())),
    "preferences": ({}, Command.LIST_PREFERENCES, PreferenceQuery(), Preferences(preferences=())),
}


STATEMENT = Statement(
    instance_id="kuma", instance="Kuma", name="nas", method=Method.ICMP, word=Word.DOWN, vantage="192.0.2.5"
)
DEVICE = DeviceView(
    id="kuma/192.0.2.30",
    name="nas",
    members=("kuma/192.0.2.30",),
    aspects=(
        DeviceAspect(aspect=Aspect.REACH, verdict=Agreement.ALONE, why="One only", statements=(STATEMENT,)),
    ),
)
PAIR = {"first": "kuma/192.0.2.30", "second": "prtg/9", "first_name": "nas", "second_name": "NAS"}
DEVICES = DevicesView(
    devices=(DEVICE,),
    questions=(MatchQuestion(**PAIR, score=0.8, why="same address"),),
    answers=(MatchAnswer(**PAIR, is_same=True, decided_at=rows.NOW),),
    blind=(BlindMonitor(instance_id="prtg", name="PRTG", why="It stands"),),
    total=1,
)


async def test_only_who_may_see_addresses_sees_where_devices_are(
    loaded: MockConfigEntry,
    steward: FakeSteward,
    open_panel: Open,
    robin: User,
    sam: User,
    until: Until,
) -> None:
    hidden = replace(DEVICE, name="na\u202es")
    steward.answers[Command.VIEW_DEVICES] = lambda _: replace(DEVICES, devices=(hidden,))
    found = (await (await open_panel(robin)).ask("devices", language="de", text="na", limit=7))["result"]
    assert found == DEVICES.to_dict(), "without hidden characters"
    assert steward.asked(Command.VIEW_DEVICES) == [DevicesQuery(text="na", limit=7, language="de")]
    await steward.push(RowKind.PERSON, rows.person("p2", name="Sam", role=Role.MEMBER, ha_user_id=sam.id))
    await until(lambda: "p2" in loaded.runtime_data.coordinator.steward_state.people)
    found = (await (await open_panel(sam)).ask("devices", language="de"))["result"]
    assert "192.0.2" not in str(found)
    assert (found["questions"], found["answers"], found["blind"]) == ([], [], DEVICES.to_dict()["blind"])
    assert found["devices"][0]["aspects"][0]["statements"][0]["word"] == "down"


ONLY_FULL = {"doctor", "schedules", "models", "ledger", "audit", "verify_audit"}


@pytest.mark.parametrize("name", QUERIES)
async def test_queries_reach_the_app_for_those_who_may_see_the_answer(
    name: str,
    loaded: MockConfigEntry,
    steward: FakeSteward,
    open_panel: Open,
    robin: User,
    sam: User,
    until: Until,
) -> None:
    data, command, request, answer = QUERIES[name]
    steward.answers[command] = lambda _: answer
    found = await (await open_panel(robin)).ask(name, **data)
    assert found["result"] == answer.to_dict()
    # The calendar asks for schedules too.
    assert steward.asked(command).count(request) == 1
    stranger = await open_panel(sam)
    assert (await stranger.ask(name, **data))["error"]["code"] == "forbidden"
    await steward.push(RowKind.PERSON, rows.person("p2", name="Sam", role=Role.MEMBER, ha_user_id=sam.id))
    await until(lambda: "p2" in loaded.runtime_data.coordinator.steward_state.people)
    assert (await stranger.ask(name, **data))["success"] is (name not in ONLY_FULL)
    assert steward.asked(command).count(request) == (1 if name in ONLY_FULL else 2)


PREFERENCE = Preference(
    id="pref1",
    title="Backup failed",
    category="media",
    severity=Severity.WARNING,
    state=PreferenceState.MUTED,
    first_at=rows.NOW,
    last_at=rows.NOW,
)


WINDOW = MaintenanceWindow(
    id="w1",
    title="Now",
    person_id="p1",
    person_name="Robin",
    via=FrontEnd.PANEL,
    added_at=rows.NOW,
)


CHANGES: dict[str, tuple[dict[str, Any], Command, dict[str, Any], Message]] = {
    "expect_off": (
        {"instance_id": "pve", "off": True},
        Command.EXPECT_OFF,
        {"instance_id": "pve", "off": True, "kind": None},
        Nothing(),
    ),
    "request_action": (
        {"instance_id": "pve", "action": "restart_container", "target_id": "105"},
        Command.REQUEST_ACTION,
        {"instance_id": "pve", "action": "restart_container", "target_id": "105"},
        ActionRequested(approval_id="ask9", incident_id="inc9"),
    ),
    "request_action with arguments": (
        {
            "instance_id": "pve",
            "action": "set_memory",
            "target_id": "105",
            "arguments": {"memory_mib": 3072, "how": "at once"},
            "only_dry_run": True,
        },
        Command.REQUEST_ACTION,
        {"arguments": {"memory_mib": 3072, "how": "at once"}, "only_dry_run": True},
        ActionRequested(approval_id=None, incident_id=""),
    ),
    "run_runbook": (
        {"runbook_id": "redeploy", "instance_id": "docker", "kind": "container", "target_id": "radarr"},
        Command.RUN_RUNBOOK,
        {"runbook_id": "redeploy", "instance_id": "docker", "kind": "container", "target_id": "radarr"},
        RunbookAnswer(request=rows.approval(), was_waiting=True),
    ),
    "run_runbook for everything": (
        {"runbook_id": "health-check"},
        Command.RUN_RUNBOOK,
        {"runbook_id": "health-check", "instance_id": "", "kind": None, "target_id": None},
        RunbookAnswer(report=RunbookReport(title="Health check", headline="No problem was found.")),
    ),
    "save_runbook": (
        {"source": "---", "only_check": True},
        Command.SAVE_RUNBOOK,
        {"source": "---", "only_check": True},
        RunbookRecord(id="r", version=1, title="R", text="", recipes=()),
    ),
    "match_devices": (
        {"first": "kuma/1", "second": "prtg/9", "is_same": None},
        Command.MATCH_DEVICES,
        {"first": "kuma/1", "second": "prtg/9", "is_same": None},
        Nothing(),
    ),
    "pause": ({"scope": "everything"}, Command.SET_PAUSE, {"scope": PauseScope.EVERYTHING}, StewardMode()),
    "run_schedule": ({"schedule_id": "backup"}, Command.RUN_SCHEDULE, {"id": "backup"}, BACKUP),
    "switch_schedule": (
        {"schedule_id": "backup", "is_enabled": False},
        Command.SWITCH_SCHEDULE,
        {"id": "backup", "is_enabled": False},
        BACKUP,
    ),
    "save_schedule": (
        {"question": QUESTION.to_dict(), "only_check": True},
        Command.SAVE_SCHEDULE,
        {"id": "", "version": "", "question": QUESTION, "only_check": True},
        CheckedSchedule(said="every day, 09:00"),
    ),
    "save_schedule changed": (
        {"schedule_id": "disks", "version": "v", "question": QUESTION.to_dict()},
        Command.SAVE_SCHEDULE,
        {"id": "disks", "version": "v", "question": QUESTION, "only_check": False},
        CheckedSchedule(said="every day, 09:00", schedule=BACKUP),
    ),
    "remove_schedule": (
        {"schedule_id": "disks", "version": "v"},
        Command.REMOVE_SCHEDULE,
        {"id": "disks", "version": "v"},
        Nothing(),
    ),
    "ask_change": ({"change_id": "c1"}, Command.ASK_CHANGE, {"id": "c1"}, rows.update()),
    "defer_change": (
        {"change_id": "c1", "days": 14},
        Command.DEFER_CHANGE,
        {"id": "c1", "days": 14},
        rows.update(),
    ),
    "reject_change": ({"change_id": "c1"}, Command.REJECT_CHANGE, {"id": "c1"}, rows.update()),
    "offer_change": ({"change_id": "c1"}, Command.OFFER_CHANGE, {"id": "c1"}, rows.update()),
    "verbose": ({"verbose": True}, Command.SET_VERBOSE, {"verbose": True}, StewardMode(verbose=True)),
    "add_maintenance": ({"hours": 4, "title": "Now"}, Command.ADD_MAINTENANCE, {"title": "Now"}, WINDOW),
    "remove_maintenance": ({"window_id": "w1"}, Command.REMOVE_MAINTENANCE, {"id": "w1"}, Nothing()),
    "decide_preference": (
        {"preference_id": "pref1", "accept": True},
        Command.DECIDE_PREFERENCE,
        {"id": "pref1", "accept": True},
        PREFERENCE,
    ),
    "add_alias": (ALIAS, Command.ADD_ALIAS, {"target": CONTAINER, "name": "movie finder"}, ALIASES),
    "remove_alias": (ALIAS, Command.REMOVE_ALIAS, {"target": CONTAINER, "name": "movie finder"}, ALIASES),
    "set_level": (
        {"runbook_id": "disk", "level": "observe", "recipe": "clean", "language": "de"},
        Command.SET_LEVEL,
        {
            "runbook_id": "disk",
            "level": AutonomyLevel.OBSERVE,
            "recipe": "clean",
            "target_class": "",
            "language": "de",
        },
        LevelAnswer(runbook=RunbookLevel(id="disk", title="Disk", level=AutonomyLevel.OBSERVE)),
    ),
    "false_alarm": (
        {"incident_id": "i1"},
        Command.MARK_FALSE_ALARM,
        {"incident_id": "i1"},
        rows.incident(),
    ),
    "add_fence": (
        {"instance_id": "pve", "kind": "node", "target_id": "pve1", "with_guests": True, "reason": "Photos"},
        Command.ADD_FENCE,
        {
            "fence": Fence(
                id="", instance="pve", kind="node", target="pve1", with_guests=True, reason="Photos"
            )
        },
        StewardMode(),
    ),
    "remove_fence": ({"fence_id": "f1"}, Command.REMOVE_FENCE, {"id": "f1"}, StewardMode()),
    "answer_fences": (
        {"instance_ids": ["nas"]},
        Command.ANSWER_FENCE_OFFERS,
        {"instance_ids": ("nas",)},
        StewardMode(),
    ),
    "elevate": (
        {"hours": 2, "category": "media", "pin": "2580"},
        Command.SET_ELEVATION,
        {"hours": 2, "category": "media", "instance_id": "", "pin": "2580"},
        StewardMode(),
    ),
    "remove_cool_down": ({"cool_down_id": "c1"}, Command.REMOVE_COOL_DOWN, {"id": "c1"}, Nothing()),
    "take_back_preference": (
        {"preference_id": "pref1"},
        Command.TAKE_BACK_PREFERENCE,
        {"id": "pref1"},
        Nothing(),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
async def test_changes_are_sent_for_the_signed_in_user_and_the_app_decides_who_may(
    name: str, loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, sam: User
) -> None:
    data, command, fields, answer = CHANGES[name]
    steward.answers[command] = lambda _: answer
    found = await (await open_panel(sam)).ask(name.partition(" ")[0], **data)
    assert found["result"] == answer.to_dict()
    (sent,) = steward.asked(command)
    assert {key: getattr(sent, key) for key in fields} == fields
    assert sent.speaker == Speaker(front_end=FrontEnd.PANEL, user_id=sam.id)


async def test_maintenance_begins_now_and_lasts_some_hours(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    steward.answers[Command.ADD_MAINTENANCE] = lambda _: WINDOW
    await (await open_panel(robin)).ask("add_maintenance", hours=4, title="Now")
    (sent,) = steward.asked(Command.ADD_MAINTENANCE)
    assert sent.once.ends_at - sent.once.starts_at == timedelta(hours=4)


async def test_the_mode_and_the_windows_are_rows(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    panel = await open_panel(robin)
    state = await panel.subscribe("mode", "maintenance")
    assert state["rows"] == {"mode": {MODE_ID: StewardMode().to_dict()}, "maintenance": {}}
    await steward.push(RowKind.MODE, StewardMode(verbose=True), MODE_ID)
    assert (await panel.event())["row"]["verbose"] is True
    await steward.push(RowKind.MAINTENANCE, WINDOW, "w1")
    assert (await panel.event())["row"]["title"] == "Now"


async def test_a_comment_is_one_of_the_signed_in_user(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    steward.answers[Command.COMMENT] = lambda _: rows.incident()
    panel = await open_panel(robin)
    assert (await panel.ask("comment", incident_id="inc1", text="Seen"))["success"]
    speaker = Speaker(front_end=FrontEnd.PANEL, user_id=robin.id)
    assert steward.asked(Command.COMMENT) == [AddComment(incident_id="inc1", speaker=speaker, text="Seen")]


async def test_every_command_is_tested() -> None:
    assert {one.name for one in COMMANDS} == {
        *QUERIES,
        *(one.partition(" ")[0] for one in CHANGES),
        "decide",
        "comment",
        "poll",
        "accept_tool",
    }
