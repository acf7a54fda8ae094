"""The calendar of the weekly report and the backups."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.maintenance import WeeklyTimes
from custom_components.homelab_steward.contract.protocol import Command
from custom_components.homelab_steward.contract.schedules import Schedules
from custom_components.homelab_steward.schedules import BACKUP, REPORT, planned_after

CALENDAR = "calendar.homelab_steward_schedule"
MONDAY = WeeklyTimes(weekdays=(0,), begin="08:00", minutes=0, zone="Europe/Vienna")
SUNDAY = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
async def planned(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> AsyncIterator[MockConfigEntry]:
    """Yield the entry of an app with both schedules; a calendar has a timer until it is unloaded."""
    first = datetime(2026, 11, 30, 3, tzinfo=UTC)
    steward.answers[Command.LIST_SCHEDULES] = lambda _: Schedules(
        weekly_report=MONDAY, next_backup=first, backup_hours=24
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: (found := hass.states.get(CALENDAR)) and found.attributes.get("message"))
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_calendar_lists_reports_and_backups(
    hass: HomeAssistant, steward: FakeSteward, planned: MockConfigEntry, until: Until
) -> None:
    await hass.config.async_set_time_zone("Europe/Vienna")
    data = {"start_date_time": SUNDAY.isoformat(), "end_date_time": (SUNDAY + timedelta(2)).isoformat()}
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": CALENDAR, **data},
        blocking=True,
        return_response=True,
    )
    events = (answer or {})[CALENDAR]["events"]  # type: ignore[index, call-overload]
    assert [(one["start"], one["summary"]) for one in events] == [
        ("2026-11-30T04:00:00+01:00", "Backup of the steward"),
        ("2026-11-30T08:00:00+01:00", "Weekly report"),
        ("2026-12-01T04:00:00+01:00", "Backup of the steward"),
    ]
    steward.answers[Command.LIST_SCHEDULES] = lambda _: Schedules()
    await steward.close_connections()
    await until(lambda: (found := hass.states.get(CALENDAR)) and "message" not in found.attributes)


def test_only_what_is_to_come_is_planned() -> None:
    every = Schedules(weekly_report=MONDAY, next_backup=SUNDAY, backup_hours=0.5)
    begins = [at for at, key in islice(planned_after(every, SUNDAY), 100) if key == BACKUP]
    assert begins[:2] == [SUNDAY + timedelta(minutes=30), SUNDAY + timedelta(hours=1)]
    before = next(planned_after(every, SUNDAY - timedelta(days=3)))
    assert before == (SUNDAY, BACKUP), "nothing was planned before the next backup"
    report, key = next(planned_after(Schedules(weekly_report=MONDAY), SUNDAY))
    assert (report, key) == (datetime(2026, 11, 30, 7, tzinfo=UTC), REPORT)


@pytest.mark.parametrize(
    "schedules",
    [
        Schedules(),
        Schedules(next_backup=SUNDAY),
        Schedules(next_backup=SUNDAY, backup_hours=0),
        Schedules(next_backup=SUNDAY, backup_hours=-1),
    ],
)
def test_without_a_schedule_nothing_is_planned(schedules: Schedules) -> None:
    assert list(planned_after(schedules, SUNDAY)) == []
