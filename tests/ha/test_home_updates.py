"""Update entities of Home Assistant, as those of its demo integration: what is reported and installed."""

from typing import Any

import pytest
from fake_steward import FakeSteward
from home_requests import FIRMWARE, refused, report, set_update
from homeassistant.components import demo
from homeassistant.components.update.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.errors import ErrorCode
from custom_components.homelab_steward.contract.home import (
    LONGEST_NOTES,
    HomeAction,
    HomePart,
    HomeQuery,
    HomeUpdate,
)

ADDON = "update.demo_add_on"
BULB = "update.demo_living_room_bulb_update"
PROGRESS = "update.demo_update_with_progress"
NO_INSTALL = "update.demo_update_no_install"


@pytest.fixture
async def updates(hass: HomeAssistant, loaded: MockConfigEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up the update entities of the demo integration."""
    monkeypatch.setattr(demo, "COMPONENTS_WITH_CONFIG_ENTRY_DEMO_PLATFORM", ["update"])
    monkeypatch.setattr("homeassistant.components.demo.update.FAKE_INSTALL_SLEEP_TIME", 0)
    entry = MockConfigEntry(domain="demo", title="Demo")
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def read(steward: FakeSteward, entity_id: str) -> HomeUpdate:
    found = await report(steward, HomePart.UPDATES)
    return next(one for one in found.updates if one.id == entity_id)


@pytest.mark.usefixtures("updates")
async def test_a_report_has_what_update_entities_know(steward: FakeSteward) -> None:
    found = await read(steward, PROGRESS)
    assert (found.title, found.device) == ("Philips Lamps Firmware", "Demo Update with Progress")
    assert (found.installed, found.latest, found.is_waiting) == ("1.93.3", "1.94.2", True)
    assert (found.integration, found.summary) == ("demo", "Added support for effects")
    assert found.is_firmware
    assert found.has_notes
    assert found.can_choose_version
    assert found.can_backup
    assert not found.installs_itself
    addon = await read(steward, ADDON)
    assert not addon.is_firmware
    assert not addon.has_notes
    assert not (await read(steward, NO_INSTALL)).can_install


@pytest.mark.usefixtures("updates")
async def test_a_person_who_skipped_a_version_is_followed(hass: HomeAssistant, steward: FakeSteward) -> None:
    await hass.services.async_call("update", "skip", {"entity_id": ADDON}, blocking=True)
    found = await read(steward, ADDON)
    assert (found.is_waiting, found.skipped) == (False, "1.0.1")


async def test_the_model_and_the_progress_of_a_device_are_reported(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    entry = MockConfigEntry(domain="shelly")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("shelly", "1")}, name="Plug", model="Plug S"
    )
    dr.async_get(hass).async_update_device(device.id, name_by_user="Cellar plug")
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "update",
        "shelly",
        "1",
        suggested_object_id="switch_firmware",
        device_id=device.id,
        config_entry=entry,
    )
    set_update(hass, in_progress=True, update_percentage=42, auto_update=True)
    found = await read(steward, FIRMWARE)
    assert (found.integration, found.device, found.model) == ("shelly", "Cellar plug", "Plug S")
    assert (found.in_progress, found.percentage, found.installs_itself) == (True, 42.0, True)
    assert (found.entry, found.app) == (entry.entry_id, None)


@pytest.mark.parametrize(("name", "app"), [("core_vpn", "core_vpn"), ("core", None), ("OS", None)])
async def test_the_app_that_an_entity_updates_is_reported(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, name: str, app: str | None
) -> None:
    entry = MockConfigEntry(domain="hassio")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("hassio", name)}, name="Device"
    )
    er.async_get(hass).async_get_or_create(
        "update",
        "hassio",
        "1",
        suggested_object_id="switch_firmware",
        device_id=device.id,
        config_entry=entry,
    )
    set_update(hass)
    assert (await read(steward, FIRMWARE)).app == app


@pytest.mark.usefixtures("updates")
async def test_the_version_that_is_asked_for_is_installed_and_the_one_before_it_again(
    hass: HomeAssistant, steward: FakeSteward
) -> None:
    reply = await install(steward, ADDON, "1.0.1")
    assert reply.result is not None
    assert reply.result.handle == "1.0.1"
    found = await read(steward, ADDON)
    assert (found.installed, found.is_waiting, found.failure) == ("1.0.1", False, None)
    (job,) = (await report(steward)).jobs
    assert (job.action, job.target, job.failure) == (HomeAction.INSTALL_UPDATE, ADDON, None)
    assert job.ended_at is not None
    assert (await install(steward, ADDON, "1.0.0")).result is not None
    assert (await read(steward, ADDON)).installed == "1.0.0"
    again = await install(steward, ADDON, "1.0.0")
    assert again.refusal is not None
    assert again.refusal.message == "AdGuard Home has version 1.0.0 already"


async def install(steward: FakeSteward, entity_id: str, version: str) -> Any:
    return await steward.request_home(
        HomeQuery.CALL, action=HomeAction.INSTALL_UPDATE, target=entity_id, version=version
    )


@pytest.mark.usefixtures("updates")
async def test_what_home_assistant_cannot_install_is_refused(steward: FakeSteward) -> None:
    reply = await install(steward, NO_INSTALL, "1.0.1")
    assert reply.refusal is not None
    assert reply.refusal.code is ErrorCode.INVALID_ARGUMENT


async def test_without_a_choice_only_the_newest_version_is_installed(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    set_update(hass)
    reply = await install(steward, FIRMWARE, "1.0.9")
    assert reply.refusal is not None
    assert reply.refusal.message == "Switch offers version 1.1, not 1.0.9"


@pytest.mark.usefixtures("updates")
async def test_an_installation_that_fails_ends_its_job_and_keeps_the_version(
    hass: HomeAssistant, steward: FakeSteward, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise HomeAssistantError("The configuration lacks ota: platform")

    monkeypatch.setattr(hass.data[DATA_COMPONENT].get_entity(BULB), "async_install", fail)
    code, message = await refused(steward, HomeAction.INSTALL_UPDATE, BULB)
    assert (code, message) == (ErrorCode.INTERNAL, "The configuration lacks ota: platform")
    found = await report(steward, HomePart.UPDATES)
    (job,) = found.jobs
    assert (job.target, job.failure) == (BULB, "The configuration lacks ota: platform")
    bulb = next(one for one in found.updates if one.id == BULB)
    assert (bulb.installed, bulb.is_waiting, bulb.failure) == ("1.93.3", True, job.failure)


@pytest.mark.usefixtures("updates")
async def test_release_notes_are_read_when_asked_for_and_are_bounded(
    hass: HomeAssistant, steward: FakeSteward, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = await steward.request_home(HomeQuery.RELEASE_NOTES, update=PROGRESS)
    assert reply.result is not None
    assert reply.result.text.startswith("Long release notes.")
    entity = hass.data[DATA_COMPONENT].get_entity(PROGRESS)
    monkeypatch.setattr(entity, "release_notes", lambda: "x" * (LONGEST_NOTES + 1))
    reply = await steward.request_home(HomeQuery.RELEASE_NOTES, update=PROGRESS)
    assert reply.result is not None
    assert len(reply.result.text) == LONGEST_NOTES


@pytest.mark.usefixtures("updates")
async def test_release_notes_that_are_missing_or_fail_are_refused(
    hass: HomeAssistant, steward: FakeSteward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise RuntimeError("The server is away")

    monkeypatch.setattr(hass.data[DATA_COMPONENT].get_entity(PROGRESS), "release_notes", fail)
    for entity_id, code, text in (
        ("update.none", ErrorCode.NOT_FOUND, "There is no update entity"),
        ("light.kitchen", ErrorCode.NOT_FOUND, "There is no update entity"),
        (ADDON, ErrorCode.UNAVAILABLE, "has no release notes now"),
        (PROGRESS, ErrorCode.UNAVAILABLE, "The server is away"),
    ):
        reply = await steward.request_home(HomeQuery.RELEASE_NOTES, update=entity_id)
        assert reply.refusal is not None
        assert reply.refusal.code is code
        assert text in reply.refusal.message
