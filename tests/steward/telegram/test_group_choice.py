"""The bot gets only its token: people choose the group in the group itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from homelab_steward.contract.state import FrontEndState
from lab.faults import FaultKind
from lab.telegram import GROUP_ID, Message
from steward.store import tables as store_tables
from steward.telegram.bot import TelegramBot
from steward.telegram.group_choice import MOST_GROUPS, MOST_WRONG
from steward.telegram.settings import Mode, TelegramSettings
from steward.telegram.webhook_errors import WebhookRefused
from steward.trends.courses import Trends

from .rig import FAST, KEY, SECRET, TelegramRig, open_rig
from .test_commands import processed
from .test_obstacles import becomes, card_of, press_succeeds

OTHER = -4_300_000_001


@asynccontextmanager
async def open_bot(rig: TelegramRig, **changes: object) -> AsyncIterator[TelegramBot]:
    settings = TelegramSettings(
        token=rig.telegram.token,
        chat_id=None,
        signing_key=KEY,
        api_base=rig.telegram.url,
        limits=FAST,
        own_topic_after=None,
    )
    settings = replace(settings, **changes)  # type: ignore[arg-type]
    bot = TelegramBot(
        settings, rig.database, rig.changes, rig.clock, rig.ports(Trends(settings.catalogue, rig.instances))
    )
    await bot.start()
    try:
        yield bot
    finally:
        await bot.close()


async def offer(rig: TelegramRig, chat_id: int = GROUP_ID) -> Message:
    """Wait for the newest button of a group."""

    def found() -> list[Message]:
        return [
            one for one in rig.forum.messages if one.chat_id == chat_id and "Use this group" in _labels(one)
        ]

    return (await rig.forum.wait_for(found))[-1]


def _labels(message: Message) -> list[str]:
    return [one.text for one in message.buttons]


def code_of(bot: TelegramBot) -> str:
    return bot.status.reason.partition("/start ")[2][:8]


async def audited(rig: TelegramRig) -> list[str]:
    async with rig.database.read() as connection:
        return list(await connection.scalars(select(store_tables.audit.c.event)))


async def test_owner_chooses_the_group_that_the_bot_is_added_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await rig.ask()
        async with open_bot(rig) as bot:
            assert bot.status.state is FrontEndState.DOWN
            await becomes(lambda: "https://t.me/homelab_steward_bot?startgroup=" in bot.status.reason)
            code = code_of(bot)
            assert code.isdecimal()
            rig.forum.add_bot("stranger")
            button = await offer(rig)
            assert "make me an administrator" in button.text
            answer = await rig.forum.wait_for_answer(rig.forum.press(button.message_id, "Use", "stranger"))
            assert answer.text.startswith("Only an owner can do this")
            answer = await rig.forum.wait_for_answer(rig.forum.press(button.message_id, "Use", "family"))
            assert answer.text.startswith("Only an owner can do this")
            assert rig.events == ["telegram.group_refused"] * 2
            answer = await rig.forum.wait_for_answer(rig.forum.press(button.message_id, "Use", "owner"))
            assert answer.text == "The steward uses this group now."
            await press_succeeds(rig, await card_of(rig, "Memory"), asked.id)
            await becomes(lambda: bot.status.state is FrontEndState.OK)
            assert await audited(rig) == ["telegram.group_chosen"]
            assert rig.events == ["telegram.group_refused"] * 2
        async with open_bot(rig) as bot:
            again = await rig.ask("a2", title="Disk is full")
            await press_succeeds(rig, await card_of(rig, "Disk is full"), again.id)
        assert code not in caplog.text + capsys.readouterr().out


async def test_holder_of_the_code_chooses_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_bot(rig) as bot:
        rig.people.clear()
        await becomes(lambda: "homelab_steward_bot" in bot.status.reason)
        code = code_of(bot)
        rig.forum.send_text("family", "/start")
        button = await offer(rig)
        rig.forum.send_text("stranger", "/start 00000000x")
        await becomes(lambda: rig.events == ["telegram.group_code_wrong"])
        rig.forum.send_text("family", f"/start@homelab_steward_bot {code}")
        await becomes(lambda: code_of(bot) != code)
        rig.forum.send_text("stranger", f"/start {code}")
        await becomes(lambda: rig.events == ["telegram.group_code_wrong"] * 2)
        answer = await rig.forum.wait_for_answer(rig.forum.press(button.message_id, "Use", "stranger"))
        assert answer.text.startswith("Only an owner")
        answer = await rig.forum.wait_for_answer(rig.forum.press(button.message_id, "Use", "family"))
        assert answer.text == "The steward uses this group now."
        await becomes(lambda: bot.status.state is FrontEndState.OK)


async def test_group_that_was_selected_with_the_link_gets_one_button(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_bot(rig) as bot:
        code = code_of(bot)
        rig.forum.add_bot()
        rig.forum.send_text("owner", "/start@homelab_steward_bot steward")
        await offer(rig)
        await processed(rig)
        assert len([one for one in rig.forum.messages if one.buttons]) == 1
        assert rig.events == []
        assert code_of(bot) == code


async def test_wrong_codes_change_the_code(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_bot(rig) as bot:
        code = code_of(bot)

        def has_events(count: int) -> bool:
            return len(rig.events) == count

        for number in range(MOST_WRONG):
            assert code_of(bot) == code
            rig.forum.send_text("stranger", f"/start {number:08}")
            await becomes(partial(has_events, number + 1))
        await becomes(lambda: code_of(bot) != code)


async def test_private_chat_leads_to_a_group(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_bot(rig) as bot:
        await becomes(lambda: "homelab_steward_bot" in bot.status.reason)
        rig.people[1001] = replace(rig.people[1001], language="de")
        rig.forum.send_private("owner", "/start")
        await rig.forum.wait_for(lambda: len(rig.forum.messages) == 2)
        answer = rig.forum.messages[-1]
        assert "Deine Telegram-Benutzer-ID ist 1001." in answer.text
        (button,) = answer.buttons
        assert (button.url or "").startswith(
            "https://t.me/homelab_steward_bot?startgroup=steward&admin=manage"
        )
        rig.forum.send_private("owner", "/start")
        rig.forum.send_private("owner", "hello")
        await processed(rig)
        assert len(rig.forum.messages) == 4


async def test_another_group_can_be_chosen_later(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_bot(rig) as bot:
        rig.forum.add_bot()
        button = await offer(rig)
        await rig.forum.wait_for_answer(rig.forum.press(button.message_id, "Use"))
        await becomes(lambda: bot.status.state is FrontEndState.OK)
        answer = await rig.forum.wait_for_answer(rig.forum.press(button.message_id, "Use"))
        assert answer.text == "This group is in use already."
        rig.forum.add_bot("family", OTHER)
        other = await offer(rig, OTHER)
        answer = await rig.forum.wait_for_answer(rig.forum.press(other.message_id, "Use", "family"))
        assert answer.text.startswith("Only an owner")
        await rig.forum.wait_for_answer(rig.forum.press(other.message_id, "Use"))
        await rig.ask()
        await rig.forum.wait_for(lambda: [one for one in rig.forum.messages if "Memory" in one.text])
        card = next(one for one in rig.forum.messages if "Memory" in one.text)
        assert card.chat_id == OTHER


async def test_group_of_the_settings_cannot_be_changed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_bot(rig, chat_id=GROUP_ID) as bot:
        await becomes(lambda: bot.status.state is FrontEndState.OK)
        rig.forum.add_bot("owner", OTHER)
        rig.forum.send_text("owner", "/start", chat_id=OTHER)
        await processed(rig)
        assert [one for one in rig.forum.messages if one.buttons] == []


async def test_strangers_cannot_make_the_bot_write_much(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_bot(rig):
        for number in range(MOST_GROUPS + 5):
            rig.forum.add_bot("stranger", OTHER - number)
            rig.forum.send_text("stranger", "/start", chat_id=OTHER - number)
            rig.forum.send_text("stranger", "hello", chat_id=OTHER - number)
        await processed(rig)
        assert len([one for one in rig.forum.messages if one.buttons]) == MOST_GROUPS


async def test_telegram_is_away_while_the_group_is_chosen(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_bot(rig) as bot:
        rig.fault(FaultKind.STATUS, "/sendMessage", times=1, status=502)
        rig.forum.add_bot()
        await processed(rig)
        rig.forum.send_text("owner", "/start")
        button = await offer(rig)
        rig.fault(FaultKind.STATUS, "/answerCallbackQuery", times=1, status=502)
        rig.forum.press(button.message_id, "Use")
        await becomes(lambda: bot.status.state is FrontEndState.OK)


async def test_webhook_leads_to_the_choice_and_then_to_the_group(tmp_path: Path) -> None:
    webhook = {"mode": Mode.WEBHOOK, "webhook_url": "http://127.0.0.1:9/telegram", "webhook_secret": SECRET}
    async with open_rig(tmp_path) as rig, open_bot(rig, **webhook) as bot:
        with pytest.raises(WebhookRefused):
            bot.check_webhook("wrong")
        await rig.forum.wait_for(lambda: rig.telegram.updates.webhook.url)
        rig.forum.add_bot()
        for body in rig.telegram.updates.take_bodies():
            await bot.handle_webhook(body, SECRET)
        button = await offer(rig)
        rig.forum.press(button.message_id, "Use")
        for body in rig.telegram.updates.take_bodies():
            await bot.handle_webhook(body, SECRET)
        await becomes(lambda: bot.status.state is FrontEndState.OK)
        bot.check_webhook(SECRET)
