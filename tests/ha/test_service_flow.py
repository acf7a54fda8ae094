"""The flow that adds and changes services."""

from dataclasses import replace
from typing import Any

import probatio
import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from flows import FILLED, add_service, fill, keys, start, suggested
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.catalogue import Catalogue, Field, SettingKind
from custom_components.homelab_steward.contract.commands import SaveInstance
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.forms import SettingsForm


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


async def test_what_is_only_in_the_settings_of_the_app_is_not_offered(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry
) -> None:
    services = (rows.PROXMOX, replace(rows.NOVELTY, is_addable=False))
    steward.rows[RowKind.CATALOGUE] = {"x": Catalogue(digest="x", services=services)}
    assert await hass.config_entries.async_setup(entry.entry_id)
    form = await start(hass, entry, "service")
    (selector,) = form["data_schema"].schema.values()
    assert [one["value"] for one in selector.config["options"]] == [rows.PROXMOX.key]


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
