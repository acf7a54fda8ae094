"""Questions, requests and decisions in Assist, with the real app and a simulated homelab."""

from collections.abc import AsyncIterator

import pytest
from asking import AGENT, ask, speech
from conftest import Until
from flows import fill, start
from homeassistant.auth.models import User
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from running_steward import RunningSteward, running_steward

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.incidents import ApprovalStatus
from custom_components.homelab_steward.contract.state import FrontEnd


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The websocket and the next report keep a timer until Home Assistant stops."""
    return True


@pytest.fixture
async def running(socket_enabled: None) -> AsyncIterator[RunningSteward]:
    async with running_steward() as running:
        yield running


async def test_a_known_person_asks_requests_and_decides(
    hass: HomeAssistant, running: RunningSteward, robin: User, until: Until
) -> None:
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    address = {"url": f"http://127.0.0.1:{running.port}", "token": running.client_token}
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], address)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    entry = result["result"]
    await hass.async_block_till_done()
    await until(lambda: hass.states.get(AGENT) is not None)
    form = await start(hass, entry, "person")
    form = await fill(hass, form, {"ha_user_id": robin.id, "role": "owner", "asked_after_minutes": 0})
    assert form["type"] is FlowResultType.CREATE_ENTRY, form

    async def said(text: str, user: User | None = robin, **more: str) -> str:
        context = Context(user_id=user.id if user else None)
        return speech(await ask(hass, text, context=context, **more))

    assert "Version" in await said("Which version of Radarr do I run?")
    assert "6." in await said("Welche Version hat Radarr?", language="de")
    assert "I do not know anything called Nextcloud" in await said("Is Nextcloud running?")
    assert await running.effects() == []
    assert "Refresh" in await said("Refresh Radarr")
    assert "waiting" in await said("What is waiting for me?")
    assert "I do not know who is speaking" in await said(
        "Approve it", None, satellite_id="assist_satellite.hall"
    )
    assert (await said("Approve it", None)).startswith("Not decided")
    assert (await said("Approve it")).startswith("Approved: Refresh")

    def approved() -> bool:
        found = entry.runtime_data.coordinator.steward_state.approvals.values()
        return any(one.status is ApprovalStatus.APPROVED for one in found)

    await until(approved)
    decided = next(iter(entry.runtime_data.coordinator.steward_state.approvals.values())).decision
    assert decided is not None
    assert (decided.person_name, decided.via) == (robin.name, FrontEnd.ASSIST)
    assert await said("Approve it") == "Nothing is waiting for you."
    assert await hass.config_entries.async_unload(entry.entry_id)
