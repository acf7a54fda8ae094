"""Entities that the catalogue describes: names, values, and how they are added and removed."""

from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from entity_states import state
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.base import Value
from custom_components.homelab_steward.contract.catalogue import Catalogue, SensorOffer
from custom_components.homelab_steward.contract.commands import ActionRequested, RequestAction
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import IncidentStatus
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, InstanceStatus, Speaker


@pytest.mark.usefixtures("loaded")
async def test_readings_have_entities_with_translated_names(hass: HomeAssistant) -> None:
    memory = state(hass, "sensor.radarr_memory_usage")
    assert memory.state == "95.0"
    assert memory.attributes["friendly_name"] == "radarr Memory usage"
    assert memory.attributes["unit_of_measurement"] == "%"
    running = state(hass, "binary_sensor.radarr_running")
    assert running.state == "on"
    assert state(hass, "sensor.proxmox_nodes_online").state == "1"
    assert state(hass, "sensor.proxmox_status").state == "ok"


async def test_unique_ids_contain_app_instance_resource_and_key(
    loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    found = er.async_entries_for_config_entry(entity_registry, loaded.entry_id)
    assert {one.unique_id for one in found} == {
        "f00dfeed/approvals",
        "f00dfeed/automatic_actions",
        "f00dfeed/maintenance",
        "f00dfeed/verbose",
        "f00dfeed/quota",
        "f00dfeed/cost",
        "f00dfeed/weekly_report",
        "f00dfeed/sent_out",
        "f00dfeed/changes_waiting",
        "f00dfeed/private_sent",
        "f00dfeed/pve/steward_maintenance",
        "f00dfeed/incident",
        "f00dfeed/elevation",
        "f00dfeed/last_drill",
        "f00dfeed/restorable_backups",
        "f00dfeed/meant_to_be_off",
        "f00dfeed/oldest_waiting",
        "f00dfeed/open_incidents",
        "f00dfeed/parts_with_problem",
        "f00dfeed/pending_approvals",
        "f00dfeed/repairs_verified",
        "f00dfeed/change",
        "f00dfeed/schedule",
        "f00dfeed/request",
        "f00dfeed/pve/steward_problem",
        "f00dfeed/pve/steward_status",
        "f00dfeed/pve/nodes_online",
        "f00dfeed/pve/container/105/memory_share",
        "f00dfeed/pve/container/105/running",
        "f00dfeed/pve/container/105/uptime",
        "f00dfeed/pve/container/105/restart_container",
    }
    disabled = [one.unique_id for one in found if one.disabled_by]
    assert disabled == ["f00dfeed/cost", "f00dfeed/pve/container/105/uptime"]


async def test_a_service_without_translations_is_named_by_the_catalogue(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INSTANCE, rows.instance("new", service="novelty", name="New"))
    thing = rows.Resource(kind="thing", id="t1", name="lamp", values={"load": 3})
    await steward.push(
        RowKind.SNAPSHOT,
        rows.snapshot(
            "new",
            thing,
            colour="red",
            since="2026-11-21T08:00:00+00:00",
            day="2026-11-21",
            note="x" * 300,
            odd="many",
            lit=1,
        ),
    )
    await until(lambda: hass.states.get("sensor.new_lamp_cpu_load"))
    assert state(hass, "sensor.new_lamp_cpu_load").attributes["friendly_name"] == "New lamp CPU load"
    assert state(hass, "sensor.new_colour").attributes["options"] == ["red", "green"]
    assert state(hass, "sensor.new_since").state == "2026-11-21T08:00:00+00:00"
    assert state(hass, "sensor.new_day").state == "2026-11-21"
    assert len(state(hass, "sensor.new_note").state) == 255
    assert state(hass, "sensor.new_note").attributes["icon"] == "mdi:note"
    assert state(hass, "sensor.new_odd").state == "unknown"
    assert "device_class" not in state(hass, "sensor.new_odd").attributes
    assert state(hass, "binary_sensor.new_lit").state == "on"
    assert hass.states.get("button.new_jump") is not None


@pytest.mark.parametrize(
    ("offer", "value", "shown"),
    [
        ({"unit": "%"}, "lots", "unknown"),
        ({"unit": "%"}, True, "unknown"),
        ({"unit": "%"}, 3.5, "3.5"),
        ({"precision": 1}, "x", "unknown"),
        ({"state_class": "total"}, 4, "4"),
        ({"state_class": "from_the_future"}, "word", "word"),
        ({"options": ("a", "b")}, "c", "unknown"),
        ({"options": ("a", "b"), "unit": "%", "state_class": "measurement"}, "a", "a"),
        ({"device_class": "enum"}, "loose", "loose"),
        ({"device_class": "timestamp"}, "yesterday", "unknown"),
        ({"device_class": "timestamp"}, "2026-11-21T08:00:00", "unknown"),
        ({"device_class": "timestamp"}, 5, "unknown"),
        ({"device_class": "date", "unit": "d"}, "2026-11-21", "2026-11-21"),
        ({"device_class": "date"}, 1, "unknown"),
        ({}, True, "true"),
        ({}, False, "false"),
        ({}, 7, "7"),
        ({}, None, "unknown"),
    ],
)
async def test_a_value_that_does_not_fit_its_sensor_is_unknown(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    until: Until,
    offer: dict[str, Any],
    value: Value,
    shown: str,
) -> None:
    odd = SensorOffer(key="odd", name="Odd", **offer)
    service = replace(rows.PROXMOX, sensors=(odd,), actions=())
    steward.rows[RowKind.CATALOGUE] = {"x": Catalogue(digest="x", services=(service,))}
    steward.rows[RowKind.SNAPSHOT]["pve"] = rows.snapshot(odd=value)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: hass.states.get("sensor.proxmox_odd"))
    assert state(hass, "sensor.proxmox_odd").state == shown


