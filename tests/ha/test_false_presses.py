"""Presses that are not of the person who was asked do nothing, and are reported."""

import pytest
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from phones import TestPhone, press, reports
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.protocol import Command
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker
from custom_components.homelab_steward.notifications.refusal_reports import KEPT

pytestmark = pytest.mark.usefixtures("asked")


@pytest.mark.parametrize(
    "action",
    [
        "HS|1|ask1|wrong-nonce",
        "HS|1|ask1|",
        "HS|1|unknown|x",
        "HS|",
        "HS|1",
        "HS|1|a|b|c|d",
        "HS|details|ask1|wrong",
        "HS|nothing|ask1|ü",
    ],
)
async def test_a_forged_press_does_nothing_and_is_logged_once(
    hass: HomeAssistant,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    caplog: pytest.LogCaptureFixture,
    action: str,
) -> None:
    await press(hass, pixel.user, action)
    await press(hass, pixel.user, action)
    await until(lambda: push.of("pixel")[-1]["data"]["tag"].endswith("-answer"))
    assert push.of("pixel")[-1]["message"] == "This button is no longer valid. Nothing was decided."
    assert caplog.text.count("had no effect") == caplog.text.count("press_stale")
    assert len([one for one in push.of("pixel") if one["data"]["tag"].endswith("-answer")]) == 1
    assert steward.asked(Command.DECIDE) == []
    await until(lambda: len(steward.asked(Command.REPORT_REFUSAL)) == 2)
    report = reports(steward)[0]
    assert report.speaker == Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=pixel.user.id)
    assert report.reason == "stale"


async def test_a_button_that_was_not_offered_does_nothing(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    real = push.button("pixel", "ask1", "1")
    await press(hass, pixel.user, real.replace("HS|1|", "HS|9|"))
    await until(lambda: push.shown("pixel", "ask1-answer"))
    assert steward.asked(Command.DECIDE) == []


async def test_the_right_secret_from_another_user_does_nothing(
    hass: HomeAssistant,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    iphone: TestPhone,
    until: Until,
) -> None:
    await press(hass, iphone.user, push.button("pixel", "ask1", "1"))
    await until(lambda: push.shown("iphone", "ask1-answer"))
    answer = push.shown("iphone", "ask1-answer")
    assert answer is not None
    assert answer["message"] == "This request was not sent to you. Nothing was decided."
    assert steward.asked(Command.DECIDE) == []
    await until(lambda: [one.reason for one in reports(steward)] == ["foreign"])
    assert reports(steward)[0].speaker.user_id == iphone.user.id
    await press(hass, pixel.user, push.button("pixel", "ask1", "1"))
    await until(lambda: steward.asked(Command.DECIDE))


async def test_a_press_without_a_user_does_nothing(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, caplog: pytest.LogCaptureFixture
) -> None:
    await press(hass, None, push.button("pixel", "ask1", "1"))
    assert "press_foreign" in caplog.text
    assert steward.asked(Command.DECIDE) == []


async def test_a_deactivated_user_may_not_decide(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    pixel.user.is_active = False
    await press(hass, pixel.user, push.button("pixel", "ask1", "1"))
    await until(lambda: push.shown("pixel", "ask1-answer"))
    assert steward.asked(Command.DECIDE) == []


async def test_buttons_of_other_integrations_are_ignored(
    hass: HomeAssistant, push: FakePush, pixel: TestPhone, caplog: pytest.LogCaptureFixture
) -> None:
    await press(hass, pixel.user, "OPEN_GARAGE")
    hass.bus.async_fire("mobile_app_notification_action", {"action": 5})
    await hass.async_block_till_done()
    assert "had no effect" not in caplog.text


async def test_reports_of_refused_presses_are_limited(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    await steward.stop()
    await until(lambda: not asked.runtime_data.coordinator.connected)
    for number in range(KEPT + 20):
        await press(hass, pixel.user, f"HS|{number}|ask1|wrong")
    await steward.start()
    await until(lambda: len(reports(steward)) == KEPT)
    assert reports(steward)[-1].press == str(KEPT + 19)
