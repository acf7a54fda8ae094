"""A phone says that a problem was a false alarm; the app decides who may."""

from dataclasses import replace
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.false_alarms import MarkFalseAlarm
from custom_components.homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    Incident,
    IncidentStatus,
    Severity,
)
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker

pytestmark = pytest.mark.usefixtures("asked")

ALERT = Alert(
    fingerprint="f1",
    source="am",
    name="MemoryHigh",
    status=AlertStatus.FIRING,
    severity=Severity.WARNING,
    starts_at=rows.NOW,
    received_at=rows.NOW,
    summary="Memory of radarr is at 95 %",
)


async def problem(steward: FakeSteward, push: FakePush, until: Until, **changes: Any) -> Incident:
    """Let the phones show a request about a problem that an alert reported."""
    incident = replace(rows.incident(), alerts=(ALERT,), **changes)
    shown = len(push.of("pixel")), len(push.of("iphone"))
    await steward.push(RowKind.INCIDENT, incident)
    await until(lambda: len(push.of("pixel")) > shown[0] and len(push.of("iphone")) > shown[1])
    return incident


def titles(push: FakePush, phone: str, tag: str) -> list[str]:
    return [one["title"] for one in (push.shown(phone, tag) or {})["data"]["actions"]]


async def test_an_apple_phone_marks_a_false_alarm(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, iphone: TestPhone, until: Until
) -> None:
    incident = await problem(steward, push, until)
    assert titles(push, "iphone", "ask1")[-4:] == ["Ignore", "Details", "False alarm", "Comment"]
    steward.answers[Command.MARK_FALSE_ALARM] = lambda _: replace(incident, status=IncidentStatus.IGNORED)
    await press(hass, iphone.user, push.button("iphone", "ask1", "false_alarm"))
    await until(lambda: steward.asked(Command.MARK_FALSE_ALARM))
    speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=iphone.user.id)
    assert steward.asked(Command.MARK_FALSE_ALARM) == [
        MarkFalseAlarm(incident_id=incident.id, speaker=speaker)
    ]
    assert steward.asked(Command.DECIDE) == []


async def test_an_android_phone_has_the_button_with_the_details(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    incident = await problem(steward, push, until)
    assert "False alarm" not in titles(push, "pixel", "ask1")
    await press(hass, pixel.user, push.button("pixel", "ask1", "details"))
    await until(lambda: push.shown("pixel", "ask1-details"))
    assert titles(push, "pixel", "ask1-details") == ["3 Investigate", "Ignore", "False alarm"]
    steward.answers[Command.MARK_FALSE_ALARM] = lambda _: incident
    await press(hass, pixel.user, push.button("pixel", "ask1-details", "false_alarm"))
    await until(lambda: steward.asked(Command.MARK_FALSE_ALARM))


async def test_what_is_critical_has_no_such_button(
    steward: FakeSteward, push: FakePush, until: Until
) -> None:
    await problem(steward, push, until)
    assert "False alarm" in titles(push, "iphone", "ask1")
    await problem(steward, push, until, severity=Severity.CRITICAL)
    assert "False alarm" not in titles(push, "iphone", "ask1")


async def test_a_forged_or_refused_one_is_answered(
    hass: HomeAssistant,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    iphone: TestPhone,
    until: Until,
) -> None:
    await problem(steward, push, until)
    stranger: User = MockUser(name="Stranger").add_to_hass(hass)
    button = push.button("iphone", "ask1", "false_alarm")
    for user in (stranger, pixel.user, None):
        await press(hass, user, button)
    assert steward.asked(Command.MARK_FALSE_ALARM) == []

    def forbids(_: MarkFalseAlarm) -> Any:
        raise ContractError(ErrorCode.FORBIDDEN, "No")

    steward.answers[Command.MARK_FALSE_ALARM] = forbids
    await press(hass, iphone.user, button)
    await until(lambda: push.shown("iphone", "ask1-answer"))
    assert (push.shown("iphone", "ask1-answer") or {})["message"] == "You are not allowed to decide this."
