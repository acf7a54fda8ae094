"""Devices of resources: added, renamed, kept while not listed, removed when gone."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from entity_states import state
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward import async_remove_config_entry_device, devices
from custom_components.homelab_steward.contract.catalogue import Catalogue, ResourceOffer, SensorOffer
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.contract.state import (
    MOST_GAPS,
    Coverage,
    CoverageStatus,
    Instance,
    Origin,
    Resource,
    ResourceKey,
)
from custom_components.homelab_steward.entity import StewardEntity

SONARR = rows.container(106, "sonarr", memory_share=40)


def device(
    hass: HomeAssistant, entry: MockConfigEntry, key: str = "pve/container/106"
) -> dr.DeviceEntry | None:
    registry = dr.async_get(hass)
    return registry.async_get_device_by_identifier(("homelab_steward", f"f00dfeed/{key}"), entry.entry_id)


async def add_sonarr(hass: HomeAssistant, steward: FakeSteward, until: Until) -> None:
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), SONARR))
    await until(lambda: getattr(hass.states.get("sensor.sonarr_memory_usage"), "state", "") == "40")


async def test_a_resource_has_a_device_below_its_instance(
    hass: HomeAssistant, loaded: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    radarr, instance = device(hass, loaded, "pve/container/105"), device(hass, loaded, "pve")
    assert radarr is not None
    assert instance is not None
    assert (radarr.name, radarr.model, radarr.manufacturer) == ("radarr", "Container", "Proxmox")
    assert radarr.via_device_id == instance.id
    memory = entity_registry.async_get("sensor.radarr_memory_usage")
    assert memory is not None
    assert memory.device_id == radarr.id
    assert state(hass, "sensor.radarr_memory_usage").attributes["friendly_name"] == "radarr Memory usage"


async def test_each_instance_is_looked_at_once_for_all_platforms(
    hass: HomeAssistant, entry: MockConfigEntry, steward: FakeSteward, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward.rows[RowKind.INSTANCE]["pve2"] = replace(rows.instance(), id="pve2", name="Second")
    registered: list[str] = []
    register = devices.register_instance

    def note(hass: HomeAssistant, coordinator: Any, instance: Instance, subentry_id: str | None) -> None:
        registered.append(instance.id)
        register(hass, coordinator, instance, subentry_id)

    monkeypatch.setattr(devices, "register_instance", note)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert sorted(registered) == ["pve", "pve2"]


async def test_a_resource_of_another_kind_belongs_to_the_device_of_its_instance(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    entity_registry: er.EntityRegistry,
) -> None:
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), rows.pool()))
    await until(lambda: hass.states.get("sensor.proxmox_local_space_usage"))
    share = entity_registry.async_get("sensor.proxmox_local_space_usage")
    instance = device(hass, loaded, "pve")
    assert share is not None
    assert instance is not None
    assert share.device_id == instance.id
    assert share.unique_id == "f00dfeed/pve/pool/local/share"
    assert device(hass, loaded, "pve/pool/local") is None
    await steward.push(
        RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), rows.pool(name="scratch", share=30))
    )
    await until(lambda: state(hass, "sensor.proxmox_local_space_usage").state == "30")
    named = state(hass, "sensor.proxmox_local_space_usage").attributes["friendly_name"]
    assert named == "Proxmox scratch space usage"
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container()))
    await until(lambda: entity_registry.async_get("sensor.proxmox_local_space_usage") is None)
    assert hass.states.get("sensor.proxmox_local_space_usage") is None


async def test_resources_of_two_kinds_with_the_same_id_are_distinguished(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    same = rows.pool("105", "disk", share=12)
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(memory_share=34), same))
    await until(lambda: hass.states.get("sensor.proxmox_disk_space_usage"))
    assert state(hass, "sensor.proxmox_disk_space_usage").state == "12"
    assert state(hass, "sensor.radarr_memory_usage").state == "34"


async def test_a_resource_that_is_gone_is_removed_and_added_again_when_it_is_back(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    entity_registry: er.EntityRegistry,
) -> None:
    for _ in range(2):
        await add_sonarr(hass, steward, until)
        assert device(hass, loaded) is not None
        await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container()))
        await until(lambda: device(hass, loaded) is None)
        await until(lambda: hass.states.get("sensor.sonarr_memory_usage") is None)
        left = er.async_entries_for_config_entry(entity_registry, loaded.entry_id)
        assert not [one.unique_id for one in left if "/container/106/" in one.unique_id]
    assert state(hass, "sensor.radarr_memory_usage").state == "95.0"


async def test_a_resource_that_comes_and_goes_in_quick_succession_ends_as_the_last_snapshot_says(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    for _ in range(5):
        await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), SONARR))
        await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container()))
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), SONARR))
    await until(lambda: getattr(hass.states.get("sensor.sonarr_memory_usage"), "state", "") == "40")
    await hass.async_block_till_done()
    assert state(hass, "sensor.sonarr_memory_usage").state == "40"
    assert device(hass, loaded) is not None


async def test_a_resource_that_is_back_waits_until_its_former_entities_are_removed(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add_sonarr(hass, steward, until)
    removing, may_end = asyncio.Event(), asyncio.Event()
    remove = StewardEntity.async_will_remove_from_hass

    async def remove_slowly(entity: StewardEntity) -> None:
        removing.set()
        await may_end.wait()
        await remove(entity)

    monkeypatch.setattr(StewardEntity, "async_will_remove_from_hass", remove_slowly)
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container()))
    await removing.wait()
    back = rows.container(106, "sonarr", memory_share=41)
    received = asyncio.Event()
    loaded.runtime_data.coordinator.listen(RowKind.SNAPSHOT, lambda _: received.set())
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), back))
    await received.wait()
    may_end.set()
    await until(lambda: getattr(hass.states.get("sensor.sonarr_memory_usage"), "state", "") == "41")
    assert "already exists" not in caplog.text


async def test_a_resource_that_is_only_not_listed_is_unavailable_and_stays(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await add_sonarr(hass, steward, until)
    unlisted = rows.snapshot("pve", rows.container())
    await steward.push(RowKind.SNAPSHOT, replace(unlisted, coverage=rows.partial(container="No permission")))
    await until(lambda: state(hass, "sensor.sonarr_memory_usage").state == "unavailable")
    assert device(hass, loaded) is not None
    assert state(hass, "sensor.radarr_memory_usage").state == "95.0"
    failed = Coverage(status=CoverageStatus.FAILED)
    await steward.push(RowKind.SNAPSHOT, replace(unlisted, coverage=failed))
    await until(lambda: state(hass, "sensor.proxmox_status").attributes["coverage"] == "failed")
    assert device(hass, loaded) is not None
    await add_sonarr(hass, steward, until)
    await steward.push(RowKind.SNAPSHOT, replace(unlisted, coverage=rows.partial(pool="No permission")))
    await until(lambda: device(hass, loaded) is None)


async def test_nothing_is_removed_when_more_is_missing_than_the_coverage_names(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await add_sonarr(hass, steward, until)
    many = rows.partial(**{f"part{number}": "Timeout" for number in range(MOST_GAPS)})
    await steward.push(RowKind.SNAPSHOT, replace(rows.snapshot("pve", rows.container()), coverage=many))
    await until(lambda: state(hass, "sensor.sonarr_memory_usage").state == "unavailable")
    assert device(hass, loaded) is not None


async def test_a_resource_not_listed_before_is_removed_when_the_list_is_complete(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await add_sonarr(hass, steward, until)
    unlisted = rows.snapshot("pve", rows.container())
    await steward.push(RowKind.SNAPSHOT, replace(unlisted, coverage=rows.partial(container="Timeout")))
    await until(lambda: state(hass, "sensor.sonarr_memory_usage").state == "unavailable")
    await steward.push(RowKind.SNAPSHOT, unlisted)
    await until(lambda: device(hass, loaded) is None)


async def test_a_resource_that_went_while_the_entry_was_unloaded_is_removed_at_the_next_start(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    entity_registry: er.EntityRegistry,
) -> None:
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), SONARR, rows.pool()))
    await until(lambda: hass.states.get("sensor.proxmox_local_space_usage"))
    await hass.config_entries.async_unload(loaded.entry_id)
    steward.rows[RowKind.SNAPSHOT]["pve"] = rows.snapshot("pve", rows.container())
    assert await hass.config_entries.async_setup(loaded.entry_id)
    assert device(hass, loaded) is None
    assert entity_registry.async_get("sensor.proxmox_local_space_usage") is None


async def test_a_renamed_resource_renames_its_device_but_keeps_the_entity(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(105, "films", memory_share=12)))
    await until(lambda: state(hass, "sensor.radarr_memory_usage").state == "12")
    assert state(hass, "sensor.radarr_memory_usage").attributes["friendly_name"] == "films Memory usage"
    found = device(hass, loaded, "pve/container/105")
    assert found is not None
    assert found.name == "films"
    dr.async_get(hass).async_update_device(found.id, name_by_user="My films")
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(105, "movies", memory_share=13)))
    await until(lambda: state(hass, "sensor.radarr_memory_usage").state == "13")
    assert state(hass, "sensor.radarr_memory_usage").attributes["friendly_name"] == "My films Memory usage"


async def test_a_guest_that_moves_to_another_node_keeps_its_device_and_entities(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    entity_registry: er.EntityRegistry,
) -> None:
    def known() -> dict[str, tuple[str, str | None]]:
        entries = er.async_entries_for_config_entry(entity_registry, loaded.entry_id)
        return {one.entity_id: (one.unique_id, one.device_id) for one in entries}

    on_first = replace(rows.container(memory_share=12), parent=ResourceKey(kind="node", id="pve1"))
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", on_first))
    await until(lambda: state(hass, "sensor.radarr_memory_usage").state == "12")
    before = known()
    assert "sensor.radarr_memory_usage" in before
    on_second = replace(rows.container(memory_share=13), parent=ResourceKey(kind="node", id="pve2"))
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", on_second))
    await until(lambda: state(hass, "sensor.radarr_memory_usage").state == "13")
    assert known() == before


async def test_a_person_may_remove_the_device_of_a_resource_that_is_not_listed(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await add_sonarr(hass, steward, until)
    found = device(hass, loaded)
    assert found is not None
    assert not await async_remove_config_entry_device(hass, loaded, found)
    unlisted = rows.snapshot("pve", rows.container())
    await steward.push(RowKind.SNAPSHOT, replace(unlisted, coverage=rows.partial(container="Timeout")))
    await until(lambda: state(hass, "sensor.sonarr_memory_usage").state == "unavailable")
    assert await async_remove_config_entry_device(hass, loaded, found)
    dr.async_get(hass).async_remove_device(found.id)
    await until(lambda: hass.states.get("sensor.sonarr_memory_usage") is None)
    await add_sonarr(hass, steward, until)
    assert device(hass, loaded) is not None


async def test_a_kind_that_no_longer_has_devices_moves_its_entities_to_the_instance(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    entity_registry: er.EntityRegistry,
) -> None:
    kinds = tuple(replace(one, is_device=False) for one in rows.PROXMOX.resources)
    catalogue = Catalogue(digest="two", services=(replace(rows.PROXMOX, resources=kinds),))
    await steward.push(RowKind.CATALOGUE, catalogue)
    instance = device(hass, loaded, "pve")
    assert instance is not None

    def device_of_memory() -> str | None:
        memory = entity_registry.async_get("sensor.radarr_memory_usage")
        return memory.device_id if memory else None

    await until(lambda: device_of_memory() == instance.id)
    assert device(hass, loaded, "pve/container/105") is None


async def test_devices_of_resources_are_removed_with_their_instance(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INSTANCE, rows.instance("two", name="Second", origin=Origin.FILE))
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("two", rows.container(7, "lidarr")))
    await until(lambda: device(hass, loaded, "two/container/7"))
    await steward.drop(RowKind.INSTANCE, "two")
    await until(lambda: device(hass, loaded, "two/container/7") is None)
    assert device(hass, loaded, "two") is None
    assert device(hass, loaded, "pve/container/105") is not None


async def test_an_instance_that_is_removed_and_added_in_quick_succession_has_its_entities(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    for _ in range(3):
        await steward.drop(RowKind.INSTANCE, "pve")
        await steward.push(RowKind.INSTANCE, rows.instance())
        await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(memory_share=41)))
    await until(lambda: getattr(hass.states.get("sensor.radarr_memory_usage"), "state", "") == "41")
    await hass.async_block_till_done()
    assert state(hass, "sensor.radarr_memory_usage").state == "41"
    assert state(hass, "sensor.proxmox_status").state == "ok"
    assert device(hass, loaded, "pve/container/105") is not None


async def test_what_is_in_a_resource_with_a_device_has_its_entities_there(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    entity_registry: er.EntityRegistry,
) -> None:
    port = SensorOffer(key="errors", name="Errors", scope="port")
    kinds = (*rows.PROXMOX.resources, ResourceOffer(kind="port", name="Port"))
    service = replace(rows.PROXMOX, resources=kinds, sensors=(*rows.PROXMOX.sensors, port))
    await steward.push(RowKind.CATALOGUE, Catalogue(digest="ports", services=(service,)))

    def a_port(number: int, parent: ResourceKey | None) -> Resource:
        return Resource(
            kind="port", id=str(number), name=f"Port {number}", values={"errors": 3}, parent=parent
        )

    container = ResourceKey(kind="container", id="105")
    inside = ResourceKey(kind="port", id="1")
    gone, circle = ResourceKey(kind="container", id="999"), ResourceKey(kind="port", id="5")
    parents = {1: container, 2: inside, 3: None, 4: gone, 5: circle}
    ports = [a_port(number, parent) for number, parent in parents.items()]
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), *ports))

    def owners() -> list[str | None]:
        entities = [er.async_entries_for_config_entry(entity_registry, loaded.entry_id)]
        found = {one.unique_id: one.device_id for each in entities for one in each}
        return [
            next((found[key] for key in found if key.endswith(f"/port/{number}/errors")), None)
            for number in parents
        ]

    await until(lambda: None not in owners())
    on_container, on_instance = device(hass, loaded, "pve/container/105"), device(hass, loaded, "pve")
    assert on_container is not None
    assert on_instance is not None
    expected = [on_container.id, on_container.id, on_instance.id, on_instance.id, on_instance.id]
    assert owners() == expected
