"""Which phones are asked, when they make no sound, and what a second approval needs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.incidents import ApprovalStatus, Severity
from custom_components.homelab_steward.contract.protocol import Command, RowKind


def titles(push: dict[str, Any]) -> list[str]:
    return [action["title"] for action in push["data"].get("actions", [])]


@pytest.fixture
async def people(
    steward: FakeSteward, asked: MockConfigEntry, pixel: TestPhone, iphone: TestPhone, until: Until
) -> None:
    """Make Robin (with the Android phone) and Sam (with the iPhone) known people."""
    await know(steward, pixel, "p1", name="Robin")
    await know(steward, iphone, "p2", name="Sam")
    known = asked.runtime_data.coordinator
    await until(lambda: known.steward_state.person_of_user(iphone.user.id))


async def know(steward: FakeSteward, phone: TestPhone, key: str, **changes: Any) -> None:
    await steward.push(RowKind.PERSON, rows.person(key, ha_user_id=phone.user.id, **changes))


@pytest.mark.usefixtures("people")
async def test_only_who_is_asked_gets_a_request_and_others_when_their_time_has_come(
    steward: FakeSteward, push: FakePush, until: Until
) -> None:
    waiting = rows.approval("ask2", asked=("p1",))
    await steward.push(RowKind.APPROVAL, waiting)
    await steward.push(RowKind.APPROVAL, rows.approval("ask3", asked=("p1", "p2")))
    await until(lambda: push.shown("pixel", "ask2") and push.shown("iphone", "ask3"))
    assert push.shown("iphone", "ask2") is None
    await steward.push(RowKind.APPROVAL, replace(waiting, asked=("p1", "p2")))
    await until(lambda: push.shown("iphone", "ask2"))
    shown = push.shown("iphone", "ask2") or {}
    assert shown["data"]["push"]["interruption-level"] == "time-sensitive"


@pytest.mark.usefixtures("people")
async def test_who_was_not_asked_gets_no_result(steward: FakeSteward, push: FakePush, until: Until) -> None:
    waiting = rows.approval("ask2", asked=("p1",))
    await steward.push(RowKind.APPROVAL, waiting)
    await until(lambda: push.shown("pixel", "ask2"))
    await steward.push(
        RowKind.APPROVAL, replace(waiting, status=ApprovalStatus.APPROVED, decision=rows.decision())
    )
    await until(lambda: "decided by" in (push.shown("pixel", "ask2") or {})["message"])
    assert push.shown("iphone", "ask2") is None


async def test_the_phone_of_somebody_who_is_not_known_is_asked_only_while_nobody_is(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", asked=("p9",)))
    await steward.push(RowKind.APPROVAL, rows.approval("ask3"))
    await until(lambda: push.shown("pixel", "ask3") and push.shown("iphone", "ask3"))
    assert push.shown("pixel", "ask2") is None


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("from_now", "severity", "android", "apple"),
    [
        (-1, Severity.WARNING, "low", "passive"),
        (-1, Severity.CRITICAL, "high", "time-sensitive"),
        (2, Severity.WARNING, "high", "time-sensitive"),
    ],
)
async def test_a_request_makes_no_sound_in_the_quiet_time_unless_it_is_critical(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    pixel: TestPhone,
    iphone: TestPhone,
    push: FakePush,
    until: Until,
    from_now: int,
    severity: Severity,
    android: str,
    apple: str,
) -> None:
    await hass.config.async_set_time_zone("America/New_York")
    begin = dt_util.now() + timedelta(hours=from_now)
    quiet = {"quiet_from": f"{begin:%H:%M}", "quiet_until": f"{begin + timedelta(hours=2):%H:%M}"}
    await know(steward, pixel, "p1", **quiet)
    await know(steward, iphone, "p2", **quiet)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", severity=severity))
    await until(lambda: push.shown("pixel", "ask2") and push.shown("iphone", "ask2"))
    assert (push.shown("pixel", "ask2") or {})["data"]["importance"] == android
    level = (push.shown("iphone", "ask2") or {})["data"]["push"]["interruption-level"]
    assert level == apple


async def test_a_snoozed_request_says_until_when_and_makes_no_sound(
    hass: HomeAssistant, steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    button = push.button("pixel", "ask1", "1")
    await steward.push(RowKind.APPROVAL, rows.approval(reminders=1, snoozed_until=rows.NOW))
    await until(lambda: "Snoozed until 2026-11-21 09:00." in push.of("pixel")[-1]["message"])
    assert push.of("pixel")[-1]["data"]["importance"] == "low"
    assert push.button("pixel", "ask1", "1") == button
    await steward.push(RowKind.APPROVAL, rows.approval(reminders=2))
    await until(lambda: "Snoozed" not in push.of("pixel")[-1]["message"])
    assert push.of("pixel")[-1]["data"]["importance"] == "high"


@pytest.mark.usefixtures("people")
async def test_who_approved_first_keeps_no_buttons_and_others_see_who_it_was(
    hass: HomeAssistant, steward: FakeSteward, pixel: TestPhone, push: FakePush, until: Until
) -> None:
    twice = rows.approval("ask2", rows.option(needs_two=True), asked=("p1", "p2"))
    await steward.push(RowKind.APPROVAL, twice)
    await until(lambda: push.shown("pixel", "ask2") and push.shown("iphone", "ask2"))
    assert "Two people have to approve it." in (push.shown("iphone", "ask2") or {})["message"]
    half = replace(twice, first=rows.decision(person_id="p1"))
    steward.answers[Command.DECIDE] = lambda _request: half
    await press(hass, pixel.user, push.button("pixel", "ask2", "1"))
    text = "Approved by Robin: Increase memory 2 → 3 GiB. A second person has to approve it."
    await until(lambda: (push.shown("pixel", "ask2") or {})["message"] == text)
    assert titles(push.shown("pixel", "ask2") or {}) == []
    await until(lambda: text in (push.shown("iphone", "ask2") or {})["message"])
    assert titles(push.shown("iphone", "ask2") or {})[0] == "1 Increase memory 2 → 3 GiB"
    sent = len(push.of("pixel"))
    await steward.push(
        RowKind.APPROVAL,
        replace(half, status=ApprovalStatus.APPROVED, decision=rows.decision(person_name="Sam")),
    )
    await until(lambda: len(push.of("pixel")) > sent)
    assert "decided by Sam" in (push.shown("pixel", "ask2") or {})["message"]


async def test_a_person_is_asked_and_answered_in_their_language(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
) -> None:
    await know(steward, pixel, "p1", language="de")
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", rows.option(1)))
    await until(lambda: push.shown("pixel", "ask2") and push.shown("iphone", "ask2"))
    assert titles(push.shown("pixel", "ask2") or {})[1] == "Ignorieren"
    assert titles(push.shown("iphone", "ask2") or {})[1] == "Ignore"
    await press(hass, pixel.user, "HS|1|ask2|forged")
    await until(lambda: push.shown("pixel", "ask2-answer"))
    assert "nicht mehr gültig" in (push.shown("pixel", "ask2-answer") or {})["message"]


async def test_the_texts_of_a_request_are_in_the_language_of_the_person(
    steward: FakeSteward,
    asked: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
) -> None:
    option = rows.option(1)
    german = {"Memory of radarr": "Speicher von radarr", option.label: "Mehr Speicher"}
    await know(steward, pixel, "p1", language="de")
    await steward.push(RowKind.APPROVAL, rows.approval("ask2", option, translated={"de": german}))
    await until(lambda: push.shown("pixel", "ask2") and push.shown("iphone", "ask2"))
    on_pixel, on_iphone = push.shown("pixel", "ask2") or {}, push.shown("iphone", "ask2") or {}
    assert "„Speicher von radarr“" in on_pixel["title"]
    assert "1 Mehr Speicher" in on_pixel["message"]
    assert "“Memory of radarr”" in on_iphone["title"]
    assert option.label in on_iphone["message"]
    decided = rows.approval(
        "ask2",
        option,
        translated={"de": german},
        status=ApprovalStatus.APPROVED,
        decision=rows.decision(label=option.label),
    )
    await steward.push(RowKind.APPROVAL, decided)
    await until(lambda: "entschieden" in (push.shown("pixel", "ask2") or {})["message"])
    assert "Mehr Speicher" in (push.shown("pixel", "ask2") or {})["message"]
