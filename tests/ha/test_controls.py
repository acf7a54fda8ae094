"""Controls: switch, select, number, update and button entities that request actions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from entity_states import state
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.components.update import UpdateEntityFeature
from homeassistant.const import EntityCategory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.catalogue import Catalogue, Field, SettingKind
from custom_components.homelab_steward.contract.commands import ActionRequested, RequestAction
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import ApprovalStatus
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import (
    FrontEnd,
    Resource,
    ResourceKey,
    Speaker,
    TargetRef,
)
from custom_components.homelab_steward.contract.step_parts import PlannedStep
from custom_components.homelab_steward.controls import _options

POWER, SIZE, PLACE = "switch.box_power", "number.box_size", "select.box_place"
SPEED, SOFTWARE, RESTART = "select.lab_speed", "update.box_software", "button.box_restart"
FIRMWARE = "update.box_firmware"

VALUES: dict[str, Any] = {
    "running": True,
    "memory": 512,
    "node": "n1",
    "installed": "1.0",
    "newest": "1.1",
}
NODES = (
    Resource(kind="node", id="n1", name="north"),
    Resource(kind="node", id="n2", name="south"),
    Resource(kind="node", id="n3", name="south"),
)


def box(**values: Any) -> Resource:
    return Resource(kind="container", id="7", name="box", values=VALUES | values)


def snapshot(*resources: Resource, **values: Any) -> rows.Snapshot:
    return rows.snapshot("lab", *(resources or (box(), *NODES)), mode="fast", **values)


@pytest.fixture
def controlled(steward: FakeSteward) -> None:
    """Make the app offer one instance of a service with controls."""
    mode = replace(rows.CONTROLLED.actions[4].arguments[0], choices=("slow", "fast"))
    actions = (*rows.CONTROLLED.actions[:4], replace(rows.CONTROLLED.actions[4], arguments=(mode,)))
    service = replace(rows.CONTROLLED, actions=(*actions, *rows.CONTROLLED.actions[5:]))
    steward.rows[RowKind.CATALOGUE] = {"c": Catalogue(digest="c", services=(service,))}
    steward.rows[RowKind.INSTANCE] = {"lab": rows.instance("lab", service="novelty", name="Lab")}
    steward.rows[RowKind.SNAPSHOT] = {"lab": snapshot()}


@pytest.fixture
async def ready(hass: HomeAssistant, controlled: None, entry: MockConfigEntry) -> MockConfigEntry:
    """Return the entry, connected to this app."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def waiting(hass: HomeAssistant, entity_id: str) -> bool:
    return bool(state(hass, entity_id).attributes["waiting_for_approval"])


def approval(key: str, action: str, target_id: str = "7", **changes: Any) -> rows.ApprovalRequest:
    target = TargetRef(instance_id="lab", kind="container", id=target_id, name="box")
    name = f"{rows.CONTROLLED.key}.{action}"
    step: PlannedStep = replace(rows.OPTIONS[0].steps[0], action=name, target=target)
    return rows.approval(key, rows.option(1, "Do it", steps=(step,)), **changes)


@pytest.mark.usefixtures("ready")
async def test_controls_show_their_readings(hass: HomeAssistant) -> None:
    assert state(hass, POWER).state == "on"
    assert state(hass, SIZE).state == "512"
    assert state(hass, SIZE).attributes["min"] == 128
    assert state(hass, SIZE).attributes["max"] == 8192
    assert state(hass, SIZE).attributes["unit_of_measurement"] == "MiB"
    assert state(hass, PLACE).state == "north"
    assert state(hass, PLACE).attributes["options"] == ["north", "south (n2)", "south (n3)"]
    assert state(hass, SPEED).state == "fast"
    assert state(hass, SPEED).attributes["options"] == ["slow", "fast"]
    assert state(hass, SOFTWARE).state == "on"
    assert state(hass, SOFTWARE).attributes["installed_version"] == "1.0"
    assert state(hass, SOFTWARE).attributes["latest_version"] == "1.1"
    assert state(hass, RESTART).attributes["icon"] == "mdi:restart"


@pytest.mark.usefixtures("ready")
async def test_an_action_that_needs_more_arguments_or_does_not_exist_has_no_control(
    hass: HomeAssistant,
) -> None:
    assert hass.states.get("button.box_copy") is None
    assert hass.states.get("button.box_clone") is None
    assert hass.states.get("button.box_future") is None
    assert [one for one in hass.states.async_entity_ids("button") if "restart" in one] == [RESTART]


USES = [
    (POWER, "switch", "turn_on", {}, "start", {}),
    (POWER, "switch", "turn_off", {}, "stop", {}),
    (SIZE, "number", "set_value", {"value": 1024}, "set_memory", {"size": 1024}),
    (PLACE, "select", "select_option", {"option": "south (n3)"}, "migrate", {"to": "n3"}),
    (SPEED, "select", "select_option", {"option": "slow"}, "set_mode", {"mode": "slow"}),
    (SOFTWARE, "update", "install", {}, "upgrade", {}),
    (RESTART, "button", "press", {}, "restart", {}),
]


