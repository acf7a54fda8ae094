"""Presses: who may press, every press is answered, and each decides at most once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from homelab_steward.contract.commands import Decide
from homelab_steward.contract.diagnosis import Evidence
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Verb
from homelab_steward.contract.state import FrontEnd, Role, Speaker
from lab.faults import FaultKind
from lab.telegram import Answer, Message
from lab.telegram.rows import press_row
from steward.telegram import tables
from steward.telegram.buttons import ButtonAction, ButtonCodec, CallbackData, new_short_id
from steward.telegram.front_end import TelegramFrontEnd

from .rig import KEY, TelegramRig, open_front_end, open_rig
from .samples import NOON, diagnosis, found_update, incident, update_options


async def pressed(rig: TelegramRig, card: Message, button: str, user: str = "owner") -> Answer:
    return await rig.forum.wait_for_answer(rig.forum.press(card.message_id, button, user))


async def forged(rig: TelegramRig, card: Message, data: str, user: str = "owner") -> Answer:
    return await rig.forum.wait_for_answer(rig.forum.forge_press(card.message_id, data, user))


def data_of(card: Message, button: str) -> str:
    data = card.button(button).data
    assert data is not None
    return data


async def test_ignore_is_a_decision(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        answer = await pressed(rig, card, "Ignore", "family")
        assert (answer.text, answer.is_alert) == ("Ignored.", False)
        assert rig.effects == ["a1 ignore None"]
        await rig.text(card, "Ignored, decided by Sam via Telegram")


async def test_details_are_sent_once_as_a_reply_without_a_decision(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        assert (await pressed(rig, card, "Details")).text == "The details follow below."
        reply = await rig.card(number=1)
        assert reply.reply_to == card.message_id
        assert "maxmem: 2147483648" in reply.text
        assert (
            await pressed(rig, card, "Details", "family")
        ).text == "The details are already in this topic."
        assert rig.commands == []
        assert len(rig.forum.in_topic("Media")) == 2


async def test_details_of_an_update_have_its_release_notes_as_text(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask(options=update_options())
        notes = "## 4.0.2\n<b>Fixed</b> a leak\n[press here](https://evil.example)"
        rig.updates = [found_update("mine", notes), found_update("other", "of another", approval_id="a2")]
        card = await rig.card("Infrastructure")
        assert (await pressed(rig, card, "Details")).text == "The details follow below."
        reply = await rig.card("Infrastructure", number=1)
        heading = "Release notes of “Sonarr 4.0.1 → 4.0.2”, as their makers wrote them"
        assert reply.text[reply.text.index(heading) :].splitlines()[1:] == notes.splitlines()
        assert "of another" not in reply.text


async def test_a_version_is_rejected(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask(options=update_options())
        card = await rig.card("Infrastructure")
        answer = await pressed(rig, card, "Reject")
        assert answer.text == "Rejected. This version is not offered again."
        assert rig.effects == ["a1 reject None"]
        await rig.text(card, "Rejected, decided by")


async def test_long_details_are_sent_in_order(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        asked = await rig.ask()
        flood = "\n".join(f"line {number}" for number in range(2_000))
        evidence = Evidence(id="e", tool="t", instance_id="i", title="Log", text=flood, read_at=NOON)
        rig.publish(incident(asked, diagnosis=replace(diagnosis(), evidence=(evidence,))))
        card = await rig.card()
        await pressed(rig, card, "Details")
        file = (await rig.card(number=2)).file
        assert [one.reply_to for one in rig.forum.in_topic("Media")[1:]] == [card.message_id] * 2
        assert file is not None
        lines = file.content.decode().splitlines()
        numbers = [int(line.split()[1]) for line in lines if line.startswith("line")]
        assert numbers == list(range(2_000))


async def test_stranger_changes_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        for button in ("1", "Ignore"):
            answer = await pressed(rig, card, button, "stranger")
            assert answer.text == "You are not a known person. Nothing was done."
            assert answer.is_alert
        assert rig.refusals == [ErrorCode.FORBIDDEN] * 2
        answer = await pressed(rig, card, "Details", "stranger")
        assert answer.text == "The steward does not know you. Nothing was done."
        assert answer.is_alert
        assert rig.effects == []
        assert len(rig.forum.messages) == 1
        assert rig.events == ["telegram.press_foreign"]
        assert rig.audited[0][1]["telegram_user_id"] == "1099"


async def test_without_people_every_press_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.people = {}
        await rig.ask()
        answer = await pressed(rig, await rig.card(), "1", "owner")
        assert "not a known person" in answer.text
        assert rig.effects == []


async def test_guest_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.people[1002] = replace(rig.people[1002], role=Role.GUEST)
        await rig.ask()
        card = await rig.card()
        answer = await pressed(rig, card, "1", "family")
        assert answer.text == "Only members decide. Nothing was done."
        assert rig.refusals == [ErrorCode.FORBIDDEN]
        assert rig.events == [], "the gate audits its refusal"
        await pressed(rig, card, "1", "owner")
        assert rig.effects == ["a1 approve 1"]


@pytest.mark.parametrize(
    "make",
    [
        lambda data: "",
        lambda data: "garbage",
        lambda data: "x" * 64,
        lambda data: data[:-1] + ("A" if data[-1] != "A" else "B"),
        lambda data: ButtonCodec(KEY[::-1], -1002200000042).encode(
            CallbackData(new_short_id(), ButtonAction.APPROVE, 1)
        ),
        lambda data: ButtonCodec(KEY, -1).encode(CallbackData(new_short_id(), ButtonAction.APPROVE, 1)),
    ],
)
async def test_forged_press_changes_nothing(tmp_path: Path, make: object) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        answer = await forged(rig, card, make(data_of(card, "1")))  # type: ignore[operator]
        assert answer.text == "This button is not valid. Nothing was done."
        assert answer.is_alert
        assert rig.commands == []
        assert rig.events == ["telegram.press_forged"]


async def test_genuine_but_unknown_button_is_too_old(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        code = CallbackData(new_short_id(), ButtonAction.APPROVE, 1)
        answer = await forged(rig, card, ButtonCodec(KEY, rig.telegram.chat_id).encode(code))
        assert answer.text.startswith("This button is too old.")
        assert rig.commands == []


async def test_replayed_press_changes_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        data = {name: data_of(card, name) for name in ("1", "2", "Ignore")}
        await pressed(rig, card, "1")
        for name, one in data.items():
            answer = await forged(rig, card, one, "family")
            assert "Increase memory 2 → 3 GiB, decided by Alex via Telegram" in answer.text, name
            assert answer.is_alert
        assert rig.effects == ["a1 approve 1"]
        assert rig.refusals == [ErrorCode.ALREADY_DECIDED] * 3


async def test_expired_press_changes_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=100) as rig, open_front_end(rig):
        asked = await rig.ask(expires_at=NOON + timedelta(seconds=1))
        card = await rig.card()
        await rig.clock.sleep(5)
        answer = await pressed(rig, card, "1")
        assert answer.text == "This request has expired. Nothing was done."
        assert rig.effects == []
        assert rig.refusals == [ErrorCode.EXPIRED]
        await rig.end(asked, ApprovalStatus.EXPIRED)
        await rig.text(card, "without a decision. Nothing was done.")


async def test_changed_plan_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        async with rig.database.write() as connection:
            await connection.execute(update(tables.buttons).values(plans='{"1": "another"}'))
        answer = await pressed(rig, card, "1")
        assert answer.text == "The plan has changed since this message was sent. Nothing was done."
        assert rig.effects == []


async def test_press_from_another_chat_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        await rig.ask()
        card = await rig.card()
        private = rig.forum.send_private("owner", "hello")
        answer = await forged(rig, private, data_of(card, "1"))
        assert answer.text.startswith("You cannot decide from this chat.")
        assert rig.commands == []
        assert rig.events == ["telegram.press_foreign"]
        assert isinstance(made, TelegramFrontEnd)


async def test_two_people_at_the_same_time_fifty_times(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        for number in range(50):
            asked = await rig.ask(f"a{number}")
            card = await rig.card(number=number)
            one = rig.forum.press(card.message_id, "1", "owner")
            two = rig.forum.press(card.message_id, "2", "family")
            result = await asyncio.gather(rig.forum.wait_for_answer(one), rig.forum.wait_for_answer(two))
            taken = [answer for answer in result if not answer.is_alert]
            late = [answer for answer in result if answer.is_alert]
            assert len(taken) == len(late) == 1
            winner = "Alex" if taken[0].user.id == 1001 else "Sam"
            assert f"decided by {winner} via Telegram" in late[0].text
            assert [one.split()[0] for one in rig.effects].count(asked.id) == 1
            await rig.text(card, f"decided by {winner} via Telegram")
        assert len(rig.effects) == 50
        assert rig.refusals == [ErrorCode.ALREADY_DECIDED] * 50


@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("boom"),
        OSError("disk"),
        ContractError(ErrorCode.UNAVAILABLE, "not now"),
        ContractError(ErrorCode.INTERNAL, "broken"),
    ],
)
async def test_failed_decision_is_answered_and_can_be_retried(tmp_path: Path, failure: Exception) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        rig.failure = failure
        answer = await pressed(rig, card, "1")
        assert ("not now" if str(failure) == "not now" else "Try again") in answer.text
        rig.failure = None
        assert (await pressed(rig, card, "1")).text.endswith("working…")
        assert rig.effects == ["a1 approve 1"]


async def test_other_refusal_is_answered_with_the_gates_message(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        rig.failure = ContractError(ErrorCode.INVALID_ARGUMENT, "Not with <this> argument " + "x" * 300)
        answer = await pressed(rig, card, "1")
        assert answer.text.startswith("Not with <this> argument")
        assert len(answer.text) <= 200


async def test_store_down_is_answered(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        rig.is_store_down = True
        assert "Try again" in (await pressed(rig, card, "1")).text
        forgery = await forged(rig, card, "garbage")
        assert "not valid" in forgery.text
        rig.is_store_down = False
        await pressed(rig, card, "1")
        assert rig.effects == ["a1 approve 1"]


async def test_slow_decision_is_answered_in_time_and_is_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        monkeypatch.setattr(made._presses, "_timeout", 0.2)
        go = asyncio.Event()
        decide = rig.decide

        async def slowly(command: Decide) -> ApprovalRequest:
            await go.wait()
            return await decide(command)

        monkeypatch.setattr(
            made._presses._handler,
            "_decision_port",
            replace(made._presses._handler._decision_port, decide=slowly),
        )
        await rig.ask()
        card = await rig.card()
        assert "The card shows" in (await pressed(rig, card, "1")).text
        go.set()
        await rig.text(card, "decided by Alex via Telegram")


async def test_press_delivered_again_after_a_restart_is_recognised(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            await rig.ask()
            card = await rig.card()
            press = rig.forum.press(card.message_id, "1")
            await rig.forum.wait_for_answer(press)
        chat = rig.forum.chat(rig.telegram.chat_id)
        assert chat is not None
        rig.telegram.updates.add("callback_query", press_row(press, card, chat))
        async with open_front_end(rig):
            await rig.forum.wait_for(lambda: not rig.telegram.updates.pending)
        assert len(rig.commands) == 1
        assert rig.effects == ["a1 approve 1"]
        assert rig.events == []


async def test_press_without_a_recorded_answer_is_confirmed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        data = data_of(card, "1")
        await pressed(rig, card, "1")
        # The state that a crash right after the decision leaves: decided, without an answer.
        async with rig.database.write() as connection:
            await connection.execute(update(tables.buttons).values(used_at=None))
            await connection.execute(delete(tables.presses))
        mine = await forged(rig, card, data, "owner")
        assert (mine.text, mine.is_alert) == ("Increase memory 2 → 3 GiB: working…", False)
        assert rig.effects == ["a1 approve 1"]


async def test_answer_is_retried_when_telegram_fails(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        rig.fault(FaultKind.STATUS, "/answerCallbackQuery", times=1, status=429, retry_after=2)
        assert (await pressed(rig, card, "Details")).text == "The details follow below."
        rig.fault(FaultKind.STATUS, "/answerCallbackQuery", times=2)
        assert (await pressed(rig, card, "1")).text.endswith("working…")


async def test_press_of_an_outdated_button_updates_the_card(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        command = Decide(
            approval_id="a1",
            verb=Verb.IGNORE,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="1002"),
        )
        result, rig.changes.publish = rig.changes.publish, lambda *_: None  # type: ignore[method-assign]
        await rig.decide(command)
        rig.changes.publish = result  # type: ignore[method-assign]
        assert "decided by Sam via Home Assistant" in (await pressed(rig, card, "1")).text
        card = await rig.text(card, "Ignored, decided by Sam via Home Assistant")
        assert not card.buttons


async def test_press_on_a_superseded_or_expired_request_is_answered(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=100) as rig, open_front_end(rig):
        old = await rig.ask("a1")
        brief = await rig.ask("a2", expires_at=NOON + timedelta(seconds=1))
        cards = [await rig.card(number=0), await rig.card(number=1)]
        data = [data_of(card, "1") for card in cards]
        await rig.end(old, ApprovalStatus.SUPERSEDED)
        await rig.clock.sleep(5)
        await rig.end(brief, ApprovalStatus.EXPIRED)
        for _ in range(2):  # the second time the buttons are marked as used
            first = await forged(rig, cards[0], data[0])
            assert first.text == "No longer offered because the situation has changed. Nothing was done."
            second = await forged(rig, cards[1], data[1])
            assert second.text == "This request has expired. Nothing was done."
        assert rig.effects == []
        assert [one.approval_id for one in rig.commands] == ["a1", "a2", "a1", "a2"]


async def test_answer_is_given_up_after_a_long_pause_and_the_decision_is_valid(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig):
        await rig.ask()
        card = await rig.card()
        rig.fault(FaultKind.STATUS, "/answerCallbackQuery", times=1, status=429, retry_after=900)
        rig.forum.press(card.message_id, "1")
        await rig.text(card, "decided by Alex via Telegram")
        assert 900.0 not in rig.clock.slept
        await rig.ask("a2")
        assert (await pressed(rig, await rig.card(number=1), "1")).text.endswith("working…")
