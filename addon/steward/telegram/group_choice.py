"""Lets people choose the group of the bot: in the group itself, with a button."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from homelab_steward.contract.state import Person, Role

from ..clock import Clock
from ..texts import Texts, household, texts_of
from .callback_store import Answer
from .chat import Chat
from .errors import TelegramFailure
from .incoming import Batch, Joined, Press, Said
from .press_handler import DecisionPort

log = structlog.get_logger(__name__)

USE: Final = "use_this_group"
"""Callback data of the button. Telegram itself says who presses it, and in which group."""

CODE_DIGITS: Final = 8
MOST_WRONG: Final = 10
"""Wrong codes after which there is a new one."""

MOST_GROUPS: Final = 10
"""Groups that get the button within ``OFFER_PAUSE``: strangers can add the bot to theirs."""

OFFER_PAUSE: Final = 600.0
"""Seconds between two messages with the button in one group."""

HOLDER_SECONDS: Final = 600.0
"""Seconds in which the person who wrote the code may press the button."""

_START: Final = "/start"
_PAYLOAD: Final = "steward"
"""What Telegram adds to ``/start`` in a group that was selected with :func:`group_link`."""


class GroupChoice:
    """Offers a button in groups that the bot is added to; an owner, or who knows the code, may press it.

    ``code`` is valid once, and only in this process.
    """

    def __init__(
        self,
        chat: Chat,
        port: DecisionPort,
        clock: Clock,
        is_own: Callable[[int | None], bool],
        choose: Callable[[int, str], None],
    ) -> None:
        """``choose`` gets the group and who chose it; ``is_own`` tells whether it is used already."""
        self._chat = chat
        self._port = port
        self._clock = clock
        self._is_own = is_own
        self._choose = choose
        self._offered: dict[int, float] = {}
        self._holders: dict[int, float] = {}
        self._wrong = 0
        self.code = _new_code()

    async def take(self, batch: Batch) -> Batch:
        """Process what is about the choice of a group; return the rest."""
        for joined in batch.joined:
            if joined.is_in and not self._is_own(joined.chat_id):
                await self._offer(joined)
        others, presses = [], []
        for said in batch.said:
            if not self._is_own(said.chat_id) and _is_start(said.text):
                await self._on_start(said)
            else:
                others.append(said)
        for press in batch.presses:
            if press.data == USE:
                await self._on_press(press)
            else:
                presses.append(press)
        return replace(batch, presses=tuple(presses), said=tuple(others))

    async def _offer(self, joined: Joined) -> None:
        person = await self._port.person(joined.user_id)
        await self._send_button(joined.chat_id, _texts(person))

    async def _on_start(self, said: Said) -> None:
        """Answer ``/start``: in a group with the button, in a private chat with how to begin."""
        person = await self._port.person(said.user_id)
        texts = _texts(person)
        if said.chat_id > 0:
            await self._invite(said.chat_id, texts)
            return
        code = [one for one in said.text.split()[1:] if one != _PAYLOAD]
        if code and not await self._accepts(code[0], said):
            return
        await self._send_button(said.chat_id, texts, is_again=bool(code))

    async def _accepts(self, code: str, said: Said) -> bool:
        """Return whether the code is right; its person may press the button for a time."""
        if not hmac.compare_digest(code.encode(), self.code.encode()):
            self._wrong += 1
            if self._wrong >= MOST_WRONG:
                self.code, self._wrong = _new_code(), 0
            await self._audit("telegram.group_code_wrong", said.user_id, said.chat_id)
            return False
        self.code, self._wrong = _new_code(), 0
        self._holders = self._current(self._holders)
        self._holders[said.user_id] = self._clock.monotonic() + HOLDER_SECONDS
        return True

    async def _on_press(self, press: Press) -> None:
        person = await self._port.person(press.user_id)
        texts = _texts(person)
        if press.chat_id is None or self._is_own(press.chat_id):
            await self._answer(press, Answer(texts("This group is in use already.")))
            return
        is_owner = person is not None and person.role is Role.OWNER
        if not is_owner and press.user_id not in self._current(self._holders):
            await self._audit("telegram.group_refused", press.user_id, press.chat_id)
            text = texts("Only an owner can do this, or who writes /start and the code from Home Assistant.")
            await self._answer(press, Answer(text))
            return
        self._holders.pop(press.user_id, None)
        # First the answer: the choice ends this front end.
        await self._answer(press, Answer(texts("The steward uses this group now."), alert=False))
        self._choose(press.chat_id, person.name if person is not None else str(press.user_id))

    async def _send_button(self, chat_id: int, texts: Texts, *, is_again: bool = False) -> None:
        """Send the button to a group, unless it has a new one or many groups got one."""
        self._offered = self._current(self._offered)
        if (chat_id in self._offered and not is_again) or len(self._offered) >= MOST_GROUPS:
            return
        self._offered[chat_id] = self._clock.monotonic() + OFFER_PAUSE
        lines = (
            texts("I am the bot of Homelab Steward. Press the button if I should work in this group."),
            texts(
                "Turn on topics in the settings of the group, and make me an administrator who may "
                "manage topics and delete messages."
            ),
            texts("If you are not known to me yet, first write /start and the code from Home Assistant."),
        )
        await self._send(chat_id, "\n".join(lines), (texts("Use this group"), USE))

    async def _invite(self, chat_id: int, texts: Texts) -> None:
        """Say in a private chat how to add the bot to a group, and the id of the person."""
        self._offered = self._current(self._offered)
        if chat_id in self._offered or len(self._offered) >= MOST_GROUPS:
            return
        self._offered[chat_id] = self._clock.monotonic() + OFFER_PAUSE
        lines = (
            texts("Add me to a group with topics."),
            texts("Your Telegram user id is {number}.", number=chat_id),
        )
        await self._send(
            chat_id, "\n".join(lines), (texts("Select a group"), group_link(self._chat.user_name))
        )

    async def _send(self, chat_id: int, text: str, button: tuple[str, str]) -> None:
        try:
            await self._chat.send_button(chat_id, text, button)
        except TelegramFailure as err:
            self._offered.pop(chat_id, None)
            log.warning("telegram button not sent", chat=chat_id, reason=str(err))

    async def _answer(self, press: Press, answer: Answer) -> None:
        try:
            await self._chat.answer(press.callback_id, answer.text, alert=answer.alert)
        except TelegramFailure as err:
            log.info("telegram press not answered", reason=str(err))

    async def _audit(self, event: str, user_id: int, chat_id: int) -> None:
        details = {"telegram_user_id": str(user_id), "chat_id": str(chat_id)}
        await self._port.audit(event, details)

    def _current(self, times: dict[int, float]) -> dict[int, float]:
        now = self._clock.monotonic()
        return {one: until for one, until in times.items() if until > now}


def group_link(user_name: str | None) -> str:
    """Return the address that adds the bot to a group with the rights that it needs."""
    rights = "manage_topics+delete_messages"
    return f"https://t.me/{user_name or ''}?startgroup={_PAYLOAD}&admin={rights}"


def _is_start(text: str) -> bool:
    return text.split(maxsplit=1)[0].partition("@")[0].casefold() == _START


def _texts(person: Person | None) -> Texts:
    return household() if person is None else texts_of(person.language)


def _new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
