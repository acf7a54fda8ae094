"""A user who is deactivated in Home Assistant, but still has an open connection, can change nothing."""

from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.autonomy import AutonomyLevel, RunbookLevel, RunbookLevels
from custom_components.homelab_steward.contract.catalogue import Catalogue
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import (
    FrontEnd,
    FrontEndPlace,
    FrontEndState,
    FrontEndStatus,
)

DEVICE = "the device of the service"
AUTOMATIC, VERBOSE = "switch.homelab_steward_automatic_actions", "switch.homelab_steward_report_every_step"
MAINTENANCE, TOPIC = "switch.lab_maintenance", "notify.homelab_steward_telegram_general"
LEVEL = "select.homelab_steward_autonomy_level_disk_is_full"
UNTIL = "2026-12-24 07:00:00"


@pytest.fixture
async def ready(hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry) -> MockConfigEntry:
    """Return the entry of an app with every kind of control, a request, and a topic of Telegram."""
    steward.rows[RowKind.CATALOGUE] = {"c": Catalogue(digest="c", services=(rows.CONTROLLED,))}
    steward.rows[RowKind.INSTANCE] = {"lab": rows.instance("lab", service="novelty", name="Lab")}
    values = {"running": True, "memory": 512, "node": "n1", "installed": "1.0", "newest": "1.1"}
    box = rows.Resource(kind="container", id="7", name="box", values=values)
    node = rows.Resource(kind="node", id="n1", name="north")
    steward.rows[RowKind.SNAPSHOT] = {"lab": rows.snapshot("lab", box, node, mode="fast")}
    steward.rows[RowKind.INCIDENT]["inc1"] = rows.incident(target=replace(rows.target(), instance_id="lab"))
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    level = RunbookLevel(id="disk-full", title="Disk is full", level=AutonomyLevel.ASK)
    steward.answers[Command.LIST_LEVELS] = lambda _: RunbookLevels(levels=(level,))
    places = (FrontEndPlace(key="general", name="General"),)
    steward.rows[RowKind.FRONT_END][FrontEnd.TELEGRAM] = FrontEndStatus(
        front_end=FrontEnd.TELEGRAM, state=FrontEndState.OK, places=places
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.mark.parametrize(
    ("domain", "action", "data"),
    [
        (DOMAIN, "approve", {"approval_id": "ask1", "option": 1}),
        (DOMAIN, "reject", {"approval_id": "ask1"}),
        (DOMAIN, "ignore", {"approval_id": "ask1"}),
        (DOMAIN, "snooze", {"approval_id": "ask1", "until": UNTIL}),
        (DOMAIN, "ask", {"question": "approve option 1"}),
        (DOMAIN, "comment", {"incident_id": "inc1", "text": "It was me"}),
        (DOMAIN, "request_action", {"device_id": DEVICE, "action": "restart", "target_id": "7"}),
        (DOMAIN, "run_runbook", {"device_id": DEVICE, "runbook": "disk-full"}),
        (DOMAIN, "expect_off", {"device_id": DEVICE, "off": True}),
        (DOMAIN, "pause", {}),
        (DOMAIN, "resume", {}),
        (DOMAIN, "silence", {"incident_id": "inc1", "duration": {"hours": 1}}),
        (DOMAIN, "start_maintenance", {"duration": {"hours": 1}}),
        ("switch", "turn_off", {"entity_id": AUTOMATIC}),
        ("switch", "turn_on", {"entity_id": AUTOMATIC}),
        ("switch", "turn_on", {"entity_id": VERBOSE}),
        ("switch", "turn_off", {"entity_id": VERBOSE}),
        ("switch", "turn_on", {"entity_id": MAINTENANCE}),
        ("switch", "turn_off", {"entity_id": "switch.box_power"}),
        ("number", "set_value", {"entity_id": "number.box_size", "value": 1024}),
        ("select", "select_option", {"entity_id": "select.box_place", "option": "north"}),
        ("select", "select_option", {"entity_id": LEVEL, "option": "auto"}),
        ("update", "install", {"entity_id": "update.box_software"}),
        ("button", "press", {"entity_id": "button.box_restart"}),
        ("notify", "send_message", {"entity_id": TOPIC, "message": "Hello"}),
    ],
)
async def test_a_deactivated_user_is_refused_and_audited(
    hass: HomeAssistant,
    steward: FakeSteward,
    ready: MockConfigEntry,
    robin: User,
    until: Until,
    domain: str,
    action: str,
    data: dict[str, Any],
) -> None:
    robin.is_active = False
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "f00dfeed/lab"), ready.entry_id)
    assert device
    sent = {key: device.id if value == DEVICE else value for key, value in data.items()}
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            domain,
            action,
            sent,
            blocking=True,
            context=Context(user_id=robin.id),
            return_response=action == "ask",
        )
    assert caught.value.translation_key == "inactive_user"
    await until(lambda: steward.asked(Command.REPORT_REFUSAL))
    (report,) = steward.asked(Command.REPORT_REFUSAL)
    assert (report.speaker.user_id, report.reason) == (robin.id, "inactive_user")
    assert {command for command, _ in steward.received} == {
        Command.LIST_LEVELS,
        Command.LIST_SCHEDULES,
        Command.REPORT_REFUSAL,
    }


@pytest.mark.parametrize("action", ["end_maintenance", "turn_off"])
async def test_a_deactivated_user_ends_no_maintenance(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, robin: User, action: str
) -> None:
    await hass.services.async_call("switch", "turn_on", {"entity_id": MAINTENANCE}, blocking=True)
    robin.is_active = False
    (window,) = steward.rows[RowKind.MAINTENANCE]
    domain, data = (DOMAIN, {"window_id": window}) if action == "end_maintenance" else ("switch", {})
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(
            domain,
            action,
            data or {"entity_id": MAINTENANCE},
            blocking=True,
            context=Context(user_id=robin.id),
        )
    assert steward.asked(Command.REMOVE_MAINTENANCE) == []
