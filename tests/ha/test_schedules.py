"""The calendar of what the app does on a schedule."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.schedules import (
    PlannedRun,
    Schedule,
    ScheduledMessage,
    ScheduleKind,
    ScheduleQuery,
    Schedules,
)
from custom_components.homelab_steward.schedules import schedules_changed

CALENDAR = "calendar.homelab_steward_schedule"
SUNDAY = datetime(2026, 11, 29, 12, tzinfo=UTC)
REPORT = datetime(2026, 11, 30, 7, tzinfo=UTC)
TITLES = (
    Schedule(id="backup", title="Backup of the steward", kind=ScheduleKind.BACKUP),
    Schedule(id="own", title="Disks\u202e", kind=ScheduleKind.QUESTION),
)


def planned_at(*times: tuple[datetime, str]) -> Schedules:
    return Schedules(schedules=TITLES, planned=tuple(PlannedRun(at=at, schedule_id=key) for at, key in times))


@pytest.fixture
async def planned(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> AsyncIterator[MockConfigEntry]:
    """Yield the entry of an app with schedules; a calendar has a timer until it is unloaded."""
    soon = dt_util.utcnow() + timedelta(hours=1)
    steward.answers[Command.LIST_SCHEDULES] = lambda _: planned_at((soon, "own"))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: (found := hass.states.get(CALENDAR)) and found.attributes.get("message") == "Disks")
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_calendar_lists_what_the_app_plans(
    hass: HomeAssistant, steward: FakeSteward, planned: MockConfigEntry
) -> None:
    await hass.config.async_set_time_zone("Europe/Vienna")
    steward.received.clear()
    steward.answers[Command.LIST_SCHEDULES] = lambda _: planned_at(
        (SUNDAY - timedelta(hours=1), "own"),
        (REPORT, "own"),
        (REPORT, "gone"),
        (SUNDAY + timedelta(9), "own"),
    )
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": CALENDAR,
            "start_date_time": SUNDAY.isoformat(),
            "end_date_time": (SUNDAY + timedelta(2)).isoformat(),
        },
        blocking=True,
        return_response=True,
    )
    events = (answer or {})[CALENDAR]["events"]  # type: ignore[index, call-overload]
    assert [(one["start"], one["summary"]) for one in events] == [
        ("2026-11-30T08:00:00+01:00", "Disks"),
        ("2026-11-30T08:00:00+01:00", "gone"),
    ]
    asked = steward.asked(Command.LIST_SCHEDULES)[-1]
    assert asked == ScheduleQuery(
        since=SUNDAY - timedelta(minutes=15), until=SUNDAY + timedelta(2), language="en"
    )


async def test_after_a_run_the_next_one_is_shown(
    hass: HomeAssistant, steward: FakeSteward, planned: MockConfigEntry, until: Until
) -> None:
    later = dt_util.utcnow() + timedelta(days=1)
    steward.answers[Command.LIST_SCHEDULES] = lambda _: planned_at((later, "backup"))
    made = dt_util.utcnow()
    row = ScheduledMessage(id="own/1", schedule_id="own", title="Disks", due_at=made, made_at=made)
    await steward.push(RowKind.SCHEDULED, row)
    await until(lambda: (one := hass.states.get(CALENDAR)) and one.attributes["message"] == TITLES[0].title)


async def test_after_a_restart_of_the_app_the_schedules_are_read_again(
    hass: HomeAssistant, steward: FakeSteward, planned: MockConfigEntry, until: Until
) -> None:
    steward.answers[Command.LIST_SCHEDULES] = lambda _: Schedules()
    await steward.close_connections()
    await until(lambda: (found := hass.states.get(CALENDAR)) and "message" not in found.attributes)


async def test_after_a_change_the_schedules_are_read_again(
    hass: HomeAssistant, steward: FakeSteward, planned: MockConfigEntry, until: Until
) -> None:
    coordinator = planned.runtime_data.coordinator
    steward.answers[Command.LIST_SCHEDULES] = lambda _: Schedules()
    schedules_changed(coordinator)
    await until(lambda: (found := hass.states.get(CALENDAR)) and "message" not in found.attributes)
