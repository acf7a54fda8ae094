"""Bot API client: wraps python-telegram-bot and translates its types and errors."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

import httpx
import orjson
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from ..texts import ENGLISH, translate
from .current_chat import CurrentChat
from .errors import ChatRefused, MessageUnchanged, Refused, TopicUnusable, Unreachable, to_failure
from .incoming import UPDATE_KINDS, Batch, batch_of
from .message_forms import Buttons, Rendering
from .redaction import TokenFilter
from .settings import TelegramSettings

ANSWER_TIMEOUT: Final = 10.0
KEEP_ALIVE: Final = 60.0
CONNECTIONS: Final = 8
PICTURE: Final = ".png"


class Chat:
    """One bot in one chat. The methods raise the errors of ``errors.py``."""

    def __init__(self, settings: TelegramSettings, current: CurrentChat) -> None:
        """Call :meth:`start` before any other method. Messages go to the ``current`` chat."""
        self._settings = settings
        self._current = current
        self._filter = TokenFilter(settings.token)
        self._bot: Bot | None = None
        self.user_name: str | None = None
        self.newest = 0
        """The newest message id of the chat that is known since the start, 0 before the first one."""

        self._requests: tuple[HTTPXRequest, ...] = ()

    def start(self) -> None:
        """Create the bot; nothing is sent yet."""
        # Makes the library return durations as timedelta, its future default.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._filter.attach()
        calls, polling = _request(), _request()
        self._requests = (calls, polling)
        self._bot = Bot(
            self._settings.token,
            base_url=f"{self._settings.api_base.rstrip('/')}/bot",
            request=calls,
            get_updates_request=polling,
        )

    async def close(self) -> None:
        """Close all connections."""
        requests, self._requests = self._requests, ()
        self._bot = None
        for request in requests:
            await request.shutdown()
        self._filter.detach()

    async def send(self, message: Rendering, thread_id: int | None, reply_to: int | None) -> int:
        """Send a message and return its id. After Unreachable it may have been sent.

        Raises ReplyGone when the message to reply to does not exist.
        """
        with self._translated():
            sent = await self._api.send_message(
                self._current.id,
                message.text,
                parse_mode=_parse_mode(message),
                message_thread_id=thread_id,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                disable_notification=message.is_silent,
                reply_markup=_keyboard(message.buttons),
                reply_parameters=None if reply_to is None else ReplyParameters(reply_to),
            )
        return self._noted(sent.message_id)

    async def send_file(
        self, caption: Rendering, name: str, content: bytes, thread_id: int | None, reply_to: int | None
    ) -> int:
        """Send a file with a caption, a PNG as a picture, and return its id; see :meth:`send`."""
        file = InputFile(content, filename=name)
        reply = None if reply_to is None else ReplyParameters(reply_to)
        mode = _parse_mode(caption)
        chat_id = self._current.id
        with self._translated():
            if name.endswith(PICTURE):
                sent = await self._api.send_photo(
                    chat_id,
                    file,
                    caption.text,
                    parse_mode=mode,
                    message_thread_id=thread_id,
                    reply_parameters=reply,
                )
            else:
                sent = await self._api.send_document(
                    chat_id,
                    file,
                    caption.text,
                    parse_mode=mode,
                    message_thread_id=thread_id,
                    reply_parameters=reply,
                )
        return self._noted(sent.message_id)

    async def send_button(self, chat_id: int, text: str, button: tuple[str, str]) -> None:
        """Send a text with a button (label, callback data or address) to any chat."""
        label, action = button
        is_link = action.startswith("https://")
        shown = (
            InlineKeyboardButton(label, url=action)
            if is_link
            else InlineKeyboardButton(label, callback_data=action)
        )
        with self._translated():
            await self._api.send_message(chat_id, text, reply_markup=InlineKeyboardMarkup([[shown]]))

    async def edit(self, message_id: int, message: Rendering) -> None:
        """Set the text and buttons of a message."""
        try:
            with self._translated():
                await self._api.edit_message_text(
                    message.text,
                    self._current.id,
                    message_id,
                    parse_mode=_parse_mode(message),
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                    reply_markup=_keyboard(message.buttons),
                )
        except MessageUnchanged:
            return

    async def set_buttons(self, message_id: int, buttons: Buttons) -> str | None:
        """Set the buttons of a message; return its text, None when it has these buttons already.

        Raises NotOwn when the message is not the bot's, MessageGone when there is none.
        """
        try:
            with self._translated():
                changed = await self._api.edit_message_reply_markup(
                    self._current.id, message_id, reply_markup=_keyboard(buttons)
                )
        except MessageUnchanged:
            return None
        return (changed.text or "") if isinstance(changed, Message) else ""

    async def answer(self, callback_id: str, text: str, *, alert: bool) -> None:
        """Answer a press with at most 200 characters. Raises Refused when it is too late."""
        with self._translated():
            await self._api.answer_callback_query(callback_id, text, show_alert=alert)

    async def delete(self, chat_id: int, message_id: int) -> None:
        """Delete a message. Raises MessageGone when it is deleted already."""
        with self._translated():
            await self._api.delete_message(chat_id, message_id)

    async def react(self, message_id: int, emoji: str) -> None:
        """Add a reaction to a message of the chat."""
        with self._translated():
            await self._api.set_message_reaction(self._current.id, message_id, emoji)

    async def introduce(self, menus: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Read the user name of the bot, and set the menu of its commands in each language.

        Who uses another language sees the English one.
        """
        with self._translated():
            self.user_name = (await self._api.get_me()).username
            for language, commands in menus.items():
                code = None if language == ENGLISH else language
                await self._api.set_my_commands([*commands], language_code=code)

    async def create_topic(self, name: str) -> int:
        """Create a topic and return its thread id. Raises TopicUnusable when it cannot be created."""
        try:
            with self._translated():
                topic = await self._api.create_forum_topic(self._current.id, name)
        except Refused as err:
            raise TopicUnusable(str(err)) from err
        return self._noted(topic.message_thread_id)

    async def rename_topic(self, thread_id: int, name: str) -> None:
        """Set the name of a topic. Raises TopicGone when it does not exist."""
        with suppress(MessageUnchanged), self._translated():
            await self._api.edit_forum_topic(self._current.id, thread_id, name)

    async def set_topic_closed(self, thread_id: int, *, is_closed: bool) -> None:
        """Close a topic or open it again. Raises TopicGone when it does not exist."""
        change = self._api.close_forum_topic if is_closed else self._api.reopen_forum_topic
        with suppress(MessageUnchanged), self._translated():
            await change(self._current.id, thread_id)

    async def poll(self, offset: int | None, seconds: int) -> Batch:
        """Wait up to ``seconds`` for updates; everything before ``offset`` is confirmed."""
        with self._translated():
            updates = await self._api.get_updates(
                offset=offset, timeout=seconds, allowed_updates=UPDATE_KINDS
            )
        self._note_messages(updates)
        return batch_of(updates, updates[-1].update_id + 1 if updates else None)

    async def use_polling(self) -> None:
        """Remove the webhook so that updates can be polled; waiting updates are kept."""
        with self._translated():
            await self._api.delete_webhook(drop_pending_updates=False)

    async def use_webhook(self) -> None:
        """Set the webhook; waiting updates are kept."""
        with self._translated():
            await self._api.set_webhook(
                self._settings.webhook_url,
                allowed_updates=UPDATE_KINDS,
                secret_token=self._settings.webhook_secret,
                drop_pending_updates=False,
            )

    def read_update(self, body: bytes) -> Batch:
        """Return the content of a webhook's body, which is one update.

        Raises ValueError when the body is not an update.
        """
        plain = orjson.loads(body)
        if not isinstance(plain, dict):
            raise ValueError("The update is not a JSON object")
        try:
            update = Update.de_json(plain, None)
        except (TypeError, KeyError, AttributeError) as err:
            raise ValueError("The update does not match the Bot API") from err
        self._note_messages([update])
        return batch_of([update], None)

    def forget_messages(self) -> None:
        """Forget the newest message id: the chat is another one."""
        self.newest = 0

    def _noted(self, message_id: int) -> int:
        self.newest = max(self.newest, message_id)
        return message_id

    def _note_messages(self, updates: Iterable[Update]) -> None:
        for one in updates:
            if one.message is not None and one.message.chat.id == self._current.id:
                self._noted(one.message.message_id)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        # The library's errors may contain the URL with the token, so they are not chained.
        chat_id = self._current.id
        try:
            yield
        except TelegramError as err:
            raise to_failure(err, self._filter.redacted(err.message), chat_id) from None
        except (AttributeError, LookupError, TypeError, ValueError) as err:
            raise Unreachable(
                translate("Telegram's answer cannot be read ({reason})", reason=type(err).__name__)
            ) from None

    @property
    def _api(self) -> Bot:
        if self._bot is None:
            raise ChatRefused(translate("The Telegram front end is closed"))
        return self._bot


def _request() -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=CONNECTIONS,
        read_timeout=ANSWER_TIMEOUT,
        write_timeout=ANSWER_TIMEOUT,
        connect_timeout=ANSWER_TIMEOUT,
        pool_timeout=ANSWER_TIMEOUT,
        # Incidents are minutes apart, and a new connection would delay the first card.
        httpx_kwargs={"limits": httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEP_ALIVE)},
    )


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in buttons]
    )


def _parse_mode(message: Rendering) -> ParseMode | None:
    return ParseMode.HTML if message.is_html else None
