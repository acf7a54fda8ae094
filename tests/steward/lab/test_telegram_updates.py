"""Updates reach a real client by polling and by webhook."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientSession, web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from lab.telegram import GENERAL, TelegramSimulator

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Ignore", callback_data="no:1")]])


async def _send(bot: Bot, telegram: TelegramSimulator) -> int:
    return (await bot.send_message(telegram.chat_id, "hello", reply_markup=KEYBOARD)).message_id


async def test_an_application_polls_and_answers(telegram: TelegramSimulator) -> None:
    app = ApplicationBuilder().token(telegram.token).base_url(telegram.base_url).build()

    async def pressed(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer(f"you sent {update.callback_query.data}")

    async def said(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(f"heard: {update.message.text}")

    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(MessageHandler(filters.TEXT, said))
    async with app:
        assert app.updater is not None
        await app.start()
        await app.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        number = await _send(app.bot, telegram)
        press = telegram.forum.press(number, "no:1")
        assert (await telegram.forum.wait_for_answer(press)).text == "you sent no:1"
        telegram.forum.send_text("owner", "what is wrong?")
        await telegram.forum.wait_for(lambda: len(telegram.forum.in_topic(GENERAL)) == 3)
        assert telegram.forum.messages[-1].text == "heard: what is wrong?"
        await app.updater.stop()
        await app.stop()


async def test_updates_come_to_a_webhook_with_its_secret(
    bot: Bot, telegram: TelegramSimulator, session: ClientSession
) -> None:
    taken: list[dict[str, Any]] = []
    statuses = [500, 200]

    async def hook(request: web.Request) -> web.Response:
        taken.append(
            {"secret": request.headers.get("X-Telegram-Bot-Api-Secret-Token"), **(await request.json())}
        )
        return web.Response(status=statuses.pop(0))

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot.set_webhook(url, secret_token="s3cret", allowed_updates=["message"])
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    telegram.forum.send_text("owner", "hi")
    await telegram.forum.wait_for(lambda: telegram.updates.delivered == 1)
    assert [entry["secret"] for entry in taken] == ["s3cret", "s3cret"]
    assert taken[0]["update_id"] == taken[1]["update_id"]
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (url, 0)
    assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    with pytest.raises(BadRequest, match=r"(?i)https url must be provided"):
        await bot.set_webhook("http://example.org/hook")
    await runner.cleanup()


async def test_only_wanted_updates_come(bot: Bot, telegram: TelegramSimulator) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    number = await _send(bot, telegram)
    telegram.forum.send_text("owner", "unheard")
    telegram.forum.press(number, "Ignore")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None


async def test_unconfirmed_updates_come_again(bot: Bot, telegram: TelegramSimulator) -> None:
    for text in ("a", "b", "c"):
        telegram.forum.send_text("owner", text)
    first = await bot.get_updates()
    assert [u.message.text for u in first if u.message] == ["a", "b", "c"]
    assert await bot.get_updates(limit=1) == first[:1]
    assert await bot.get_updates(offset=first[1].update_id) == first[1:]
    assert await bot.get_updates(offset=-1) == first[2:]
    assert telegram.updates.pending == 1


async def test_a_second_consumer_ends_the_first(bot: Bot, telegram: TelegramSimulator) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=50))
    await telegram.forum.wait_for(lambda: telegram.updates.is_polled)
    async with Bot(telegram.token, base_url=telegram.base_url) as other:
        second = asyncio.create_task(other.get_updates(timeout=50))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        telegram.forum.send_text("owner", "for the second")
        assert len(await second) == 1
