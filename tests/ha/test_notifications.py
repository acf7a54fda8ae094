"""Notifications on phones, and that they stay up to date."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from phones import TestPhone, connect, press, register_phone
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.incidents import (
    ApprovalStatus,
    IncidentStatus,
    Severity,
    SimilarIncident,
    Verb,
)
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.notifications.confirmations import MOST_SENT
from custom_components.homelab_steward.notifications.ledger import IN_TRANSIT, Ledger, Record
from custom_components.homelab_steward.notifications.views import plan_of
from custom_components.homelab_steward.phrases import Phrases

CHANGE = "Set memory (radarr): memory 2048 MiB → 3072 MiB"

LOCKED = "Increase memory: radarr is locked (backup)."


def titles(push: dict[str, Any]) -> list[str]:
    return [action["title"] for action in push["data"].get("actions", [])]


async def test_the_complete_plan_is_shown_with_three_buttons_on_android(
    asked: MockConfigEntry, push: FakePush
) -> None:
    shown = push.shown("pixel", "ask1")
    assert shown is not None
    assert shown["title"] == "#7 “Memory of radarr”"
    assert shown["message"].splitlines() == [
        f"1 Increase memory 2 → 3 GiB: {CHANGE}. Can be undone. Low risk.",
        f"2 Restart Radarr: {CHANGE}. Cannot be undone. High risk.",
        "3 Investigate: Reads more details. Changes nothing.",
        "Found: “Radarr uses 95 % of its memory.”",
    ]
    assert titles(shown) == ["1 Increase memory 2 → 3 GiB", "2 Restart Radarr", "Details"]
    assert shown["data"]["importance"] == "high"


async def test_apple_gets_every_button_and_high_risk_needs_an_unlocked_phone(
    asked: MockConfigEntry, push: FakePush
) -> None:
    shown = push.shown("iphone", "ask1")
    assert shown is not None
    assert titles(shown) == [
        "1 Increase memory 2 → 3 GiB",
        "2 Restart Radarr",
        "3 Investigate",
        "Ignore",
        "Details",
        "Comment",
    ]
    risky = [one for one in shown["data"]["actions"] if one.get("authenticationRequired")]
    assert [one["title"] for one in risky] == ["2 Restart Radarr"]
    assert shown["data"]["push"]["interruption-level"] == "time-sensitive"


async def test_each_phone_has_its_own_secret(asked: MockConfigEntry, push: FakePush) -> None:
    android, apple = push.button("pixel", "ask1", "1"), push.button("iphone", "ask1", "1")
    assert android.split("|")[:3] == apple.split("|")[:3] == ["HS", "1", "ask1"]
    assert android.split("|")[3] != apple.split("|")[3]
    assert len(android.split("|")[3]) >= 20


async def test_a_single_option_leaves_space_for_ignore_on_android(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", rows.option(1)))
    await until(lambda: push.shown("pixel", "ask2"))
    assert titles(push.shown("pixel", "ask2") or {}) == [
        "1 Increase memory 2 → 3 GiB",
        "Ignore",
        "Details",
    ]


@pytest.mark.parametrize(
    ("reasons", "line"),
    [
        ((LOCKED,), f"1 more option is not available: {LOCKED}"),
        ((LOCKED, "Move it: no node."), f"2 more options are not available: {LOCKED} Move it: no node."),
        (("x" * 900,), f"1 more option is not available: {'x' * 167}…"),
    ],
)
async def test_what_is_not_offered_takes_one_line(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    reasons: tuple[str, ...],
    line: str,
) -> None:
    await steward.push(RowKind.APPROVAL, rows.with_left_out(rows.approval("ask2"), *reasons))
    await until(lambda: push.shown("pixel", "ask2"))
    assert (push.shown("pixel", "ask2") or {})["message"].splitlines()[-2] == line


async def test_what_is_not_offered_is_left_out_when_the_plans_need_the_space(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    long = rows.approval("ask2", rows.option(1, "x" * 1_000), rows.option(2))
    await steward.push(RowKind.APPROVAL, rows.with_left_out(long, LOCKED, "y" * 200))
    await until(lambda: push.shown("pixel", "ask2"))
    shown = push.shown("pixel", "ask2") or {}
    assert "not available" not in shown["message"]
    assert titles(shown)[0] == f"1 {'x' * 1_000}"


@pytest.mark.parametrize(
    ("label", "text", "line"),
    [
        (
            "Restart",
            "3 weeks ago:\nRestart\u202e, it helped",
            "Similar: incident 3, 3 weeks ago: Restart, it helped",
        ),
        ("Restart", "z" * 400, f"Similar: incident 3, {'z' * 138}…"),
        ("x" * 1_000, "z" * 150, None),
    ],
)
async def test_the_most_similar_past_incident_takes_one_line_if_the_plans_leave_space(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    label: str,
    text: str,
    line: str | None,
) -> None:
    past = SimilarIncident(id="old", number=3, title="Full", opened_at=rows.NOW, score=0.9, text=text)
    request = rows.approval("ask2", rows.option(1, label))
    similar = (past, replace(past, number=2))
    request = replace(request, proposal=replace(request.proposal, similar=similar))
    await steward.push(RowKind.APPROVAL, request)
    await until(lambda: push.shown("pixel", "ask2"))
    lines = (push.shown("pixel", "ask2") or {})["message"].splitlines()
    assert [one for one in lines if "Similar" in one] == ([line] if line else [])


async def test_arguments_that_no_difference_shows_are_part_of_the_plan(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    base = rows.option(1)
    step = replace(base.steps[0], action="proxmox.set_memory", arguments={"memory_mib": 4096, "force": True})
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", replace(base, steps=(step,))))
    await until(lambda: push.shown("pixel", "ask2"))
    assert f"{CHANGE}, Memory 4096, force yes." in (push.shown("pixel", "ask2") or {})["message"]


async def test_a_decision_elsewhere_replaces_the_request_silently(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    await steward.push(
        RowKind.APPROVAL,
        rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision()),
    )
    await until(lambda: len(push.of("pixel")) == 2 and len(push.of("iphone")) == 2)
    for phone in ("pixel", "iphone"):
        shown = push.shown(phone, "ask1")
        assert shown is not None
        assert shown["message"] == "Increase memory 2 → 3 GiB, decided by Robin via Telegram"
        assert titles(shown) == []
    assert push.of("pixel")[-1]["data"]["importance"] == "low"
    assert push.of("iphone")[-1]["data"]["push"]["sound"] == "none"


async def test_the_result_replaces_the_decision(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    decided = rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision())
    await steward.push(RowKind.APPROVAL, decided)
    await steward.push(
        RowKind.INCIDENT,
        rows.incident(status=IncidentStatus.RESOLVED, resolution="Memory is at 63 %."),
    )
    await until(lambda: "Solved" in push.of("pixel")[-1]["message"])
    assert push.of("pixel")[-1]["message"].splitlines() == [
        "Solved. Memory is at 63 %.",
        "Increase memory 2 → 3 GiB, decided by Robin via Telegram",
    ]


@pytest.mark.parametrize(
    ("status", "decision", "text"),
    [
        (ApprovalStatus.REJECTED, rows.decision(Verb.REJECT), "Rejected by Robin via Telegram"),
        (ApprovalStatus.IGNORED, rows.decision(Verb.IGNORE), "Ignored by Robin via Telegram"),
        (ApprovalStatus.EXPIRED, None, "Nobody decided in time. Nothing was changed."),
        (ApprovalStatus.SUPERSEDED, None, "Replaced: the situation has changed."),
    ],
)
async def test_every_end_of_a_request_is_shown(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    status: ApprovalStatus,
    decision: Any,
    text: str,
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval(status=status, decision=decision))
    await until(lambda: push.of("pixel")[-1]["message"] == text)


async def test_a_withdrawn_request_says_why(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    withdrawn = replace(
        rows.approval(status=ApprovalStatus.SUPERSEDED), withdrawn="It got worse: the freezer is warm"
    )
    await steward.push(RowKind.APPROVAL, withdrawn)
    await until(
        lambda: push.of("pixel")[-1]["message"] == "No longer offered. It got worse: the freezer is warm"
    )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"suppressed": "silenced", "silenced_until": rows.NOW}, "Silenced until "),
        ({"suppressed": "inhibited"}, "Silenced."),
        ({"stale_since": rows.NOW}, "Not reported since "),
    ],
)
async def test_a_reminder_says_that_the_incident_is_silenced_or_stale(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    changes: dict[str, Any],
    text: str,
) -> None:
    await steward.push(RowKind.INCIDENT, rows.incident(**changes))
    await steward.push(RowKind.APPROVAL, rows.approval(reminders=1))
    await until(lambda: text in push.of("pixel")[-1]["message"])


async def test_a_request_never_shown_is_not_shown_when_decided(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval("old", status=ApprovalStatus.EXPIRED))
    await steward.push(RowKind.APPROVAL, rows.approval("new"))
    await until(lambda: push.shown("pixel", "new"))
    assert push.shown("pixel", "old") is None


async def test_a_reminder_plays_a_sound_and_keeps_the_buttons(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    before = push.button("pixel", "ask1", "1")
    await steward.push(RowKind.APPROVAL, rows.approval(reminders=1))
    await until(lambda: len(push.of("pixel")) == 2)
    assert push.of("pixel")[-1]["data"]["importance"] == "high"
    assert push.button("pixel", "ask1", "1") == before


@pytest.mark.parametrize(
    ("sound", "severity", "importance"),
    [
        ("all", Severity.INFO, "high"),
        ("critical", Severity.WARNING, "low"),
        ("critical", Severity.CRITICAL, "high"),
        ("none", Severity.CRITICAL, "low"),
    ],
)
async def test_sounds_follow_the_option(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    sound: str,
    severity: Severity,
    importance: str,
) -> None:
    hass.config_entries.async_update_entry(asked, options={**asked.options, "sound": sound})
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", severity=severity))
    await until(lambda: push.shown("pixel", "ask2"))
    assert (push.shown("pixel", "ask2") or {})["data"]["importance"] == importance


async def test_text_from_outside_is_not_interpreted(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    await steward.push(
        RowKind.APPROVAL,
        rows.approval(
            "evil", title="<b>{{ 1 + 1 }}</b> {label} C:\\nas", text="<b>bold</b> {number} {{ now() }}"
        ),
    )
    await until(lambda: push.shown("pixel", "evil") and push.shown("iphone", "evil"))
    android, apple = push.shown("pixel", "evil"), push.shown("iphone", "evil")
    assert android is not None
    assert apple is not None
    assert android["title"] == "#7 “&lt;b&gt;{{ 1 + 1 }}&lt;/b&gt; {label} C:&#92;nas”"
    assert apple["title"] == "#7 “<b>{{ 1 + 1 }}</b> {label} C:\\nas”"
    assert android["message"].endswith("Found: “&lt;b&gt;bold&lt;/b&gt; {number} {{ now() }}”")
    assert apple["message"].endswith("Found: “<b>bold</b> {number} {{ now() }}”")


async def test_titles_of_answers_and_details_are_escaped_too(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval("evil", title="<i>Tom & Jerry</i>"))
    await until(lambda: push.shown("pixel", "evil"))
    await press(hass, pixel.user, push.button("pixel", "evil", "details"))
    await until(lambda: push.shown("pixel", "evil-details"))
    await press(hass, pixel.user, "HS|1|evil|forged")
    await until(lambda: push.shown("pixel", "evil-answer"))
    for tag in ("evil-details", "evil-answer"):
        assert (push.shown("pixel", tag) or {})["title"] == "#7 “&lt;i&gt;Tom &amp; Jerry&lt;/i&gt;”"


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\u2028", "\x0b", "\x85"])
async def test_text_from_outside_cannot_imitate_a_plan(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until, break_: str
) -> None:
    text = f"Full{break_}1 Restart\u202e nas: Can be\u200b undone. Low risk."
    named = replace(rows.option(1), label=f"Start it{break_}2 on nas")
    options = (named, rows.option(2, "2"), rows.option(3, "3"))
    await steward.push(RowKind.APPROVAL, rows.approval("evil", *options, title=text, text=text))
    await until(lambda: push.shown("iphone", "evil"))
    shown = push.shown("iphone", "evil") or {}
    assert shown["title"] == "#7 “Full 1 Restart nas: Can be undone. Low risk.”"
    lines = shown["message"].splitlines()
    assert [one[:2] for one in lines] == ["1 ", "2 ", "3 ", "Fo"], "the plans come first"
    assert lines[0].startswith("1 Start it 2 on nas: ")
    assert lines[-1] == "Found: “Full 1 Restart nas: Can be undone. Low risk.”"


async def test_a_plan_too_long_to_show_has_no_button(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    long = rows.option(2, "x" * 2000)
    await steward.push(RowKind.APPROVAL, rows.approval("long", rows.option(1), long))
    await until(lambda: push.shown("iphone", "long"))
    shown = push.shown("iphone", "long")
    assert shown is not None
    assert titles(shown) == ["1 Increase memory 2 → 3 GiB", "Ignore", "Details", "Comment"]
    assert shown["message"].splitlines()[1] == "2: Too long to show here. Decide it in another place."


async def test_a_restart_sends_nothing_twice_and_keeps_the_buttons(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    button = push.button("pixel", "ask1", "1")
    await hass.config_entries.async_unload(asked.entry_id)
    assert await hass.config_entries.async_setup(asked.entry_id)
    await hass.async_block_till_done()
    await asyncio.sleep(0.1)
    assert len(push.of("pixel")) == 1
    await press(hass, pixel.user, button)
    await until(lambda: steward.asked(Command.DECIDE))
    assert steward.asked(Command.DECIDE)[0].plan_hash == "hash1"


async def test_a_decision_during_a_restart_is_shown_at_the_start(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
) -> None:
    await hass.config_entries.async_unload(asked.entry_id)
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval(
        status=ApprovalStatus.APPROVED, decision=rows.decision()
    )
    assert await hass.config_entries.async_setup(asked.entry_id)
    await until(lambda: "decided by Robin" in push.of("pixel")[-1]["message"])
    assert len(push.of("pixel")) == 2


async def test_nothing_is_sent_before_home_assistant_has_started(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
) -> None:
    hass.set_state(CoreState.starting)
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(0.05)
    assert push.of("pixel") == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await until(lambda: push.shown("pixel", "ask1"))


async def test_a_phone_selected_later_gets_the_request(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
) -> None:
    user = MockUser().add_to_hass(hass)
    tablet = await register_phone(hass, push.url, user, token="tablet")
    phones = [*asked.options["phones"], tablet.device_id]
    hass.config_entries.async_update_entry(asked, options={"phones": phones})
    await until(lambda: push.shown("tablet", "ask1"))
    assert len(push.of("pixel")) == 1


async def test_a_phone_that_cannot_be_notified_is_reported_and_retried(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connect(hass, pixel, by_cloud=False)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    key = (DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}")
    await until(lambda: push.shown("iphone", "ask2") and issue_registry.async_get_issue(*key))
    issue = issue_registry.async_get_issue(*key)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["phone"] == "pixel phone"
    assert "pixel phone cannot be notified" in caplog.text
    connect(hass, pixel, by_cloud=True)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await until(lambda: push.shown("pixel", "ask2"))
    await until(lambda: issue_registry.async_get_issue(*key) is None)
    assert (push.shown("pixel", "ask2") or {})["data"]["importance"] == "high"


async def test_the_issue_of_a_deselected_phone_is_deleted(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    iphone: TestPhone,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    connect(hass, pixel, by_cloud=False)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    key = (DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}")
    await until(lambda: issue_registry.async_get_issue(*key))
    hass.config_entries.async_update_entry(asked, options={"phones": [iphone.device_id]})
    await until(lambda: issue_registry.async_get_issue(*key) is None)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
    await hass.async_block_till_done()
    assert issue_registry.async_get_issue(*key) is None


def confirm(hass: HomeAssistant, phone: TestPhone, tag: str, **changes: Any) -> None:
    """Send what Android's companion app sends when a notification arrives."""
    data = {"tag": tag, "device_id": f"device-{phone.token}"} | changes.pop("data", {})
    user = changes.pop("user", phone.user)
    hass.bus.async_fire("mobile_app_notification_received", data, context=Context(user_id=user.id))


