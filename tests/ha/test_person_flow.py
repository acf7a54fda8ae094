"""The flow that adds and changes people."""

from typing import Any

import probatio
import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from flows import fill, keys, start, suggested
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import config_validation as cv
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.homelab_steward.contract.commands import SavePerson
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import Authority, Origin, Role

SAM = {"telegram_user_id": "12", "name": "Sam"}

FULL = {
    "role": "guest",
    "language": "de",
    "quiet_from": "22:00:00",
    "quiet_until": "06:30:00",
    "asked_after_minutes": 15,
    "pin": "4711",
    "authority": {"infrastructure": "medium", "Novelties": "by_role"},
}


async def change(
    hass: HomeAssistant, entry: MockConfigEntry, subentry: ConfigSubentry | None = None
) -> dict[str, Any]:
    """Return the form that changes the person of a subentry, of the first one by default."""
    subentry = subentry or next(iter(entry.subentries.values()))
    return dict(await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id))


def authority(form: dict[str, Any]) -> dict[str, Any]:
    """Return the first values of the section of the categories."""
    schema = next(one for key, one in form["data_schema"].schema.items() if str(key) == "authority").schema
    return {str(key): (key.description or {}).get("suggested_value", key.default()) for key in schema.schema}


async def add(hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, **data: Any) -> SavePerson:
    """Add Sam; return what the app was asked to store."""
    result = await fill(hass, await start(hass, entry, "person"), SAM | FULL | data)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    request = steward.asked(Command.SAVE_PERSON)[-1]
    assert isinstance(request, SavePerson)
    return request