@pytest.mark.parametrize(("entity_id", "domain", "service", "data", "action", "arguments"), USES)
async def test_using_a_control_requests_its_action_and_changes_nothing(
    hass: HomeAssistant,
    steward: FakeSteward,
    ready: MockConfigEntry,
    robin: User,
    entity_id: str,
    domain: str,
    service: str,
    data: dict[str, Any],
    action: str,
    arguments: dict[str, Any],
) -> None:
    before = state(hass, entity_id).state
    await hass.services.async_call(
        domain, service, {"entity_id": entity_id, **data}, blocking=True, context=Context(user_id=robin.id)
    )
    assert steward.asked(Command.REQUEST_ACTION) == [
        RequestAction(
            instance_id="lab",
            action=action,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
            target_id=None if entity_id == SPEED else "7",
            arguments=arguments,
        )
    ]
    if entity_id != RESTART:
        assert state(hass, entity_id).state == before
    assert waiting(hass, entity_id)


async def test_a_control_waits_until_the_request_is_decided(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until, robin: User
) -> None:
    assert not waiting(hass, POWER)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": POWER}, blocking=True, context=Context(user_id=robin.id)
    )
    assert waiting(hass, POWER)
    await steward.push(RowKind.APPROVAL, approval("asked-1", "stop"))
    await until(lambda: "asked-1" in ready.runtime_data.coordinator.steward_state.approvals)
    assert waiting(hass, POWER)
    await steward.push(RowKind.APPROVAL, approval("asked-1", "stop", status=ApprovalStatus.REJECTED))
    await until(lambda: not waiting(hass, POWER))
    assert state(hass, POWER).state == "on"


async def test_a_request_from_elsewhere_shows_on_the_control_of_its_action_and_target_only(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.APPROVAL, approval("other", "start", "8"))
    await steward.push(RowKind.APPROVAL, approval("this", "set_memory"))
    await until(lambda: waiting(hass, SIZE))
    assert not waiting(hass, POWER)
    await steward.drop(RowKind.APPROVAL, "this")
    await until(lambda: not waiting(hass, SIZE))


async def test_two_requests_for_one_control_both_count(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.APPROVAL, approval("one", "start"))
    await until(lambda: waiting(hass, POWER))
    await steward.push(RowKind.APPROVAL, approval("two", "stop"))
    await steward.drop(RowKind.APPROVAL, "one")
    await steward.push(RowKind.APPROVAL, approval("three", "upgrade"))
    await until(lambda: waiting(hass, SOFTWARE))
    assert waiting(hass, POWER)


async def test_a_request_pending_at_the_start_is_shown(
    hass: HomeAssistant, steward: FakeSteward, controlled: None, entry: MockConfigEntry, until: Until
) -> None:
    steward.rows[RowKind.APPROVAL]["ask1"] = approval("ask1", "restart")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: waiting(hass, RESTART))


async def test_a_request_that_the_app_forgot_is_not_shown_after_a_reconnect(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until, robin: User
) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": RESTART}, blocking=True, context=Context(user_id=robin.id)
    )
    assert waiting(hass, RESTART)
    steward.restart_as("second-stream")
    await steward.close_connections()
    await until(lambda: len(steward.subscriptions) == 2)
    await until(lambda: hass.states.get(RESTART) and state(hass, RESTART).state != "unavailable")
    await until(lambda: not waiting(hass, RESTART))


async def test_a_refused_request_raises_and_is_not_waited_for(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, robin: User
) -> None:
    def forbid(_request: RequestAction) -> None:
        raise ContractError(ErrorCode.FORBIDDEN, "viewers only look")

    def nothing(_request: RequestAction) -> ActionRequested:
        return ActionRequested(approval_id=None, incident_id="i", message="it runs already")

    refusals: list[tuple[Callable[[RequestAction], Any], type[Exception], str]] = [
        (forbid, ServiceValidationError, "viewers only look"),
        (nothing, HomeAssistantError, "it runs already"),
    ]
    for answer, error, text in refusals:
        steward.answers[Command.REQUEST_ACTION] = answer
        with pytest.raises(error, match=text):
            await hass.services.async_call(
                "switch", "turn_on", {"entity_id": POWER}, blocking=True, context=Context(user_id=robin.id)
            )
    assert not waiting(hass, POWER)
    with pytest.raises(ServiceValidationError, match="Only a person"):
        await hass.services.async_call("switch", "turn_on", {"entity_id": POWER}, blocking=True)


