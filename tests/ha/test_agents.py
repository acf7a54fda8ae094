"""Agents in Assist: added, renamed, removed, and loaded at a start."""

from typing import Any

import pytest
from asking import AGENT, ask, end, saying, speech, text
from conftest import Until
from fake_steward import APP_ID, TOKEN, FakeSteward
from homeassistant.components import conversation
from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward import async_remove_config_entry_device
from custom_components.homelab_steward.const import DOMAIN


def agents_of(entry: MockConfigEntry) -> list[ConfigSubentry]:
    return list(entry.get_subentries_of_type("conversation"))


async def add(hass: HomeAssistant, entry: MockConfigEntry, name: str | None = None) -> dict[str, Any]:
    """Submit the form with the suggested name or another."""
    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "conversation"), context={"source": SOURCE_USER}
    )
    assert form["type"] is FlowResultType.FORM
    values = {} if name is None else {"name": name}
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], values)
    await hass.async_block_till_done()
    return dict(result)


async def test_a_new_entry_has_one_agent(hass: HomeAssistant, steward: FakeSteward) -> None:
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"url": steward.url, "token": TOKEN}
    )
    await hass.async_block_till_done()
    agent = agents_of(result["result"])[0]
    assert (agent.title, agent.unique_id, agent.data) == ("Homelab Steward", None, {})
    steward.talker = saying(text("Yes."), end())
    assert speech(await ask(hass)) == "Yes."


async def test_another_agent_is_added(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    result = await add(hass, loaded)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Homelab Steward"
    assert hass.states.get(AGENT) is not None


async def test_several_agents_answer(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    await add(hass, assisted, "Butler")
    await add(hass, assisted, " ")
    steward.talker = saying(text("Yes."), end())
    for agent in (AGENT, "conversation.butler", f"{AGENT}_2"):
        assert speech(await ask(hass, agent=agent)) == "Yes."
    assert len({agent.subentry_id for agent in agents_of(assisted)}) == 3


async def test_a_renamed_agent_renames_its_device(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    subentry_id = agents_of(assisted)[0].subentry_id
    form = await assisted.start_subentry_reconfigure_flow(hass, subentry_id)
    assert form["data_schema"]({}) == {"name": "Homelab Steward"}
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], {"name": "Jeeves"})
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    state = hass.states.get(AGENT)
    assert state is not None
    assert state.attributes["friendly_name"] == "Jeeves"


async def test_a_removed_agent_leaves_the_others(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    await add(hass, assisted, "Butler")
    hass.config_entries.async_remove_subentry(assisted, agents_of(assisted)[0].subentry_id)
    await until(lambda: conversation.async_get_agent(hass, AGENT) is None)
    assert hass.states.get(AGENT) is None
    steward.talker = saying(text("Yes."), end())
    assert speech(await ask(hass, agent="conversation.butler")) == "Yes."
    assert [agent.title for agent in agents_of(assisted)] == ["Butler"]


async def test_the_device_of_an_agent_cannot_be_removed(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    registry = dr.async_get(hass)
    subentry_id = agents_of(assisted)[0].subentry_id
    device = registry.async_get_device_by_identifier((DOMAIN, subentry_id), assisted.entry_id)
    assert device is not None
    assert device.name == "Homelab Steward"
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert not await async_remove_config_entry_device(hass, assisted, device)
    entity_id = er.async_get(hass).async_get_entity_id("conversation", DOMAIN, subentry_id)
    assert entity_id == AGENT
    for _ in range(2):
        assert await hass.config_entries.async_reload(assisted.entry_id)
    again = registry.async_get_device_by_identifier((DOMAIN, subentry_id), assisted.entry_id)
    assert again is not None
    assert again.id == device.id
    steward_device = registry.async_get_device_by_identifier((DOMAIN, APP_ID), assisted.entry_id)
    assert steward_device is not None
    assert steward_device.id != device.id


async def test_an_agent_answers_again_after_a_reload(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisted: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await hass.config_entries.async_unload(assisted.entry_id)
    state = hass.states.get(AGENT)
    assert state is not None
    assert state.state == "unavailable"
    assert conversation.async_get_agent(hass, AGENT) is None
    assert await hass.config_entries.async_setup(assisted.entry_id)
    steward.talker = saying(text("Yes."), end())
    assert speech(await ask(hass)) == "Yes."
    assert "unload" not in caplog.text, "nothing is taken down that does not stand"