async def test_a_person_is_added(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    form = await start(hass, loaded, "person")
    result = await fill(hass, form, {"ha_user_id": robin.id, "role": "member", "telegram_user_id": " 4711 "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Robin"
    request = steward.asked(Command.SAVE_PERSON)[0]
    assert (request.name, request.role) == ("Robin", Role.MEMBER)
    assert (request.ha_user_id, request.telegram_user_id) == (robin.id, 4711)
    assert result["data"] == {"person_id": request.id, "name": "Robin"}


async def test_a_person_is_changed(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    form = await start(hass, loaded, "person")
    await fill(hass, form, {"ha_user_id": robin.id, "role": "owner", "telegram_user_id": "5"})
    await hass.async_block_till_done()
    subentry = next(iter(loaded.subentries.values()))
    form = await loaded.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    assert suggested(form)["telegram_user_id"] == "5"
    result = await fill(hass, form, {"ha_user_id": robin.id, "name": "Rob", "role": "guest"})
    assert result["reason"] == "reconfigure_successful"
    request = steward.asked(Command.SAVE_PERSON)[-1]
    assert (request.name, request.role, request.telegram_user_id) == ("Rob", Role.GUEST, None)
    assert request.id == subentry.data["person_id"]
    await hass.async_block_till_done()
    assert loaded.subentries[subentry.subentry_id].title == "Rob"


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({}, {"base": "needs_identity"}),
        ({"telegram_user_id": "12"}, {"name": "needs_name"}),
        ({"telegram_user_id": "@sam", "name": "Sam"}, {"telegram_user_id": "not_a_number"}),
        ({"telegram_user_id": "٤٥", "name": "Sam"}, {"telegram_user_id": "not_a_number"}),
        ({"telegram_user_id": "99", "name": "Sam"}, {"telegram_user_id": "known_already"}),
        ({"ha_user_id": "robin"}, {"ha_user_id": "known_already"}),
        ({"ha_user_id": "sam"}, {"ha_user_id": "in_file"}),
        (SAM | {"quiet_from": "22:00:00"}, {"quiet_until": "needs_both_times"}),
        (SAM | {"quiet_until": "22:00:00"}, {"quiet_from": "needs_both_times"}),
        (SAM | {"quiet_from": "22:00:00", "quiet_until": "22:00:00"}, {"quiet_until": "same_time"}),
        (SAM | {"pin": "123"}, {"pin": "not_a_pin"}),
        (SAM | {"pin": "1" * 13}, {"pin": "not_a_pin"}),
        (SAM | {"pin": "7777"}, {"pin": "not_a_pin"}),
        (SAM | {"pin": "12a4"}, {"pin": "not_a_pin"}),
        (SAM | {"pin": "١٢٣٤"}, {"pin": "not_a_pin"}),
    ],
)
async def test_each_error_of_a_person_belongs_to_its_field(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    robin: User,
    until: Until,
    data: dict[str, str],
    errors: dict[str, str],
) -> None:
    sam = MockUser(name="Sam").add_to_hass(hass)
    known = rows.person("p2", ha_user_id=robin.id, telegram_user_id=99, origin=Origin.FRONT_END)
    await steward.push(RowKind.PERSON, known)
    await steward.push(RowKind.PERSON, rows.person("p3", ha_user_id=sam.id))
    await until(lambda: "p3" in loaded.runtime_data.coordinator.steward_state.people)
    form = await start(hass, loaded, "person")
    users = {"robin": robin.id, "sam": sam.id}
    filled = {key: users.get(value, value) for key, value in data.items()}
    result = await fill(hass, form, {"role": "owner"} | filled)
    assert result["errors"] == errors


async def test_a_refused_person_has_the_error_of_the_app(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    def refuse(_request: Any) -> None:
        raise ContractError(ErrorCode.FORBIDDEN, "no more owners")

    steward.answers[Command.SAVE_PERSON] = refuse
    form = await start(hass, loaded, "person")
    result = await fill(hass, form, {"ha_user_id": robin.id, "role": "owner"})
    assert result["errors"] == {"base": "refused"}
    assert result["description_placeholders"]["message"] == "no more owners"


async def test_everything_about_a_person_is_stored_in_the_app_only(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    request = await add(hass, steward, loaded)
    assert (request.role, request.language, request.asked_after_minutes) == (Role.GUEST, "de", 15)
    assert (request.quiet_from, request.quiet_until) == ("22:00", "06:30")
    assert request.authority == {"infrastructure": Authority.MEDIUM}
    assert request.pin == "4711"
    subentry = next(iter(loaded.subentries.values()))
    assert subentry.data == {"person_id": request.id, "name": "Sam"}


async def test_the_form_shows_what_is_stored_except_the_pin(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    form = await start(hass, loaded, "person")
    assert "remove_pin" not in keys(form)
    await add(hass, steward, loaded)
    form = await change(hass, loaded)
    shown = suggested(form)
    stored = {
        "language": "de",
        "quiet_from": "22:00:00",
        "quiet_until": "06:30:00",
        "asked_after_minutes": 15,
    }
    assert stored.items() <= shown.items()
    assert shown["pin"] is None
    assert authority(form) == {"infrastructure": "medium", "Novelties": "by_role"}


@pytest.mark.parametrize(
    ("entered", "pin"), [({}, None), ({"pin": "2580"}, "2580"), ({"remove_pin": True}, "")]
)
async def test_an_empty_pin_is_kept_and_one_is_replaced_or_removed(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    entered: dict[str, Any],
    pin: str | None,
) -> None:
    await add(hass, steward, loaded)
    await fill(hass, await change(hass, loaded), SAM | {"role": "guest"} | entered)
    assert steward.asked(Command.SAVE_PERSON)[-1].pin == pin


async def test_a_pin_cannot_be_replaced_and_removed(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    await add(hass, steward, loaded)
    both = SAM | {"role": "guest", "pin": "2580", "remove_pin": True}
    result = await fill(hass, await change(hass, loaded), both)
    assert result["errors"] == {"remove_pin": "new_pin_removed"}


async def test_the_authority_is_kept_where_the_form_does_not_show_it(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    request = await add(hass, steward, loaded)
    stored = {"gone": Authority.NOTHING, "infrastructure": Authority.LOW}
    row = rows.person(request.id, name="Sam", telegram_user_id=12, origin=Origin.FRONT_END, authority=stored)
    await steward.push(RowKind.PERSON, row)
    people = loaded.runtime_data.coordinator.steward_state.people
    await until(lambda: loaded.runtime_data.coordinator.steward_state.people is not people)
    await fill(hass, await change(hass, loaded), SAM | {"role": "owner"})
    assert steward.asked(Command.SAVE_PERSON)[-1].authority == stored
    changed = {"infrastructure": "by_role", "Novelties": "high"}
    await steward.push(RowKind.PERSON, row)
    await fill(hass, await change(hass, loaded), SAM | {"role": "owner", "authority": changed})
    assert steward.asked(Command.SAVE_PERSON)[-1].authority == {
        "gone": Authority.NOTHING,
        "novelties": Authority.HIGH,
    }


@pytest.mark.parametrize(("key", "field"), [("quiet_from", "quiet_from"), ("pin", "pin"), ("id", "base")])
async def test_a_refusal_of_the_app_is_shown_at_its_field(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, key: str, field: str
) -> None:
    def refuse(_request: Any) -> None:
        raise ContractError(ErrorCode.INVALID_ARGUMENT, "must be another one", {"key": key})

    steward.answers[Command.SAVE_PERSON] = refuse
    result = await fill(hass, await start(hass, loaded, "person"), SAM | FULL)
    assert result["errors"] == {field: "refused"}


async def test_the_frontend_gets_every_field_of_the_form(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    await add(hass, steward, loaded)
    form = await change(hass, loaded)
    fields: Any = probatio.to_field_list(form["data_schema"], custom_serializer=cv.custom_serializer)
    by_name = {one["name"]: one for one in fields}
    assert list(by_name) == keys(form)
    assert by_name["pin"]["selector"]["text"]["type"] == "password"
    assert "default" not in by_name["pin"]
    section = by_name["authority"]
    assert (section["type"], section["expanded"]) == ("expandable", False)
    assert [one["name"] for one in section["schema"]] == ["infrastructure", "Novelties"]
    assert "4711" not in str(fields)
