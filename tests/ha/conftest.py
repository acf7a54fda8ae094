"""Shared fixtures: an app over a real socket and an entry that is connected to it."""

import asyncio
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import rows
from automations import OPEN, Automate
from fake_push import FakePush
from fake_steward import APP_ID, TOKEN, FakeSteward
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from panel_client import Client, Open
from phones import TestPhone, register_phone
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_mock_service
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from waiting import HANGING

import custom_components  # noqa: F401  # before the harness imports its own package of this name
from custom_components.homelab_steward import coordinator, home_calls
from custom_components.homelab_steward.const import DOMAIN, SUBENTRY_CONVERSATION
from custom_components.homelab_steward.contract import client, connecting
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.notifications import trend_pictures

type Until = Callable[[Callable[[], Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _local_sockets(socket_enabled: None) -> None:
    """Allow local sockets."""


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the loop check threads and callbacks, as the harness does, and record no stacks.

    The stack of each task and future took most of the time of a test. With ``PYTHONASYNCIODEBUG=1`` they are
    recorded, and a message about a task says where it was created. No warning is logged about a step that is
    slow, such as on a busy machine: tests that read the log failed.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = math.inf
    if "PYTHONASYNCIODEBUG" not in os.environ:
        # The loop's own checks do not call it.
        monkeypatch.setattr(loop, "get_debug", lambda: False)


@pytest.fixture
async def hass(hass: HomeAssistant, hass_storage: dict[str, Any]) -> HomeAssistant:
    """Return a Home Assistant that finds the integration, and writes nothing to disk.

    What every Home Assistant has is set up; its own agent needs it. Only a test that uses it has one.
    """
    hass.data.pop(DATA_CUSTOM_COMPONENTS)
    assert await async_setup_component(hass, "homeassistant", {})
    return hass


@pytest.fixture(autouse=True)
def _fast_reconnect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnect at once; the real delays have their own test."""
    client = "custom_components.homelab_steward.contract.client"
    monkeypatch.setattr(f"{client}.FIRST_DELAY", 0.02)
    monkeypatch.setattr(f"{client}.LONGEST_DELAY", 0.05)


@pytest.fixture
async def steward() -> AsyncIterator[FakeSteward]:
    """Return a running app with one instance of its settings file and one person."""
    app = FakeSteward(rows.CATALOGUE)
    app.rows[RowKind.INSTANCE]["pve"] = rows.instance()
    app.rows[RowKind.SNAPSHOT]["pve"] = rows.snapshot()
    app.rows[RowKind.PERSON]["p1"] = rows.person()
    await app.start()
    yield app
    await app.stop()


@pytest.fixture
def entry(hass: HomeAssistant, steward: FakeSteward) -> MockConfigEntry:
    """Return an entry for this app, not yet set up."""
    config_entry = MockConfigEntry(
        domain=DOMAIN,
        title="Homelab Steward",
        unique_id=APP_ID,
        data={"url": steward.url, "token": TOKEN},
    )
    config_entry.add_to_hass(hass)
    return config_entry


@pytest.fixture
async def loaded(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Return the entry, connected."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


@pytest.fixture
def assisting(hass: HomeAssistant, steward: FakeSteward) -> MockConfigEntry:
    """Return an entry with one agent in Assist, not yet set up."""
    config_entry = MockConfigEntry(
        domain=DOMAIN,
        title="Homelab Steward",
        unique_id=APP_ID,
        data={"url": steward.url, "token": TOKEN},
        subentries_data=[
            ConfigSubentryData(
                data={}, subentry_type=SUBENTRY_CONVERSATION, title="Homelab Steward", unique_id=None
            )
        ],
    )
    config_entry.add_to_hass(hass)
    return config_entry


@pytest.fixture
async def assisted(hass: HomeAssistant, assisting: MockConfigEntry) -> MockConfigEntry:
    """Return the entry with one agent in Assist, connected."""
    assert await hass.config_entries.async_setup(assisting.entry_id)
    await hass.async_block_till_done()
    return assisting


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the fake app the time that it needs on a busy machine."""
    monkeypatch.setattr(client, "ACCEPT_TIMEOUT", HANGING)
    monkeypatch.setattr(coordinator, "SETUP_TIMEOUT", HANGING)
    for module in (client, connecting):
        monkeypatch.setattr(module, "CONNECT_TIMEOUT", HANGING)
    monkeypatch.setattr(home_calls, "FINISHES_WITHIN", HANGING)
    monkeypatch.setattr(trend_pictures, "DRAWING_TIMEOUT", HANGING)


@pytest.fixture(autouse=True)
def prepared_agents(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return which agents were prepared; really loading the sentences takes a second."""
    notified: list[str] = []

    async def prepare(_hass: HomeAssistant, agent_id: str, language: str | None) -> None:
        notified.append(f"{agent_id} in {language}")

    monkeypatch.setattr("custom_components.homelab_steward.agents.async_prepare_agent", prepare)
    return notified


@pytest.fixture
def until(hass: HomeAssistant) -> Until:
    """Return a function that waits for a condition."""

    async def wait(condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(HANGING):
            while not condition():
                await asyncio.sleep(0.005)
                await hass.async_block_till_done()

    return wait


@pytest.fixture
async def push() -> AsyncIterator[FakePush]:
    """Return the push server of the companion apps."""
    server = await FakePush().start()
    yield server
    await server.stop()


@pytest.fixture
async def robin(hass: HomeAssistant) -> User:
    """Return a user who may decide."""
    return MockUser(name="Robin", is_owner=True).add_to_hass(hass)


@pytest.fixture
async def pixel(hass: HomeAssistant, push: FakePush, robin: User) -> TestPhone:
    """Return Robin's Android phone."""
    return await register_phone(hass, push.url, robin, token="pixel")


@pytest.fixture
async def iphone(hass: HomeAssistant, push: FakePush) -> TestPhone:
    """Return Sam's iPhone."""
    sam = MockUser(name="Sam").add_to_hass(hass)
    return await register_phone(hass, push.url, sam, token="iphone", manufacturer="Apple")


@pytest.fixture
async def asked(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    pixel: TestPhone,
    iphone: TestPhone,
    push: FakePush,
    until: Until,
) -> MockConfigEntry:
    """Return the entry with both phones selected, which show one request."""
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id, iphone.device_id]})
    steward.rows[RowKind.INCIDENT]["inc1"] = rows.incident()
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: push.shown("pixel", "ask1") and push.shown("iphone", "ask1"))
    return entry


