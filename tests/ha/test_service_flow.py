"""The flow that adds and changes services."""

from dataclasses import replace
from typing import Any

import probatio
import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from flows import fill, keys, start, suggested
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.catalogue import Catalogue, Field, SettingKind
from custom_components.homelab_steward.contract.commands import SaveInstance
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.forms import SettingsForm

FILLED = {
    "name": "My Proxmox",
    "url": "https://pve.example.org:8006",
    "proxmox_token_id": "steward@pve!homelab",
    "proxmox_token_secret": "top-secret",
    "verify_tls": False,
}

FINGERPRINT = ":".join(["A1"] * 32)
IN_LINES = "\n".join([":".join(["A1"] * 8)] * 4)


async def add_service(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigSubentry:
    form = await start(hass, entry, "service")
    form = await fill(hass, form, {"service": "proxmox"})
    result = await fill(hass, form, FILLED)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    return next(one for one in entry.subentries.values() if one.subentry_type == "service")


async def test_a_service_is_added_with_a_device_below_the_app(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    form = await start(hass, loaded, "service")
    assert form["step_id"] == "user"
    form = await fill(hass, form, {"service": "proxmox"})
    assert form["step_id"] == "settings"
    assert keys(form) == [*FILLED, "fingerprint"]
    result = await fill(hass, form, FILLED)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {
        "instance_id": "instance1",
        "service": "proxmox",
        "name": "My Proxmox",
    }
    request = steward.asked(Command.SAVE_INSTANCE)[0]
    assert request.settings == {
        "url": "https://pve.example.org:8006",
        "token_id": "steward@pve!homelab",
        "token_secret": "top-secret",
        "verify_tls": False,
    }
    await hass.async_block_till_done()
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier(
        ("homelab_steward", "f00dfeed/instance1"), loaded.entry_id
    )
    assert device is not None
    assert device.name == "My Proxmox"
    assert device.config_subentry_id in loaded.subentries
    parent = registry.async_get(device.via_device_id or "")
    assert parent is not None
    assert parent.identifiers == {("homelab_steward", "f00dfeed")}


async def test_home_assistant_stores_no_secret(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add_service(hass, loaded)
    await hass.config_entries.async_unload(loaded.entry_id)
    assert steward.secrets["instance1"] == {"token_secret": "top-secret"}
    assert "top-secret" not in str(loaded.as_dict())
    assert "top-secret" not in str(hass_storage)
    assert "top-secret" not in caplog.text


async def test_a_service_without_translations_has_the_labels_of_the_catalogue(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    form = await start(hass, loaded, "service")
    form = await fill(hass, form, {"service": "novelty"})
    assert keys(form) == ["name", "Host name", "Interval", "Mode", "password"]
    result = await fill(
        hass,
        form,
        {"name": "New", "Host name": "h", "Interval": 60, "Mode": "slow", "password": ""},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    settings = steward.asked(Command.SAVE_INSTANCE)[0].settings
    assert settings == {"host": "h", "interval": 60, "mode": "slow"}
    assert isinstance(settings["interval"], int)


@pytest.mark.parametrize(
    ("description", "example"),
    [("https://pve.example.org:8006", "https://pve.example.org:8006"), ("", "https://service.example.org")],
)
async def test_a_shared_setting_describes_the_service_by_its_example(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, description: str, example: str
) -> None:
    described = replace(rows.PROXMOX.settings[0], description=description)
    service = replace(rows.PROXMOX, settings=(described, *rows.PROXMOX.settings[1:]))
    steward.rows[RowKind.CATALOGUE] = {"x": Catalogue(digest="x", services=(service,))}
    assert await hass.config_entries.async_setup(entry.entry_id)
    form = await fill(hass, await start(hass, entry, "service"), {"service": "proxmox"})
    assert form["description_placeholders"]["url_example"] == example
    assert form["description_placeholders"]["token_example"] == ""


async def test_services_are_offered_with_their_category(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    form = await start(hass, loaded, "service")
    (selector,) = form["data_schema"].schema.values()
    assert [one["label"] for one in selector.config["options"]] == [
        "Proxmox VE (Infrastructure)",
        "Novelty (Novelties)",
    ]


async def test_a_target_is_entered_as_text_and_a_setting_called_name_is_not_the_name_of_the_instance(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    settings = (
        Field(key="node", kind=SettingKind.TARGET, name="Node", scope="node"),
        Field(key="name", kind=SettingKind.TEXT, name="Account name"),
    )
    service = replace(rows.NOVELTY, settings=settings)
    steward.rows[RowKind.CATALOGUE] = {"x": Catalogue(digest="x", services=(service,))}
    assert await hass.config_entries.async_setup(entry.entry_id)
    form = await fill(hass, await start(hass, entry, "service"), {"service": "novelty"})
    assert keys(form) == ["name", "Node", "Account name"]
    result = await fill(hass, form, {"name": "New", "Node": "n1", "Account name": "robin"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    request = steward.asked(Command.SAVE_INSTANCE)[0]
    assert (request.name, request.settings) == ("New", {"node": "n1", "name": "robin"})


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


@pytest.mark.parametrize("wrong", [{"Interval": 4}, {"Interval": 301}, {"Mode": "sideways"}])
async def test_a_value_outside_the_limits_or_choices_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, wrong: dict[str, Any]
) -> None:
    form = await start(hass, loaded, "service")
    form = await fill(hass, form, {"service": "novelty"})
    with pytest.raises(InvalidData):
        await fill(hass, form, {"name": "New", "Host name": "h", "Interval": 60} | wrong)


@pytest.mark.parametrize(
    ("code", "key", "errors"),
    [
        (ErrorCode.CANNOT_CONNECT, "url", {"url": "cannot_connect"}),
        (ErrorCode.CANNOT_CONNECT, None, {"base": "cannot_connect"}),
        (ErrorCode.INVALID_AUTH, "token_secret", {"proxmox_token_secret": "invalid_auth"}),
        (ErrorCode.INVALID_SETTING, "token_id", {"proxmox_token_id": "invalid_setting"}),
        (ErrorCode.INVALID_ARGUMENT, "token_secret", {"proxmox_token_secret": "secret_again"}),
        (ErrorCode.INVALID_ARGUMENT, "name", {"base": "refused"}),
        (ErrorCode.CERTIFICATE_NOT_TRUSTED, None, {"base": "certificate_not_trusted"}),
        (ErrorCode.INTERNAL, None, {"base": "refused"}),
        (ErrorCode.UNAVAILABLE, None, {"base": "refused"}),
        (ErrorCode.ALREADY_CONFIGURED, None, {"base": "already_added"}),
    ],
)
async def test_a_refused_setting_has_the_error_on_its_field(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    code: ErrorCode,
    key: str | None,
    errors: dict[str, str],
) -> None:
    def refuse(_request: Any) -> None:
        raise ContractError(code, "because", {"key": key} if key else None)

    accept = steward.answers[Command.SAVE_INSTANCE]
    steward.answers[Command.SAVE_INSTANCE] = refuse
    form = await start(hass, loaded, "service")
    form = await fill(hass, form, {"service": "proxmox"})
    result = await fill(hass, form, FILLED)
    assert result["errors"] == errors
    assert result["description_placeholders"]["message"] == "because"
    assert suggested(result)["proxmox_token_id"] == "steward@pve!homelab"
    steward.answers[Command.SAVE_INSTANCE] = accept
    assert (await fill(hass, result, FILLED))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_service_that_is_set_up_already_is_named(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    def refuse(_request: Any) -> None:
        raise ContractError(ErrorCode.ALREADY_CONFIGURED, "no", {"name": "Proxmox on nas"})

    steward.answers[Command.SAVE_INSTANCE] = refuse
    form = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    result = await fill(hass, form, FILLED)
    assert result["errors"] == {"base": "already_added"}
    assert result["description_placeholders"]["existing"] == "Proxmox on nas"


async def test_an_empty_secret_keeps_the_stored_one(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    subentry = await add_service(hass, loaded)
    form = await loaded.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    assert form["step_id"] == "settings"
    defaults = {str(key.schema): key.default() for key in form["data_schema"].schema if callable(key.default)}
    assert defaults["url"] == "https://pve.example.org:8006"
    assert "top-secret" not in str(form["data_schema"].schema)
    changed = {key: value for key, value in FILLED.items() if key != "proxmox_token_secret"}
    result = await fill(hass, form, changed | {"name": "Renamed"})
    assert result["reason"] == "reconfigure_successful"
    request = steward.asked(Command.SAVE_INSTANCE)[-1]
    assert request.id == "instance1"
    assert "token_secret" not in request.settings
    await hass.async_block_till_done()
    assert loaded.subentries[subentry.subentry_id].title == "Renamed"
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("homelab_steward", "f00dfeed/instance1"), loaded.entry_id
    )
    assert device is not None
    assert device.name == "Renamed"


async def test_a_changed_address_needs_the_secret_again(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    subentry = await add_service(hass, loaded)
    accept = steward.answers[Command.SAVE_INSTANCE]

    def refuse_without_secret(request: SaveInstance) -> Any:
        if "token_secret" not in request.settings:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, "again", {"key": "token_secret"})
        return accept(request)

    steward.answers[Command.SAVE_INSTANCE] = refuse_without_secret
    form = await loaded.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    moved = FILLED | {"url": "https://elsewhere.example.org:8006"}
    del moved["proxmox_token_secret"]
    result = await fill(hass, form, moved)
    assert result["errors"] == {"proxmox_token_secret": "secret_again"}
    assert suggested(result)["url"] == "https://elsewhere.example.org:8006"
    assert suggested(result)["proxmox_token_secret"] is None
    result = await fill(hass, result, moved | {"proxmox_token_secret": "another-secret"})
    assert result["reason"] == "reconfigure_successful"
    assert steward.secrets["instance1"] == {"token_secret": "another-secret"}


def test_a_secret_is_never_filled_in_even_if_the_app_sends_it() -> None:
    form = SettingsForm(rows.PROXMOX, ())
    schema = form.schema({"token_secret": "top-secret", "token_id": "me"}, keep_secrets=True)
    filled = [key.default() for key in schema if callable(getattr(key, "default", None))]
    assert "me" in filled
    assert "top-secret" not in str([filled, *(key.description for key in schema)])
    fields = {str(getattr(key.schema, "schema", key.schema)): key for key in schema}
    assert isinstance(fields["API token secret"], probatio.Optional)
    assert isinstance(fields["API token id"], probatio.Required)
    assert fields["API token id"].default() == "me"


async def test_flows_abort_while_the_app_does_not_answer(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    subentry = await add_service(hass, loaded)
    half = await fill(hass, await start(hass, loaded, "service"), {"service": "proxmox"})
    await steward.stop()
    await until(lambda: not loaded.runtime_data.coordinator.connected)
    for kind in ("service", "person"):
        assert (await start(hass, loaded, kind))["reason"] == "steward_away"
    assert (await fill(hass, half, FILLED))["reason"] == "steward_away"
    result = await loaded.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    assert result["reason"] == "steward_away"
    await hass.config_entries.async_unload(loaded.entry_id)
    for kind in ("service", "person"):
        assert (await start(hass, loaded, kind))["reason"] == "steward_away"
