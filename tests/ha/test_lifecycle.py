"""Entries that are not loaded, disabled, or removed while the app is away: nothing fails, nothing is left."""

import asyncio
from typing import Any

import pytest
import rows
from asking import AGENT
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from waiting import becomes, pass_seconds

from custom_components.homelab_steward.agents import _SET_UP
from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import Origin, Role
from custom_components.homelab_steward.diagnostics import async_get_config_entry_diagnostics
from custom_components.homelab_steward.notifications.ledger import Record


def issues(hass: HomeAssistant) -> set[str]:
    found = ir.async_get(hass).issues
    return {issue.translation_key or "" for (domain, _), issue in found.items() if domain == DOMAIN}


def leftovers(hass: HomeAssistant, storage: dict[str, Any], entry_id: str) -> dict[str, Any]:
    """Return what Home Assistant still has of an entry that was removed."""
    return {
        "issues": issues(hass),
        "files": {key for key in storage if entry_id in key},
        "devices": dr.async_entries_for_config_entry(dr.async_get(hass), entry_id),
        "entities": er.async_entries_for_config_entry(er.async_get(hass), entry_id),
        "states": [one for one in hass.states.async_all() if "homelab_steward" in one.entity_id],
        "agents": entry_id in hass.data.get(_SET_UP, ()),
        "agent": conversation.async_get_agent(hass, AGENT),
    }


NOTHING: dict[str, Any] = {
    "issues": set(),
    "files": set(),
    "devices": [],
    "entities": [],
    "states": [],
    "agents": False,
    "agent": None,
}


async def later(hass: HomeAssistant, seconds: float = 120) -> None:
    pass_seconds(hass, seconds)
    await hass.async_block_till_done()


async def until_asked(steward: FakeSteward, command: Command) -> None:
    """Wait for a command without waiting for Home Assistant's tasks, one of which is blocked."""
    await becomes(lambda: steward.asked(command))


async def retrying(hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry) -> MockConfigEntry:
    """Set up an entry whose app does not answer, so that its issue is reported."""
    await steward.stop()
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    await later(hass, 31)
    assert issues(hass) == {"steward_away"}
    return entry


async def test_an_entry_that_was_never_loaded_is_removed_without_leftovers(
    hass: HomeAssistant, steward: FakeSteward, assisting: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    entry = await retrying(hass, steward, assisting)
    await hass.config_entries.async_remove(entry.entry_id)
    await later(hass)
    assert leftovers(hass, hass_storage, entry.entry_id) == NOTHING


async def test_an_entry_is_removed_while_the_app_is_away_without_leftovers(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisting: MockConfigEntry,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    assert await hass.config_entries.async_setup(assisting.entry_id)
    await hass.async_block_till_done()
    await steward.stop()
    await until(lambda: not assisting.runtime_data.coordinator.connected)
    await later(hass, 31)
    await hass.config_entries.async_remove(assisting.entry_id)
    await later(hass)
    assert leftovers(hass, hass_storage, assisting.entry_id) == NOTHING


async def test_an_entry_is_removed_while_a_removal_is_sent_without_leftovers(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisting: MockConfigEntry,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    steward.rows[RowKind.PERSON]["p1"] = rows.person(origin=Origin.FRONT_END, role=Role.OWNER)
    assert await hass.config_entries.async_setup(assisting.entry_id)
    await later(hass, 6)
    await until(lambda: len(assisting.subentries) == 2)

    async def hang(_request: Any) -> None:
        await asyncio.Event().wait()

    steward.answers[Command.REMOVE_PERSON] = hang
    person = next(one for one in assisting.subentries.values() if one.subentry_type == "person")
    hass.config_entries.async_remove_subentry(assisting, person.subentry_id)
    await until_asked(steward, Command.REMOVE_PERSON)
    await hass.config_entries.async_remove(assisting.entry_id)
    await later(hass)
    assert leftovers(hass, hass_storage, assisting.entry_id) == NOTHING


async def test_a_disabled_entry_has_no_issues(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    await retrying(hass, steward, entry)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await later(hass)
    assert issues(hass) == set()


async def test_a_disabled_entry_that_was_loaded_has_no_issues(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    steward.rows[RowKind.PERSON].clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert issues(hass) == {"nobody_decides"}
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == {"nobody_decides"}
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    await later(hass)
    assert issues(hass) == set()


async def test_diagnostics_of_an_entry_that_is_not_loaded(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    await retrying(hass, steward, entry)
    found = await async_get_config_entry_diagnostics(hass, entry)
    assert found["connected"] is False
    assert entry.data["token"] not in str(found)
    assert steward.url not in str(found)


async def test_no_device_of_an_entry_that_is_not_loaded_is_removed_by_hand(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "config", {})
    await steward.stop()
    await hass.config_entries.async_reload(loaded.entry_id)
    assert loaded.state is ConfigEntryState.SETUP_RETRY
    device = dr.async_entries_for_config_entry(dr.async_get(hass), loaded.entry_id)[0]
    client = await hass_ws_client(hass)
    answer = await client.remove_device(device.id)
    assert answer["success"] is False
    assert answer["error"]["code"] != "unknown_error"
    assert dr.async_get(hass).async_get(device.id) is not None


@pytest.mark.parametrize("kind", ["service", "person", "conversation"])
async def test_forms_of_an_entry_that_is_not_loaded(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, kind: str
) -> None:
    await retrying(hass, steward, entry)
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, kind), context={"source": "user"}
    )
    if kind == "conversation":
        assert result["step_id"] == "user"
    else:
        assert result["reason"] == "steward_away"


async def test_an_entry_is_unloaded_during_a_decision(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def hang(_request: Any) -> None:
        await asyncio.Event().wait()

    steward.answers[Command.DECIDE] = hang
    pressing = asyncio.create_task(press(hass, pixel.user, push.button("pixel", "ask1", "1")))
    await until_asked(steward, Command.DECIDE)
    await hass.config_entries.async_remove(asked.entry_id)
    await pressing
    await later(hass)
    assert "Traceback" not in caplog.text
    assert {key for key in hass_storage if asked.entry_id in key} == set()


async def test_what_ends_after_the_removal_stores_nothing(
    hass: HomeAssistant, asked: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    runtime = asked.runtime_data
    await hass.config_entries.async_remove(asked.entry_id)
    runtime.notifications.ledger.put(Record(approval_id="ask1", device_id="pixel"))
    await runtime.notifications.async_save()
    runtime.subentries.compare()
    await later(hass)
    assert {key for key in hass_storage if asked.entry_id in key} == set()
