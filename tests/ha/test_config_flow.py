"""The config flow: setup, reauthentication, reconfiguration and options."""

from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from conftest import Until
from fake_steward import APP_ID, TOKEN, FakeSteward
from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from phones import TestPhone
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN


def discovered(steward: FakeSteward, token: str = TOKEN) -> HassioServiceInfo:
    return HassioServiceInfo(
        config={"host": "127.0.0.1", "port": steward.port, "token": token},
        name="Homelab Steward",
        slug="a0b1c2d3_homelab_steward",
        uuid="1234",
    )


async def start(hass: HomeAssistant) -> dict[str, Any]:
    return dict(await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER}))


async def test_an_entry_is_created_by_address_and_token(hass: HomeAssistant, steward: FakeSteward) -> None:
    form = await start(hass)
    assert form["type"] is FlowResultType.FORM
    data = {"url": steward.url, "token": TOKEN}
    result = await hass.config_entries.flow.async_configure(form["flow_id"], data)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Homelab Steward"
    assert result["data"] == data
    assert result["result"].unique_id == APP_ID


async def test_a_wrong_token_can_be_corrected(hass: HomeAssistant, steward: FakeSteward) -> None:
    form = await start(hass)
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"url": steward.url, "token": "wrong"}
    )
    assert result["errors"] == {"token": "invalid_auth"}
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"url": steward.url, "token": TOKEN}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "http://[", "ftp://x"])
async def test_an_unreachable_address_is_an_error(hass: HomeAssistant, url: str) -> None:
    form = await start(hass)
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {"url": url, "token": TOKEN})
    assert result["errors"] == {"url": "cannot_connect"}


@pytest.mark.parametrize("path", ["/api/ws", "/"])
async def test_another_server_is_an_error(hass: HomeAssistant, path: str) -> None:
    async def chatter(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("<html>hello</html>")
        await socket.receive()
        return socket

    app = web.Application()
    app.router.add_get(path, chatter)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    form = await start(hass)
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {"url": url, "token": TOKEN})
    assert result["errors"] == {"url": "not_a_steward"}
    await runner.cleanup()


@pytest.mark.parametrize(
    ("versions", "word"),
    [
        ({"schema_version": 0, "minimum_schema_version": 0}, "update the app"),
        ({"schema_version": 9, "minimum_schema_version": 9}, "update the integration"),
    ],
)
async def test_unsupported_versions_are_an_error(
    hass: HomeAssistant, steward: FakeSteward, versions: dict[str, int], word: str
) -> None:
    steward.hello = replace(steward.hello, **versions)
    form = await start(hass)
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"url": steward.url, "token": TOKEN}
    )
    assert result["errors"] == {"base": "incompatible"}
    assert word in result["description_placeholders"]["message"]


async def test_the_same_app_at_a_new_address_updates_the_entry(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    hass.config_entries.async_update_entry(entry, data={"url": "http://127.0.0.1:1", "token": "x"})
    form = await start(hass)
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"url": steward.url, "token": TOKEN}
    )
    assert result["reason"] == "already_configured"
    assert entry.data == {"url": steward.url, "token": TOKEN}
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_an_app_discovered_by_supervisor_is_set_up(hass: HomeAssistant, steward: FakeSteward) -> None:
    form = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_HASSIO}, data=discovered(steward)
    )
    assert form["step_id"] == "hassio_confirm"
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {"url": steward.url, "token": TOKEN}


async def test_a_rediscovered_app_updates_the_token(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    steward.token = "renewed"
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_HASSIO}, data=discovered(steward, "renewed")
    )
    assert result["reason"] == "already_configured"
    assert loaded.data["token"] == "renewed"
    await until(lambda: loaded.state is ConfigEntryState.LOADED)
    await until(lambda: len(steward.subscriptions) == 2)


async def test_a_discovered_app_that_does_not_answer_aborts(
    hass: HomeAssistant, steward: FakeSteward
) -> None:
    found = discovered(steward)
    await steward.stop()
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_HASSIO}, data=found)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "cannot_connect"


async def test_reauthentication_stores_the_new_token(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    steward.token = "renewed"
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    flow = next(iter(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
    assert flow["context"]["source"] == "reauth"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {"token": "wrong"})
    assert result["errors"] == {"token": "invalid_auth"}
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {"token": "renewed"})
    assert result["reason"] == "reauth_successful"
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_reauthentication_needs_the_app(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    await steward.stop()
    result = await loaded.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(result["flow_id"], {"token": "x"})
    assert result["errors"] == {"base": "cannot_connect"}


async def test_reconfiguration_stores_the_new_address(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    other = FakeSteward(next(iter(steward.rows["catalogue"].values())), token="other")  # type: ignore[index]
    await other.start()
    form = await loaded.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure"
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"url": other.url, "token": "other"}
    )
    assert result["reason"] == "reconfigure_successful"
    await until(lambda: other.subscriptions)
    assert loaded.state is ConfigEntryState.LOADED
    await other.stop()


async def test_reconfiguration_refuses_another_app(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    form = await loaded.start_reconfigure_flow(hass)
    steward.hello = replace(steward.hello, app_id="somebody-else")
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"url": steward.url, "token": TOKEN}
    )
    assert result["reason"] == "another_steward"


async def test_options_store_phones_and_sound(
    hass: HomeAssistant, loaded: MockConfigEntry, pixel: TestPhone
) -> None:
    form = await hass.config_entries.options.async_init(loaded.entry_id)
    assert form["step_id"] == "init"
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"phones": [pixel.device_id], "sound": "critical"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert loaded.options == {
        "phones": [pixel.device_id],
        "sound": "critical",
        "home_read": True,
        "home_actions": True,
        "home_agents": [],
        "agents_masked": False,
    }
    assert loaded.state is ConfigEntryState.LOADED
