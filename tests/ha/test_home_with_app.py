"""Home Assistant and the real app: what the app reads of Home Assistant comes back as sensors."""

from collections.abc import AsyncIterator

import pytest
from conftest import Until
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from running_steward import RunningSteward, running_steward

from custom_components.homelab_steward import home
from custom_components.homelab_steward.const import DOMAIN


@pytest.fixture
def expected_lingering_timers() -> bool:
    """The websocket and the next report keep a timer until Home Assistant stops."""
    return True


@pytest.fixture
async def running(socket_enabled: None) -> AsyncIterator[RunningSteward]:
    async with running_steward() as running:
        yield running


async def test_a_repair_of_home_assistant_is_counted_by_the_app(
    hass: HomeAssistant, running: RunningSteward, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "DEBOUNCE", 0.1)
    monkeypatch.setattr(home, "LEAST_INTERVAL", 0.1)
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    address = {"url": f"http://127.0.0.1:{running.port}", "token": running.client_token}
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], address)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result

    def repairs() -> str | None:
        state = hass.states.get("sensor.home_open_repairs")
        return state.state if state else None

    await until(lambda: repairs() == "0")
    ir.async_create_issue(
        hass, "hue", "old", is_fixable=False, severity=ir.IssueSeverity.WARNING, translation_key="old"
    )
    await until(lambda: repairs() == "1")
    assert await hass.config_entries.async_unload(result["result"].entry_id)
