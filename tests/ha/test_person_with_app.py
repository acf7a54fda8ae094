"""A person of the form in Home Assistant, stored by the real app."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from conftest import Until
from flows import fill, start
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from running_steward import RunningSteward, running_steward

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.state import Authority, Person, Role

SAM = {
    "name": "Sam",
    "role": "member",
    "telegram_user_id": "4712",
    "language": "de",
    "quiet_from": "22:00:00",
    "quiet_until": "06:30:00",
    "asked_after_minutes": 15,
}


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The websocket and the next report keep a timer until Home Assistant stops."""
    return True


@pytest.fixture
async def running(socket_enabled: None) -> AsyncIterator[RunningSteward]:
    async with running_steward() as running:
        yield running


async def test_the_app_stores_what_the_form_of_a_person_has(
    hass: HomeAssistant, running: RunningSteward, until: Until
) -> None:
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    address = {"url": f"http://127.0.0.1:{running.port}", "token": running.client_token}
    result: Any = await hass.config_entries.flow.async_configure(flow["flow_id"], address)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    entry = result["result"]
    await hass.async_block_till_done()

    def sam() -> Person | None:
        people = entry.runtime_data.coordinator.steward_state.people.values()
        return next((one for one in people if one.name == "Sam"), None)

    form = await start(hass, entry, "person")
    sections = {str(key): one for key, one in form["data_schema"].schema.items()}
    categories = entry.runtime_data.coordinator.steward_state.catalogue.categories
    assert [str(key) for key in sections["authority"].schema.schema] == [one.key for one in categories]
    form = await fill(hass, form, SAM | {"name": "x" * 201})
    assert form["errors"] == {"name": "refused"}
    form = await fill(hass, form, SAM | {"pin": "4711", "authority": {"infrastructure": "low"}})
    assert form["type"] is FlowResultType.CREATE_ENTRY
    await until(sam)
    stored = sam()
    assert stored is not None
    assert (stored.role, stored.language, stored.asked_after_minutes) == (Role.MEMBER, "de", 15)
    assert (stored.quiet_from, stored.quiet_until, stored.has_pin) == ("22:00", "06:30", True)
    assert stored.authority == {"infrastructure": Authority.LOW}
    subentry = next(one for one in entry.subentries.values() if one.subentry_type == "person")
    for entered, has_pin in (({}, True), ({"remove_pin": True}, False)):
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id}
        flows = hass.config_entries.subentries
        form = dict(await flows.async_init((entry.entry_id, "person"), context=context))
        assert (await fill(hass, form, SAM | entered))["reason"] == "reconfigure_successful"
        changed = sam()
        assert changed is not None
        assert changed.has_pin is has_pin
        assert changed.authority == stored.authority
    assert await hass.config_entries.async_unload(entry.entry_id)
