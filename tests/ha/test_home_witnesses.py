"""Entities that watch something else: which are reported, and what identifies their device."""

from typing import Any

import pytest
from fake_steward import FakeSteward
from home_requests import report
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward import home_report
from custom_components.homelab_steward.contract.home import HomePart, HomeWitness

MAC = "00:11:32:aa:bb:cc"
PHONE = "da:a1:19:aa:bb:cc"
PING = {"device_class": "connectivity", "friendly_name": "NAS ping"}
STATUS = {"device_class": "enum", "options": ["down", "up", "pending", "maintenance"]}
ROUTER = {"source_type": "router", "mac": MAC, "ip": "192.0.2.30", "friendly_name": "NAS"}


def add(
    hass: HomeAssistant,
    entity: str,
    state: str,
    attributes: dict[str, Any],
    integration: str = "ping",
    *,
    entry: dict[str, Any] | None = None,
    **device: Any,
) -> None:
    """Add an entity with a config entry and a device."""
    domain, _, name = entity.partition(".")
    row = MockConfigEntry(domain=integration, title=name, **(entry or {}))
    row.add_to_hass(hass)
    own = dr.async_get(hass).async_get_or_create(
        config_entry_id=row.entry_id, identifiers={(integration, name)}, **device
    )
    er.async_get(hass).async_get_or_create(
        domain, integration, name, suggested_object_id=name, config_entry=row, device_id=own.id
    )
    hass.states.async_set(entity, state, attributes)


async def witnesses(steward: FakeSteward) -> dict[str, HomeWitness]:
    return {one.id: one for one in (await report(steward, HomePart.WITNESSES)).witnesses}


async def test_a_ping_is_known_by_the_host_that_it_pings(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    add(hass, "binary_sensor.nas", "on", PING, entry={"options": {"host": "192.0.2.30"}}, name="NAS")
    one = (await witnesses(steward))["binary_sensor.nas"]
    assert (one.name, one.domain, one.state, one.device_class, one.integration) == (
        "NAS",
        "binary_sensor",
        "on",
        "connectivity",
        "ping",
    )
    assert (one.source, one.address, one.macs) == ("192.0.2.30", "192.0.2.30", ())


async def test_the_device_registry_gives_what_identifies_it(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    add(
        hass,
        "binary_sensor.nas",
        "off",
        PING,
        "synology_dsm",
        entry={"data": {"url": "https://admin:secret@nas.lan:5001/x", "password": "secret"}},
        name="NAS",
        model="DS920+",
        serial_number="SN-77",
        connections={(dr.CONNECTION_NETWORK_MAC, MAC)},
        configuration_url="https://admin:secret@192.0.2.30:5001",
    )
    found = await report(steward, HomePart.WITNESSES)
    [one] = found.witnesses
    assert (one.source, one.address) == ("nas.lan", "192.0.2.30")
    assert (one.macs, one.serial, one.model) == ((MAC,), "SN-77", "DS920+")
    assert b"secret" not in found.to_json()
    assert found.parts == (HomePart.WITNESSES,)


async def test_what_a_service_lists_has_not_the_address_of_the_service(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    service = {"entry_type": dr.DeviceEntryType.SERVICE, "configuration_url": "http://192.0.2.98/dashboard/1"}
    kuma = {"data": {"url": "http://192.0.2.98:3001"}}
    add(hass, "sensor.web", "up", STATUS, "uptime_kuma", entry=kuma, name="Web", **service)
    one = (await witnesses(steward))["sensor.web"]
    assert (one.source, one.address, one.state) == ("192.0.2.98", "", "up")


async def test_a_hub_and_what_hangs_on_it_have_different_addresses(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    hub = MockConfigEntry(domain="portainer", data={"url": "http://192.0.2.40:9000"})
    hub.add_to_hass(hass)
    devices = dr.async_get(hass)
    for name in ("one", "two"):
        device = devices.async_get_or_create(config_entry_id=hub.entry_id, identifiers={("portainer", name)})
        er.async_get(hass).async_get_or_create(
            "binary_sensor",
            "portainer",
            name,
            suggested_object_id=name,
            config_entry=hub,
            device_id=device.id,
        )
        hass.states.async_set(f"binary_sensor.{name}", "on", {"device_class": "running"})
    found = await witnesses(steward)
    assert {one.source for one in found.values()} == {"192.0.2.40"}
    assert {one.address for one in found.values()} == {""}


@pytest.mark.parametrize(
    ("entity", "attributes"),
    [
        ("binary_sensor.lamp", {"device_class": "connectivity"}),
        ("binary_sensor.washer", {"device_class": "problem"}),
        ("binary_sensor.door", {"device_class": "door"}),
        ("sensor.mode", {"device_class": "enum", "options": ["on", "off"]}),
        ("sensor.odd", {"device_class": "enum", "options": 3}),
        ("sensor.power", {"device_class": "power"}),
        ("device_tracker.gps", {"source_type": "gps"}),
        ("device_tracker.bare", {"source_type": "router"}),
        ("device_tracker.phone", {"source_type": "router", "mac": PHONE, "ip": "192.0.2.77"}),
        ("light.attic", {"device_class": "running"}),
    ],
)
async def test_what_watches_no_device_of_the_homelab_is_left_out(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    entity: str,
    attributes: dict[str, Any],
) -> None:
    hass.states.async_set(entity, "on", attributes)
    assert await witnesses(steward) == {}


async def test_a_tracker_of_a_router_is_reported_unless_somebody_carries_it(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    hass.states.async_set("device_tracker.nas", "not_home", ROUTER)
    one = (await witnesses(steward))["device_tracker.nas"]
    assert (one.state, one.macs, one.address, one.integration) == ("not_home", (MAC,), "192.0.2.30", None)
    hass.states.async_set("person.ann", "home", {"device_trackers": ["device_tracker.nas"]})
    assert await witnesses(steward) == {}


async def test_the_steward_s_own_entities_are_no_witnesses(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    own = er.async_get(hass).async_get_or_create("binary_sensor", "homelab_steward", "own-witness")
    hass.states.async_set(own.entity_id, "on", {"device_class": "running"})
    assert own.entity_id not in await witnesses(steward)


async def test_too_many_are_named_as_a_gap(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_report, "MOST_WITNESSES", 2)
    for number in range(3):
        hass.states.async_set(f"binary_sensor.app{number}", "on", {"device_class": "running"})
    found = await report(steward, HomePart.WITNESSES)
    assert len(found.witnesses) == 2
    assert [one.reason for one in found.gaps] == ["1 of 3 witnesses are left out"]


@pytest.mark.parametrize(
    ("url", "host"), [("nas.lan:8006", "nas.lan"), ("http://[fd00::1]:80", "fd00::1"), ("http://[bad", "")]
)
async def test_hosts_of_settings(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, url: str, host: str
) -> None:
    running = {"device_class": "running"}
    add(hass, "binary_sensor.vm", "on", running, "proxmoxve", entry={"data": {"host": url}})
    assert (await witnesses(steward))["binary_sensor.vm"].source == host
