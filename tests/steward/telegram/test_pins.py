"""PINs: a press on a high risk asks for one, and the message with it is deleted and kept nowhere."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import Confirmation
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.state import FrontEndState
from lab.faults import FaultKind
from lab.telegram import Answer, Message
from steward.telegram.front_end import TelegramFrontEnd
from steward.telegram.pins import may_contain_pin
from steward.telegram.settings import Mode

from .rig import SECRET, TelegramRig, open_front_end, open_rig
from .samples import option, request

PIN = "90817263"
LOCKED = "Too many wrong PINs. Try again after 12:30, or decide in Home Assistant. Nothing was done."


async def ask(rig: TelegramRig, name: str = "a1") -> tuple[ApprovalRequest, Message]:
    """Publish a request whose first option has a high risk."""
    options = (option(1, risk=Risk.HIGH), option(2, label="Restart"))
    asked = await rig.ask(name, proposal=replace(request().proposal, options=options))
    return asked, await rig.card()


async def pressed(rig: TelegramRig, card: Message, user: str = "owner") -> Answer:
    return await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1", user))


async def deleted(rig: TelegramRig, message: Message) -> None:
    await rig.forum.wait_for(lambda: rig.forum.find_message(message.chat_id, message.message_id) is None)


async def reply(rig: TelegramRig, text: str, topic: str = "Media") -> Message:
    """Wait for a message of the bot that contains a text."""
    found = await rig.forum.wait_for(
        lambda: next((one for one in rig.forum.in_topic(topic) if text in one.text), None)
    )
    assert found is not None
    return found


def is_kept(rig: TelegramRig, path: Path, caplog: pytest.LogCaptureFixture) -> bool:
    """Return whether the PIN is in a file, the logs, the audit or the chat."""
    files = [one.read_bytes() for one in path.iterdir() if one.is_file()]
    texts = [caplog.text, repr(rig.audited), repr(rig.commands), *(one.text for one in rig.forum.messages)]
    return any(PIN.encode() in one for one in files) or any(PIN in one for one in texts)


async def test_high_risk_is_approved_with_the_pin(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        _, card = await ask(rig)
        answer = await pressed(rig, card)
        assert answer.text == "Send your PIN here within two minutes. Your message is deleted."
        assert answer.is_alert
        assert rig.effects == []
        message = rig.forum.send_text("owner", PIN, "Media")
        await deleted(rig, message)
        said = await reply(rig, "Approved.")
        assert said.reply_to == card.message_id
        assert rig.effects == ["a1 approve 1"]
        assert (rig.commands[-1].confirmation, rig.commands[-1].pin) == (Confirmation.PIN, PIN)
        assert not is_kept(rig, tmp_path, caplog)


async def test_wrong_pin_is_answered_and_the_next_press_asks_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        _, card = await ask(rig)
        await pressed(rig, card)
        await deleted(rig, rig.forum.send_text("owner", "1357 9", "Media"))
        await reply(rig, "The PIN is wrong. Nothing was done.")
        assert rig.commands[-1].pin == "13579"
        await pressed(rig, card)
        rig.failure = ContractError(ErrorCode.PIN_NEEDED, "Too many", {"until": "2026-11-20T12:30:00+00:00"})
        rig.forum.send_text("owner", PIN, "Media")
        await reply(rig, LOCKED)
        assert rig.effects == []


async def test_person_without_a_pin_reads_what_to_do(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        _, card = await ask(rig)
        answer = await pressed(rig, card, "family")
        assert answer.text.startswith("You have no PIN. Add one in Home Assistant")
        assert answer.is_alert


async def test_digits_are_deleted_late_twice_and_after_a_restart(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=50) as rig:
        async with open_front_end(rig):
            _, card = await ask(rig)
            await pressed(rig, card)
            await rig.clock.sleep(121)
            late = rig.forum.send_text("owner", PIN, "Media")
            await deleted(rig, late)
            await reply(rig, "No option waits for one now.")
            rig.forum.deliver_again(late)
            await pressed(rig, card)
            await rig.forum.wait_for(lambda: rig.telegram.updates.pending == 0)
        after = rig.forum.send_text("owner", PIN, "Media")
        async with open_front_end(rig):
            await deleted(rig, after)
            await deleted(rig, rig.forum.send_private("owner", PIN))
        assert rig.effects == []
        assert all(one.pin is None for one in rig.commands)


async def test_pins_of_others_and_their_digits_are_left_alone(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        _, card = await ask(rig)
        await pressed(rig, card)
        foreign = rig.forum.send_text("stranger", PIN, "Media")
        own = rig.forum.send_text("family", "7391", "Media")
        text = rig.forum.send_text("family", "at 12 it had 2048 MiB", "Media")
        await deleted(rig, own)
        await rig.forum.wait_for(lambda: rig.telegram.updates.pending == 0)
        assert rig.forum.message(foreign.message_id).text == PIN
        assert rig.forum.find_message(text.chat_id, text.message_id) is not None
        assert rig.effects == []
        await deleted(rig, rig.forum.send_text("owner", f"my pin is {PIN}", "Media"))
        await reply(rig, "The PIN is wrong.")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": FaultKind.STATUS, "times": 1, "status": 429, "retry_after": 2},
        {"kind": FaultKind.STATUS, "times": 2, "status": 502},
        {"kind": FaultKind.ANSWER_LOST, "times": 1},
        {"kind": FaultKind.HANG, "times": 1},
    ],
)
async def test_deletion_is_retried(
    tmp_path: Path, fault: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steward.telegram.chat.ANSWER_TIMEOUT", 0.3)
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig):
        _, card = await ask(rig)
        await pressed(rig, card)
        rig.fault(path="/deleteMessage", **fault)  # type: ignore[arg-type]
        message = rig.forum.send_text("owner", PIN, "Media")
        await reply(rig, "Approved.")
        await deleted(rig, message)


async def test_deletion_that_is_refused_is_said_and_the_decision_counts(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig) as made:
        _, card = await ask(rig)
        await pressed(rig, card)
        rig.forum.can_delete_messages = False
        rig.forum.send_text("owner", PIN, "Media")
        await reply(rig, "Delete it yourself. Let the bot delete messages in the group.")
        await reply(rig, "Approved.")
        assert "A message with a PIN was not deleted" in made.status.problems[0]
        rig.forum.can_delete_messages = True
        await deleted(rig, rig.forum.send_text("owner", PIN, "Media"))
        await reply(rig, "No option waits for one now.")
        assert made.status.state is FrontEndState.OK


async def test_deletion_that_never_succeeds_is_said(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=500) as rig, open_front_end(rig):
        await ask(rig)
        rig.fault(FaultKind.STATUS, "/deleteMessage", times=20, status=502)
        rig.forum.send_text("owner", PIN, "Media")
        await reply(rig, "Delete it yourself. Telegram does not answer.")


async def test_long_pause_is_said_and_the_message_is_deleted_after_it(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=500) as rig, open_front_end(rig):
        await ask(rig)
        rig.fault(FaultKind.STATUS, "/deleteMessage", times=1, status=429, retry_after=100)
        message = rig.forum.send_text("owner", PIN, "Media")
        await reply(rig, "Delete it yourself. Telegram requires a long pause.")
        await deleted(rig, message)


async def test_message_that_is_not_deleted_before_a_stop_is_said_after_the_start(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            await ask(rig)
            rig.fault(FaultKind.STATUS, "/deleteMessage", times=1, status=429, retry_after=50)
            rig.forum.send_text("owner", PIN, "Media")
            await reply(rig, "No option waits for one now.")
        async with open_front_end(rig):
            await reply(rig, "Delete it yourself. The app was stopped.")


async def test_failed_decision_is_answered(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        _, card = await ask(rig)
        await pressed(rig, card)
        rig.failure = RuntimeError("boom")
        await deleted(rig, rig.forum.send_text("owner", PIN, "Media"))
        await reply(rig, "Try again in a minute.")
        assert not is_kept(rig, tmp_path, caplog)


async def test_pin_through_the_webhook(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, mode=Mode.WEBHOOK) as made:
        _, card = await ask(rig)
        await rig.forum.wait_for(lambda: rig.telegram.updates.webhook.url)
        rig.forum.press(card.message_id, "1")
        await post(rig, made)
        message = rig.forum.send_text("owner", PIN, "Media")
        await post(rig, made, times=3)
        await deleted(rig, message)
        await reply(rig, "Approved.")
        assert rig.effects == ["a1 approve 1"]


async def post(rig: TelegramRig, made: TelegramFrontEnd, times: int = 1) -> None:
    """Post the waiting updates as Telegram does, some more than once."""
    bodies = rig.telegram.updates.take_bodies()
    await asyncio.gather(*(made.handle_webhook(body, SECRET) for body in bodies for _ in range(times)))


@given(text=st.text("0123456789 ", max_size=20), is_asked=st.booleans())
def test_only_four_to_twelve_digits_are_a_pin(text: str, *, is_asked: bool) -> None:
    digits = text.replace(" ", "")
    if 4 <= len(digits) <= 12:
        assert may_contain_pin(text, is_asked=is_asked)
    elif not is_asked or len(digits) < 4:
        assert not may_contain_pin(text, is_asked=is_asked)
