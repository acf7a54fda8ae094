"""Pause, verbose and maintenance: switches, calendar, actions and conditions."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import probatio
import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import condition
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.maintenance import (
    MaintenanceWindow,
    Occurrence,
    RemoveMaintenance,
    WeeklyTimes,
)
from custom_components.homelab_steward.contract.mode import PauseScope, SetPause, SetVerbose, StewardMode
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker

AUTOMATIC = "switch.homelab_steward_automatic_actions"
VERBOSE = "switch.homelab_steward_report_every_step"
MAINTENANCE = "switch.proxmox_maintenance"
CALENDAR = "calendar.homelab_steward_maintenance"

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def _unloaded(hass: HomeAssistant, loaded: MockConfigEntry) -> AsyncIterator[None]:
    """Unload the entry after the test: a calendar has a timer for its next event until then."""
    yield
    assert await hass.config_entries.async_unload(loaded.entry_id)


def speaker(user: User | None) -> Speaker:
    return Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user.id if user else "")


async def call(
    hass: HomeAssistant, action: str, user: User | None, /, *, answers: bool = False, **data: Any
) -> Any:
    domain, _, name = action.rpartition(".")
    context = Context(user_id=user.id if user else None)
    return await hass.services.async_call(
        domain or DOMAIN, name, data, blocking=True, context=context, return_response=answers
    )


def window(key: str = "w1", **changes: Any) -> MaintenanceWindow:
    now = dt_util.utcnow()
    values: dict[str, Any] = {
        "id": key,
        "title": "New disks",
        "person_id": "p1",
        "person_name": "Robin",
        "via": FrontEnd.TELEGRAM,
        "added_at": now,
        "instance_ids": ("pve",),
        "once": Occurrence(starts_at=now - HOUR, ends_at=now + HOUR),
    }
    return MaintenanceWindow(**(values | changes))


def device(hass: HomeAssistant, entry: MockConfigEntry, *path: str) -> str:
    key = (DOMAIN, "/".join(("f00dfeed", *path)))
    found = dr.async_get(hass).async_get_device_by_identifier(key, entry.entry_id)
    assert found
    return found.id


def shows(hass: HomeAssistant, entity_id: str, state: str) -> Any:
    return lambda: hass.states.is_state(entity_id, state)


async def test_automatic_actions_off_is_a_pause(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, robin: User
) -> None:
    assert hass.states.is_state(AUTOMATIC, "on")
    await call(hass, "switch.turn_off", robin, entity_id=AUTOMATIC)
    assert hass.states.is_state(AUTOMATIC, "off")
    await call(hass, "switch.turn_off", robin, entity_id=AUTOMATIC)
    assert steward.asked(Command.SET_PAUSE) == [SetPause(speaker=speaker(robin), scope=PauseScope.AUTOMATIC)]
    state = hass.states.get(AUTOMATIC)
    assert state
    assert (state.attributes["scope"], state.attributes["person"]) == ("automatic", "Robin")
    await steward.stop()
    await until(shows(hass, AUTOMATIC, "unavailable"))
    steward.restart_as("second")
    await steward.start()
    await until(shows(hass, AUTOMATIC, "off"))
    await call(hass, "switch.turn_on", None, entity_id=AUTOMATIC)
    assert hass.states.is_state(AUTOMATIC, "on")
    assert steward.asked(Command.SET_PAUSE)[1] == SetPause(speaker=speaker(None), scope=None)


async def test_a_pause_while_the_app_was_away_is_shown(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.stop()
    await until(shows(hass, AUTOMATIC, "unavailable"))
    steward.restart_as("second")
    steward.rows[RowKind.MODE]["steward"] = StewardMode(verbose=True)
    await steward.start()
    await until(shows(hass, VERBOSE, "on"))


async def test_a_refused_change_is_an_error_and_no_change(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    def forbids(_: Any) -> StewardMode:
        raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to change this.")

    steward.answers[Command.SET_PAUSE] = steward.answers[Command.SET_VERBOSE] = forbids
    for action, entity_id in (("turn_off", AUTOMATIC), ("turn_on", VERBOSE)):
        with pytest.raises(ServiceValidationError) as refused:
            await call(hass, f"switch.{action}", robin, entity_id=entity_id)
        assert refused.value.translation_key == "forbidden"
    assert hass.states.is_state(AUTOMATIC, "on")
    assert hass.states.is_state(VERBOSE, "off")
    with pytest.raises(ServiceValidationError):
        await call(hass, "pause", robin)


async def test_verbose(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    for action, state in (("turn_on", "on"), ("turn_off", "off")):
        await call(hass, f"switch.{action}", robin, entity_id=VERBOSE)
        assert hass.states.is_state(VERBOSE, state)
    assert steward.asked(Command.SET_VERBOSE) == [
        SetVerbose(speaker=speaker(robin), verbose=True),
        SetVerbose(speaker=speaker(robin), verbose=False),
    ]


async def test_pause_and_resume(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    assert await async_setup_component(hass, "automation", {})
    valid = await condition.async_validate_condition_config(hass, {"condition": f"{DOMAIN}.is_paused"})
    paused = await condition.async_from_config(hass, valid)
    assert paused.async_check() is False
    await call(hass, "pause", robin, scope="everything", reason="Guests")
    assert paused.async_check() is True
    await call(hass, "pause", None)
    await call(hass, "resume", None)
    assert paused.async_check() is False
    assert steward.asked(Command.SET_PAUSE) == [
        SetPause(speaker=speaker(robin), scope=PauseScope.EVERYTHING, reason="Guests"),
        SetPause(speaker=speaker(None), scope=PauseScope.AUTOMATIC),
        SetPause(speaker=speaker(None), scope=None),
    ]
    await steward.stop()
    with pytest.raises(HomeAssistantError):
        await call(hass, "resume", robin)
    paused.async_unload()


async def test_the_switch_of_a_service_starts_and_ends_its_maintenance(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    assert hass.states.is_state(MAINTENANCE, "off")
    await call(hass, "switch.turn_on", robin, entity_id=MAINTENANCE)
    await call(hass, "switch.turn_on", robin, entity_id=MAINTENANCE)
    (added,) = steward.asked(Command.ADD_MAINTENANCE)
    assert (added.title, added.instance_ids, added.speaker) == (
        "Maintenance of Proxmox",
        ("pve",),
        speaker(robin),
    )
    assert added.once.ends_at - added.once.starts_at == timedelta(hours=24)
    state = hass.states.get(MAINTENANCE)
    assert state
    assert (state.state, state.attributes["windows"][0]["added_by"]) == ("on", "Robin")
    assert hass.states.is_state(CALENDAR, "on")
    await call(hass, "switch.turn_off", None, entity_id=MAINTENANCE)
    (removed,) = steward.asked(Command.REMOVE_MAINTENANCE)
    assert removed == RemoveMaintenance(
        speaker=speaker(None), id=state.attributes["windows"][0]["window_id"], only_current=False
    )
    assert hass.states.is_state(MAINTENANCE, "off")
    assert hass.states.is_state(CALENDAR, "off")


@pytest.mark.parametrize(
    "of", [{"instance_ids": ()}, {"instance_ids": (), "categories": ("infrastructure",)}]
)
async def test_a_wider_maintenance_is_shown_and_not_ended_by_the_switch(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    robin: User,
    of: dict[str, Any],
) -> None:
    await steward.push(RowKind.MAINTENANCE, window(**of))
    await until(shows(hass, MAINTENANCE, "on"))
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "switch.turn_off", robin, entity_id=MAINTENANCE)
    assert refused.value.translation_placeholders == {"title": "New disks"}
    assert steward.asked(Command.REMOVE_MAINTENANCE) == []


@pytest.mark.parametrize("of", [{"instance_ids": ("other",)}, {"instance_ids": (), "categories": ("media",)}])
async def test_the_maintenance_of_others_is_not_shown(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, of: dict[str, Any]
) -> None:
    await steward.push(RowKind.MAINTENANCE, window(**of))
    await until(shows(hass, CALENDAR, "on"))
    assert hass.states.is_state(MAINTENANCE, "off")


async def test_start_maintenance_now_later_and_every_week(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    proxmox = device(hass, loaded, "pve")
    response = await call(
        hass,
        "start_maintenance",
        robin,
        answers=True,
        duration={"hours": 2},
        device_id=proxmox,
        notify_minutes=30,
    )
    later = "2099-01-05 22:00:00"
    await call(hass, "start_maintenance", None, duration="01:30:00", category=["media"], starts_at=later)
    await call(
        hass,
        "start_maintenance",
        robin,
        duration="00:30:00",
        starts_at=later,
        weekdays=["mon", "sun"],
        title="Backups",
    )
    now, once, weekly = steward.asked(Command.ADD_MAINTENANCE)
    assert (now.instance_ids, now.notify_minutes, now.title) == (("pve",), 30, "Maintenance")
    assert now.once.ends_at - now.once.starts_at == 2 * HOUR
    assert response["window_id"] == "window1"
    assert response["ends_at"] == now.once.ends_at.isoformat()
    starts_at = dt_util.as_utc(dt_util.parse_datetime(later).replace(tzinfo=dt_util.get_default_time_zone()))  # type: ignore[union-attr]
    assert (once.once.starts_at, once.categories, once.speaker.user_id) == (starts_at, ("media",), "")
    zone = str(dt_util.get_default_time_zone())
    assert weekly.weekly == WeeklyTimes(weekdays=(0, 6), begin="22:00", minutes=30, zone=zone)
    assert (weekly.once, weekly.title, weekly.instance_ids) == (None, "Backups", ())


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"duration": "soon"},
        {"duration": "01:00:00", "weekdays": []},
        {"duration": "01:00:00", "weekdays": ["someday"]},
        {"duration": "01:00:00", "notify_minutes": 0},
    ],
)
async def test_a_wrong_maintenance_is_refused(
    hass: HomeAssistant, loaded: MockConfigEntry, robin: User, data: dict[str, Any]
) -> None:
    with pytest.raises(probatio.Invalid):
        await call(hass, "start_maintenance", robin, **data)


async def test_maintenance_is_only_of_services(
    hass: HomeAssistant, loaded: MockConfigEntry, robin: User
) -> None:
    for path in ((), ("pve", "container", "105")):
        with pytest.raises(ServiceValidationError):
            await call(
                hass, "start_maintenance", robin, duration="01:00:00", device_id=device(hass, loaded, *path)
            )


async def test_end_maintenance(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, robin: User
) -> None:
    now = dt_util.utcnow()
    local = dt_util.as_local(now)
    weekly = WeeklyTimes(
        weekdays=(local.weekday(),), begin=f"{local:%H:%M}", minutes=60, zone=str(local.tzinfo)
    )
    await steward.push(RowKind.MAINTENANCE, window("w1"))
    await steward.push(RowKind.MAINTENANCE, window("w2", once=None, weekly=weekly))
    await steward.push(RowKind.MAINTENANCE, window("wide", instance_ids=()))
    await until(shows(hass, MAINTENANCE, "on"))
    await call(hass, "end_maintenance", robin, device_id=device(hass, loaded, "pve"))
    await call(hass, "end_maintenance", None, window_id="wide")
    asked = [(one.id, one.only_current) for one in steward.asked(Command.REMOVE_MAINTENANCE)]
    assert asked == [("w1", False), ("w2", True), ("wide", False)]
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "end_maintenance", robin, window_id="nothing")
    assert refused.value.translation_key == "no_maintenance"
    for wrong in ({}, {"window_id": "w1", "device_id": "x"}):
        with pytest.raises(probatio.Invalid):
            await call(hass, "end_maintenance", robin, **wrong)


async def test_maintenance_is_active(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    assert await async_setup_component(hass, "automation", {})
    checkers = []
    for options in (
        {},
        {"device_id": device(hass, loaded, "pve", "container", "105")},
        {"category": "media"},
        {"device_id": device(hass, loaded)},
    ):
        config = {"condition": f"{DOMAIN}.maintenance_is_active", "options": options}
        valid = await condition.async_validate_condition_config(hass, config)
        checkers.append(await condition.async_from_config(hass, valid))

    def results() -> list[Any]:
        return [one.async_check() for one in checkers]

    assert results() == [False] * 4
    await steward.push(RowKind.MAINTENANCE, window())
    await until(lambda: results() == [True, True, False, False])
    await steward.push(RowKind.MAINTENANCE, window(instance_ids=(), categories=("media",)))
    await until(lambda: results() == [True, False, True, False])
    later = Occurrence(starts_at=dt_util.utcnow() + HOUR, ends_at=dt_util.utcnow() + 2 * HOUR)
    await steward.push(RowKind.MAINTENANCE, window(once=later))
    await until(lambda: results() == [False] * 4)
    for one in checkers:
        one.async_unload()


async def test_the_calendar_lists_all_time_spans(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    monday = dt_util.parse_datetime("2099-01-05T00:00:00+00:00")
    assert monday
    weekly = WeeklyTimes(weekdays=(0,), begin="22:00", minutes=60, zone="UTC")
    await steward.push(RowKind.MAINTENANCE, window("w1", once=None, weekly=weekly, categories=("media",)))
    span = Occurrence(starts_at=monday + HOUR, ends_at=monday + 2 * HOUR)
    await steward.push(RowKind.MAINTENANCE, window("w2", instance_ids=(), once=span, title="Power\u202eoff"))
    await until(lambda: hass.states.get(CALENDAR).attributes.get("message"))  # type: ignore[union-attr]
    response = await hass.services.async_call(
        "calendar",
        "get_events",
        {"start_date_time": monday, "end_date_time": monday + timedelta(days=8)},
        target={"entity_id": CALENDAR},
        blocking=True,
        return_response=True,
    )
    assert response
    events: Any = response[CALENDAR]
    found = events["events"]
    assert [one["summary"] for one in found] == ["Poweroff", "New disks", "New disks"]
    assert found[0]["description"] == "Of: everything. Added by Robin."
    assert found[1]["description"] == "Of: Proxmox, Media. Added by Robin."
    assert found[1]["start"] == dt_util.as_local(monday + 22 * HOUR).isoformat()


async def test_silence_is_maintenance_of_the_service_of_an_incident(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, robin: User
) -> None:
    await steward.push(RowKind.INCIDENT, rows.incident())
    await steward.push(RowKind.INCIDENT, rows.incident("nowhere", target=None))
    await until(shows(hass, "sensor.homelab_steward_open_incidents", "2"))
    answer = await call(hass, "silence", robin, answers=True, incident_id="inc1", duration="02:00:00")
    (added,) = steward.asked(Command.ADD_MAINTENANCE)
    assert (added.title, added.instance_ids) == ("Silence after incident 7", ("pve",))
    assert added.once.ends_at - added.once.starts_at == 2 * HOUR
    assert answer["window_id"] == "window1"
    assert hass.states.is_state(MAINTENANCE, "on")
    for wrong in ("nothing", "nowhere"):
        with pytest.raises(ServiceValidationError) as refused:
            await call(hass, "silence", robin, incident_id=wrong, duration="02:00:00")
        assert refused.value.translation_key == "no_incident"
