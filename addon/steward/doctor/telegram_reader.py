"""Asks Telegram about the bot, its rights in the group, and where updates go."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import orjson

from ..errors import StewardError
from ..settings.model import Telegram
from ..telegram.settings import Mode
from ..texts import translate
from .telegram import TelegramFacts

TIMEOUT: Final = 10.0
LONGEST: Final = 200
MEMBERS: Final = ("creator", "administrator")


class TelegramRefused(StewardError):
    """Telegram refuses a call; ``status`` is its error code."""

    def __init__(self, status: int, text: str) -> None:
        """``text`` is Telegram's own description."""
        super().__init__(text)
        self.status = status


class TelegramUnreachable(StewardError):
    """Telegram does not answer, or not as the Bot API does."""


async def read_telegram(
    session: aiohttp.ClientSession, settings: Telegram, chat_id: int | None, *, may_poll: bool
) -> TelegramFacts:
    """Return what Telegram says. ``may_poll``: the app does not run, so who reads updates is another."""
    api = BotApi(session, settings)
    try:
        me = await api.call("getMe")
        hook = await api.call("getWebhookInfo")
    except TelegramRefused as err:
        is_refused = err.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
        text = translate(t"Telegram rejects the bot token.") if is_refused else str(err)
        return TelegramFacts(problem=text, is_refused=is_refused)
    except TelegramUnreachable as err:
        return TelegramFacts(problem=str(err))
    is_webhook = settings.mode is Mode.WEBHOOK
    facts = TelegramFacts(
        bot=str(me.get("username", "")),
        reads_everything=_flag(me, "can_read_all_group_messages"),
        wanted_webhook=settings.webhook_url if is_webhook else "",
        webhook=str(hook.get("url", "")),
        webhook_error=str(hook.get("last_error_message", ""))[:LONGEST],
    )
    if may_poll and not facts.webhook and not is_webhook:
        facts = replace(facts, conflict=await _conflict(api))
    return facts if chat_id is None else await _group(api, facts, chat_id, me.get("id"))


class BotApi:
    """Calls of the Bot API. Neither errors nor logs contain the address, which has the token."""

    def __init__(self, session: aiohttp.ClientSession, settings: Telegram) -> None:
        """Open nothing."""
        self._session = session
        self._base = f"{settings.api_base.rstrip('/')}/bot{settings.token}"

    async def call(self, method: str, **fields: object) -> Mapping[str, Any]:
        """Return the result of a call. Raises TelegramRefused and TelegramUnreachable."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with self._session.post(f"{self._base}/{method}", json=fields, timeout=timeout) as answer:
                plain = orjson.loads(await answer.read())
        except aiohttp.ClientError, TimeoutError, OSError, ValueError:
            # The text of the error may contain the token.
            raise TelegramUnreachable(translate(t"Telegram does not answer.")) from None
        if not isinstance(plain, dict):
            raise TelegramUnreachable(translate(t"Telegram does not answer."))
        if plain.get("ok") is not True:
            raise TelegramRefused(
                int(plain.get("error_code", 0)), str(plain.get("description", ""))[:LONGEST]
            )
        result = plain.get("result")
        return result if isinstance(result, dict) else {}


async def _conflict(api: BotApi) -> bool:
    """Return whether another program reads the updates; without an offset none is taken from it."""
    try:
        await api.call("getUpdates", limit=1, timeout=0)
    except TelegramRefused as err:
        return err.status == HTTPStatus.CONFLICT
    except TelegramUnreachable:
        return False
    return False


async def _group(api: BotApi, facts: TelegramFacts, chat_id: int, bot_id: object) -> TelegramFacts:
    try:
        chat = await api.call("getChat", chat_id=chat_id)
        member = await api.call("getChatMember", chat_id=chat_id, user_id=bot_id)
    except (TelegramRefused, TelegramUnreachable) as err:
        reason = str(err)
        return replace(facts, has_group=True, group_problem=translate(t"The group cannot be read: {reason}."))
    is_admin = member.get("status") in MEMBERS
    return replace(
        facts,
        has_group=True,
        is_forum=_flag(chat, "is_forum") or False,
        is_admin=is_admin,
        may_manage_topics=_flag(member, "can_manage_topics"),
        may_delete=_flag(member, "can_delete_messages"),
    )


def _flag(row: Mapping[str, Any], key: str) -> bool | None:
    value = row.get(key)
    return value if isinstance(value, bool) else None
