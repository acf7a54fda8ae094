"""The panel over Home Assistant's websocket: what each user sees, decides, and gets live."""

from dataclasses import replace
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
from panel_client import Open
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.homelab_steward.const import PANEL_PATH
from custom_components.homelab_steward.contract.commands import Confirmation, Decide
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import ApprovalStatus, Verb
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.records import RunbookRecord
from custom_components.homelab_steward.contract.state import FrontEnd, Role, Speaker


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