async def test_only_the_changed_entity_is_written(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    written: list[str] = []

    @callback
    def note(data: Any) -> bool:
        written.append(data["entity_id"])
        return False

    for event_type in ("state_changed", "state_reported"):
        hass.bus.async_listen(event_type, lambda _: None, event_filter=note)
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(memory_share=63.0)))
    await until(lambda: state(hass, "sensor.radarr_memory_usage").state == "63.0")
    assert written == ["sensor.radarr_memory_usage"]


async def test_a_new_catalogue_updates_the_entities(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    sensors = (
        replace(rows.PROXMOX.sensors[0], unit="nodes"),
        SensorOffer(key="quorum", name="Quorum"),
        *rows.PROXMOX.sensors[1:],
    )
    newer = Catalogue(digest="two", services=(replace(rows.PROXMOX, sensors=sensors),))
    await steward.push(RowKind.CATALOGUE, newer)
    await until(lambda: hass.states.get("sensor.proxmox_quorum"))
    nodes = state(hass, "sensor.proxmox_nodes_online")
    assert nodes.attributes["unit_of_measurement"] == "nodes"
    assert nodes.state == "1"


async def test_an_instance_of_an_unknown_service_has_a_device_without_entities(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INSTANCE, rows.instance("odd", service="unheard", name="Odd"))
    registry = dr.async_get(hass)
    identifier = ("homelab_steward", "f00dfeed/odd")
    await until(lambda: registry.async_get_device_by_identifier(identifier, loaded.entry_id))
    device = registry.async_get_device_by_identifier(identifier, loaded.entry_id)
    assert device is not None
    assert device.model == "unheard"
    assert device.configuration_url is None


async def test_an_instance_is_added_removed_and_added_again(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INSTANCE, rows.instance("two", name="Second"))
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("two", rows.container(7, "sonarr")))
    await until(lambda: hass.states.get("sensor.sonarr_memory_usage"))
    await steward.drop(RowKind.INSTANCE, "two")
    await until(lambda: hass.states.get("sensor.sonarr_memory_usage") is None)
    registry = dr.async_get(hass)
    identifier = ("homelab_steward", "f00dfeed/two")
    assert registry.async_get_device_by_identifier(identifier, loaded.entry_id) is None
    assert "two" not in loaded.runtime_data.coordinator.steward_state.snapshots
    await steward.push(RowKind.INSTANCE, rows.instance("two", name="Second"))
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("two", rows.container(7, "sonarr")))
    await until(lambda: hass.states.get("sensor.sonarr_memory_usage"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://pve.example.org:8006", "https://pve.example.org:8006"),
        ("https://user:secret@pve.example.org", None),
        ("javascript:alert(1)", None),
        (5, None),
    ],
)
async def test_a_device_links_to_its_address_unless_it_holds_credentials(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, url: Value, shown: str | None
) -> None:
    steward.rows[RowKind.INSTANCE]["pve"] = rows.instance(settings={"url": url})
    assert await hass.config_entries.async_setup(entry.entry_id)
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("homelab_steward", "f00dfeed/pve"), entry.entry_id
    )
    assert device is not None
    assert device.configuration_url == shown
    assert (device.manufacturer, device.model, device.sw_version) == ("Proxmox", "Proxmox VE", "9.1")


async def test_readings_of_an_unreachable_instance_are_unavailable(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INSTANCE, rows.instance("other", name="Other"))
    await until(lambda: hass.states.get("sensor.other_status"))
    await steward.push(RowKind.INSTANCE, rows.instance(status=InstanceStatus.UNREACHABLE))
    await until(lambda: state(hass, "sensor.proxmox_status").state == "unreachable")
    assert state(hass, "sensor.radarr_memory_usage").state == "unavailable"
    assert state(hass, "sensor.other_status").state == "ok"
    await steward.push(RowKind.INSTANCE, rows.instance())
    await until(lambda: state(hass, "sensor.radarr_memory_usage").state == "95.0")