@pytest.fixture
def open_panel(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Open:
    """Return a function that opens the panel for a user."""

    async def opened(user: User) -> Client:
        token = await hass.auth.async_create_refresh_token(user, "https://example.org")
        return Client(await hass_ws_client(hass, hass.auth.async_create_access_token(token)))

    return opened


@pytest.fixture
def sam(hass: HomeAssistant, hass_admin_credential: Any) -> User:
    """Return a user who is no administrator."""
    user = MockUser(name="Sam").add_to_hass(hass)
    user.groups = []
    return user


@pytest.fixture
def automate(hass: HomeAssistant, loaded: MockConfigEntry) -> Automate:
    """Return a function that sets up an automation and returns the calls of its action."""

    async def set_up(
        key: str, options: Any = None, target: Any = None, conditions: Any = ()
    ) -> list[ServiceCall]:
        calls = async_mock_service(hass, "test", "automation")
        content = {
            "alias": "it",
            "triggers": [
                {
                    "trigger": f"{DOMAIN}.{key}",
                    **({} if options is None else {"options": options}),
                    **({} if target is None else {"target": target}),
                }
            ],
            "conditions": list(conditions),
            "actions": [{"action": "test.automation", "data": {"trigger": "{{ trigger }}"}}],
            "mode": "queued",
        }
        assert await async_setup_component(hass, "automation", {"automation": [content]})
        await hass.async_block_till_done()
        assert hass.states.is_state("automation.it", "on")
        return calls

    return set_up


@pytest.fixture
def restart(hass: HomeAssistant, steward: FakeSteward, until: Until) -> Callable[..., Awaitable[None]]:
    """Return a function that restarts the app; rows that change meanwhile are its arguments."""

    async def run(*changed: tuple[RowKind, Any]) -> None:
        await steward.stop()
        await until(lambda: hass.states.is_state(OPEN, "unavailable"))
        for kind, row in changed:
            steward.rows[kind][row.id] = row
        steward.restart_as(f"{steward.hello.stream}+")
        await steward.start()
        await until(lambda: not hass.states.is_state(OPEN, "unavailable"))

    return run
