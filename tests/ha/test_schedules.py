"""The calendar of what the app does on a schedule."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from rows import approval, decision, target

from custom_components.homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from custom_components.homelab_steward.contract.later import Later, LaterCondition
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


def request_for(at: datetime, **changes: object) -> ApprovalRequest:
    """Return a request that is approved for later."""
    later = Later(at=at, until=at + timedelta(hours=1))
    scheduled = approval(status=ApprovalStatus.SCHEDULED, decision=decision(), later=later)
    return replace(scheduled, **changes)  # type: ignore[arg-type]


async def events_of(hass: HomeAssistant, since: datetime, until: datetime) -> list[dict[str, str]]:
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {"entity_id": CALENDAR, "start_date_time": since.isoformat(), "end_date_time": until.isoformat()},
        blocking=True,
        return_response=True,
    )
    return (answer or {})[CALENDAR]["events"]  # type: ignore[index, call-overload, return-value]


async def test_a_scheduled_request_is_an_event_until_it_is_cancelled(
    hass: HomeAssistant, steward: FakeSteward, planned: MockConfigEntry, until: Until
) -> None:
    await hass.config.async_set_time_zone("Europe/Vienna")
    steward.answers[Command.LIST_SCHEDULES] = lambda _: planned_at((SUNDAY + timedelta(hours=3), "own"))
    request = request_for(SUNDAY)
    await steward.push(RowKind.APPROVAL, request)
    coordinator = planned.runtime_data.coordinator
    await until(lambda: request.id in coordinator.steward_state.approvals)
    found = await events_of(hass, SUNDAY - timedelta(hours=1), SUNDAY + timedelta(hours=4))
    assert [(one["start"], one["end"], one["summary"]) for one in found] == [
        ("2026-11-29T13:00:00+01:00", "2026-11-29T13:15:00+01:00", "Increase memory 2 → 3 GiB"),
        ("2026-11-29T16:00:00+01:00", "2026-11-29T16:15:00+01:00", "Disks"),
    ]
    assert found[0]["description"].startswith("Scheduled: ")
    await steward.push(RowKind.APPROVAL, replace(request, status=ApprovalStatus.REJECTED))
    await until(lambda: coordinator.steward_state.approvals[request.id].status is ApprovalStatus.REJECTED)
    found = await events_of(hass, SUNDAY - timedelta(hours=1), SUNDAY + timedelta(hours=4))
    assert [one["summary"] for one in found] == ["Disks"]


async def test_a_request_that_waits_for_a_condition_is_an_event_until_it_expires(
    hass: HomeAssistant, steward: FakeSteward, planned: MockConfigEntry, until: Until
) -> None:
    now = dt_util.utcnow()
    condition = LaterCondition(name="Plex: Nobody is streaming", target=target(), reading="idle", equals=True)
    later = Later(
        at=now - timedelta(hours=2),
        until=now + timedelta(hours=22),
        conditions=(condition,),
        text="When nobody is streaming on Plex",
    )
    waiting = request_for(now, later=later, decision=None, title="Restart radarr", created_at=now)
    await steward.push(RowKind.APPROVAL, waiting)
    await until(
        lambda: (one := hass.states.get(CALENDAR)) and one.attributes.get("message") == "Restart radarr"
    )
    state = hass.states.get(CALENDAR)
    assert state is not None
    assert state.state == "on", "it may be executed at any time"
    assert state.attributes["description"].startswith("When nobody is streaming on Plex, at the latest ")
