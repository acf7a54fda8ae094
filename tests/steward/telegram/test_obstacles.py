"""What cannot be sent holds up nothing else, and a waiting request is always in the chat with buttons."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, Severity
from homelab_steward.contract.state import FrontEndState
from lab.faults import FaultKind
from lab.telegram import Message
from lab.wire import JsonObject
from rig.clocks import HANGING
from steward.telegram import tables
from steward.telegram.settings import Limits

from .rig import TelegramRig, open_front_end, open_rig
from .samples import incident

HALF_AN_HOUR = 1_800


async def ready(rig: TelegramRig) -> None:
    await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)


async def becomes(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(HANGING):
        while not condition():  # noqa: ASYNC110 - any condition
            await asyncio.sleep(0.01)


def cards(rig: TelegramRig, name: str = "") -> list[Message]:
    """Return the messages with buttons that mention ``name``."""
    return [one for one in rig.forum.messages if one.buttons and name in one.text]


def place(rig: TelegramRig, message: Message) -> str:
    """Return the name of the topic of a message."""
    found = [one.name for one in rig.forum.topics if one.thread_id == message.thread_id]
    return found[0] if found else "General"


async def card_of(rig: TelegramRig, name: str) -> Message:
    """Return the card once it is in the chat and the app knows that it is."""
    await rig.forum.wait_for(lambda: cards(rig, name))
    card = cards(rig, name)[-1]
    query = select(tables.outbox.c.id).where(tables.outbox.c.message_id == card.message_id)
    async with asyncio.timeout(HANGING):
        while True:
            async with rig.database.read() as connection:
                if await connection.scalar(query) is not None:
                    return card
            await asyncio.sleep(0.01)


async def press_succeeds(rig: TelegramRig, card: Message, name: str) -> None:
    answer = await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
    assert answer.text.endswith("working…")
    assert f"{name} approve 1" in rig.effects


async def test_closed_general_holds_up_no_other_topic(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.forum.can_manage_topics = False
        rig.forum.close_topic("General")
        await rig.ask("g", category="general", title="general request")
        await rig.ask("m", category="media", title="media request")
        assert place(rig, await card_of(rig, "media request")) == "Media"
        general = await card_of(rig, "general request")
        assert place(rig, general) == "Critical Alerts", "the first topic that is open"
        assert made.status.state is FrontEndState.DEGRADED
        assert "topic General go elsewhere" in made.status.reason
        await press_succeeds(rig, general, "g")


async def test_flood_limit_on_new_topics_sends_to_the_group_at_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.fault(FaultKind.STATUS, "/createForumTopic", status=429, retry_after=HALF_AN_HOUR)
        async with open_front_end(rig) as made:
            await rig.ask("c", severity=Severity.CRITICAL, title="critical request")
            card = await card_of(rig, "critical request")
            assert place(rig, card) == "General"
            assert made.status.state is FrontEndState.DEGRADED
            assert "creates no topics until 12:30" in made.status.reason
            asked = [one.path for one in rig.telegram.requests if one.path.endswith("createForumTopic")]
            assert len(asked) == 1, "the limit is respected"
            await press_succeeds(rig, card, "c")


async def test_deleted_topic_that_cannot_be_created_stops_only_itself(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.forum.drop_topic("Media")
        rig.fault(FaultKind.STATUS, "/createForumTopic", status=429, retry_after=HALF_AN_HOUR)
        await rig.ask("m", title="media request")
        await rig.ask("c", severity=Severity.CRITICAL, title="critical request")
        assert place(rig, await card_of(rig, "critical request")) == "Critical Alerts"
        assert place(rig, await card_of(rig, "media request")) == "General"
        assert made.status.state is FrontEndState.DEGRADED


async def test_card_of_a_deleted_topic_is_sent_again_with_the_reminder(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        asked = await rig.ask("m", title="media request")
        before = await card_of(rig, "media request")
        rig.forum.drop_topic("Media")
        await rig.remind(asked)
        card = await card_of(rig, "media request")
        assert card.message_id != before.message_id
        assert place(rig, card) == "Media"
        reminder = await rig.forum.wait_for(
            lambda: next((one for one in rig.forum.messages if one.text.startswith("⏰")), None)
        )
        assert reminder is not None
        await press_succeeds(rig, card, "m")
        assert len([one for one in rig.forum.topics if one.name == "Media"]) == 1
        assert made.status.state is FrontEndState.OK


async def test_card_of_a_deleted_topic_is_sent_again_with_the_next_card(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask("m", title="media request")
        await card_of(rig, "media request")
        rig.forum.drop_topic("Media")
        await rig.ask("n", title="next request")
        await card_of(rig, "next request")
        await press_succeeds(rig, await card_of(rig, "media request"), "m")


async def test_deleted_card_of_a_waiting_request_comes_back(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=500) as rig, open_front_end(rig):
        await rig.ask("m", title="media request")
        card = await card_of(rig, "media request")
        rig.forum.delete(card.message_id)
        await press_succeeds(rig, await card_of(rig, "media request"), "m")


async def test_checks_of_a_card_that_exists_change_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=2_000) as rig, open_front_end(rig):
        await rig.ask("m", title="media request")
        await card_of(rig, "media request")

        def checks() -> int:
            return sum(1 for one in rig.telegram.requests if one.path.endswith("editMessageText"))

        await becomes(lambda: checks() >= 3)
        assert [one.edits for one in rig.forum.messages] == [0]


async def test_flood_limit_of_one_topic_stops_that_topic_alone(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.telegram.methods.paused_threads[rig.forum.topic("Media").thread_id] = HALF_AN_HOUR
        await rig.ask("m", title="media request")
        await rig.ask("i", category="infrastructure", title="infrastructure request")
        assert place(rig, await card_of(rig, "infrastructure request")) == "Infrastructure"
        assert place(rig, await card_of(rig, "media request")) == "General"
        assert "accepts no message in the topic Media until 12:30" in made.status.reason


async def test_short_flood_limit_of_one_topic_is_waited_for(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.telegram.methods.paused_threads[rig.forum.topic("Media").thread_id] = 30
        await rig.ask("m", title="media request")
        await rig.ask("i", category="infrastructure", title="infrastructure request")
        await card_of(rig, "infrastructure request")
        assert not cards(rig, "media request")
        rig.telegram.methods.paused_threads.clear()
        assert place(rig, await card_of(rig, "media request")) == "Media"
        assert made.status.state is FrontEndState.OK


async def test_flood_limit_everywhere_is_respected_and_ends(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=100) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.fault(FaultKind.STATUS, "/sendMessage", status=429, retry_after=120)
        await rig.ask("m", title="media request")
        await becomes(lambda: made.status.state is FrontEndState.DOWN)
        assert "No topic of the group accepts messages" in made.status.reason
        rig.telegram.faults.clear("telegram")
        await press_succeeds(rig, await card_of(rig, "media request"), "m")
        await becomes(lambda: made.status.state is FrontEndState.OK)


async def test_flood_limit_on_edits_stops_edits_alone(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        asked = await rig.ask("m", title="media request")
        await card_of(rig, "media request")
        rig.fault(FaultKind.STATUS, "/editMessageText", status=429, retry_after=HALF_AN_HOUR)
        await rig.end(asked, ApprovalStatus.SUPERSEDED)
        await becomes(lambda: made.status.state is FrontEndState.DEGRADED)
        assert "changes no message in the topic Media until" in made.status.reason
        await rig.ask("n", title="next request")
        assert place(rig, await card_of(rig, "next request")) == "Media"


async def test_refused_formatting_is_left_out(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        rig.telegram.refusals["<b>"] = "can't parse entities: Unsupported start tag"
        asked = await rig.ask("m", title="media & more")
        card = await card_of(rig, "media & more")
        assert not card.entities
        assert len(card.buttons) == 5
        await becomes(lambda: "not shown completely" in made.status.reason)
        assert "Can't parse entities" in made.status.reason
        await press_succeeds(rig, card, "m")
        rig.telegram.refusals.clear()
        rig.publish(incident(asked, status=IncidentStatus.RESOLVED))
        await becomes(lambda: made.status.state is FrontEndState.OK)


async def test_refused_text_is_shortened_and_offers_no_option(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        rig.telegram.refusals["memory and health"] = "message is too long"
        await rig.ask("m", title="media request")
        card = await card_of(rig, "media request")
        assert [one.text for one in card.buttons] == ["Ignore", "Details"]
        assert "Telegram did not accept the complete message" in card.text
        await becomes(lambda: "essage is too long" in made.status.reason)
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Ignore"))
        assert rig.effects == ["m ignore None"]


async def test_refused_buttons_are_left_out_and_tried_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=500) as rig, open_front_end(rig):
        rig.telegram.refusals["callback_data"] = "BUTTON_DATA_INVALID"
        await rig.ask("m", title="media request")
        bare = await rig.forum.wait_for(lambda: [one for one in rig.forum.messages if "media" in one.text])
        assert "Open Home Assistant" in bare[0].text


async def test_message_that_no_form_helps_is_tried_again_later(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=500) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.telegram.refusals["media request"] = "some new reason"
        await rig.ask("m", title="media request")
        await becomes(lambda: "Some new reason" in " ".join(made.status.problems))
        await rig.ask("n", title="next request")
        await card_of(rig, "next request")
        rig.telegram.refusals.clear()
        await press_succeeds(rig, await card_of(rig, "media request"), "m")
        await becomes(lambda: made.status.state is FrontEndState.OK)


async def test_group_that_becomes_a_supergroup_is_followed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig) as made:
            await rig.ask("m", title="media request")
            old = await card_of(rig, "media request")
            rig.forum.migrate(-1002299999999)
            await rig.ask("n", title="next request")
            new = await card_of(rig, "next request")
            assert new.chat_id == -1002299999999
            await becomes(lambda: cards(rig, "media request")[-1].chat_id == -1002299999999)
            await becomes(lambda: made.status.state is FrontEndState.OK)
        async with open_front_end(rig):
            await rig.ask("o", title="other request")
            assert (await card_of(rig, "other request")).chat_id == -1002299999999
            await press_succeeds(rig, old, "m")
            await press_succeeds(rig, new, "n")
            assert len(cards(rig, "other request")) == 1


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_repeated_notice_does_not_lead_back_to_an_earlier_group(
    tmp_path: Path,
    is_restarted: bool,  # noqa: FBT001 - by pytest
) -> None:
    first, second = -1002299999998, -1002299999999
    async with open_rig(tmp_path) as rig, AsyncExitStack() as stack:
        await stack.enter_async_context(open_front_end(rig))
        await rig.ask("m", title="media request")
        await card_of(rig, "media request")
        rig.forum.migrate(first)
        await becomes(lambda: cards(rig, "media request")[-1].chat_id == first)
        rig.forum.migrate(second)
        await becomes(lambda: cards(rig, "media request")[-1].chat_id == second)
        if is_restarted:
            await stack.aclose()
            await stack.enter_async_context(open_front_end(rig))
        for former, later in ((rig.telegram.chat_id, first), (first, second)):
            rig.telegram.updates.add("message", _moved(former, later))
        await becomes(lambda: rig.telegram.updates.pending == 0)
        await rig.ask("n", title="next request")
        assert (await card_of(rig, "next request")).chat_id == second
        in_second = [one for one in cards(rig, "media request") if one.chat_id == second]
        assert len(in_second) == 1


async def test_a_group_that_moves_again_and_again_is_followed_to_its_last_id(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask("m", title="media request")
        await card_of(rig, "media request")
        for number in range(7):
            rig.forum.migrate(rig.forum.chat_id - 1)
            await rig.ask(f"n{number}", title=f"request {number}.")

        def in_last_group(name: str) -> int:
            return sum(one.chat_id == rig.forum.chat_id for one in cards(rig, name))

        for name in ("media request", *(f"request {number}." for number in range(7))):
            await becomes(partial(in_last_group, name))
            assert in_last_group(name) == 1, name


def _moved(former: int, later: int) -> JsonObject:
    """Return the message that a group has another id."""
    chat: JsonObject = {"id": former, "type": "group", "title": "Lab"}
    return {"message_id": 1, "date": 1_700_000_000, "chat": chat, "migrate_to_chat_id": later}


async def test_topics_turned_off_and_on_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=1_000) as rig, open_front_end(rig) as made:
        await ready(rig)
        await rig.ask("m", title="media request")
        await card_of(rig, "media request")
        rig.forum.is_forum = False
        await rig.ask("n", title="next request")
        assert place(rig, await card_of(rig, "next request")) == "General"
        assert "he chat is not a forum" in made.status.reason
        rig.forum.is_forum = True
        await rig.clock.sleep(610)
        await rig.ask("o", title="other request")
        assert place(rig, await card_of(rig, "other request")) == "Media"
        await becomes(lambda: made.status.state is FrontEndState.OK)
        assert [one.name for one in rig.forum.topics].count("Media") == 1
        assert len(cards(rig)) == 3, "no card is there twice"


async def test_bot_that_gets_its_rights_back_sends_at_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.forum.set_rights(is_member=False)
        await rig.ask("m", title="media request")
        await becomes(lambda: made.status.state is FrontEndState.DOWN)
        assert "bot was kicked" in made.status.reason
        rig.forum.set_rights(is_member=True)
        await press_succeeds(rig, await card_of(rig, "media request"), "m")
        await becomes(lambda: made.status.state is FrontEndState.OK)


async def test_muted_bot_sends_when_it_may_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.forum.can_send_messages = False
        await rig.ask("m", title="media request")
        await becomes(lambda: "enough rights to send" in made.status.reason)
        rig.forum.can_send_messages = True
        await press_succeeds(rig, await card_of(rig, "media request"), "m")


async def test_topic_with_many_cards_does_not_delay_the_first_card_of_another(tmp_path: Path) -> None:
    limits = Limits(per_second=1_000.0, burst=1_000, per_minute=12, reserved=2, cards_per_minute=100)
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig, limits=limits):
        await ready(rig)
        for number in range(30):
            await rig.ask(f"m{number}", title="media request")
        await rig.ask("i", category="infrastructure", title="infrastructure request")
        await card_of(rig, "infrastructure request")
        assert len(cards(rig, "media request")) < 30


async def test_call_without_an_answer_holds_up_no_other_topic(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await ready(rig)
        rig.fault(FaultKind.HANG, "/sendMessage", times=1)
        await rig.ask("m", title="media request")
        await becomes(lambda: not rig.telegram.faults.armed("telegram"))
        await rig.ask("i", category="infrastructure", title="infrastructure request")
        assert place(rig, await card_of(rig, "infrastructure request")) == "Infrastructure"
        assert not cards(rig, "media request")
        rig.telegram.faults.clear("telegram")


async def test_press_whose_answer_has_to_wait_holds_up_no_other_press(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask("m", title="media request")
        await rig.ask("n", title="next request")
        one, two = await card_of(rig, "media request"), await card_of(rig, "next request")
        rig.fault(FaultKind.STATUS, "/answerCallbackQuery", times=1, status=429, retry_after=3)
        first = rig.forum.press(one.message_id, "1")
        await rig.forum.wait_for(lambda: any(seen.status == 429 for seen in rig.telegram.requests))
        await press_succeeds(rig, two, "n")
        assert rig.forum.answer_to(first) is None
        assert (await rig.forum.wait_for_answer(first)).text.endswith("working…")


async def test_long_limit_on_answers_is_in_the_status_until_it_is_over(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=1_000) as rig, open_front_end(rig) as made:
        await rig.ask("m", title="media request")
        card = await card_of(rig, "media request")
        rig.fault(FaultKind.STATUS, "/answerCallbackQuery", times=1, status=429, retry_after=HALF_AN_HOUR)
        rig.forum.press(card.message_id, "1")
        await becomes(lambda: "no answers to button presses until" in made.status.reason)
        assert rig.effects == ["m approve 1"]
        await becomes(lambda: made.status.state is FrontEndState.OK)


async def test_long_limit_on_edits_is_in_the_status_until_it_is_over(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=1_000) as rig, open_front_end(rig) as made:
        asked = await rig.ask("m", title="media request")
        await card_of(rig, "media request")
        rig.fault(FaultKind.STATUS, "/editMessageText", times=1, status=429, retry_after=HALF_AN_HOUR)
        await rig.end(asked, ApprovalStatus.SUPERSEDED)
        await becomes(lambda: "changes no message" in made.status.reason)
        await becomes(lambda: made.status.state is FrontEndState.OK)
        await becomes(lambda: not cards(rig))


async def test_long_pause_of_polling_is_in_the_status(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.fault(FaultKind.STATUS, "/getUpdates", status=429, retry_after=HALF_AN_HOUR)
        async with open_front_end(rig) as made:
            await becomes(lambda: "no button presses until 12:30" in made.status.reason)
            await rig.ask("m", title="media request")
            await card_of(rig, "media request")


async def test_first_topic_that_is_opened_is_used_soon(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=30) as rig, open_front_end(rig) as made:
        await ready(rig)
        close_all(rig)
        await rig.ask("m", title="media request")
        await becomes(lambda: made.status.state is FrontEndState.DOWN)
        assert "No topic of the group accepts messages" in made.status.reason
        began = rig.clock.monotonic()
        rig.forum.close_topic("General", is_closed=False)
        card = await card_of(rig, "media request")
        assert place(rig, card) == "General"
        assert rig.clock.monotonic() - began < 590
        await press_succeeds(rig, card, "m")


async def test_details_are_where_their_card_is(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await ready(rig)
        close_media(rig)
        await rig.ask("m", title="media request")
        card = await card_of(rig, "media request")
        rig.forum.close_topic("Media", is_closed=False)
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Details"))
        details = await rig.forum.wait_for(
            lambda: [one for one in rig.forum.messages if one.text.startswith("Details of")]
        )
        assert place(rig, card) == place(rig, details[0]) == "General"
        assert details[0].reply_to == card.message_id


async def test_edit_that_a_closed_topic_refuses_waits_until_it_is_open(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=500) as rig, open_front_end(rig) as made:
        asked = await rig.ask("m", title="media request")
        card = await card_of(rig, "media request")
        rig.telegram.refusals["No longer offered"] = "TOPIC_CLOSED"
        await rig.end(asked, ApprovalStatus.SUPERSEDED)
        await becomes(lambda: "cannot be changed. Open the topic" in made.status.reason)
        assert made.status.state is FrontEndState.DEGRADED
        await rig.ask("n", title="next request")
        await card_of(rig, "next request")
        rig.telegram.refusals.clear()
        await rig.text(card, "No longer offered")
        await becomes(lambda: made.status.state is FrontEndState.OK)


type Obstacle = Callable[[TelegramRig], None]


def close_all(rig: TelegramRig) -> None:
    rig.forum.can_manage_topics = False
    for name in [one.name for one in rig.forum.topics] + ["General"]:
        rig.forum.close_topic(name)


def close_media(rig: TelegramRig) -> None:
    rig.forum.can_manage_topics = False
    rig.forum.close_topic("Media")


def pause_creation(rig: TelegramRig) -> None:
    rig.forum.drop_topic("Media")
    rig.fault(FaultKind.STATUS, "/createForumTopic", status=429, retry_after=HALF_AN_HOUR)


def stop_edits(rig: TelegramRig) -> None:
    rig.fault(FaultKind.STATUS, "/editMessageText", status=429, retry_after=HALF_AN_HOUR)


def refuse_formatting(rig: TelegramRig) -> None:
    rig.telegram.refusals["<b>"] = "can't parse entities"


def drop_media(rig: TelegramRig) -> None:
    rig.forum.drop_topic("Media")


def turn_topics_off(rig: TelegramRig) -> None:
    rig.forum.is_forum = False


def become_a_supergroup(rig: TelegramRig) -> None:
    rig.forum.migrate(-1002211111111)


def kick(rig: TelegramRig) -> None:
    rig.forum.is_member = False


OBSTACLES: tuple[Obstacle, ...] = (
    close_all,
    close_media,
    pause_creation,
    stop_edits,
    refuse_formatting,
    drop_media,
    turn_topics_off,
    become_a_supergroup,
    kick,
)


def heal(rig: TelegramRig) -> None:
    rig.telegram.faults.clear("telegram")
    rig.telegram.refusals.clear()
    rig.telegram.methods.paused_threads.clear()
    rig.forum.is_member = rig.forum.is_forum = rig.forum.can_manage_topics = True
    for topic in rig.forum.topics:
        rig.forum.put_topic(replace(topic, is_closed=False))
    rig.forum.is_general_closed = False


@pytest.mark.parametrize("obstacle", OBSTACLES)
async def test_restart_in_the_middle_loses_nothing(tmp_path: Path, obstacle: Obstacle) -> None:
    async with open_rig(tmp_path, speed=200) as rig:
        async with open_front_end(rig):
            await ready(rig)
            await rig.ask("before", title="request before")
            await card_of(rig, "request before")
            obstacle(rig)
            await rig.ask("during", title="request during")
            await rig.clock.sleep(2)
        async with open_front_end(rig):
            await rig.clock.sleep(2)
        heal(rig)
        async with open_front_end(rig):

            def is_pressable(name: str) -> bool:
                return _is_pressable(rig, cards(rig, f"request {name}"))

            for name in ("before", "during"):
                await becomes(partial(is_pressable, name))
                await press_succeeds(rig, cards(rig, f"request {name}")[-1], name)


def _is_pressable(rig: TelegramRig, found: list[Message]) -> bool:
    """Whether a card is in the current chat."""
    return any(one.chat_id == rig.forum.chat_id and len(one.buttons) == 5 for one in found)
