"""Selects that show the autonomy level of each runbook."""

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.autonomy import MOST_ENABLED, runbooks_changed
from custom_components.homelab_steward.contract.autonomy import (
    AutonomyLevel,
    LevelQuery,
    RunbookLevel,
    RunbookLevels,
)
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command

DISK, MEMORY = "select.homelab_steward_autonomy_level_disk", "select.homelab_steward_autonomy_level_memory"


def offer(steward: FakeSteward, *titles: str) -> None:
    """Make the app list these runbooks."""
    levels = [RunbookLevel(id=one.lower(), title=one, level=AutonomyLevel.ASK) for one in titles]
    steward.answers[Command.LIST_LEVELS] = lambda _: RunbookLevels(levels=tuple(levels))


def registered(hass: HomeAssistant, entry: MockConfigEntry) -> list[er.RegistryEntry]:
    """Return the selects of runbooks."""
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return [one for one in entries if "/autonomy_" in one.unique_id]


async def choose(hass: HomeAssistant, user: User, option: str) -> None:
    data = {"entity_id": DISK, "option": option}
    context = Context(user_id=user.id)
    await hass.services.async_call("select", "select_option", data, blocking=True, context=context)


@pytest.fixture
async def listed(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> MockConfigEntry:
    """Return the entry with the selects of two runbooks."""
    offer(steward, "Disk", "Memory")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: hass.states.get(DISK))
    return entry


async def test_a_select_shows_the_level_and_refuses_every_other(
    hass: HomeAssistant, steward: FakeSteward, listed: MockConfigEntry, robin: User
) -> None:
    assert steward.asked(Command.LIST_LEVELS) == [LevelQuery(language="en")]
    state = hass.states.get(DISK)
    assert state is not None
    assert state.state == "ask"
    assert state.attributes["options"] == ["observe", "ask", "veto", "auto"]
    assert state.attributes["friendly_name"] == "Homelab Steward Autonomy level: Disk"
    await choose(hass, robin, "ask")
    with pytest.raises(ServiceValidationError) as refused:
        await choose(hass, robin, "auto")
    assert refused.value.translation_key == "autonomy_fixed"
    unchanged = hass.states.get(DISK)
    assert unchanged
    assert unchanged.state == "ask"


async def test_many_are_disabled_by_default(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    offer(steward, *(f"Runbook {number}" for number in range(MOST_ENABLED + 1)))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: len(registered(hass, entry)) == MOST_ENABLED + 1)
    assert {one.disabled_by for one in registered(hass, entry)} == {er.RegistryEntryDisabler.INTEGRATION}


async def test_they_follow_the_runbooks_of_the_app(
    hass: HomeAssistant, steward: FakeSteward, listed: MockConfigEntry, until: Until
) -> None:
    offer(steward, "Disk", "Power")
    runbooks_changed(listed.runtime_data.coordinator)
    await until(lambda: hass.states.get("select.homelab_steward_autonomy_level_power"))
    assert hass.states.get(MEMORY) is None
    assert {one.unique_id for one in registered(hass, listed)} == {
        "f00dfeed/autonomy_disk",
        "f00dfeed/autonomy_power",
    }
    moved = RunbookLevel(id="disk", title="Disk", level=AutonomyLevel.OBSERVE)
    steward.answers[Command.LIST_LEVELS] = lambda _: RunbookLevels(levels=(moved,))
    await steward.close_connections()
    await until(lambda: (found := hass.states.get(DISK)) and found.state == "observe")
    assert len(registered(hass, listed)) == 1


async def test_an_app_that_cannot_list_them_is_asked_again_after_a_reconnect(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    def fail(_: LevelQuery) -> RunbookLevels:
        raise ContractError(ErrorCode.INTERNAL, "broken")

    steward.answers[Command.LIST_LEVELS] = fail
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: steward.asked(Command.LIST_LEVELS))
    assert registered(hass, entry) == []
    offer(steward, "Disk")
    await steward.close_connections()
    await until(lambda: hass.states.get(DISK))
