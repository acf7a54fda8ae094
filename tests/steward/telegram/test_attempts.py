"""A card whose message id got lost is found again, and a copy of it does no harm."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Severity
from lab.faults import FaultKind
from lab.telegram import Message
from rig.clocks import HANGING
from steward.telegram import tables
from steward.telegram.attempts import MOST
from steward.telegram.settings import Mode

from .rig import TelegramRig, open_front_end, open_rig
from .samples import option
from .test_crash import kill
from .test_obstacles import becomes, card_of, cards, place, press_succeeds, ready

MEDIA, CRITICAL = "Memory of radarr at 95 %", "Disk is full"


@asynccontextmanager
async def lost(path: Path, **changes: Any) -> AsyncIterator[tuple[TelegramRig, ApprovalRequest]]:
    """Kill the app after Telegram has taken cards, and before it could store their ids."""
    async with open_rig(path) as rig:
        async with open_front_end(rig) as made:
            await ready(rig)
            rig.fault(FaultKind.ANSWER_LOST, "/sendMessage")
            asked = await rig.ask(**changes)
            if not changes:
                await rig.ask("a2", severity=Severity.CRITICAL, title=CRITICAL, options=(option(1),))
            await rig.forum.wait_for(lambda: len(cards(rig)) == (1 if changes else 2))
            await kill(made)
        rig.telegram.faults.clear("telegram")
        yield rig, asked


async def stored(rig: TelegramRig) -> None:
    """Wait until Telegram shows everything that is stored."""
    waiting = select(tables.outbox.c.id).where(tables.outbox.c.waiting)
    async with asyncio.timeout(HANGING):
        while True:
            async with rig.database.read() as connection:
                if await connection.scalar(waiting) is None:
                    return
            await asyncio.sleep(0.01)


def shown(rig: TelegramRig) -> list[Message]:
    return [one for one in rig.forum.messages if one.sender.is_bot]


async def test_cards_of_two_topics_are_found_after_a_kill(tmp_path: Path) -> None:
    async with lost(tmp_path) as (rig, _):
        before = {one.message_id: (one.text, one.keyboard) for one in cards(rig)}
        assert len(before) == 2
        rig.forum.send_text("family", "is it broken?")
        async with open_front_end(rig):
            await stored(rig)
            assert {one.message_id: (one.text, one.keyboard) for one in shown(rig)} == before
            await press_succeeds(rig, await card_of(rig, CRITICAL), "a2")
            await press_succeeds(rig, await card_of(rig, MEDIA), "a1")
            await becomes(lambda: not cards(rig))
        assert len(shown(rig)) == 2


async def test_what_changed_meanwhile_is_shown_by_the_card_that_is_found(tmp_path: Path) -> None:
    async with lost(tmp_path, title=MEDIA) as (rig, asked):
        await rig.end(asked, ApprovalStatus.SUPERSEDED)
        async with open_front_end(rig):
            await becomes(lambda: not cards(rig))
            await stored(rig)
        assert len(shown(rig)) == 1


async def test_card_that_was_deleted_meanwhile_is_sent_again(tmp_path: Path) -> None:
    async with lost(tmp_path, title=MEDIA) as (rig, asked):
        rig.forum.delete(cards(rig)[0].message_id)
        async with open_front_end(rig):
            await press_succeeds(rig, await card_of(rig, MEDIA), asked.id)
        assert len(shown(rig)) == 1


async def test_another_message_of_the_bot_is_not_taken_for_the_card(tmp_path: Path) -> None:
    async with lost(tmp_path, title=MEDIA) as (rig, asked):
        (card,) = cards(rig)
        rig.forum.delete(card.message_id)
        rig.forum.put(replace(card, text="Solved", keyboard=()))
        async with open_front_end(rig):
            again = await card_of(rig, MEDIA)
            assert again.message_id != card.message_id
            await press_succeeds(rig, again, asked.id)
        assert rig.forum.message(card.message_id).text == "Solved"
        assert rig.forum.message(card.message_id).keyboard == ()


@pytest.mark.parametrize("is_older_pressed", [True, False])
async def test_in_a_busy_chat_the_copy_works_and_disappears(tmp_path: Path, is_older_pressed: bool) -> None:  # noqa: FBT001 - by pytest
    async with open_rig(tmp_path) as rig:
        # The updates of its webhook do not arrive, so the app knows of no message in between.
        async with open_front_end(rig, mode=Mode.WEBHOOK) as made:
            await ready(rig)
            rig.fault(FaultKind.ANSWER_LOST, "/sendMessage")
            for number in range(MOST):
                rig.forum.send_text("family", f"message {number}")
            asked = await rig.ask()
            await rig.forum.wait_for(lambda: cards(rig))
            await kill(made)
        rig.telegram.faults.clear("telegram")
        older = cards(rig)[0]
        async with open_front_end(rig):
            await rig.forum.wait_for(lambda: len(cards(rig)) == 2)
            newer = await card_of(rig, MEDIA)
            assert place(rig, newer) == place(rig, older) == "Media"
            await press_succeeds(rig, older if is_older_pressed else newer, asked.id)
            await rig.text(newer, "decided by Alex via Telegram")
            if not is_older_pressed:
                late = await rig.forum.wait_for_answer(rig.forum.press(older.message_id, "2"))
                assert "decided by Alex" in late.text
            await becomes(lambda: older.message_id not in [one.message_id for one in rig.forum.messages])
        assert rig.effects == [f"{asked.id} approve 1"]
