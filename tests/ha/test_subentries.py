"""Subentries and the app's rows stay in sync, whichever side changes them."""

from typing import Any

import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import pass_seconds

from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import Instance, Origin


def made_by_a_front_end(key: str = "made1", **changes: Any) -> Instance:
    return rows.instance(key, origin=Origin.FRONT_END, name="Made elsewhere", **changes)


async def wait_for_adoption(hass: HomeAssistant) -> None:
    pass_seconds(hass, 6)
    await hass.async_block_till_done()


async def adopted(hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until) -> str:
    """Add one instance with a subentry; return the subentry's id."""
    await steward.push(RowKind.INSTANCE, made_by_a_front_end())
    await until(lambda: "made1" in entry.runtime_data.coordinator.steward_state.instances)
    await wait_for_adoption(hass)
    return next(iter(entry.subentries))


async def test_an_instance_of_another_client_gets_a_subentry_after_a_delay(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.INSTANCE, made_by_a_front_end())
    await steward.push(RowKind.PERSON, rows.person("p2", name="Sam", origin=Origin.FRONT_END))
    await until(lambda: "p2" in loaded.runtime_data.coordinator.steward_state.people)
    assert not loaded.subentries
    assert hass.states.get("sensor.made_elsewhere_status") is None
    await wait_for_adoption(hass)
    assert {one.title for one in loaded.subentries.values()} == {"Made elsewhere", "Sam"}
    assert hass.states.get("sensor.made_elsewhere_status") is not None


async def test_an_instance_of_the_settings_file_needs_no_subentry(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    await wait_for_adoption(hass)
    assert not loaded.subentries


async def test_a_removed_subentry_removes_the_instance(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    subentry_id = await adopted(hass, steward, loaded, until)
    hass.config_entries.async_remove_subentry(loaded, subentry_id)
    await until(lambda: steward.asked(Command.REMOVE_INSTANCE))
    assert steward.asked(Command.REMOVE_INSTANCE)[0].id == "made1"
    assert "made1" not in steward.rows[RowKind.INSTANCE]
    await wait_for_adoption(hass)
    assert not loaded.subentries


async def test_a_removed_person_is_removed(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.PERSON, rows.person("p2", name="Sam", origin=Origin.FRONT_END))
    await until(lambda: "p2" in loaded.runtime_data.coordinator.steward_state.people)
    await wait_for_adoption(hass)
    hass.config_entries.async_remove_subentry(loaded, next(iter(loaded.subentries)))
    await until(lambda: steward.asked(Command.REMOVE_PERSON))
    assert "p2" not in steward.rows[RowKind.PERSON]


async def test_a_removal_without_the_app_is_sent_after_the_reconnect(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    subentry_id = await adopted(hass, steward, loaded, until)
    await steward.stop()
    await until(lambda: not loaded.runtime_data.coordinator.connected)
    hass.config_entries.async_remove_subentry(loaded, subentry_id)
    await hass.async_block_till_done()
    steward.restart_as("second-stream")
    await steward.start()
    await until(lambda: steward.asked(Command.REMOVE_INSTANCE))
    await wait_for_adoption(hass)
    assert not loaded.subentries


async def test_a_removal_without_a_loaded_entry_is_sent_at_the_next_start(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    subentry_id = await adopted(hass, steward, loaded, until)
    await hass.config_entries.async_unload(loaded.entry_id)
    hass.config_entries.async_remove_subentry(loaded, subentry_id)
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await until(lambda: steward.asked(Command.REMOVE_INSTANCE))


async def test_a_failed_removal_is_sent_again(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, caplog: Any
) -> None:
    def fail(_request: object) -> None:
        raise ContractError(ErrorCode.INTERNAL, "database is locked")

    remove = steward.answers[Command.REMOVE_INSTANCE]
    steward.answers[Command.REMOVE_INSTANCE] = fail
    subentry_id = await adopted(hass, steward, loaded, until)
    hass.config_entries.async_remove_subentry(loaded, subentry_id)
    await until(lambda: "was not sent to the app yet" in caplog.text)
    await steward.push(RowKind.INSTANCE, made_by_a_front_end(version="10"))
    await until(lambda: loaded.runtime_data.coordinator.steward_state.instances["made1"].version == "10")
    await wait_for_adoption(hass)
    assert not loaded.subentries
    steward.answers[Command.REMOVE_INSTANCE] = remove
    await steward.close_connections()
    await until(lambda: "made1" not in steward.rows[RowKind.INSTANCE])


async def test_a_removal_of_an_unknown_instance_is_complete(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    def gone(_request: object) -> None:
        raise ContractError(ErrorCode.NOT_FOUND, "no such instance")

    steward.answers[Command.REMOVE_INSTANCE] = gone
    subentry_id = await adopted(hass, steward, loaded, until)
    hass.config_entries.async_remove_subentry(loaded, subentry_id)
    await until(lambda: steward.asked(Command.REMOVE_INSTANCE))
    await steward.close_connections()
    await until(lambda: len(steward.subscriptions) == 2)
    await hass.async_block_till_done()
    assert len(steward.asked(Command.REMOVE_INSTANCE)) == 1


async def test_an_instance_removed_by_the_app_loses_its_subentry(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await adopted(hass, steward, loaded, until)
    await steward.drop(RowKind.INSTANCE, "made1")
    await until(lambda: not loaded.subentries)
    assert hass.states.get("sensor.made_elsewhere_status") is None
    assert steward.asked(Command.REMOVE_INSTANCE) == []


async def test_an_instance_removed_while_unloaded_loses_its_subentry_at_the_start(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await adopted(hass, steward, loaded, until)
    await hass.config_entries.async_unload(loaded.entry_id)
    del steward.rows[RowKind.INSTANCE]["made1"]
    assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert not loaded.subentries
    assert steward.asked(Command.REMOVE_INSTANCE) == []


async def test_a_renamed_instance_renames_subentry_and_device(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    subentry_id = await adopted(hass, steward, loaded, until)
    await steward.push(RowKind.INSTANCE, rows.instance("made1", origin=Origin.FRONT_END, name="Renamed"))
    await until(lambda: loaded.subentries[subentry_id].title == "Renamed")
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("homelab_steward", "f00dfeed/made1"), loaded.entry_id
    )
    assert device is not None
    assert device.name == "Renamed"


async def test_an_instance_that_moves_into_the_settings_file_keeps_its_entities(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await adopted(hass, steward, loaded, until)
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("made1", rows.container(7, "sonarr")))
    await until(lambda: hass.states.get("sensor.sonarr_memory_usage"))
    await steward.push(RowKind.INSTANCE, rows.instance("made1", name="Made elsewhere"))
    await until(lambda: not loaded.subentries)
    await until(lambda: getattr(hass.states.get("sensor.sonarr_memory_usage"), "state", "") == "95.0")
    assert steward.asked(Command.REMOVE_INSTANCE) == []


async def test_removing_the_entry_removes_no_instance(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    await adopted(hass, steward, loaded, until)
    await hass.config_entries.async_remove(loaded.entry_id)
    assert "made1" in steward.rows[RowKind.INSTANCE]
    assert not [key for key in hass_storage if key.startswith("homelab_steward")]