async def test_a_press_requests_the_action_for_the_user(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": "button.radarr_restart_container"},
        blocking=True,
        context=Context(user_id=robin.id),
    )
    assert steward.asked(Command.REQUEST_ACTION) == [
        RequestAction(
            instance_id="pve",
            action="restart_container",
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
            target_id="105",
        )
    ]


async def test_a_press_without_a_user_is_refused(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match="Only a person"):
        await hass.services.async_call(
            "button",
            "press",
            {"entity_id": "button.radarr_restart_container"},
            blocking=True,
        )
    assert steward.asked(Command.REQUEST_ACTION) == []


async def test_a_refused_press_raises_with_the_reason(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    def call() -> Any:
        return hass.services.async_call(
            "button",
            "press",
            {"entity_id": "button.radarr_restart_container"},
            blocking=True,
            context=Context(user_id=robin.id),
        )

    def nothing(_request: RequestAction) -> ActionRequested:
        return ActionRequested(approval_id=None, incident_id="i", message="it runs already")

    def forbid(_request: RequestAction) -> None:
        raise ContractError(ErrorCode.FORBIDDEN, "viewers only look")

    steward.answers[Command.REQUEST_ACTION] = nothing
    with pytest.raises(HomeAssistantError, match="it runs already"):
        await call()
    steward.answers[Command.REQUEST_ACTION] = forbid
    with pytest.raises(ServiceValidationError, match="viewers only look"):
        await call()

    def many(_request: RequestAction) -> None:
        raise ContractError(ErrorCode.TOO_MANY, "10 requests of yours are waiting already")

    steward.answers[Command.REQUEST_ACTION] = many
    with pytest.raises(ServiceValidationError, match="10 requests of yours"):
        await call()


async def test_the_webhook_address_of_a_monitor_is_shown_while_it_cannot_be_read(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    assert hass.states.get("sensor.proxmox_webhook") is None
    services = tuple(replace(one, takes_webhooks=True) for one in rows.CATALOGUE.services)
    await steward.push(RowKind.CATALOGUE, replace(rows.CATALOGUE, digest="more", services=services))
    await until(lambda: hass.states.get("sensor.proxmox_webhook"))
    shown = state(hass, "sensor.proxmox_webhook")
    assert (shown.state, shown.attributes["address"]) == ("pve", f"{steward.url}/api/webhooks/pve")
    broken = replace(rows.instance(), status=InstanceStatus.UNREACHABLE)
    await steward.push(RowKind.INSTANCE, broken)
    await until(lambda: state(hass, "sensor.proxmox_status").state == "unreachable")
    assert state(hass, "sensor.proxmox_webhook") == shown


async def test_only_a_stale_device_can_be_removed_by_hand(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    from custom_components.homelab_steward import async_remove_config_entry_device  # noqa: PLC0415

    registry = dr.async_get(hass)
    known = registry.async_get_device_by_identifier(("homelab_steward", "f00dfeed/pve"), loaded.entry_id)
    stale = registry.async_get_or_create(
        config_entry_id=loaded.entry_id, identifiers={("homelab_steward", "f00dfeed/old")}
    )
    assert known is not None
    assert not await async_remove_config_entry_device(hass, loaded, known)
    assert await async_remove_config_entry_device(hass, loaded, stale)


async def test_devices_of_removed_instances_are_removed_at_the_start(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    registry = dr.async_get(hass)
    registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("homelab_steward", "f00dfeed/old")}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    devices = dr.async_entries_for_config_entry(registry, entry.entry_id)
    assert {next(iter(one.identifiers))[1] for one in devices} == {
        "f00dfeed",
        "f00dfeed/pve",
        "f00dfeed/pve/container/105",
    }


async def test_only_the_newest_closed_incidents_and_decided_requests_are_kept(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    from custom_components.homelab_steward.contract.incidents import ApprovalStatus  # noqa: PLC0415

    for number in range(130):
        closed = rows.incident(f"i{number}", number=number, status=IncidentStatus.RESOLVED)
        await steward.push(RowKind.INCIDENT, closed)
        expired = rows.approval(f"a{number}", status=ApprovalStatus.EXPIRED)
        await steward.push(RowKind.APPROVAL, expired)
    coordinator = loaded.runtime_data.coordinator
    await until(lambda: "a129" in coordinator.steward_state.approvals)
    assert len(coordinator.steward_state.incidents) == 100
    assert len(coordinator.steward_state.approvals) == 100
