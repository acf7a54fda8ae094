"""What a person confirms before a service is saved: certificates, and what does not work."""

from typing import Any

from conftest import Until
from fake_steward import FakeSteward
from flows import FILLED, add_service, fill, start, suggested
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.commands import SaveInstance
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command

FINGERPRINT = ":".join(["A1"] * 32)
IN_LINES = "\n".join([":".join(["A1"] * 8)] * 4)


def refuse_certificate(steward: FakeSteward, *fingerprints: str) -> None:
    """Make the app refuse every certificate but the last of ``fingerprints``, presented in turn."""
    accept = steward.answers[Command.SAVE_INSTANCE]
    presented = iter(fingerprints)

    def save(request: SaveInstance) -> Any:
        fingerprint = next(presented, fingerprints[-1])
        if request.settings.get("fingerprint") == fingerprint:
            return accept(request)
        placeholders = {"fingerprint": fingerprint, "reason": "not trusted"}
        raise ContractError(ErrorCode.CERTIFICATE_NOT_TRUSTED, "not trusted", placeholders)

    steward.answers[Command.SAVE_INSTANCE] = save


async def test_a_certificate_is_trusted_after_a_person_confirmed_its_fingerprint(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    refuse_certificate(steward, FINGERPRINT)
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    asked = await fill(hass, form, FILLED)
    assert (asked["type"], asked["step_id"]) == (FlowResultType.FORM, "certificate")
    assert asked["description_placeholders"] == {"service": "My Proxmox", "fingerprint": IN_LINES}
    assert not loaded.subentries
    result = await fill(hass, asked, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    first, second = steward.asked(Command.SAVE_INSTANCE)
    assert "fingerprint" not in first.settings
    assert second.settings == {**first.settings, "fingerprint": FINGERPRINT}
    assert (second.name, second.service) == ("My Proxmox", "proxmox")


def lack_rights(steward: FakeSteward) -> None:
    """Make the app ask before it saves an instance."""
    accept = steward.answers[Command.SAVE_INSTANCE]

    def save(request: SaveInstance) -> Any:
        if not request.ask_first:
            return accept(request)
        lines = "These credentials lack the right VM.PowerMgmt (to start)\nVersion 12 is newer"
        raise ContractError(ErrorCode.CONFIRMATION_NEEDED, lines, {"notices": lines})

    steward.answers[Command.SAVE_INSTANCE] = save


async def test_a_service_with_which_not_everything_works_is_saved_after_a_person_confirmed_it(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    lack_rights(steward)
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    asked = await fill(hass, form, FILLED)
    assert (asked["type"], asked["step_id"]) == (FlowResultType.MENU, "notices")
    assert asked["description_placeholders"] == {
        "service": "My Proxmox",
        "notices": "- These credentials lack the right VM.PowerMgmt (to start)\n- Version 12 is newer",
    }
    assert not loaded.subentries
    result = await fill(hass, asked, {"next_step_id": "save"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert [one.ask_first for one in steward.asked(Command.SAVE_INSTANCE)] == [True, False]


async def test_settings_with_which_not_everything_works_can_be_changed_first(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    lack_rights(steward)
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    asked = await fill(hass, form, FILLED)
    form = await fill(hass, asked, {"next_step_id": "change"})
    assert (form["step_id"], form["errors"]) == ("settings", {})
    assert suggested(form)["url"] == FILLED["url"]
    asked = await fill(hass, form, FILLED)
    assert asked["step_id"] == "notices", "other settings are asked about again"
    await steward.stop()
    await until(lambda: not loaded.runtime_data.coordinator.connected)
    assert (await fill(hass, asked, {"next_step_id": "change"}))["reason"] == "steward_away"


async def test_a_confirmed_certificate_is_kept_when_the_settings_are_changed_after_it(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    lack_rights(steward)
    refuse_certificate(steward, FINGERPRINT)
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    asked = await fill(hass, await fill(hass, form, FILLED), {})
    assert asked["step_id"] == "notices"
    form = await fill(hass, asked, {"next_step_id": "change"})
    assert suggested(form)["fingerprint"] == FINGERPRINT
    asked = await fill(hass, form, suggested(form) | {"name": "Renamed"})
    assert asked["step_id"] == "notices", "the certificate is not asked about again"
    assert (await fill(hass, asked, {"next_step_id": "save"}))["type"] is FlowResultType.CREATE_ENTRY
    assert steward.asked(Command.SAVE_INSTANCE)[-1].settings["fingerprint"] == FINGERPRINT


async def test_a_certificate_that_changes_before_it_is_confirmed_is_asked_for_again(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    other = FINGERPRINT.replace("A1", "B2")
    refuse_certificate(steward, FINGERPRINT, other)
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    asked = await fill(hass, form, FILLED)
    assert asked["description_placeholders"]["fingerprint"] == IN_LINES
    asked = await fill(hass, asked, {})
    assert asked["step_id"] == "certificate"
    assert asked["description_placeholders"]["fingerprint"] == IN_LINES.replace("A1", "B2")
    assert (await fill(hass, asked, {}))["type"] is FlowResultType.CREATE_ENTRY


async def test_an_error_after_the_confirmation_is_shown_on_the_settings(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    refuse_certificate(steward, FINGERPRINT)
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    asked = await fill(hass, form, FILLED)

    def refuse(_request: SaveInstance) -> None:
        raise ContractError(ErrorCode.INVALID_AUTH, "wrong", {"key": "token_secret"})

    steward.answers[Command.SAVE_INSTANCE] = refuse
    result = await fill(hass, asked, {})
    assert result["step_id"] == "settings"
    assert result["errors"] == {"proxmox_token_secret": "invalid_auth"}
    assert suggested(result)["url"] == FILLED["url"]
    assert suggested(result)["fingerprint"] == FINGERPRINT
    result = await fill(hass, result, suggested(result) | {"proxmox_token_secret": "another"})
    assert steward.asked(Command.SAVE_INSTANCE)[-1].settings["fingerprint"] == FINGERPRINT
    await fill(hass, result, FILLED)
    assert "fingerprint" not in steward.asked(Command.SAVE_INSTANCE)[-1].settings


async def test_a_changed_service_may_present_a_new_certificate(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    subentry = await add_service(hass, loaded)
    refuse_certificate(steward, FINGERPRINT)
    form = await loaded.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    asked = await fill(hass, form, {key: one for key, one in FILLED.items() if "secret" not in key})
    assert asked["step_id"] == "certificate"
    assert (await fill(hass, asked, {}))["reason"] == "reconfigure_successful"
    assert steward.asked(Command.SAVE_INSTANCE)[-1].id == "instance1"


async def test_a_certificate_cannot_be_confirmed_for_a_service_without_this_setting(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    refuse_certificate(steward, FINGERPRINT)
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "novelty"})
    result = await fill(hass, form, {"name": "New", "Host name": "h"})
    assert result["errors"] == {"base": "certificate_not_trusted"}


async def test_a_certificate_cannot_be_confirmed_while_the_app_does_not_answer(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    refuse_certificate(steward, FINGERPRINT)
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    asked = await fill(hass, form, FILLED)
    await steward.stop()
    await until(lambda: not loaded.runtime_data.coordinator.connected)
    assert (await fill(hass, asked, {}))["reason"] == "steward_away"
