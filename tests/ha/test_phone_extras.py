"""Critical alerts, comments, the progress of a run, maintenance that begins soon, the weekly report."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.homelab_steward.contract.commands import AddComment
from custom_components.homelab_steward.contract.devices import QUESTIONS
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import (
    ApprovalStatus,
    Comment,
    IncidentStatus,
    JournalStep,
    Run,
    RunStatus,
    Severity,
    StepState,
)
from custom_components.homelab_steward.contract.maintenance import MaintenanceWindow, Occurrence
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.reports import WeekFigures, WeeklyReport
from custom_components.homelab_steward.contract.schedules import Delivery, ScheduledMessage
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker

APPLE_CRITICAL = {
    "interruption-level": "critical",
    "sound": {"name": "default", "critical": 1, "volume": 1.0},
}


async def know(steward: FakeSteward, phone: TestPhone, key: str, **changes: Any) -> None:
    await steward.push(RowKind.PERSON, rows.person(key, ha_user_id=phone.user.id, **changes))


@pytest.fixture
async def alarmed(
    steward: FakeSteward, asked: MockConfigEntry, pixel: TestPhone, iphone: TestPhone, until: Until
) -> None:
    """Make the owners of both phones known, with critical alerts and a quiet time that never ends."""
    quiet = {"quiet_from": "00:00", "quiet_until": "23:59"}
    await know(steward, pixel, "p1", critical_alerts=True, **quiet)
    await know(steward, iphone, "p2", critical_alerts=True, **quiet)
    state = asked.runtime_data.coordinator
    await until(lambda: state.steward_state.person_of_user(iphone.user.id))


async def data_of(push: FakePush, until: Until, phone: str, tag: str) -> dict[str, Any]:
    await until(lambda: push.shown(phone, tag))
    shown = push.shown(phone, tag)
    assert shown
    data: dict[str, Any] = shown["data"]
    return data


@pytest.mark.usefixtures("alarmed")
async def test_a_critical_request_breaks_through_the_silence_of_who_chose_it(
    steward: FakeSteward, push: FakePush, until: Until
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", severity=Severity.CRITICAL))
    android = await data_of(push, until, "pixel", "ask2")
    assert (android["channel"], android["ttl"], android["priority"]) == ("alarm_stream", 0, "high")
    assert android["visibility"] == "private"
    apple = await data_of(push, until, "iphone", "ask2")
    assert apple["push"] == APPLE_CRITICAL
    await steward.push(RowKind.APPROVAL, rows.approval("ask3"))
    assert (await data_of(push, until, "pixel", "ask3"))["channel"] == "Homelab Steward: updates"
    assert (await data_of(push, until, "iphone", "ask3"))["push"]["sound"] == "none"


async def test_a_critical_request_is_not_critical_for_others(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    pixel: TestPhone,
) -> None:
    await know(steward, pixel, "p1")
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", severity=Severity.CRITICAL))
    assert (await data_of(push, until, "pixel", "ask2"))["channel"] == "Homelab Steward: requests"
    apple = await data_of(push, until, "iphone", "ask2")
    assert apple["push"]["interruption-level"] == "time-sensitive"


@pytest.mark.usefixtures("alarmed")
async def test_no_sound_is_no_critical_sound_either(
    hass: HomeAssistant, steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    options = {**asked.options, "sound": "none"}
    hass.config_entries.async_update_entry(asked, options=options)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", severity=Severity.CRITICAL))
    assert (await data_of(push, until, "pixel", "ask2"))["channel"] == "Homelab Steward: updates"
    assert (await data_of(push, until, "iphone", "ask2"))["push"]["interruption-level"] == "passive"


@pytest.mark.usefixtures("alarmed")
async def test_a_critical_notification_is_cleared_on_apple_before_it_changes(
    steward: FakeSteward, push: FakePush, until: Until
) -> None:
    critical = rows.approval("ask2", severity=Severity.CRITICAL)
    await steward.push(RowKind.APPROVAL, critical)
    await data_of(push, until, "iphone", "ask2")
    await data_of(push, until, "pixel", "ask2")
    expired = replace(critical, status=ApprovalStatus.EXPIRED)
    await steward.push(RowKind.APPROVAL, expired)
    await until(lambda: "Nobody decided" in push.of("iphone")[-1]["message"])
    await until(lambda: "Nobody decided" in push.of("pixel")[-1]["message"])
    sent = [one["message"] for one in push.of("iphone") if one["data"]["tag"] == "ask2"]
    assert sent[1:] == ["clear_notification", "Nobody decided in time. Nothing was changed."]
    assert "clear_notification" not in [one["message"] for one in push.of("pixel")]


async def test_a_text_written_on_the_phone_is_a_comment(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    iphone: TestPhone,
    until: Until,
) -> None:
    shown = push.shown("iphone", "ask1")
    assert shown
    button = shown["data"]["actions"][-1]
    assert (button["behavior"], button["title"]) == ("textInput", "Comment")

    async def comments(request: AddComment) -> Any:
        comment = Comment(
            person_id="p1",
            person_name="Robin",
            via=FrontEnd.HOME_ASSISTANT,
            at=dt_util.utcnow(),
            text=request.text,
        )
        incident = rows.incident(comments=(comment,))
        await steward.push(RowKind.INCIDENT, incident)
        return incident

    steward.answers[Command.COMMENT] = comments
    before = len(push.of("iphone"))
    for _ in range(2):
        await press(hass, iphone.user, button["action"], reply_text=" I moved the disk\nyesterday ")
    await until(lambda: len(push.of("iphone")) > before and "“" in push.of("iphone")[-1]["message"])
    (sent,) = steward.asked(Command.COMMENT)
    assert sent == AddComment(
        incident_id="inc1",
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=iphone.user.id),
        text="I moved the disk\nyesterday",
        key=sent.key,
    )
    assert len(sent.key) == 32, "delivered again after a restart, it is the same comment"
    assert button["action"].rpartition("|")[2] not in sent.key
    assert steward.asked(Command.DECIDE) == []
    await until(lambda: "Robin: “I moved the disk yesterday”" in push.of("iphone")[-1]["message"])
    await until(lambda: "Robin: “I moved the disk yesterday”" in push.of("pixel")[-1]["message"])
    after = push.button("iphone", "ask1", "1")
    assert after.rpartition("|")[2] != button["action"].rpartition("|")[2]
    await press(hass, iphone.user, after)
    await until(lambda: steward.asked(Command.DECIDE))


async def test_android_gets_the_comment_button_with_the_details(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    await press(hass, pixel.user, push.button("pixel", "ask1", "details"))
    await until(lambda: push.shown("pixel", "ask1-details"))
    steward.answers[Command.COMMENT] = lambda _: rows.incident()
    await press(hass, pixel.user, push.button("pixel", "ask1-details", "comment"), reply_text="Hi")
    await until(lambda: steward.asked(Command.COMMENT))


@pytest.mark.parametrize("text", [None, "", "   "])
async def test_an_empty_text_is_no_comment(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    iphone: TestPhone,
    until: Until,
    text: str | None,
) -> None:
    before = len(push.of("iphone"))
    await press(hass, iphone.user, push.button("iphone", "ask1", "comment"), reply_text=text)
    await until(lambda: len(push.of("iphone")) > before)
    assert steward.asked(Command.COMMENT) == []


async def test_a_forged_or_refused_comment_is_answered(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    iphone: TestPhone,
    until: Until,
) -> None:
    stranger: User = MockUser(name="Stranger").add_to_hass(hass)
    button = push.button("iphone", "ask1", "comment")
    for user in (stranger, pixel.user, None):
        await press(hass, user, button, reply_text="Forged")
    assert steward.asked(Command.COMMENT) == []

    def forbids(_: AddComment) -> Any:
        raise ContractError(ErrorCode.FORBIDDEN, "No")

    steward.answers[Command.COMMENT] = forbids
    await press(hass, iphone.user, button, reply_text="Mine")
    await until(lambda: push.shown("iphone", "ask1-answer"))
    assert (push.shown("iphone", "ask1-answer") or {})["message"] == "You are not allowed to decide this."


def run(status: RunStatus, *states: StepState) -> Run:
    steps = tuple(
        JournalStep(
            index=index,
            action="proxmox.set_memory",
            target=rows.target(),
            title=f"Step {index}",
            state=state,
            changed_at=rows.NOW,
        )
        for index, state in enumerate(states)
    )
    return Run(
        id="run1",
        incident_id="inc1",
        approval_id="ask1",
        option=1,
        label="Increase memory",
        plan_hash="hash1",
        status=status,
        steps=steps,
        started_at=rows.NOW,
    )


async def test_the_progress_of_a_run_is_a_live_update_that_ends_with_it(
    hass: HomeAssistant, steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    approved = rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision())
    await steward.push(RowKind.APPROVAL, approved)
    acting = rows.incident(status=IncidentStatus.ACTING)
    first = run(RunStatus.RUNNING, StepState.STARTED, StepState.INTENDED)
    await steward.push(RowKind.INCIDENT, replace(acting, run=first))
    for phone in ("pixel", "iphone"):
        data = await data_of(push, until, phone, "ask1-progress")
        assert (data["live_update"], data["progress"], data["progress_max"]) == (True, 0, 3)
    assert (push.shown("pixel", "ask1-progress") or {})["message"] == "Step 0 (radarr)"
    checking = run(RunStatus.VERIFYING, StepState.VERIFIED, StepState.EFFECT_KNOWN)
    await steward.push(RowKind.INCIDENT, replace(acting, run=checking))
    await until(lambda: (push.shown("iphone", "ask1-progress") or {})["data"]["progress"] == 2)
    assert (push.shown("iphone", "ask1-progress") or {})["message"] == "Checking the result"
    await steward.push(RowKind.INCIDENT, replace(acting, run=checking, write_up="more"))
    shown = [one for one in push.of("pixel") if one["data"]["tag"] == "ask1-progress"]
    assert len(shown) <= 2, "what does not change the progress is not sent"
    assert await hass.config_entries.async_reload(asked.entry_id)
    over = replace(checking, status=RunStatus.SUCCEEDED)
    await steward.push(RowKind.INCIDENT, replace(acting, run=over, status=IncidentStatus.RESOLVED))
    await until(lambda: push.shown("pixel", "ask1-progress") is None)
    await until(lambda: push.shown("iphone", "ask1-progress") is None)
    await until(lambda: "Solved" in (push.shown("iphone", "ask1") or {"message": ""})["message"])


async def test_a_phone_that_was_not_asked_shows_no_progress(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    pixel: TestPhone,
    iphone: TestPhone,
) -> None:
    await know(steward, pixel, "p1")
    await know(steward, iphone, "p2")
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", asked=("p1",)))
    await data_of(push, until, "pixel", "ask2")
    running = replace(run(RunStatus.RUNNING, StepState.STARTED), approval_id="ask2")
    acting = rows.incident(status=IncidentStatus.ACTING, approval_id="ask2")
    await steward.push(RowKind.INCIDENT, replace(acting, run=running))
    await data_of(push, until, "pixel", "ask2-progress")
    assert push.shown("iphone", "ask2-progress") is None


async def test_maintenance_is_announced_once_on_every_phone(
    hass: HomeAssistant, steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    now = dt_util.utcnow()
    span = Occurrence(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    window = MaintenanceWindow(
        id="w1",
        title="New disks",
        person_id="p1",
        person_name="Robin",
        via=FrontEnd.TELEGRAM,
        added_at=now,
        instance_ids=("pve",),
        once=span,
        notify_minutes=60,
        following=span,
    )
    await steward.push(RowKind.MAINTENANCE, window)
    await steward.push(RowKind.MAINTENANCE, replace(window, announced=span))
    for phone in ("pixel", "iphone"):
        await data_of(push, until, phone, "maintenance-w1")
    shown = push.shown("pixel", "maintenance-w1") or {}
    assert shown["title"] == "New disks"
    assert shown["message"].endswith(": Proxmox")
    assert shown["data"]["channel"] == "Homelab Steward: requests"
    assert "actions" not in shown["data"]
    assert await hass.config_entries.async_reload(asked.entry_id)
    over = Occurrence(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    await steward.push(RowKind.MAINTENANCE, replace(window, id="w2", announced=over))
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await data_of(push, until, "pixel", "ask2")
    tags = [one["data"]["tag"] for one in push.of("pixel")]
    assert (tags.count("maintenance-w1"), tags.count("maintenance-w2")) == (1, 0)
    assert await hass.config_entries.async_unload(asked.entry_id)


async def test_a_new_weekly_report_is_shown_once_and_opens_in_the_panel(
    hass: HomeAssistant, steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    now = dt_util.utcnow()
    report = WeeklyReport(
        id="new",
        since=now - timedelta(days=7),
        until=now,
        zone="UTC",
        made_at=now,
        week=WeekFigures(opened=3, resolved=2, requests=4),
        before=WeekFigures(),
    )
    await steward.push(RowKind.REPORT, replace(report, id="old", until=now - timedelta(days=3)))
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await data_of(push, until, "pixel", "ask2")
    assert push.shown("pixel", "weekly-report") is None
    await steward.push(RowKind.REPORT, report)
    for phone, tap in (("pixel", "clickAction"), ("iphone", "url")):
        data = await data_of(push, until, phone, "weekly-report")
        assert data[tap] == "/homelab-steward/report"
    shown = push.shown("pixel", "weekly-report") or {}
    assert shown["message"] == "Incidents: 3 new, 2 resolved. Requests: 4."
    assert (shown["data"]["channel"], "actions" in shown["data"]) == ("Homelab Steward: updates", False)
    assert await hass.config_entries.async_reload(asked.entry_id)
    await steward.push(RowKind.APPROVAL, rows.approval("ask3"))
    await data_of(push, until, "pixel", "ask3")
    assert [one["data"]["tag"] for one in push.of("pixel")].count("weekly-report") == 1
    assert await hass.config_entries.async_unload(asked.entry_id)


async def test_a_message_of_a_schedule_is_shown_once(
    hass: HomeAssistant, steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    now = dt_util.utcnow()
    message = ScheduledMessage(
        id="own/1",
        schedule_id="own",
        title="Disks",
        due_at=now,
        made_at=now,
        lines=tuple(f"line {number}" for number in range(7)),
        not_checked=("nas",),
        summary="All of it.",
        deliver_to=(Delivery.PHONE,),
    )
    for other in (
        replace(message, id="old/1", schedule_id="old", made_at=now - timedelta(days=3)),
        replace(message, id="silent/1", schedule_id="silent", is_silent=True),
        replace(message, id="telegram/1", schedule_id="telegram", deliver_to=(Delivery.TELEGRAM,)),
    ):
        await steward.push(RowKind.SCHEDULED, other)
    await steward.push(RowKind.SCHEDULED, message)
    await data_of(push, until, "iphone", "schedule-own")
    await data_of(push, until, "pixel", "schedule-own")
    shown = push.shown("pixel", "schedule-own") or {}
    assert "clickAction" not in shown["data"]
    first = "\n".join(f"line {number}" for number in range(5))
    assert shown["message"] == f"All of it.\n{first}\nMore findings: 2\nNot checked: 1"
    assert await hass.config_entries.async_reload(asked.entry_id)
    await steward.push(RowKind.SCHEDULED, replace(message, id="q/1", schedule_id=QUESTIONS))
    data = await data_of(push, until, "pixel", f"schedule-{QUESTIONS}")
    assert data["clickAction"] == "/homelab-steward/monitors"
    empty = replace(message, id="own/2", lines=(), not_checked=(), summary="")
    await steward.push(RowKind.SCHEDULED, empty)
    await until(lambda: (push.shown("pixel", "schedule-own") or {}).get("message") == "Nothing was found.")
    tags = [one["data"]["tag"] for one in push.of("pixel") if one["data"]["tag"] == "schedule-own"]
    assert tags == ["schedule-own"] * 2
    assert await hass.config_entries.async_unload(asked.entry_id)
