"""The Bot API's methods for the forum, with Telegram's errors."""

import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace

from lab.telegram.forum import Forum
from lab.telegram.markup import Formatted
from lab.telegram.parameters import BotApiError, Parameters, bad_request, too_many_requests
from lab.telegram.records import File, Message
from lab.telegram.rows import message_row, user_row
from lab.telegram.topics import TopicMethods
from lab.telegram.updates import TerminatedError, Updates, Webhook
from lab.wire import Json, JsonObject

type Method = Callable[[Parameters], Awaitable[Json]]

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_QUERY_LIFETIME_SECONDS = 60.0
_MAX_ANSWER = 200
_MAX_FILE = 50_000_000
_MAX_PHOTO = 10_000_000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_ANSWER_GONE = "query is too old and response timeout expired or query ID is invalid"
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


class BotMethods:
    """All methods by name. `messages_per_minute` limits the bot's messages to the group.

    New messages to a thread in `paused_threads` (None: General) get 429 with those seconds.
    """

    def __init__(
        self, forum: Forum, updates: Updates, wall: Callable[[], float], messages_per_minute: int | None
    ) -> None:
        self.messages_per_minute = messages_per_minute
        self.paused_threads: dict[int | None, int] = {}
        self.refuses_files = False
        self._forum = forum
        self._updates = updates
        self._wall = wall
        self._answered: set[str] = set()
        self._sent_at: deque[float] = deque()
        topics = TopicMethods(forum, self.group)
        self.by_name: dict[str, Method] = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
            "getChat": self._get_chat,
            "getChatMember": self._get_chat_member,
            "sendMessage": self._send_message,
            "sendDocument": self._send_document,
            "sendPhoto": self._send_photo,
            "editMessageText": self._edit_text,
            "editMessageReplyMarkup": self._edit_keyboard,
            "deleteMessage": self._delete_message,
            "answerCallbackQuery": self._answer_callback,
            "pinChatMessage": self._pin,
            "setMyCommands": self._set_commands,
            "setMessageReaction": self._react,
            "sendChatAction": self._chat_action,
            **topics.by_name,
        }

    # -- bot and updates ---------------------------------------------------------------------

    async def _get_me(self, _: Parameters) -> Json:
        return {
            **user_row(self._forum.bot),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    async def _get_updates(self, given: Parameters) -> Json:
        if self._updates.webhook.url:
            raise _conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self._updates.allow(_kinds(given))
        try:
            updates = await self._updates.poll(
                offset=given.integer("offset", 0) or 0,
                limit=given.integer("limit", 100) or 100,
                timeout=given.integer("timeout", 0) or 0,
            )
        except TerminatedError as err:
            raise _conflict(
                "terminated by other getUpdates request; make sure that only one bot instance is running"
            ) from err
        return [*updates]

    async def _set_webhook(self, given: Parameters) -> Json:
        url, secret = given.text("url"), given.text("secret_token")
        if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        self._updates.allow(_kinds(given))
        if given.flag("drop_pending_updates"):
            self._updates.drop()
        limit = given.integer("max_connections", 40) or 40
        self._updates.set_webhook(Webhook(url=url, secret_token=secret, max_connections=limit))
        return True

    async def _delete_webhook(self, given: Parameters) -> Json:
        if given.flag("drop_pending_updates"):
            self._updates.drop()
        self._updates.set_webhook(Webhook())
        return True

    async def _webhook_info(self, _: Parameters) -> Json:
        webhook = self._updates.webhook
        row: JsonObject = {
            "url": webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": self._updates.pending,
        }
        if webhook.url:
            row |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
        if self._updates.last_error is not None:
            row |= {
                "last_error_date": self._updates.last_error[0],
                "last_error_message": self._updates.last_error[1],
            }
        if self._updates.allowed is not None:
            row["allowed_updates"] = [*sorted(self._updates.allowed)]
        return row

    async def _set_commands(self, given: Parameters) -> Json:
        commands = given.json("commands")
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        rows = [row for row in commands if isinstance(row, dict)]
        for row in rows:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", str(row.get("command", ""))):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(str(row.get("description", ""))) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self._forum.menus[given.text("language_code")] = rows
        return True

    # -- chats -------------------------------------------------------------------------------

    def chat_id(self, given: Parameters) -> int:
        """Return the chat of a call. Raises BotApiError if the bot cannot access it."""
        if not given.has("chat_id"):
            raise bad_request("chat_id is empty")
        text = given.text("chat_id")
        known = text.removeprefix("-").isdecimal() and self._forum.chat(int(text)) is not None
        if not known:
            raise bad_request("chat not found")
        chat_id = int(text)
        if chat_id in self._forum.former_chat_ids:
            raise BotApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self._forum.chat_id,
            )
        if self._is_group(chat_id) and not self._forum.is_member:
            raise BotApiError(403, "Forbidden: bot was kicked from the supergroup chat")
        return chat_id

    def _is_group(self, chat_id: int) -> bool:
        return chat_id == self._forum.chat_id

    def group(self, given: Parameters) -> None:
        """Return the forum group. Raises BotApiError without the right to manage topics."""
        if not self._is_group(self.chat_id(given)) or not self._forum.is_forum:
            raise bad_request("the chat is not a forum")
        if not self._forum.can_manage_topics:
            raise bad_request("not enough rights to create a topic")

    async def _get_chat(self, given: Parameters) -> Json:
        chat_id = self.chat_id(given)
        chat = self._forum.chat(chat_id) or {}
        gifts = dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        )
        row: JsonObject = {
            **chat,
            "accent_color_id": 2,
            "max_reaction_count": 11,
            "accepted_gift_types": {**gifts},
        }
        if self._is_group(chat_id):
            row["permissions"] = {"can_send_messages": True, "can_manage_topics": False}
        return row

    async def _get_chat_member(self, given: Parameters) -> Json:
        self.chat_id(given)
        user = self._forum.user_by_id(given.integer("user_id", 0) or 0)
        if user is None:
            raise bad_request("PARTICIPANT_ID_INVALID")
        row: JsonObject = {"user": user_row(user), "status": user.status}
        if user.is_bot:
            return {
                **row,
                "status": "administrator",
                **self._forum.rights(),
            }
        return {**row, "is_anonymous": False} if user.status == "creator" else row

    async def _chat_action(self, given: Parameters) -> Json:
        chat_id = self.chat_id(given)
        if given.text("action") not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._thread(given, chat_id)
        return True

    # -- messages ----------------------------------------------------------------------------

    async def _send_message(self, given: Parameters) -> Json:
        return self._send(given, given.formatted())

    async def _send_document(self, given: Parameters) -> Json:
        name, content = given.file("document")
        if len(content) > _MAX_FILE or self.refuses_files:
            raise bad_request("file is too big")
        return self._send(given, given.caption(), File(kind="document", name=name, content=content))

    async def _send_photo(self, given: Parameters) -> Json:
        name, content = given.file("photo")
        if len(content) > _MAX_PHOTO or not content.startswith((_PNG, _JPEG)):
            raise bad_request("IMAGE_PROCESS_FAILED")
        return self._send(given, given.caption(), File(kind="photo", name=name, content=content))

    def _send(self, given: Parameters, formatted: Formatted, file: File | None = None) -> Json:
        chat_id = self.chat_id(given)
        if chat_id > 0 and chat_id not in self._forum.started_private:
            raise BotApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if self._is_group(chat_id) and not self._forum.can_send_messages:
            raise bad_request("not enough rights to send text messages to the chat")
        keyboard = given.keyboard()
        thread_id, reply_to = self._thread(given, chat_id), self._reply(given, chat_id)
        if self._is_group(chat_id):
            self._limit(thread_id)
        message = self._forum.post(
            formatted,
            chat_id=chat_id,
            thread_id=thread_id,
            keyboard=keyboard,
            is_silent=given.flag("disable_notification"),
            reply_to=reply_to,
            file=file,
        )
        return self._row(message)

    async def _edit_text(self, given: Parameters) -> Json:
        message = self._own(given)
        if message.file is not None:
            raise bad_request("there is no text in the message to edit")
        formatted, keyboard = given.formatted(), given.keyboard()
        if (formatted.text, formatted.entities, keyboard) == (
            message.text,
            message.entities,
            message.keyboard,
        ):
            raise bad_request(_SAME)
        return self._row(self._forum.edit(message, formatted, keyboard))

    async def _edit_keyboard(self, given: Parameters) -> Json:
        message, keyboard = self._own(given), given.keyboard()
        if keyboard == message.keyboard:
            raise bad_request(_SAME)
        changed = replace(message, keyboard=keyboard, edit_date=int(self._wall()), edits=message.edits + 1)
        return self._row(self._forum.put(changed))

    async def _delete_message(self, given: Parameters) -> Json:
        message = self._forum.find_message(self.chat_id(given), given.integer("message_id", 0) or 0)
        if message is None:
            raise bad_request("message to delete not found")
        if message.sender != self._forum.bot and not self._forum.can_delete_messages:
            raise bad_request("message can't be deleted")
        self._forum.delete(message.message_id)
        return True

    async def _react(self, given: Parameters) -> Json:
        message = self._forum.find_message(self.chat_id(given), given.integer("message_id", 0) or 0)
        if message is None:
            raise bad_request("message to react not found")
        found = given.json("reaction")
        if not isinstance(found, list):
            raise bad_request("expected an Array of ReactionType")
        emoji = [str(one.get("emoji")) for one in found if isinstance(one, dict)]
        self._forum.react(message.message_id, emoji)
        return True

    async def _pin(self, given: Parameters) -> Json:
        message = self._forum.find_message(self.chat_id(given), given.integer("message_id", 0) or 0)
        if message is None:
            raise bad_request("message to pin not found")
        self._forum.put(replace(message, is_pinned=True))
        return True

    async def _answer_callback(self, given: Parameters) -> Json:
        number, text = given.text("callback_query_id"), given.text("text")
        press = next((p for p in self._forum.presses if p.query_id == number), None)
        is_old = press is not None and self._wall() - press.at > _QUERY_LIFETIME_SECONDS
        if press is None or is_old or number in self._answered:
            raise bad_request(_ANSWER_GONE)
        if len(text) > _MAX_ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        self._answered.add(number)
        self._forum.answer(press, text, is_alert=given.flag("show_alert"))
        return True

    def _own(self, given: Parameters) -> Message:
        message = self._forum.find_message(self.chat_id(given), given.integer("message_id", 0) or 0)
        if message is None:
            raise bad_request("message to edit not found")
        if message.sender != self._forum.bot:
            raise bad_request("message can't be edited")
        return message

    def _thread(self, given: Parameters, chat_id: int) -> int | None:
        thread_id = given.integer("message_thread_id")
        is_forum = self._is_group(chat_id) and self._forum.is_forum
        if thread_id is None:
            if is_forum and self._forum.is_general_closed and not self._forum.can_manage_topics:
                raise bad_request("TOPIC_CLOSED")
            return None
        topic = self._forum.find_topic(thread_id) if is_forum else None
        if topic is None:
            raise bad_request("message thread not found")
        if topic.is_closed and not self._forum.can_manage_topics:
            raise bad_request("TOPIC_CLOSED")
        return thread_id

    def _reply(self, given: Parameters, chat_id: int) -> int | None:
        reply = given.json("reply_parameters")
        if not isinstance(reply, dict):
            return None
        number = reply.get("message_id")
        if isinstance(number, int) and self._forum.find_message(chat_id, number) is not None:
            return number
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")

    def _limit(self, thread_id: int | None) -> None:
        seconds = self.paused_threads.get(thread_id)
        if seconds is not None:
            raise too_many_requests(seconds)
        wall = self._wall()
        while self._sent_at and self._sent_at[0] <= wall - 60:
            self._sent_at.popleft()
        if self.messages_per_minute is not None and len(self._sent_at) >= self.messages_per_minute:
            raise too_many_requests(max(1, round(60 - (wall - self._sent_at[0]))))
        self._sent_at.append(wall)

    def _row(self, message: Message) -> JsonObject:
        return message_row(message, self._forum.chat(message.chat_id) or {})


def _conflict(text: str) -> BotApiError:
    return BotApiError(409, f"Conflict: {text}")


def _kinds(given: Parameters) -> list[str] | None:
    kinds = given.json("allowed_updates")
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else None