async def test_a_control_follows_its_reading(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    changed = box(running=False, memory=1024, node="n2", newest="1.2")
    await steward.push(RowKind.SNAPSHOT, snapshot(changed, *NODES))
    await until(lambda: state(hass, POWER).state == "off")
    assert state(hass, SIZE).state == "1024"
    assert state(hass, PLACE).state == "south (n2)"
    assert state(hass, SOFTWARE).attributes["latest_version"] == "1.2"


async def test_a_control_whose_reading_is_unknown_is_unknown_with_the_reason(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    unknown = dict.fromkeys(VALUES, "No permission")
    unread = replace(box(**dict.fromkeys(VALUES)), unknown=unknown)
    await steward.push(RowKind.SNAPSHOT, snapshot(unread, *NODES))
    await until(lambda: state(hass, POWER).state == "unknown")
    for entity_id in (POWER, SIZE, PLACE, SOFTWARE):
        assert state(hass, entity_id).state == "unknown"
        assert state(hass, entity_id).attributes["reason"] == "No permission"
        assert not waiting(hass, entity_id)


async def test_an_update_whose_newest_version_is_unknown_has_the_reason(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    unread = replace(box(newest=None), unknown={"newest": "No network"})
    await steward.push(RowKind.SNAPSHOT, snapshot(unread, *NODES))
    await until(lambda: state(hass, SOFTWARE).state == "unknown")
    assert state(hass, SOFTWARE).attributes["reason"] == "No network"
    assert state(hass, SOFTWARE).attributes["installed_version"] == "1.0"


async def test_an_update_without_an_action_shows_its_versions_and_installs_nothing(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until, robin: User
) -> None:
    shown = state(hass, FIRMWARE)
    assert shown.state == "on"
    assert shown.attributes["installed_version"] == "1.0"
    assert shown.attributes["latest_version"] == "1.1"
    assert shown.attributes["release_url"] == "https://example.org/releases"
    assert "waiting_for_approval" not in shown.attributes
    assert shown.attributes["supported_features"] == 0
    assert state(hass, SOFTWARE).attributes["supported_features"] == UpdateEntityFeature.INSTALL
    categories = [er.async_get(hass).entities[one].entity_category for one in (FIRMWARE, SOFTWARE)]
    assert categories == [EntityCategory.DIAGNOSTIC, EntityCategory.CONFIG]
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            "update", "install", {"entity_id": FIRMWARE}, blocking=True, context=Context(user_id=robin.id)
        )
    assert not steward.asked(Command.REQUEST_ACTION)
    await steward.push(RowKind.SNAPSHOT, snapshot(box(installed="1.1"), *NODES))
    await until(lambda: state(hass, FIRMWARE).state == "off")
    unread = replace(box(newest=None), unknown={"newest": "No network"})
    await steward.push(RowKind.SNAPSHOT, snapshot(unread, *NODES))
    await until(lambda: state(hass, FIRMWARE).state == "unknown")
    assert state(hass, FIRMWARE).attributes["reason"] == "No network"


async def test_a_control_whose_action_is_not_offered_is_unavailable_with_the_reason(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    reason = "The credentials lack the right VM.PowerMgmt"
    lacking = replace(snapshot(), unavailable={"action.stop": reason, "action.restart": reason})
    await steward.push(RowKind.SNAPSHOT, lacking)
    await until(lambda: state(hass, POWER).state == "unavailable")
    assert state(hass, POWER).attributes["reason"] == reason
    assert state(hass, RESTART).state == "unavailable"
    assert state(hass, RESTART).attributes["reason"] == reason
    assert state(hass, SIZE).state == "512"
    await steward.push(RowKind.SNAPSHOT, replace(lacking, unavailable={"action.stop": "Too old"}))
    await until(lambda: state(hass, POWER).attributes["reason"] == "Too old")
    await steward.push(RowKind.SNAPSHOT, snapshot())
    await until(lambda: state(hass, POWER).state == "on")
    assert "reason" not in state(hass, POWER).attributes


async def test_a_select_offers_the_targets_that_are_there(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.SNAPSHOT, snapshot(box(), *NODES[:2]))
    await until(lambda: state(hass, PLACE).attributes.get("options") == ["north", "south"])
    assert state(hass, PLACE).state == "north"


@pytest.mark.parametrize(
    ("targets", "labels"),
    [
        ([("1", "local", None)], ["local"]),
        (
            [("1", "local", "a"), ("2", "local", "b"), ("3", "nfs", "a")],
            ["local (pve1)", "local (pve2)", "nfs"],
        ),
        ([("1", "local", "a"), ("2", "local", "a")], ["local (1)", "local (2)"]),
        ([("1", "local", None), ("2", "local", "a")], ["local (1)", "local (pve1)"]),
    ],
)
def test_targets_with_the_same_name_are_named_with_their_parent(
    targets: list[tuple[str, str, str | None]], labels: list[str]
) -> None:
    nodes = [Resource(kind="node", id=key, name=name) for key, name in (("a", "pve1"), ("b", "pve2"))]
    storages = [
        Resource(
            kind="storage", id=key, name=name, parent=ResourceKey(kind="node", id=parent) if parent else None
        )
        for key, name, parent in targets
    ]
    argument = Field(key="to", kind=SettingKind.TARGET, name="To", scope="storage")
    assert [label for _, label in _options(argument, None, (*nodes, *storages))] == labels
