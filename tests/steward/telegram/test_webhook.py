"""Presses received through the webhook."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from homelab_steward.contract.state import FrontEndState
from lab.telegram.rows import press_row
from steward.telegram.settings import Mode
from steward.telegram.webhook_errors import WebhookMalformed, WebhookRefused

from .rig import SECRET, TelegramRig, open_front_end, open_rig


async def update_of(rig: TelegramRig, button: str = "1", user: str = "owner") -> tuple[str, bytes]:
    """Return the callback id and the body of a press that Telegram posts."""
    await rig.ask()
    card = await rig.card()
    press = rig.forum.press(card.message_id, button, user)
    chat = rig.forum.chat(rig.telegram.chat_id)
    assert chat is not None
    body = {"update_id": 1, "callback_query": press_row(press, card, chat)}
    return press.query_id, json.dumps(body).encode()


async def test_posted_press_is_decided_and_answered(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        served = web.Application()
        runner = web.AppRunner(served)
        async with open_front_end(rig, mode=Mode.WEBHOOK) as made:

            async def receive(request: web.Request) -> web.Response:
                try:
                    await made.handle_webhook(
                        await request.read(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")
                    )
                except WebhookRefused:
                    return web.Response(status=403)
                return web.Response()

            served.router.add_post("/telegram", receive)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = runner.addresses[0][1]
            await rig.forum.wait_for(lambda: rig.telegram.updates.webhook.url)
            assert rig.telegram.updates.webhook.secret_token == SECRET
            assert rig.telegram.updates.allowed == frozenset({"callback_query", "message", "my_chat_member"})
            webhook = rig.telegram.updates.webhook
            rig.telegram.updates.set_webhook(
                type(webhook)(url=f"http://127.0.0.1:{port}/telegram", secret_token=webhook.secret_token)
            )
            await rig.ask()
            card = await rig.card()
            answer = await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
            assert answer.text.endswith("working…")
            assert rig.effects == ["a1 approve 1"]
            assert made.status.state is FrontEndState.OK
        await runner.cleanup()


async def test_same_press_posted_concurrently_decides_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, mode=Mode.WEBHOOK) as made:
        callback, body = await update_of(rig)
        await asyncio.gather(*(made.handle_webhook(body, SECRET) for _ in range(5)))
        await made.handle_webhook(body, SECRET)
        assert len(rig.commands) == 1
        assert rig.effects == ["a1 approve 1"]
        assert [one.query_id for one in rig.forum.answers] == [callback]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + " ", "wéird"])
async def test_wrong_secret_is_refused(tmp_path: Path, secret: str | None) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, mode=Mode.WEBHOOK) as made:
        _, body = await update_of(rig)
        with pytest.raises(WebhookRefused):
            await made.handle_webhook(body, secret)
        assert rig.commands == []


async def test_post_without_webhook_mode_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        for secret in ("", SECRET, None):
            with pytest.raises(WebhookRefused):
                await made.handle_webhook(b"{}", secret)


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", b"[]", b"null", b'{"update_id": 1, "callback_query": 3}', b"\xff\xfe", b"{}"]
)
async def test_malformed_body_is_refused(tmp_path: Path, body: bytes) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, mode=Mode.WEBHOOK) as made:
        with pytest.raises(WebhookMalformed):
            await made.handle_webhook(body, SECRET)


async def test_other_updates_are_ignored(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, mode=Mode.WEBHOOK) as made:
        await made.handle_webhook(b'{"update_id": 5, "something_new": {"a": 1}}', SECRET)
        assert rig.forum.answers == []


async def test_press_without_a_message_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, mode=Mode.WEBHOOK) as made:
        _, body = await update_of(rig)
        plain = json.loads(body)
        del plain["callback_query"]["message"]
        plain["callback_query"]["inline_message_id"] = "abc"
        await made.handle_webhook(json.dumps(plain).encode(), SECRET)
        assert rig.events == ["telegram.press_foreign"]
        assert rig.commands == []


async def test_rejected_webhook_url_sets_status(tmp_path: Path) -> None:
    address = "http://example.org/x"
    async with open_rig(tmp_path) as rig, open_front_end(rig, mode=Mode.WEBHOOK, webhook_url=address) as made:
        await rig.forum.wait_for(lambda: "https url must be provided" in made.status.reason)
        assert made.status.state is FrontEndState.DOWN


async def test_switch_to_polling_removes_the_webhook_and_keeps_presses(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig, mode=Mode.WEBHOOK):
            await rig.ask()
            card = await rig.card()
            await rig.forum.wait_for(lambda: rig.telegram.updates.webhook.url)
            press = rig.forum.press(card.message_id, "1")  # the webhook URL does not answer
        async with open_front_end(rig):
            assert (await rig.forum.wait_for_answer(press)).text.endswith("working…")
        assert rig.effects == ["a1 approve 1"]
