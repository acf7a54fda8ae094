"""Presses on phones: a valid one counts once, others never."""

import asyncio

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from phones import TestPhone, connect, press, register_phone, reports
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import becomes

from custom_components.homelab_steward.contract.commands import Confirmation, Decide
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Verb
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker

pytestmark = pytest.mark.usefixtures("asked")


async def test_a_press_decides_for_the_user(
    hass: HomeAssistant,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    await press(hass, pixel.user, push.button("pixel", "ask1", "2"), tag="ask1")
    await until(lambda: "decided by Robin" in push.of("iphone")[-1]["message"])
    assert steward.asked(Command.DECIDE) == [
        Decide(
            approval_id="ask1",
            verb=Verb.APPROVE,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=pixel.user.id),
            option=2,
            plan_hash="hash2",
            confirmation=Confirmation.UNLOCKED,
        )
    ]
    text = "Restart Radarr, decided by Robin via Home Assistant"
    assert push.of("iphone")[-1]["message"] == text
    await until(lambda: push.of("pixel")[-1]["message"] == text)
    assert len(push.of("pixel")) == 2


async def test_the_ignore_button_ignores(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, iphone: TestPhone, until: Until
) -> None:
    await press(hass, iphone.user, push.button("iphone", "ask1", "ignore"))
    await until(lambda: steward.asked(Command.DECIDE))
    request = steward.asked(Command.DECIDE)[0]
    assert (request.verb, request.option, request.plan_hash) == (Verb.IGNORE, None, None)


