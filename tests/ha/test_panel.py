"""The panel over Home Assistant's websocket: what each user sees, decides, and gets live."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, DATA_PANELS
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.homelab_steward.const import PANEL_PATH
from custom_components.homelab_steward.contract.base import Message
from custom_components.homelab_steward.contract.commands import (
    ActionRequested,
    AddComment,
    Decide,
    IncidentQuery,
    Incidents,
)
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import (
    ApprovalStatus,
    Confirmation,
    IncidentStatus,
    Severity,
    Verb,
)
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
from custom_components.homelab_steward.contract.schedules import (
    CheckedSchedule,
    QuestionSettings,
    Schedule,
    ScheduleKind,
    ScheduleQuery,
    Schedules,
)
from custom_components.homelab_steward.contract.state import FrontEnd, Role, Speaker
from custom_components.homelab_steward.panel_commands import COMMANDS

type Open = Callable[[User], Awaitable[Client]]

ALL = [kind.value for kind in RowKind]


class Client:
    """An open panel."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def ask(self, command: str, **data: Any) -> dict[str, Any]:
        """Send a command and return its result message."""
        await self._socket.send_json_auto_id({"type": f"homelab_steward/{command}", **data})
        answer: dict[str, Any] = await self._socket.receive_json()
        return answer

    async def subscribe(self, *kinds: str, **data: Any) -> dict[str, Any]:
        """Subscribe and return the first state."""
        answer = await self.ask("subscribe", kinds=list(kinds) or ALL, **data)
        assert answer["success"], answer
        return await self.event()

    async def send(self, command: str, **data: Any) -> None:
        """Send a command without waiting for its result."""
        await self._socket.send_json_auto_id({"type": f"homelab_steward/{command}", **data})

    async def answer_and_event(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the next result and an event, which may come in any order."""
        found: dict[str, dict[str, Any]] = {}
        while not {"result", "event"} <= found.keys():
            message = await self._socket.receive_json()
            found[message["type"]] = message
        return found["result"], found["event"]["event"]

    async def event(self) -> dict[str, Any]:
        """Return the next event."""
        message = await self._socket.receive_json()
        assert message["type"] == "event", message
        event: dict[str, Any] = message["event"]
        return event


@pytest.fixture
def open_panel(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Open:
    """Return a function that opens the panel for a user."""

    async def opened(user: User) -> Client:
        token = await hass.auth.async_create_refresh_token(user, "https://example.org")
        return Client(await hass_ws_client(hass, hass.auth.async_create_access_token(token)))

    return opened


@pytest.fixture
def sam(hass: HomeAssistant, hass_admin_credential: Any) -> User:
    """Return a user who is no administrator."""
    user = MockUser(name="Sam").add_to_hass(hass)
    user.groups = []
    return user


@pytest.fixture(autouse=True)
def _request(steward: FakeSteward) -> None:
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    steward.rows[RowKind.INCIDENT]["inc1"] = rows.incident()


async def test_an_administrator_sees_everything_but_is_not_thereby_a_person(
    loaded: MockConfigEntry, open_panel: Open, robin: User
) -> None:
    state = await (await open_panel(robin)).subscribe()
    assert (state["kind"], state["loaded"], state["connected"]) == ("state", True, True)
    assert state["entry_id"] == loaded.entry_id
    assert (state["viewer"]["access"], state["viewer"]["person"]) == ("full", None)
    assert state["rows"]["approval"]["ask1"]["proposal"]["options"][0]["plan_hash"] == "hash1"
    assert state["rows"]["incident"]["inc1"]["title"] == "Memory of radarr"
    assert state["rows"]["incident"]["inc1"]["diagnosis"] is None
    assert state["rows"]["instance"]["pve"]["settings"] == {
        "url": "https://pve.example.org:8006",
        "token_id": "steward",
    }
    assert set(state["rows"]["person"]) == {"p1"}


async def test_the_catalogue_names_only_services_that_are_set_up(
    loaded: MockConfigEntry, open_panel: Open, robin: User
) -> None:
    state = await (await open_panel(robin)).subscribe("catalogue")
    (catalogue,) = state["rows"]["catalogue"].values()
    assert [one["key"] for one in catalogue["services"]] == ["proxmox"]
    assert list(state["rows"]) == ["catalogue"]


async def test_a_member_sees_no_addresses_and_no_other_people(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, sam: User, until: Until
) -> None:
    await steward.push(RowKind.PERSON, rows.person("p2", name="Sam", role=Role.MEMBER, ha_user_id=sam.id))
    coordinator = loaded.runtime_data.coordinator
    await until(lambda: "p2" in coordinator.steward_state.people)
    state = await (await open_panel(sam)).subscribe()
    assert state["viewer"]["access"] == "view"
    assert list(state["rows"]["person"]) == ["p2"]
    assert state["rows"]["instance"]["pve"]["settings"] == {}
    assert list(state["rows"]["approval"]) == ["ask1"]


async def test_an_unknown_user_sees_nothing_until_an_owner_adds_them(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, sam: User
) -> None:
    panel = await open_panel(sam)
    state = await panel.subscribe()
    assert (state["viewer"]["access"], state["rows"]) == ("none", {})
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    # No row of the request is sent: the next message is the state with the new rights.
    await steward.push(RowKind.PERSON, rows.person("p2", name="Sam", role=Role.GUEST, ha_user_id=sam.id))
    state = await panel.event()
    assert (state["kind"], state["viewer"]["access"]) == ("state", "view")
    assert set(state["rows"]["approval"]) == {"ask1", "ask2"}


async def test_a_deactivated_user_may_do_nothing_with_an_open_panel(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User, until: Until
) -> None:
    panel = await open_panel(robin)
    robin.is_active = False
    assert (await panel.subscribe())["rows"] == {}
    await panel._socket.send_json_auto_id({"type": "unsubscribe_events", "subscription": 1})
    assert (await panel._socket.receive_json())["success"]
    for command, fields in (
        ("decide", {"approval_id": "ask1", "verb": "reject"}),
        ("audit", {}),
        ("pause", {"scope": None}),
    ):
        answer = await panel.ask(command, **fields)
        assert answer["error"]["code"] == "forbidden"
    assert not steward.asked(Command.DECIDE) + steward.asked(Command.LIST_AUDIT)
    assert not steward.asked(Command.SET_PAUSE)
    await until(lambda: len(steward.asked(Command.REPORT_REFUSAL)) == 3)
    report = steward.asked(Command.REPORT_REFUSAL)[0]
    assert (report.approval_id, report.press) == ("ask1", "homelab_steward/decide")
    assert (report.speaker.user_id, report.reason) == (robin.id, "inactive_user")


async def test_a_saved_runbook_gets_its_autonomy_level(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User, until: Until
) -> None:
    record = RunbookRecord(id="r", version=1, title="R", text="", recipes=())
    steward.answers[Command.SAVE_RUNBOOK] = lambda _: record
    panel = await open_panel(robin)
    await until(lambda: steward.asked(Command.LIST_LEVELS))
    assert (await panel.ask("save_runbook", source="---", only_check=True))["success"]
    assert (await panel.ask("save_runbook", source="---"))["success"]
    await until(lambda: len(steward.asked(Command.LIST_LEVELS)) == 2)


async def test_losing_the_role_empties_the_panel_at_once(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, sam: User, until: Until
) -> None:
    await steward.push(RowKind.PERSON, rows.person("p2", name="Sam", role=Role.OWNER, ha_user_id=sam.id))
    await until(lambda: "p2" in loaded.runtime_data.coordinator.steward_state.people)
    panel = await open_panel(sam)
    assert (await panel.subscribe("approval"))["viewer"]["access"] == "full"
    await steward.drop(RowKind.PERSON, "p2")
    state = await panel.event()
    assert (state["viewer"]["access"], state["rows"]) == ("none", {})


async def test_rows_arrive_live_as_whole_rows(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    panel = await open_panel(robin)
    await panel.subscribe("approval")
    await steward.push(RowKind.INCIDENT, rows.incident("inc2"))
    decided = replace(rows.approval(), status=ApprovalStatus.APPROVED, decision=rows.decision())
    await steward.push(RowKind.APPROVAL, decided)
    event = await panel.event()
    assert (event["kind"], event["row_kind"], event["id"]) == ("row", "approval", "ask1")
    assert event["row"]["decision"]["person_name"] == "Robin"
    await steward.drop(RowKind.APPROVAL, "ask1")
    assert (await panel.event())["row"] is None


async def test_a_changed_incident_arrives_as_a_whole(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    panel = await open_panel(robin)
    state = await panel.subscribe("incident")
    assert state["rows"]["incident"]["inc1"]["brief"] is True
    await steward.push(RowKind.INCIDENT, rows.incident(title="Changed"))
    row = (await panel.event())["row"]
    assert (row["title"], row["diagnosis"]["evidence"][0]["id"]) == ("Changed", "e1")
    assert "brief" not in row


async def test_the_panel_says_that_the_app_is_away_and_recovers(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    panel = await open_panel(robin)
    await panel.subscribe("approval")
    await steward.stop()
    assert await panel.event() == {"kind": "connection", "connected": False}
    answer = await panel.ask("decide", approval_id="ask1", verb="reject")
    assert answer["error"]["code"] == "not_connected"
    await steward.start()
    event = await panel.event()
    assert event == {"kind": "connection", "connected": True}


async def test_the_panel_survives_a_reload_of_the_entry(
    hass: HomeAssistant, loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    panel = await open_panel(robin)
    await panel.subscribe("approval")
    await hass.config_entries.async_unload(loaded.entry_id)
    states = [await panel.event()]
    while states[-1].get("loaded") is not False:
        states.append(await panel.event())
    assert states[-1]["rows"] == {}
    answer = await panel.ask("decide", approval_id="ask1", verb="reject")
    assert answer["error"]["code"] == "not_connected"
    await hass.config_entries.async_setup(loaded.entry_id)
    state = await panel.event()
    assert (state["loaded"], list(state["rows"]["approval"])) == (True, ["ask1"])
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    assert (await panel.event())["id"] == "ask2"


async def test_unsubscribing_ends_the_feed(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    coordinator = loaded.runtime_data.coordinator
    before = len(coordinator._rows[RowKind.APPROVAL])
    panel = await open_panel(robin)
    await panel.subscribe("approval")
    assert len(coordinator._rows[RowKind.APPROVAL]) == before + 1
    await panel._socket.send_json_auto_id({"type": "unsubscribe_events", "subscription": 1})
    assert (await panel._socket.receive_json())["success"]
    assert len(coordinator._rows[RowKind.APPROVAL]) == before


async def test_approving_sends_the_plan_that_was_shown_for_the_signed_in_user(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    panel = await open_panel(robin)
    answer = await panel.ask("decide", approval_id="ask1", verb="approve", option=2, plan_hash="hash2")
    assert answer["result"]["status"] == "approved"
    assert steward.asked(Command.DECIDE) == [
        Decide(
            approval_id="ask1",
            verb=Verb.APPROVE,
            speaker=Speaker(front_end=FrontEnd.PANEL, user_id=robin.id),
            option=2,
            plan_hash="hash2",
            confirmation=Confirmation.SIGNED_IN,
        )
    ]
    coordinator = loaded.runtime_data.coordinator
    assert coordinator.steward_state.approvals["ask1"].status is ApprovalStatus.APPROVED


async def test_of_two_open_panels_that_decide_at_once_one_wins_and_both_get_the_decision(
    loaded: MockConfigEntry, open_panel: Open, robin: User
) -> None:
    panels = [await open_panel(robin), await open_panel(robin)]
    for panel in panels:
        await panel.subscribe("approval")
    verbs = ("approve", "reject")
    bodies = [{"option": 1, "plan_hash": "hash1"}, {}]
    for panel, verb, body in zip(panels, verbs, bodies, strict=True):
        await panel.send("decide", approval_id="ask1", verb=verb, **body)
    found = [await panel.answer_and_event() for panel in panels]
    assert sorted(answer["success"] for answer, _ in found) == [False, True]
    (lost,) = [answer for answer, _ in found if not answer["success"]]
    assert lost["error"]["code"] == "already_decided"
    (won,) = [answer["result"] for answer, _ in found if answer["success"]]
    for _, event in found:
        assert (event["id"], event["row"]["decision"]) == ("ask1", won["decision"])


async def test_a_pin_is_sent_as_one(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    panel = await open_panel(robin)
    await panel.ask("decide", approval_id="ask1", verb="approve", option=2, plan_hash="hash2", pin="4711")
    (sent,) = steward.asked(Command.DECIDE)
    assert (sent.confirmation, sent.pin) == (Confirmation.PIN, "4711")


async def test_snoozing_sends_the_time(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    steward.answers[Command.DECIDE] = lambda sent: replace(rows.approval(), snoozed_until=sent.until)
    panel = await open_panel(robin)
    answer = await panel.ask("decide", approval_id="ask1", verb="snooze", until=1795334400)
    assert answer["result"]["snoozed_until"].startswith("2026-11-22T")


@pytest.mark.parametrize("code", [ErrorCode.FORBIDDEN, ErrorCode.ALREADY_DECIDED, ErrorCode.PIN_NEEDED])
async def test_a_refusal_of_the_app_reaches_the_panel_with_its_code(
    code: ErrorCode, loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, sam: User
) -> None:
    def refuse(_: Any) -> Any:
        raise ContractError(code, "No.")

    steward.answers[Command.DECIDE] = refuse
    answer = await (await open_panel(sam)).ask("decide", approval_id="ask1", verb="reject")
    # Also a user whom nobody knows gets to the app: it audits the refusal.
    assert answer["error"] == {"code": code.value, "message": "No."}


@pytest.mark.parametrize(
    "data",
    [
        {"approval_id": "ask1", "verb": "explode"},
        {"approval_id": "", "verb": "reject"},
        {"approval_id": "x" * 65, "verb": "reject"},
        {"approval_id": "ask1", "verb": "approve", "option": 0},
        {"approval_id": "ask1", "verb": "approve", "option": "1"},
        {"approval_id": "ask1", "verb": "snooze", "until": -1},
        {"approval_id": "ask1", "verb": "snooze", "until": 2**60},
        {"approval_id": "ask1", "verb": "approve", "option": 1, "pin": "1" * 13},
        {"approval_id": "ask1", "verb": "reject", "more": True},
        {"verb": "reject"},
    ],
)
async def test_garbage_is_refused_and_reaches_no_app(
    data: dict[str, Any], loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    answer = await (await open_panel(robin)).ask("decide", **data)
    assert answer["error"]["code"] == "invalid_format"
    assert not steward.asked(Command.DECIDE)


async def test_only_known_people_let_an_instance_be_polled(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User, sam: User
) -> None:
    answer = await (await open_panel(sam)).ask("poll", instance_id="pve")
    assert answer["error"]["code"] == "forbidden"
    assert not steward.asked(Command.POLL_INSTANCE)
    answer = await (await open_panel(robin)).ask("poll", instance_id="pve")
    assert answer["success"]
    assert len(steward.asked(Command.POLL_INSTANCE)) == 1


async def test_two_stewards_are_kept_apart(
    hass: HomeAssistant, loaded: MockConfigEntry, open_panel: Open, robin: User
) -> None:
    other = MockConfigEntry(domain=loaded.domain, unique_id="other", data=loaded.data)
    other.add_to_hass(hass)
    panel = await open_panel(robin)
    state = await panel.subscribe("approval", entry_id=other.entry_id)
    assert (state["loaded"], state["rows"]) == (False, {})
    assert {one["entry_id"] for one in state["entries"]} == {loaded.entry_id, other.entry_id}
    answer = await panel.ask("decide", entry_id=other.entry_id, approval_id="ask1", verb="reject")
    assert answer["error"]["code"] == "not_connected"


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

BACKUP = Schedule(id="backup", title="Backup", kind=ScheduleKind.BACKUP)
QUESTION = QuestionSettings(title="Disks", cron="0 9 * * *", rules=("backups",), tokens=900)

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
    "runbook_source": (
        {"runbook_id": "r"},
        Command.GET_RUNBOOK,
        RunbookId(id="r"),
        RunbookSource(id="r", source="---"),
    ),
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
    "verify_audit": ({}, Command.VERIFY_AUDIT, Nothing(), AuditVerification(entries=3, head="h")),
    "preferences": ({}, Command.LIST_PREFERENCES, PreferenceQuery(), Preferences(preferences=())),
}
ONLY_FULL = {"schedules", "models", "ledger", "audit", "verify_audit"}


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
    "save_runbook": (
        {"source": "---", "only_check": True},
        Command.SAVE_RUNBOOK,
        {"source": "---", "only_check": True},
        RunbookRecord(id="r", version=1, title="R", text="", recipes=()),
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
    "verbose": ({"verbose": True}, Command.SET_VERBOSE, {"verbose": True}, StewardMode(verbose=True)),
    "add_maintenance": ({"hours": 4, "title": "Now"}, Command.ADD_MAINTENANCE, {"title": "Now"}, WINDOW),
    "remove_maintenance": ({"window_id": "w1"}, Command.REMOVE_MAINTENANCE, {"id": "w1"}, Nothing()),
    "decide_preference": (
        {"preference_id": "pref1", "accept": True},
        Command.DECIDE_PREFERENCE,
        {"id": "pref1", "accept": True},
        PREFERENCE,
    ),
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
    }


async def test_the_panel_and_the_cards_are_served_and_the_panel_goes_with_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "frontend", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    panel = hass.data[DATA_PANELS][PANEL_PATH]
    assert (panel.sidebar_title, panel.require_admin) == ("Homelab Steward", False)
    config = panel.config["_panel_custom"]
    assert config["name"] == "homelab-steward-panel"
    cards = [url for url in hass.data[DATA_EXTRA_MODULE_URL].urls if "homelab_steward" in url]
    client = await hass_client()
    for url in (config["module_url"], *cards):
        response = await client.get(url)
        assert (response.status, response.headers["Content-Type"]) == (200, "text/javascript")
    assert len(cards) == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert PANEL_PATH in hass.data[DATA_PANELS], "a reload does not remove it from the sidebar"
    await hass.config_entries.async_remove(entry.entry_id)
    assert PANEL_PATH not in hass.data[DATA_PANELS]


async def test_a_tap_on_a_notification_opens_the_request(asked: MockConfigEntry, push: FakePush) -> None:
    url = "/homelab-steward/request/ask1"
    (android,), (apple,) = (
        [one["data"] for one in push.of(phone) if one["data"]["tag"] == "ask1"]
        for phone in ("pixel", "iphone")
    )
    assert (android["clickAction"], "url" in android) == (url, False)
    assert (apple["url"], "clickAction" in apple) == (url, False)
