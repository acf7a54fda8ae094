"""A phone asks whether two things are the same device; the first answer of all people counts."""

from dataclasses import replace
from typing import Any

import pytest
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from phones import TestPhone, press
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.homelab_steward.contract.devices import QUESTIONS, MatchDecision, MatchPair
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command, Nothing, RowKind
from custom_components.homelab_steward.contract.schedules import Delivery, ScheduledMessage
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker

pytestmark = pytest.mark.usefixtures("asked")

PAIR = MatchPair(
    first="kuma/nas", second="librenms/7", first_name="NAS (Kuma)", second_name="nas01 (LibreNMS)"
)
TAG = f"match-{PAIR.id}"


async def asks(steward: FakeSteward, push: FakePush, until: Until) -> ScheduledMessage:
    """Let both phones show the question."""
    now = dt_util.utcnow()
    message = ScheduledMessage(
        id="q/1",
        schedule_id=QUESTIONS,
        title="Which devices are the same?",
        due_at=now,
        made_at=now,
        deliver_to=(Delivery.PHONE,),
        pairs=(PAIR,),
    )
    await steward.push(RowKind.SCHEDULED, message)
    await until(lambda: push.shown("pixel", TAG) and push.shown("iphone", TAG))
    return message


async def test_an_answer_is_passed_on_and_shown_on_all_phones(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    message = await asks(steward, push, until)
    shown = push.shown("pixel", TAG) or {}
    assert shown["message"] == "NAS (Kuma) and nas01 (LibreNMS) may be the same device."
    assert [one["title"] for one in shown["data"]["actions"]] == ["The same device", "Different devices"]
    assert shown["data"]["clickAction"] == "/homelab-steward/monitors"
    steward.answers[Command.MATCH_DEVICES] = lambda _: Nothing()
    button = push.button("pixel", TAG, "same_device")
    await press(hass, pixel.user, button)
    await press(hass, pixel.user, button)
    await until(lambda: steward.asked(Command.MATCH_DEVICES))
    speaker = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=pixel.user.id)
    assert steward.asked(Command.MATCH_DEVICES) == [
        MatchDecision(speaker=speaker, first="kuma/nas", second="librenms/7", is_same=True, only_first=True)
    ]
    answered = replace(message, pairs=(replace(PAIR, is_same=True, person_name="Robin"),))
    await steward.push(RowKind.SCHEDULED, answered)
    for phone in ("pixel", "iphone"):
        await until(lambda: "Robin: the same device." in (push.shown(phone, TAG) or {})["message"])  # noqa: B023
        assert "actions" not in (push.shown(phone, TAG) or {})["data"]


async def test_nobody_else_answers_for_the_owner_of_a_phone(
    hass: HomeAssistant,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    iphone: TestPhone,
    until: Until,
) -> None:
    await asks(steward, push, until)
    stranger: User = MockUser(name="Stranger").add_to_hass(hass)
    button = push.button("iphone", TAG, "other_device")
    for user in (stranger, pixel.user, None):
        await press(hass, user, button)
    await press(hass, iphone.user, button[:-3] + "xyz")
    assert steward.asked(Command.MATCH_DEVICES) == []

    def second(_: MatchDecision) -> Any:
        raise ContractError(ErrorCode.ALREADY_DECIDED, "Already answered: the same device.")

    steward.answers[Command.MATCH_DEVICES] = second
    await press(hass, iphone.user, button)
    await until(lambda: push.shown("iphone", f"{TAG}-answer"))
    shown = push.shown("iphone", f"{TAG}-answer") or {}
    assert shown["message"] == "Already answered: the same device."


async def test_what_was_answered_elsewhere_is_not_asked(
    steward: FakeSteward, push: FakePush, until: Until
) -> None:
    message = await asks(steward, push, until)
    other = replace(PAIR, first="kuma/switch", is_same=False, person_name="Robin")
    await steward.push(RowKind.SCHEDULED, replace(message, pairs=(replace(PAIR, is_same=False), other)))
    await until(lambda: "different devices" in (push.shown("pixel", TAG) or {})["message"])
    assert push.shown("pixel", f"match-{other.id}") is None