async def test_another_button_after_the_decision_is_answered_with_the_decision(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    first, other = push.button("pixel", "ask1", "1"), push.button("pixel", "ask1", "2")
    await press(hass, pixel.user, first)
    await until(lambda: "decided by" in push.of("pixel")[-1]["message"])
    await press(hass, pixel.user, other)
    await until(lambda: push.shown("pixel", "ask1-answer"))
    answer = push.shown("pixel", "ask1-answer")
    assert answer is not None
    assert answer["message"] == (
        "This was already decided. Increase memory 2 → 3 GiB, decided by Robin via Home Assistant"
    )
    assert len(steward.asked(Command.DECIDE)) == 1


@pytest.mark.parametrize("what", ["1", "2"])
async def test_the_same_press_delivered_twice_is_answered_once(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until, what: str
) -> None:
    gate = asyncio.Event()
    decide = steward.decide

    async def slowly(request: Decide) -> ApprovalRequest:
        await gate.wait()
        return await decide(request)

    steward.answers[Command.DECIDE] = slowly
    button = push.button("pixel", "ask1", what)
    first = asyncio.create_task(press(hass, pixel.user, button))
    await becomes(lambda: steward.asked(Command.DECIDE))
    again = asyncio.create_task(press(hass, pixel.user, button))
    gate.set()
    await asyncio.gather(first, again)
    await until(lambda: (push.shown("pixel", "ask1") or {}).get("data", {}).get("actions") is None)
    await press(hass, pixel.user, button)
    assert len(steward.asked(Command.DECIDE)) == 1
    assert not any(one["data"]["tag"].endswith("-answer") for one in push.of("pixel"))


async def test_presses_on_two_phones_at_once_are_each_answered_on_their_own_phone(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    robin: User,
    until: Until,
) -> None:
    tablet = await register_phone(hass, push.url, robin, token="tablet")
    hass.config_entries.async_update_entry(asked, options={"phones": [pixel.device_id, tablet.device_id]})
    await until(lambda: push.shown("tablet", "ask1"))
    buttons = push.button("pixel", "ask1", "1"), push.button("tablet", "ask1", "2")
    await asyncio.gather(*(press(hass, robin, one) for one in buttons))
    await until(lambda: push.shown("tablet", "ask1-answer"))
    assert (push.shown("tablet", "ask1-answer") or {})["message"].startswith("This was already decided.")
    await until(lambda: "decided by Robin" in (push.shown("tablet", "ask1") or {})["message"])
    assert push.shown("pixel", "ask1-answer") is None
    assert (push.shown("pixel", "ask1") or {})["message"].startswith("Increase memory 2 → 3 GiB, decided by")


async def test_no_new_buttons_are_sent_during_a_decision(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    gate = asyncio.Event()
    decide = steward.decide

    async def slowly(request: Decide) -> ApprovalRequest:
        await gate.wait()
        return await decide(request)

    steward.answers[Command.DECIDE] = slowly
    pressing = asyncio.create_task(press(hass, pixel.user, push.button("pixel", "ask1", "1")))
    await becomes(lambda: steward.asked(Command.DECIDE))
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await becomes(lambda: push.shown("pixel", "ask2"))
    assert len([one for one in push.of("pixel") if one["data"]["tag"] == "ask1"]) == 1
    gate.set()
    await pressing
    await until(lambda: "decided by" in push.of("pixel")[-1]["message"])


async def test_two_presses_at_once_send_one_decision(
    hass: HomeAssistant, steward: FakeSteward, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    button = push.button("pixel", "ask1", "1")
    await asyncio.gather(*(press(hass, pixel.user, button) for _ in range(5)))
    await until(lambda: "decided by" in push.of("iphone")[-1]["message"])
    assert len(steward.asked(Command.DECIDE)) == 1


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (ErrorCode.FORBIDDEN, "You are not allowed to decide this."),
        (ErrorCode.EXPIRED, "Nobody decided in time. Nothing was changed."),
        (
            ErrorCode.PLAN_CHANGED,
            "The situation has changed since you were asked. You will get a new request.",
        ),
        (ErrorCode.INTERNAL, "This did not work: because"),
        (ErrorCode.NOT_CONNECTED, "The app does not answer. Nothing was decided."),
    ],
)
async def test_a_refused_press_is_answered_and_gets_new_buttons(
    hass: HomeAssistant,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    code: ErrorCode,
    text: str,
) -> None:
    def refuse(_request: Decide) -> None:
        raise ContractError(code, "because")

    steward.answers[Command.DECIDE] = refuse
    before = push.button("pixel", "ask1", "1")
    await press(hass, pixel.user, before)
    await until(lambda: push.shown("pixel", "ask1-answer"))
    assert (push.shown("pixel", "ask1-answer") or {})["message"] == text
    await until(lambda: push.button("pixel", "ask1", "1") != before)
    assert (push.shown("pixel", "ask1") or {})["data"]["importance"] == "low"


async def test_a_press_after_another_decision_is_answered(
    hass: HomeAssistant,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    def refuse(_request: Decide) -> None:
        raise ContractError(ErrorCode.ALREADY_DECIDED, "decided")

    steward.answers[Command.DECIDE] = refuse
    button = push.button("pixel", "ask1", "1")
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    await press(hass, pixel.user, button)
    await steward.push(
        RowKind.APPROVAL,
        rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision()),
    )
    await until(lambda: push.shown("pixel", "ask1-answer"))
    answer = push.shown("pixel", "ask1-answer")
    assert answer is not None
    assert answer["message"].startswith("This was already decided.")
    assert "decided_" not in answer["message"]
    assert reports(steward) == [], "the app audits its own refusals"
    await until(lambda: "via Telegram" in (push.shown("pixel", "ask1") or {})["message"])


async def test_a_press_without_the_app_is_answered(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    button = push.button("pixel", "ask1", "1")
    await steward.stop()
    await until(lambda: not asked.runtime_data.coordinator.connected)
    await press(hass, pixel.user, button)
    await until(lambda: push.shown("pixel", "ask1-answer"))
    text = "The app does not answer. Nothing was decided."
    assert (push.shown("pixel", "ask1-answer") or {})["message"] == text
    assert reports(steward) == []
    await steward.start()
    await until(lambda: [one.reason for one in reports(steward)] == ["away"])
    await until(lambda: push.button("pixel", "ask1", "1") != button)
    await press(hass, pixel.user, push.button("pixel", "ask1", "1"))
    await until(lambda: steward.asked(Command.DECIDE))


async def test_a_press_without_a_loaded_entry_is_answered(
    hass: HomeAssistant, asked: MockConfigEntry, push: FakePush, pixel: TestPhone, until: Until
) -> None:
    button = push.button("pixel", "ask1", "1")
    await hass.config_entries.async_unload(asked.entry_id)
    await press(hass, pixel.user, button)
    await until(lambda: push.shown("pixel", "ask1-answer"))
    text = "The app does not answer. Nothing was decided."
    assert (push.shown("pixel", "ask1-answer") or {})["message"] == text


async def test_a_press_is_handled_by_the_entry_of_its_request(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    first = MockConfigEntry(domain=asked.domain, unique_id="other", data=asked.data)
    first.add_to_hass(hass)
    await press(hass, pixel.user, push.button("pixel", "ask1", "1"))
    await until(lambda: steward.asked(Command.DECIDE))


async def test_a_press_on_a_removed_phone_does_nothing(
    hass: HomeAssistant,
    steward: FakeSteward,
    push: FakePush,
    pixel: TestPhone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    button = push.button("pixel", "ask1", "1")
    await hass.config_entries.async_unload(pixel.entry.entry_id)
    await press(hass, pixel.user, button)
    assert "press_foreign" in caplog.text
    assert steward.asked(Command.DECIDE) == []


async def test_an_answer_that_is_not_delivered_is_logged(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    pixel: TestPhone,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connect(hass, pixel, by_cloud=False)
    await press(hass, pixel.user, "HS|1|ask1|wrong")
    await until(lambda: "did not reach pixel phone" in caplog.text)


async def test_the_list_of_answered_presses_is_limited(
    hass: HomeAssistant, robin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.homelab_steward.notifications.presses._REFUSED_KEPT", 3)
    for number in range(10):
        await press(hass, None, f"HS|1|nothing{number}|x")
