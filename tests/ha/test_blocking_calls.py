"""No call of the integration blocks Home Assistant's event loop."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant import block_async_io
from homeassistant.auth.models import User
from homeassistant.components.frontend import DATA_PANELS
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import loop
from phones import TestPhone
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.homelab_steward.const import DOMAIN, PANEL_PATH
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.diagnostics import async_get_config_entry_diagnostics

DETECTED = "Detected blocking call"


def detected(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the blocking calls of the integration; others are of the test harness."""
    found = [record.getMessage() for record in caplog.records]
    return [one for one in found if one.startswith(DETECTED) and f"integration '{DOMAIN}'" in one]


@pytest.fixture
def guarded(disable_block_async_io: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Turn on what Home Assistant does in debug mode: asyncio's and its own detection of blocking calls."""
    monkeypatch.setattr(loop, "_PREVIOUSLY_REPORTED", set())
    monkeypatch.setattr(block_async_io, "_IN_TESTS", False)
    running = asyncio.get_event_loop()
    running.set_debug(True)
    block_async_io.enable()
    yield
    running.set_debug(False)


async def test_nothing_blocks_the_loop(
    guarded: None,
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    robin: User,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With entities, a phone, the panel and its file, changes, actions, diagnostics, and a reload."""
    for component in ("frontend", "automation", "system_health"):
        assert await async_setup_component(hass, component, {})
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await steward.push(RowKind.INCIDENT, rows.incident())
    await steward.push(RowKind.APPROVAL, rows.approval())
    await until(lambda: push.shown("pixel", "ask1"))
    await steward.push(
        RowKind.SNAPSHOT, rows.snapshot("pve", rows.container(), rows.container(106, "sonarr"))
    )
    await until(lambda: hass.states.get("sensor.sonarr_memory_usage"))
    url = hass.data[DATA_PANELS][PANEL_PATH].config["_panel_custom"]["module_url"]
    assert (await (await hass_client()).get(url)).status == 200
    token = await hass.auth.async_create_refresh_token(robin, "https://example.org")
    socket = await hass_ws_client(hass, hass.auth.async_create_access_token(token))
    await socket.send_json_auto_id({"type": f"{DOMAIN}/subscribe", "kinds": ["incident"]})
    assert (await socket.receive_json())["success"]
    for domain, action, data in (
        (DOMAIN, "reject", {"approval_id": "ask1"}),
        ("switch", "turn_off", {"entity_id": "switch.homelab_steward_automatic_actions"}),
    ):
        context = Context(user_id=robin.id)
        await hass.services.async_call(domain, action, data, blocking=True, context=context)
    assert await async_get_config_entry_diagnostics(hass, entry)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await steward.close_connections()
    await hass.async_block_till_done()
    assert detected(caplog) == []


async def test_a_blocking_call_would_be_detected(
    guarded: None,
    hass: HomeAssistant,
    loaded: MockConfigEntry,
    steward: FakeSteward,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    coordinator = loaded.runtime_data.coordinator
    coordinator.listen(RowKind.INCIDENT, lambda _: Path(__file__).read_text())
    await steward.push(RowKind.INCIDENT, rows.incident())
    await until(lambda: "inc1" in coordinator.steward_state.incidents)
    assert detected(caplog)
