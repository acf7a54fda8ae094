"""Questions and requests of people are answered in one message that grows, in their language."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.faults import FaultKind
from lab.telegram import Message
from steward.telegram import tables
from steward.telegram.answers import MOST_AT_ONCE, answer_text
from steward.telegram.markup import LIMIT
from steward.texts import Texts

from .rig import TelegramRig, open_front_end, open_rig
from .test_commands import processed, sent_card
from .test_incident_topics import CRITICAL, HALF, lasting
from .test_obstacles import becomes


async def answered(rig: TelegramRig, text: str) -> Message:
    """Wait for a message that is exactly this text."""
    found = await rig.forum.wait_for(lambda: [one for one in rig.forum.messages if one.text == text])
    return found[0]


async def recorded(rig: TelegramRig, message: Message) -> None:
    """Wait until the app knows that a message is in the chat."""
    query = select(tables.outbox.c.id).where(tables.outbox.c.message_id == message.message_id)
    while True:
        async with rig.database.read() as connection:
            if await connection.scalar(query):
                return


async def test_question_in_the_topic_of_an_incident_is_about_it(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF):
        rig.people[1002] = replace(rig.people[1002], language="de")
        asked, card = await lasting(rig)
        rig.forum.send_text("family", "Warum das?", CRITICAL)
        answer = await answered(rig, "Sam: It is full.")
        assert answer.thread_id == card.thread_id
        (question,) = rig.steward.questions
        assert (question.text, question.language, question.incident_id) == (
            "Warum das?",
            "de",
            asked.incident_id,
        )
        assert question.speaker == Speaker(front_end=FrontEnd.TELEGRAM, user_id="1002")
        assert rig.comments == []


async def test_question_as_a_reply_to_a_card_and_a_reply_to_the_answer(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        asked = await rig.ask()
        card = await sent_card(rig)
        rig.forum.send_text("owner", "Why?", reply_to=card)
        answer = await answered(rig, "Alex: It is full.")
        await recorded(rig, answer)
        rig.steward.pieces = ["Radarr it is."]
        rig.forum.send_text("owner", "the first one", reply_to=answer)
        await answered(rig, "Alex: Radarr it is.")
        first, second = rig.steward.questions
        assert first.incident_id == second.incident_id == asked.incident_id
        assert first.conversation_id == second.conversation_id


async def test_a_question_of_the_answer_says_how_to_reply(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.steward.pieces, rig.steward.expects_reply = ["It would cost €0.12. Should I ask it?"], True
        rig.forum.send_text("owner", "/custom why?")
        answer = await answered(
            rig, "Alex: It would cost €0.12. Should I ask it?\nReply to this message to answer."
        )
        await recorded(rig, answer)
        rig.steward.pieces, rig.steward.expects_reply = ["It is."], False
        rig.forum.send_text("owner", "yes", reply_to=answer)
        await answered(rig, "Alex: It is.")
        first, second = rig.steward.questions
        assert first.conversation_id == second.conversation_id


async def test_custom_is_answered_anywhere(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        rig.forum.send_text("owner", "custom: restart Radarr", "Media")
        answer = await answered(rig, "Alex: It is full.")
        assert answer.thread_id == rig.forum.topic("Media").thread_id
        (question,) = rig.steward.questions
        assert (question.text, question.incident_id) == ("restart Radarr", None)
        rig.forum.send_text("stranger", "custom: restart Radarr")
        await rig.forum.wait_for(lambda: rig.events)
        assert len(rig.steward.questions) == 1


async def test_answer_grows_within_the_limit_of_edits(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig):
        rig.steward.gate, rig.steward.pieces = asyncio.Event(), ["It ", "is ", "full."]
        rig.forum.send_text("owner", "/custom why?")
        message = await answered(rig, "Alex: It …")
        rig.steward.gate.set()
        await answered(rig, "Alex: It is full.")
        assert rig.forum.message(message.message_id).edits <= 2
        assert len(rig.forum.messages) == 2


async def test_presses_and_messages_do_not_wait_for_an_answer(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.steward.gate = asyncio.Event()
        await rig.ask()
        card = await sent_card(rig)
        for _ in range(MOST_AT_ONCE + 1):
            rig.forum.send_text("owner", "Why?", reply_to=card)
        await answered(rig, "Alex: I am answering other questions. Ask again in a minute.")
        assert len(rig.steward.questions) == MOST_AT_ONCE
        answer = await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
        assert answer.text.endswith("working…")


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (
            ContractError(ErrorCode.TOO_LARGE, "The question is too long."),
            "The question is too long. Nothing",
        ),
        (ContractError(ErrorCode.INTERNAL, "secret detail"), "The steward cannot process this now."),
        (OSError("secret detail"), "The steward cannot process this now."),
    ],
)
async def test_failed_answer_says_so(tmp_path: Path, failure: Exception, text: str) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.steward.failure = failure
        rig.forum.send_text("owner", "/custom why?")
        await rig.forum.wait_for(lambda: [one for one in rig.forum.messages if text in one.text])
        assert not [one for one in rig.forum.messages if "secret" in one.text]


async def test_answer_that_a_restart_interrupts_says_so(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.people[1001] = replace(rig.people[1001], language="de")
        async with open_front_end(rig):
            rig.steward.gate = asyncio.Event()
            rig.forum.send_text("owner", "/custom why?")
            await recorded(rig, await answered(rig, "Alex: It is full. …"))
            await processed(rig)
        async with open_front_end(rig):
            await answered(rig, "Alex: It is full. …\nDie App wurde neu gestartet. Frag noch einmal.")
        async with open_front_end(rig):
            await rig.ask()
            await rig.card()
        assert len([one for one in rig.forum.messages if "neu gestartet" in one.text]) == 1


async def test_question_that_telegram_delivers_again_gets_one_answer(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        said = rig.forum.send_text("owner", "/custom why?")
        await answered(rig, "Alex: It is full.")
        rig.forum.deliver_again(said)
        await processed(rig)
        assert len(rig.steward.questions) == 1


async def test_answer_arrives_after_telegram_was_away(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig):
        rig.fault(FaultKind.STATUS, "/sendMessage", times=2, status=502)
        rig.forum.send_text("owner", "/custom why?")
        await answered(rig, "Alex: It is full.")


def test_markdown_is_shown_as_lines_and_nothing_breaks_out() -> None:
    shown = answer_text("# State\n\n* **Radarr** `ok`\n- <b>Sonarr</b>\nfull", Texts())
    assert shown.html == "State\n\n• Radarr ok\n• &lt;b&gt;Sonarr&lt;/b&gt;\nfull"
    long = answer_text("\n".join(f"line {number} " + "x" * 80 for number in range(200)), Texts())
    assert long.units <= LIMIT
    assert "more lines: open Home Assistant" in long.html


async def test_comment_without_a_question_mark_stays_a_comment(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await rig.ask()
        card = await sent_card(rig)
        rig.forum.send_text("owner", "restart it", reply_to=card)
        await becomes(lambda: rig.comments)
        assert rig.steward.questions == []
