"""Notifications on phones, and that they stay up to date."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush, titles
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.catalogue import Risk
from custom_components.homelab_steward.contract.diagnosis import SimilarIncident
from custom_components.homelab_steward.contract.incidents import (
    ApprovalStatus,
    IncidentStatus,
    Severity,
    Verb,
)
from custom_components.homelab_steward.contract.proposals import OptionKind
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd
from custom_components.homelab_steward.notifications.views import plan_of
from custom_components.homelab_steward.phrases import Phrases

CHANGE = "Set memory (radarr): memory 2048 MiB → 3072 MiB"


LOCKED = "Increase memory: radarr is locked (backup)."


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


async def test_what_the_steward_does_by_itself_can_be_stopped_or_done_now(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    at = dt_util.as_local(rows.NOW + timedelta(minutes=10))
    alone = rows.approval("alone", acts_at=rows.NOW + timedelta(minutes=10))
    await steward.push(RowKind.APPROVAL, alone)
    await until(lambda: push.shown("pixel", "alone") and push.shown("iphone", "alone"))
    android, apple = push.shown("pixel", "alone"), push.shown("iphone", "alone")
    assert android is not None
    assert apple is not None
    lines = android["message"].splitlines()
    assert lines[0] == f"{at:%H:%M}: Increase memory 2 → 3 GiB, unless you stop it"
    assert lines[1].startswith("1 Increase memory 2 → 3 GiB: ")
    assert not any(line.startswith("2 ") for line in lines), "only the first option is carried out"
    assert titles(android) == ["Stop", "Do it now", "Details"]
    assert titles(apple) == ["Stop", "Do it now", "Details", "Comment"]
    await press(hass, pixel.user, push.button("pixel", "alone", "reject"), tag="alone")
    await until(lambda: steward.asked(Command.DECIDE))
    assert [(one.verb, one.option) for one in steward.asked(Command.DECIDE)] == [(Verb.REJECT, None)]


async def test_do_it_now_approves_the_plan_that_was_shown(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval("alone", acts_at=rows.NOW + timedelta(days=1)))
    await until(lambda: push.shown("pixel", "alone"))
    assert (push.shown("pixel", "alone") or {})["message"].startswith("2026-")
    await press(hass, pixel.user, push.button("pixel", "alone", "1"), tag="alone")
    await until(lambda: steward.asked(Command.DECIDE))
    decide = steward.asked(Command.DECIDE)[0]
    assert (decide.verb, decide.option, decide.plan_hash) == (Verb.APPROVE, 1, "hash1")


@pytest.mark.parametrize(
    ("status", "decision", "text"),
    [
        (
            ApprovalStatus.APPROVED,
            rows.decision(person_id="", person_name="", via=FrontEnd.STEWARD),
            "Increase memory 2 → 3 GiB: carried out by the steward itself",
        ),
        (
            ApprovalStatus.REJECTED,
            rows.decision(Verb.REJECT),
            "Stopped by Robin via Telegram. Nothing was changed.",
        ),
    ],
)
async def test_a_phone_says_that_the_steward_acted_by_itself_or_was_stopped(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
    status: ApprovalStatus,
    decision: Any,
    text: str,
) -> None:
    ended = rows.approval(status=status, decision=decision, acts_at=rows.NOW)
    await steward.push(RowKind.APPROVAL, ended)
    await until(lambda: push.of("pixel")[-1]["message"] == text)
    assert titles(push.of("pixel")[-1]) == []


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


async def test_a_plan_says_what_its_steps_wait_for(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert loaded
    (base,) = rows.option().steps
    digest = {"digest": "sha256:" + "0123456789ab" + 52 * "c"}
    commit = {"sha": "0123456789ab" + 28 * "c"}
    first = replace(base, title="Stop", arguments=digest, differences=(), after=(), undone_without=(1,))
    second = replace(first, target=rows.target("pve1"), after=(0,), undone_without=(), runbook="Host stuck")
    asked = rows.option(label="Stop both", steps=(first, second))
    text = plan_of(asked, await Phrases.async_load(hass), rows.CATALOGUE)
    assert text.startswith(
        "1 Stop both: Stop (radarr): digest sha256:0123456789ab…, undone if a later step fails: pve1; "
        "Stop (pve1): digest sha256:0123456789ab…, after radarr, runbook: Host stuck. "
    )
    again = replace(second, arguments=commit, after=(0, 1), runbook="")
    asked = rows.option(label="Stop twice", steps=(replace(first, undone_without=(1, 2)), second, again))
    text = plan_of(asked, await Phrases.async_load(hass), rows.CATALOGUE)
    assert "undone if a later step fails: step 2, step 3; " in text
    assert "; Stop (pve1): sha 0123456789ab…, after radarr, step 2. " in text


async def test_a_plan_without_steps_says_what_it_changes(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert loaded
    phrases = await Phrases.async_load(hass)
    level = {"kind": OptionKind.EACH, "steps": (), "risk": Risk.HIGH}
    asked = rows.option(label="Allow it", changes="Level: asked about → announced", **level)
    text = plan_of(asked, phrases, rows.CATALOGUE)
    assert text == "1 Allow it: Level: asked about → announced. Can be undone. High risk."
    text = plan_of(rows.option(label="Allow it", **level), phrases, rows.CATALOGUE)
    assert text == "1 Allow it. Can be undone. High risk."


async def test_how_a_request_was_understood_is_no_finding(
    hass: HomeAssistant, asked: MockConfigEntry, push: FakePush, steward: FakeSteward, until: Until
) -> None:
    assert asked
    text = "A language model planned this: “make sure it runs”"
    wish = rows.approval("ask2", rows.option(), text=text, requested_via=FrontEnd.ASSIST)
    await steward.push(RowKind.APPROVAL, wish)
    await until(lambda: push.shown("pixel", "ask2"))
    shown = push.shown("pixel", "ask2")
    assert shown is not None
    assert text in shown["message"].splitlines()
