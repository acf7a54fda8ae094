"""What the app may change in Home Assistant, and what is refused."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fake_steward import FakeSteward
from home_requests import (
    CHECK,
    FIRMWARE,
    create_issue,
    done,
    kept_in,
    refused,
    register,
    report,
    set_options,
    set_update,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward import home_calls
from custom_components.homelab_steward.const import DOMAIN, EVENT_APP_ACTION
from custom_components.homelab_steward.contract.errors import ErrorCode
from custom_components.homelab_steward.contract.home import HomeAction, HomePart, HomeQuery
from custom_components.homelab_steward.logbook import async_describe_events
from custom_components.homelab_steward.phrases import Phrases


async def test_the_options_turn_it_off(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    await set_options(hass, loaded, home_actions=False)
    assert not (await report(steward)).allows_actions
    assert (await refused(steward, HomeAction.RESTART))[0] is ErrorCode.FORBIDDEN
    await set_options(hass, loaded, home_read=False)
    reply = await steward.request_home(HomeQuery.REPORT)
    assert reply.refusal is not None
    assert reply.refusal.code is ErrorCode.FORBIDDEN


@pytest.mark.parametrize("action", ["stop", "homeassistant.stop", "update.skip", "__init__", "RESTART"])
async def test_what_is_not_on_the_list_is_refused(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, action: str
) -> None:
    called: list[Event[Any]] = []
    hass.bus.async_listen(EVENT_CALL_SERVICE, kept_in(called))
    code, _ = await refused(steward, action)
    assert code is ErrorCode.FORBIDDEN
    assert called == []


async def test_a_call_without_an_action_is_refused(steward: FakeSteward, loaded: MockConfigEntry) -> None:
    reply = await steward.request_home(HomeQuery.CALL)
    assert reply.refusal is not None
    assert reply.refusal.code is ErrorCode.INVALID_ARGUMENT


async def test_a_restart_is_refused_while_the_configuration_is_wrong(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem: str | None = "Integration error: hueue - not found"
    restarts: list[ServiceCall] = []

    async def check(_: HomeAssistant) -> str | None:
        return problem

    monkeypatch.setattr(CHECK, check)
    register(hass, "homeassistant", "restart", kept_in(restarts))
    reply = await steward.request_home(HomeQuery.CHECK_RESTART)
    assert reply.result is not None
    assert "hueue" in reply.result.text
    code, message = await refused(steward, HomeAction.RESTART)
    assert (code, restarts) == (ErrorCode.INVALID_SETTING, [])
    assert "hueue" in message
    problem = None
    assert (await done(steward, HomeAction.RESTART)).text == "The restart was requested"
    assert len(restarts) == 1


async def test_an_update_is_installed_with_a_backup_in_a_context_that_names_the_app(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    installed: list[ServiceCall] = []
    asked: list[Event[Any]] = []
    hass.bus.async_listen(EVENT_APP_ACTION, kept_in(asked))
    register(hass, "update", "install", kept_in(installed))
    set_update(hass)
    result = await done(steward, HomeAction.INSTALL_UPDATE, FIRMWARE)
    assert result.handle == "1.1"
    assert installed[0].data == {"entity_id": FIRMWARE, "backup": True}
    assert installed[0].context.id == asked[0].context.id
    described: list[Callable[[Event[Any]], dict[str, str]]] = []
    async_describe_events(hass, lambda _domain, _event, describe: described.append(describe))
    assert described[0](asked[0]) == {
        "name": "Homelab Steward",
        "message": f"used install_update on {FIRMWARE}",
    }
    hass.config.language = "de"
    await Phrases.async_load(hass)
    assert described[0](asked[0])["message"] == f"verwendete install_update für {FIRMWARE}"
    set_update(hass, supported_features=1)
    await done(steward, HomeAction.INSTALL_UPDATE, FIRMWARE)
    assert installed[1].data == {"entity_id": FIRMWARE}


@pytest.mark.parametrize(
    ("state", "changes"), [("off", {}), ("on", {"in_progress": True}), ("on", {"supported_features": 0})]
)
async def test_an_update_that_cannot_be_installed_is_refused(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, state: str, changes: dict[str, Any]
) -> None:
    set_update(hass, state, **changes)
    assert (await refused(steward, HomeAction.INSTALL_UPDATE, FIRMWARE))[0] is ErrorCode.INVALID_ARGUMENT
    assert (await refused(steward, HomeAction.INSTALL_UPDATE, "update.no"))[0] is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (HomeAssistantError("The device is asleep"), ErrorCode.INTERNAL, "The device is asleep"),
        (ServiceValidationError("Not this one"), ErrorCode.INVALID_ARGUMENT, "Not this one"),
        (KeyError(), ErrorCode.INTERNAL, "KeyError"),
    ],
)
async def test_the_errors_of_home_assistant_are_passed_on(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    error: Exception,
    code: ErrorCode,
    text: str,
) -> None:
    async def fail(_: ServiceCall) -> None:
        raise error

    register(hass, "update", "install", fail)
    set_update(hass)
    assert await refused(steward, HomeAction.INSTALL_UPDATE, FIRMWARE) == (code, text)
    assert (await report(steward, HomePart.UPDATES)).updates[0].failure == text
    set_update(hass, "off", installed_version="1.1")
    assert (await report(steward, HomePart.UPDATES)).updates[0].failure is None


async def test_a_long_action_goes_on_after_the_reply(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(home_calls, "FINISHES_WITHIN", 0.01)
    is_over = asyncio.Event()

    async def install(_: ServiceCall) -> None:
        await is_over.wait()
        raise HomeAssistantError("The download broke off")

    register(hass, "update", "install", install)
    set_update(hass)
    assert (await done(steward, HomeAction.INSTALL_UPDATE, FIRMWARE)).handle == "1.1"
    is_over.set()
    await hass.async_block_till_done()
    assert (await report(steward, HomePart.UPDATES)).updates[0].failure == "The download broke off"


async def test_an_integration_is_reloaded_but_not_our_own(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = MockConfigEntry(domain="hue", title="Hue", state=ConfigEntryState.SETUP_ERROR)
    broken = MockConfigEntry(domain="hue", title="Old hue", state=ConfigEntryState.MIGRATION_ERROR)
    other.add_to_hass(hass)
    broken.add_to_hass(hass)
    reloaded: list[str] = []

    async def reload(entry_id: str) -> bool:
        reloaded.append(entry_id)
        return False

    monkeypatch.setattr(hass.config_entries, "async_reload", reload)
    result = await done(steward, HomeAction.RELOAD_INTEGRATION, other.entry_id)
    assert reloaded == [other.entry_id]
    (found,) = (
        one for one in (await report(steward, HomePart.INTEGRATIONS)).integrations if one.id == other.entry_id
    )
    assert found.reloaded_at is not None
    assert found.reloaded_at.isoformat() == result.handle
    for target, code in (
        (loaded.entry_id, ErrorCode.INVALID_ARGUMENT),
        (broken.entry_id, ErrorCode.INVALID_ARGUMENT),
        ("nobody", ErrorCode.NOT_FOUND),
    ):
        assert (await refused(steward, HomeAction.RELOAD_INTEGRATION, target))[0] is code
    assert reloaded == [other.entry_id]


async def test_a_repair_is_ignored_and_shown_again(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    create_issue(hass)
    await done(steward, HomeAction.IGNORE_REPAIR, "hue/old")
    assert (await report(steward, HomePart.REPAIRS)).repairs[0].ignored
    await done(steward, HomeAction.UNIGNORE_REPAIR, "hue/old")
    assert not (await report(steward, HomePart.REPAIRS)).repairs[0].ignored
    create_issue(hass, DOMAIN)
    for target in ("hue/gone", f"{DOMAIN}/old", "", "old"):
        assert (await refused(steward, HomeAction.IGNORE_REPAIR, target))[0] is ErrorCode.NOT_FOUND