def is_sent(entry: MockConfigEntry, phone: TestPhone, tag: str) -> bool:
    """Return whether a request was sent: time must not go on while it is being sent."""
    record = entry.runtime_data.notifications.ledger.of(tag, phone.device_id)
    return record.shown not in (None, IN_TRANSIT)


async def test_a_request_that_a_phone_does_not_confirm_is_sent_again(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    iphone: TestPhone,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    """A push server that refuses raises no error in Home Assistant."""
    key = (DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}")
    assert (push.shown("pixel", "ask1") or {})["data"]["confirmation"] is True
    assert "confirmation" not in (push.shown("iphone", "ask1") or {})["data"]
    confirm(hass, pixel, "ask1")
    push.refused.add("pixel")
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: is_sent(asked, pixel, "ask2"))
    confirm(hass, pixel, "ask1")
    confirm(hass, pixel, "ask2", user=iphone.user)
    confirm(hass, pixel, "ask2", data={"device_id": "another"})
    assert issue_registry.async_get_issue(*key) is None
    now = dt_util.utcnow()
    async_fire_time_changed(hass, now + timedelta(minutes=11))
    await until(lambda: issue_registry.async_get_issue(*key))
    assert issue_registry.async_get_issue(DOMAIN, f"phone_{asked.entry_id}_{iphone.device_id}") is None
    push.refused.clear()
    async_fire_time_changed(hass, now + timedelta(minutes=13))
    await until(lambda: push.shown("pixel", "ask2"))
    assert (push.shown("pixel", "ask2") or {})["data"]["importance"] == "high"
    assert issue_registry.async_get_issue(*key), "sent is not arrived"
    confirm(hass, pixel, "ask2")
    await until(lambda: issue_registry.async_get_issue(*key) is None)


