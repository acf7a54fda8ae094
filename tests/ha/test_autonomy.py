"""Selects that show and set the autonomy level of each runbook."""

from dataclasses import replace

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
    AutonomyCell,
    AutonomyLevel,
    LevelAnswer,
    LevelQuery,
    RunbookLevel,
    RunbookLevels,
    SetLevel,
)
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker

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


CELL = AutonomyCell(
    runbook_id="disk",
    version=2,
    recipe="clean",
    label="Clean up",
    target_class="storage",
    level=AutonomyLevel.ASK,
    evidence=3.456,
    good=7,
    automatic=37,
    harm_bound=0.0778,
    missing=("2 more good runs", "an undo that was tried"),
)


async def test_a_select_shows_the_level_the_evidence_and_what_is_missing(
    hass: HomeAssistant, steward: FakeSteward, listed: MockConfigEntry, until: Until
) -> None:
    assert steward.asked(Command.LIST_LEVELS) == [LevelQuery(language="en")]
    state = hass.states.get(DISK)
    assert state is not None
    assert state.state == "ask"
    assert state.attributes["options"] == ["observe", "ask", "veto", "auto"]
    assert state.attributes["friendly_name"] == "Homelab Steward Autonomy level: Disk"
    assert (state.attributes["cells"], state.attributes["missing"]) == ([], [])
    higher = replace(CELL, recipe="move", level=AutonomyLevel.AUTO, missing=("never shown",))
    known = RunbookLevel(id="disk", title="Disk", level=AutonomyLevel.ASK, cells=(CELL, CELL, higher))
    steward.answers[Command.LIST_LEVELS] = lambda _: RunbookLevels(levels=(known,))
    await steward.push(RowKind.LEVEL, known)
    await until(lambda: (found := hass.states.get(DISK)) and found.attributes["cells"])
    state = hass.states.get(DISK)
    assert state is not None
    assert state.attributes["missing"] == ["2 more good runs", "an undo that was tried"]
    assert state.attributes["cells"][0] == {
        "recipe": "Clean up",
        "targets": "storage",
        "level": "ask",
        "evidence": 3.46,
        "undo_evidence": 1.0,
        "good": 7,
        "bad": 0,
        "unknown": 0,
        "automatic": 37,
        "harmed": 0,
        "made_worse_and_undone": 0,
        "harm_at_most_percent": 7.8,
        "missing": ["2 more good runs", "an undo that was tried"],
        "since": None,
    }


async def test_a_lower_level_is_set_for_the_user(
    hass: HomeAssistant, steward: FakeSteward, listed: MockConfigEntry, robin: User
) -> None:
    await choose(hass, robin, "ask")
    assert steward.asked(Command.SET_LEVEL) == [], "it has this level"
    await choose(hass, robin, "observe")
    assert steward.asked(Command.SET_LEVEL) == [
        SetLevel(
            runbook_id="disk",
            level=AutonomyLevel.OBSERVE,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
        )
    ]
    state = hass.states.get(DISK)
    assert state
    assert state.state == "observe"


async def test_a_level_that_is_not_earned_is_refused_with_what_is_missing(
    hass: HomeAssistant, steward: FakeSteward, listed: MockConfigEntry, robin: User
) -> None:
    def refuse(_: SetLevel) -> LevelAnswer:
        raise ContractError(ErrorCode.NOT_EARNED, "2 more good runs")

    steward.answers[Command.SET_LEVEL] = refuse
    with pytest.raises(ServiceValidationError) as refused:
        await choose(hass, robin, "auto")
    assert refused.value.translation_key == "not_earned"
    assert refused.value.translation_placeholders == {"message": "2 more good runs"}
    unchanged = hass.states.get(DISK)
    assert unchanged
    assert unchanged.state == "ask"


async def test_an_automation_sets_no_level(
    hass: HomeAssistant, steward: FakeSteward, listed: MockConfigEntry
) -> None:
    data = {"entity_id": DISK, "option": "observe"}
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call("select", "select_option", data, blocking=True)
    assert refused.value.translation_key == "no_user"
    assert steward.asked(Command.SET_LEVEL) == []


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
