"""A kill at any time loses no card and repeats no decision."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from homelab_steward.contract.diagnosis import Claim
from rig.clocks import HANGING
from steward.telegram import tables
from steward.telegram.front_end import TelegramFrontEnd

from .rig import TelegramRig, open_front_end, open_rig
from .samples import diagnosis, incident, option, step


async def kill(made: TelegramFrontEnd) -> None:
    """Cancel all tasks without a shutdown, similar to SIGKILL; the store keeps its rows."""
    tasks = [one for one in asyncio.all_tasks() if one.get_name().startswith("telegram: ")]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await made._chat.close()


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 60])
async def test_killed_after_the_request_was_stored(tmp_path: Path, milliseconds: int) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        async with open_front_end(rig) as made:
            await asyncio.sleep(0.05)
            await rig.ask()
            await asyncio.sleep(milliseconds / 1000)
            await kill(made)
        async with open_front_end(rig):
            await rig.card()
            await _recorded(rig)
            (card,) = rig.forum.in_topic("Media")
            press = rig.forum.press(card.message_id, "1")
            assert (await rig.forum.wait_for_answer(press)).text.endswith("working…")
            await rig.text(card, "decided by Alex via Telegram")
        assert rig.effects == ["a1 approve 1"]


@pytest.mark.parametrize("milliseconds", [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32])
async def test_killed_after_a_press(tmp_path: Path, milliseconds: int) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig) as made:
            await rig.ask()
            card = await rig.card()
            await _recorded(rig)
            press = rig.forum.press(card.message_id, "1")
            await asyncio.sleep(milliseconds / 1000)
            await kill(made)
        async with open_front_end(rig):
            answer = await rig.forum.wait_for_answer(press)
            assert answer.text.endswith("working…")
            card = await rig.text(card, "decided by Alex via Telegram")
            assert not card.buttons
        assert len(rig.effects) <= 1  # the rig's gate may be cancelled before it counts the effect
        decided = await rig.approval("a1")
        assert decided is not None
        assert decided.decision is not None
        assert decided.decision.option == 1


async def test_untrusted_text_is_sent_as_plain_text(tmp_path: Path) -> None:
    evil = "</b><a href='tg://user?id=1'>@admin</a> *md* _it_ `x` \u202egnp\u200b https://evil.example "
    evil += "x" * 5_000
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        asked = await rig.ask(title=evil, text=evil, category="media")
        rig.publish(
            incident(asked, title=evil, diagnosis=diagnosis(evil, claims=(Claim(text=evil, evidence=()),)))
        )
        card = await rig.card()
        assert "</b><a href='tg:\u2060//user?id=1'>@\u2060admin</a> *md* _it_ `x` gnp" in card.text
        assert {entity.kind for entity in card.entities} <= {"bold", "code", "blockquote"}
        assert "\u202e" not in card.text
        assert len(card.buttons) == 5
        long = await rig.ask("a2", options=(option(label=evil, steps=(step(title=evil),)),))
        card = await rig.card(number=1)
        assert [one.text for one in card.buttons] == ["Ignore", "Details"]
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Details"))
        details = await rig.card(number=2)
        assert "x" * 1_000 in details.text
        assert long.id == "a2"


async def _recorded(rig: TelegramRig) -> None:
    """Wait until the outbox has no waiting rows."""
    waiting = select(tables.outbox.c.id).where(tables.outbox.c.waiting)
    async with asyncio.timeout(HANGING):
        while True:
            async with rig.database.read() as connection:
                if await connection.scalar(waiting) is None:
                    return
            await asyncio.sleep(0.01)