async def test_a_phone_that_is_switched_off_gets_a_request_a_few_times_only(
    hass: HomeAssistant, asked: MockConfigEntry, push: FakePush, until: Until, pixel: TestPhone
) -> None:
    sent, later = push.counter("pixel"), dt_util.utcnow()
    for count in range(1, MOST_SENT + 4):
        expected = min(count, MOST_SENT)
        await until(lambda expected=expected: sent() == expected and is_sent(asked, pixel, "ask1"))
        for _ in range(2):
            later += timedelta(minutes=16)
            async_fire_time_changed(hass, later)
            await hass.async_block_till_done()
    asked.runtime_data.notifications.retry(pixel.device_id)
    await until(lambda: sent() == MOST_SENT + 1)


async def test_a_phone_becomes_reachable_when_its_action_appears(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
) -> None:
    await hass.config_entries.async_unload(pixel.entry.entry_id)
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert push.of("pixel") == []
    assert await hass.config_entries.async_setup(pixel.entry.entry_id)
    await until(lambda: push.shown("pixel", "ask1"))


async def test_a_phone_without_push_is_reported(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    pixel: TestPhone,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    data = {**pixel.entry.data, "app_data": {}}
    hass.config_entries.async_update_entry(pixel.entry, data=data)
    await hass.config_entries.async_reload(pixel.entry.entry_id)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    key = (DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}")
    await until(lambda: issue_registry.async_get_issue(*key))
    issue = issue_registry.async_get_issue(*key)
    assert issue is not None
    assert (issue.translation_placeholders or {})["reason"] == "The phone takes no notifications"


async def test_a_slow_phone_delays_no_other(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    push.slow["pixel"] = asyncio.Event()
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: push.shown("iphone", "ask2"))
    assert push.shown("pixel", "ask2") is None
    push.slow["pixel"].set()
    await until(lambda: push.shown("pixel", "ask2"))


async def test_a_removed_phone_is_reported(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    await hass.config_entries.async_remove(pixel.entry.entry_id)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: push.shown("iphone", "ask2"))
    await until(lambda: issue_registry.async_get_issue(DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}"))


async def test_the_integration_works_without_the_mobile_app(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    hass.config_entries.async_update_entry(entry, options={"phones": ["nowhere"]})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: issue_registry.async_get_issue(DOMAIN, f"phone_{entry.entry_id}_nowhere"))
    state = hass.states.get("sensor.homelab_steward_pending_approvals")
    assert state is not None
    assert state.state == "1"


type Stored = dict[tuple[str, str], dict[str, Any]]


def stored(hass_storage: dict[str, Any], entry: MockConfigEntry) -> Stored:
    """Return the records on disk, by request and phone."""
    written = hass_storage.get(f"{DOMAIN}.{entry.entry_id}.cards", {"data": {"records": []}})
    return {(one["approval_id"], one["device_id"]): one for one in written["data"]["records"]}


async def test_a_card_is_stored_before_it_is_sent(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    push.slow["pixel"] = asyncio.Event()
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: any(one["data"]["tag"] == "ask2" for one in push.arrived))
    record = stored(hass_storage, asked)["ask2", pixel.device_id]
    assert (record["shown"], set(record["plans"])) == (IN_TRANSIT, {"1", "2", "3"})
    push.slow["pixel"].set()
    await until(lambda: push.shown("pixel", "ask2"))
    assert push.button("pixel", "ask2", "1").endswith(f"|{record['nonce']}")


async def test_details_are_stored_before_they_are_sent(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    before = len(push.arrived)
    push.slow["pixel"] = asyncio.Event()
    action = push.button("pixel", "ask1", "details")
    pressed = asyncio.create_task(press(hass, pixel.user, action))
    await until_at_once(lambda: len(push.arrived) > before)
    record = stored(hass_storage, asked)["ask1", pixel.device_id]
    push.slow["pixel"].set()
    await pressed
    await until(lambda: len(push.of("pixel")) == 3)
    assert not action.endswith(f"|{record['nonce']}")
    assert push.button("pixel", "ask1", "1").endswith(f"|{record['nonce']}")


async def until_at_once(condition: Callable[[], Any]) -> None:
    """Wait for a condition while Home Assistant has tasks that do not end."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - any condition
            await asyncio.sleep(0.005)


async def test_a_card_in_transit_is_sent_again_with_the_same_secret(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    """Home Assistant stopped before it knew whether the card arrived."""
    on_its_way = Record(approval_id="ask1", device_id=pixel.device_id, shown=IN_TRANSIT, nonce="s" * 24)
    key = f"{DOMAIN}.{entry.entry_id}.cards"
    data = {"records": [on_its_way.plain()]}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: push.shown("pixel", "ask1"))
    assert push.button("pixel", "ask1", "1").endswith("|" + "s" * 24)


async def test_a_card_in_transit_that_was_decided_shows_the_decision(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    """Otherwise its buttons would stay on the phone."""
    on_its_way = Record(approval_id="ask1", device_id=pixel.device_id, shown=IN_TRANSIT, nonce="s" * 24)
    key = f"{DOMAIN}.{entry.entry_id}.cards"
    data = {"records": [on_its_way.plain()]}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    decided = rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision())
    steward.rows[RowKind.APPROVAL]["ask1"] = decided
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: push.shown("pixel", "ask1"))
    assert titles(push.shown("pixel", "ask1") or {}) == []


async def test_a_decision_that_could_not_be_sent_is_sent_again(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    connect(hass, pixel, by_cloud=False)
    decided = rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision())
    await steward.push(RowKind.APPROVAL, decided)
    await until(lambda: asked.runtime_data.notifications._retries)
    connect(hass, pixel, by_cloud=True)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await until(lambda: titles(push.shown("pixel", "ask1") or {}) == [])


async def test_many_cards_at_once_are_saved_once(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    for number in range(30):
        steward.rows[RowKind.APPROVAL][f"ask{number}"] = rows.approval(f"ask{number}")
    with patch.object(Ledger, "async_save", autospec=True, side_effect=Ledger.async_save) as save:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await until(lambda: len(push.of("pixel")) == 30)
    assert save.call_count == 1


async def test_old_records_are_dropped(asked: MockConfigEntry) -> None:
    ledger = asked.runtime_data.notifications.ledger
    first = ledger.of("ask1", "phone")
    for number in range(300):
        ledger.put(replace(first, approval_id=f"ask{number}"))
    assert len(tuple(ledger.records())) == 200


async def test_a_plan_says_what_its_steps_wait_for(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert loaded
    (base,) = rows.option().steps
    first = replace(base, title="Stop", arguments={}, differences=(), after=(), undone_without=(1,))
    second = replace(first, target=rows.target("pve1"), after=(0,), undone_without=(), runbook="Host stuck")
    asked = rows.option(label="Stop both", steps=(first, second))
    text = plan_of(asked, await Phrases.async_load(hass), rows.CATALOGUE)
    assert text.startswith(
        "1 Stop both: Stop (radarr), undone if this is not done: pve1; "
        "Stop (pve1), after radarr, runbook: Host stuck. "
    )
