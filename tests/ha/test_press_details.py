"""Details that a press asks for."""

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from phones import TestPhone, connect, press

from custom_components.homelab_steward.contract.protocol import Command, RowKind

pytestmark = pytest.mark.usefixtures("asked")


async def test_details_name_what_is_not_offered(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    reason = "Increase memory: radarr is locked (backup)."
    await steward.push(RowKind.APPROVAL, rows.with_left_out(rows.approval("ask2"), reason))
    await until(lambda: push.shown("pixel", "ask2"))
    await press(hass, pixel.user, push.button("pixel", "ask2", "details"))
    await until(lambda: push.shown("pixel", "ask2-details"))
    assert f"Not offered: {reason}" in (push.shown("pixel", "ask2-details") or {})["message"]


async def test_details_send_evidence_and_the_remaining_buttons(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    before = push.button("pixel", "ask1", "1")
    await press(hass, pixel.user, push.button("pixel", "ask1", "details"))
    await until(lambda: push.shown("pixel", "ask1-details"))
    details = push.shown("pixel", "ask1-details")
    assert details is not None
    assert "• Container status: “memory 1.9 of 2 GiB”" in details["message"]
    assert "memory 2048 MiB → 3072 MiB" in details["message"]
    assert "Checked afterwards: memory is read back" in details["message"]
    assert [one["title"] for one in details["data"]["actions"]] == ["3 Investigate", "Ignore", "Comment"]
    await until(lambda: push.button("pixel", "ask1", "1") != before)
    assert steward.asked(Command.DECIDE) == []
    await press(hass, pixel.user, before)
    assert steward.asked(Command.DECIDE) == []
    await press(hass, pixel.user, push.button("pixel", "ask1-details", "3"))
    await until(lambda: steward.asked(Command.DECIDE))
    assert steward.asked(Command.DECIDE)[0].plan_hash == "hash3"
    await until(lambda: push.shown("pixel", "ask1-details") is None)


async def test_details_on_apple_need_no_buttons(
    hass: HomeAssistant, push: FakePush, iphone: TestPhone, until: Until
) -> None:
    await press(hass, iphone.user, push.button("iphone", "ask1", "details"))
    await until(lambda: push.shown("iphone", "ask1-details"))
    assert (push.shown("iphone", "ask1-details") or {})["data"]["actions"] == []


async def test_details_that_are_not_delivered_are_logged(
    hass: HomeAssistant,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    button = push.button("pixel", "ask1", "details")
    connect(hass, pixel, by_cloud=False)
    await press(hass, pixel.user, button)
    await until(lambda: "The details did not reach a phone" in caplog.text)
